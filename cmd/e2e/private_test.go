package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAnotherKeyHearsNothingBeforeAPersonHasAnswered has bob's account come in
// with a key that nobody vouches for, after ann has written to another one, by
// either way.
func TestAnotherKeyHearsNothingBeforeAPersonHasAnswered(t *testing.T) {
	for answer, args := range map[string][]string{"same": nil, "differ": {"--hide-address"}} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			s := newHarness(t, "ann", "bob")
			bob, ann := s.comes("bob", "bob"), s.comes("ann", "ann", args...)
			ann.meets(bob, "one")
			bob.leave()
			thief := s.comes("bob", "thief")
			ann.types("/msg bob for bob only")
			ann.seesAnotherKey()
			// Not even when the other side calls, and has all the time that a way needs.
			thief.types("/msg ann it is me")
			thief.until("an unanswered call", func(u *utterance) bool { return u.Type == "path" && u.User == "ann" })
			ann.nothingReaches(thief)
			groups := ann.compares("bob")
			if theirs := thief.compares("ann"); !slices.Equal(groups, theirs) || len(groups) != 12 {
				t.Errorf("ann is to compare %q, the new device %q", groups, theirs)
			}
			ann.types("/verify bob %s", answer)
			if answer == "same" {
				ann.until("the key", func(u *utterance) bool { return u.Type == "key" && u.User == "bob" && u.State == "verified" })
				thief.hears("for bob only")
				ann.hears("it is me")
				return
			}
			ann.until("the key", func(u *utterance) bool { return u.Type == "key" && u.User == "bob" && u.State == "rejected" })
			ann.nothingReaches(thief)
			ann.types("/msg bob nor this")
			u := ann.until("a line that waits", func(u *utterance) bool { return u.is("queued") && u.Reason != "" })
			if !strings.Contains(u.Reason, "not bob's") {
				t.Errorf("ann's line waits because %q", u.Reason)
			}
			ann.nothingReaches(thief)
		})
	}
}

// seesAnotherKey waits until it is said that bob's key is another one, that
// nothing is sent to it, and why the line waits.
func (a *actor) seesAnotherKey() {
	a.t.Helper()
	key, path, waits := false, false, false
	a.until("another key", func(u *utterance) bool {
		switch {
		case u.Type == "key" && u.User == "bob":
			key = u.State == "changed" && u.Old != "" && u.Print != "" && u.Old != u.Print && strings.Contains(u.Text, "/verify bob")
		case u.Type == "path" && u.User == "bob":
			path = u.Blocked && strings.Contains(u.Reason, "/verify bob")
		case u.is("sent"), u.is("delivered"):
			a.t.Errorf("a line was sent: %+v", u)
		case u.is("queued"):
			waits = strings.Contains(u.Reason, "/verify bob")
		}
		return key && path && waits
	})
}

// nothingReaches looks whether a private line has come to somebody, who has
// heard what was said in the room after it.
func (a *actor) nothingReaches(other *actor) {
	a.t.Helper()
	a.fences++
	words := fmt.Sprintf("nothing before fence %d", a.fences)
	a.types("/join lobby")
	a.types("%s", words)
	other.until("a line in the room", func(u *utterance) bool {
		if u.Type == "private" || u.is("delivered") {
			a.t.Errorf("%s has got this far: %+v", other.profile, u)
		}
		return u.Type == "said" && u.Text == words
	})
}

// compares asks for the number that is to be compared with somebody.
func (a *actor) compares(with string) []string {
	a.t.Helper()
	a.types("/verify %s", with)
	return a.until("a safety number", func(u *utterance) bool { return u.Type == "safety" && u.User == with }).Groups
}
