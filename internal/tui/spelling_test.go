package tui

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// TestAPersonIsOneConversationHoweverTheNameIsTyped and is shown as the server
// writes it as soon as that is known.
func TestAPersonIsOneConversationHoweverTheNameIsTyped(t *testing.T) {
	for name, c := range map[string]struct{ typed, server string }{
		"case":    {"BOB", "Bob"},
		"accents": {"JU\u0308RGEN", "jürgen"},
		"width":   {"ｂｏｂ", "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			s := again(t, newArchive())
			s.enters("/msg " + c.typed)
			s.shows("@ " + c.typed)
			s.types("half a sentence")
			for _, e := range []wire.Event{
				&wire.TalkRenamed{Old: c.typed, Name: c.server, Kind: wire.KindAccount},
				&wire.Path{User: c.server, Way: wire.WayDirect, Key: wire.KeyKnown},
				theirsFrom(c.server, 1), &wire.Typed{From: c.server}, &wire.Called{From: c.server, Kind: wire.KindAccount, Secure: true},
				&wire.KeySeen{User: c.server, State: wire.KeyNew},
				&wire.Receipt{Client: "c", To: c.typed, State: wire.ReceiptQueued, Text: "own", ID: wire.FirstID(at(13, 3)), At: at(13, 3), Seq: 1},
			} {
				s.hear(e)
			}
			if n := len(s.Book.Persons); n != 1 {
				t.Fatalf("there are %d conversations", n)
			}
			one := s.Book.Persons[0]
			if one != s.Book.Current || one.Name != c.server || s.draft() != "half a sentence" {
				t.Errorf("%q is %q, with the draft %q", one.ID, one.Name, s.draft())
			}
			s.shows("@ " + c.server)
			s.hides("is " + c.server + " now")
			if diff := cmp.Diff([]string{"hello", "own"}, spoken(one)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			s.press("alt+1")
			s.enters("/msg " + c.typed)
			if s.Book.Current != one {
				t.Error("it is not found by the name that was typed first")
			}
			if n := len(s.Book.Peers); n != 1 {
				t.Errorf("there are %d ways", n)
			}
		})
	}
}

// theirsFrom is a line of somebody's.
func theirsFrom(name string, n wire.ID) *wire.Whispered {
	return &wire.Whispered{ID: wire.FirstID(at(13, 1)) + n, At: at(13, 1), From: name, To: "sara", Kind: wire.KindAccount, Text: "hello", Via: wire.Via{Way: wire.WayDirect}}
}

// TestWhatWasKeptUnderAnotherSpellingIsFound: drafts and marks were noted as they were typed.
func TestWhatWasKeptUnderAnotherSpellingIsFound(t *testing.T) {
	a := newArchive()
	a.talks = []wire.Talk{{User: "Bob", Kind: wire.KindAccount, Last: 5}}
	a.drafts["@BOB"] = "half a sentence"
	a.marks["@BOB"] = wire.FirstID(at(13, 1)) + 1
	s := again(t, a)
	if n := len(s.Book.Persons); n != 1 {
		t.Fatalf("there are %d conversations", n)
	}
	one := s.Book.Persons[0]
	s.reopen("@BOB")
	s.switchTo(one)
	if n := len(s.Book.Persons); n != 1 || one.Name != "Bob" || s.draft() != "half a sentence" || one.Counts.Mark != a.marks["@BOB"] {
		t.Errorf("got %q with the draft %q, read up to %v", one.Name, s.draft(), one.Counts.Mark)
	}
}
