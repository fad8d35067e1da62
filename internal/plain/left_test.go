package plain_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// inTwo is a conversation in lobby and lab3, at lobby.
func inTwo(t *testing.T) *run {
	t.Helper()
	r := conversation(t, false, false)
	r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300"}, online())
	r.hear(&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount}, &wire.Entered{Room: "lobby"}, &wire.Entered{Room: "lab3"})
	return r
}

// finish ends the input and what is still waited for.
func (r *run) finish() {
	r.t.Helper()
	r.eof()
	var left *plain.LeftError
	if err := r.result(); err != nil && !errors.As(err, &left) {
		r.t.Error(err)
	}
}

// sent reports whether something was handed to the session.
func (r *run) sent(words string) bool {
	return slices.ContainsFunc(r.s.all(), func(what string) bool { return strings.Contains(what, words) })
}

func TestARoomThatIsLeftWithoutAConnectionIsLeftAndNamesWhatStaysUnsaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := inTwo(t)
		r.hear(offline("cut"))
		r.types("one", "two")
		for i, words := range []string{"one", "two"} {
			r.hear(&wire.Receipt{Client: wire.ClientID("c" + string(rune('1'+i))), Room: "lobby", Text: words, State: wire.ReceiptQueued})
		}
		r.types("/leave", "y")
		r.hear(&wire.Receipt{Client: "c1", Room: "lobby", Text: "one", State: wire.ReceiptFailed, Reason: "You left #lobby before it was sent."},
			&wire.Receipt{Client: "c2", Room: "lobby", Text: "two", State: wire.ReceiptFailed, Reason: "You left #lobby before it was sent."},
			&wire.Done{Re: wire.Re{Re: "t3"}, Of: wire.ActLeave})
		r.types("for lab3")
		for _, want := range []string{"leave #lobby with 2 lines unsaid? y/n", "not sent, You left #lobby before it was sent: one", "you left #lobby."} {
			if !strings.Contains(r.out.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, r.out.String())
			}
		}
		if !r.sent(`say lab3 "for lab3"`) {
			t.Errorf("got %q", r.s.all())
		}
		r.hear(&wire.Receipt{Client: "c4", Room: "lab3", Text: "for lab3", State: wire.ReceiptSent, ID: id(9)})
		r.finish()
	})
}

func TestAnAnswerToALeaveThatComesLateCountsAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := inTwo(t)
		r.types("/leave", "y")
		<-time.After(time.Minute)
		synctest.Wait()
		r.hear(&wire.Done{Re: wire.Re{Re: "t1"}, Of: wire.ActLeave})
		r.types("where?")
		if !r.sent(`say lab3 "where?"`) || !strings.Contains(r.out.String(), "you left #lobby.") {
			t.Errorf("got %q and\n%s", r.s.all(), r.out.String())
		}
		r.hear(&wire.Receipt{Client: "c2", Room: "lab3", Text: "where?", State: wire.ReceiptSent, ID: id(9)})
		r.finish()
	})
}

func TestARoomThatOneIsNotInIsLeftAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := inTwo(t)
		r.types("/leave", "y")
		r.hear(&wire.Refused{Re: wire.Re{Re: "t1"}, Of: wire.ActLeave, Code: wire.CodeNotMember, Text: "You are not in lobby."})
		if !strings.Contains(r.out.String(), "you left #lobby.") {
			t.Errorf("it says\n%s", r.out.String())
		}
		r.finish()
	})
}

func TestWhoHasLeftTheLastRoomSaysNothingThereAfterALostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, Room: "lab3", Zone: time.UTC, Kept: true})
		})
		arrive(r)
		r.types("/leave", "y")
		r.hear(&wire.Done{Re: wire.Re{Re: "t1"}, Of: wire.ActLeave})
		r.hear(offline("cut"))
		r.types("into nowhere")
		if r.sent("into nowhere") || !strings.Contains(r.out.String(), "You are in no room") {
			t.Errorf("got %q and\n%s", r.s.all(), r.out.String())
		}
		r.finish()
	})
}
