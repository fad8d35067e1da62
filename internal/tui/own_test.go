package tui

import (
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// mineIn is a line of ours in a room, as the server tells it: from another
// device, or of what was missed.
func mineIn(room string, minute, n int, words string) *wire.Said {
	e := said(room, "sara", 14, minute, n, words)
	return e
}

// rowsFrom is the part of the screen that begins with the first row that holds
// one of the words.
func rowsFrom(s *scene, word string) string {
	view := s.View()
	i := strings.Index(view, word)
	if i < 0 {
		return ""
	}
	return view[i:]
}

func TestTheRuleStandsAboveNewsAndNeverAboveAnOwnLine(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.hear(said("general", "bob", 14, 33, 0, "read long ago"))
	s.press("alt+a", "ctrl+p")
	s.hear(mineIn("general", 34, 0, "from my other device"), said("general", "bob", 14, 35, 0, "an answer"))
	s.shows("unread general:1")
	s.press("alt+a")
	got := rowsFrom(s, "from my other device")
	if !strings.Contains(got, "1 new") || strings.Index(got, "1 new") > strings.Index(got, "an answer") {
		t.Errorf("the rule does not stand between my line and the answer:\n%s", s.View())
	}
	s.hear(mineIn("lab3", 36, 0, "mine again"))
	s.press("ctrl+p")
	if s.hides(" new "); s.conv.timeline(s.Book.ByID["#lab3"]).ToRule() {
		t.Error("alt+u finds news where there is nothing but an own line")
	}
}

func TestAnOwnLineThatWasMissedIsNoNews(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 3)...)
	s.hear(offline(s))
	s.hear(online()...)
	mine := said("lab3", "sara", 14, 3, 3, "said right before the process was stopped")
	s.hear(&wire.Gap{Re: wire.Re{Re: "r1"}, Room: "lab3", From: mine.ID, To: mine.ID, Count: 1})
	s.hear(mine)
	s.hides("1 new")
	s.hear(offline(s))
	s.hear(online()...)
	s.hear(&wire.Gap{Re: wire.Re{Re: "r2"}, Room: "lab3", From: idOf(4), To: idOf(5), Count: 2})
	s.hear(said("lab3", "sara", 14, 3, 4, "mine too"), said("lab3", "bob", 14, 3, 5, "bob's"))
	s.shows("1 new")
	s.hides("2 new")
}

// A guest whose process was stopped comes back under another name: their line
// is among those that were missed, and then is accepted again.
func TestAMissedOwnLineIsSettledWhenItsReceiptComes(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 3)...)
	s.hear(&wire.Entered{Room: "general"}, said("general", "bob", 14, 3, 0, "hello"))
	queued := &wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptQueued, As: "sara", At: at(14, 33), Text: "before the stop"}
	s.hear(queued)
	s.hear(offline(s))
	s.hear(&wire.Status{State: wire.StateOnline}, &wire.LoggedIn{Name: "guest-7", Kind: wire.KindGuest})
	s.press("ctrl+n") // the room is out of sight meanwhile
	line := said("lab3", "sara", 14, 3, 3, "before the stop")
	s.hear(&wire.Gap{Re: wire.Re{Re: "r1"}, Room: "lab3", From: line.ID, To: line.ID, Count: 1})
	s.hear(line)
	s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: line.ID, At: line.At, As: "sara", Text: line.Text})
	s.hides("unread lab3")
	s.clock.now = s.clock.now.Add(time.Second)
	s.press("ctrl+p")
	s.hides(" new ")
	s.shows("✓ sent")
	if n := strings.Count(s.View(), "before the stop"); n != 1 {
		t.Errorf("the line stands there %d times:\n%s", n, s.View())
	}
	if l := s.Book.Current.Log.Lines[s.Book.Current.Log.Settled()-1]; len(s.Book.Current.Log.Pending) != 0 || l.Text == "" {
		t.Errorf("a line still waits: %+v", s.Book.Current.Log.Pending)
	}
}

func TestOwnLinesAreKnownWhateverTheCaseOfTheName(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.hear(said("general", "Sara", 14, 33, 0, "from a program that writes it so"))
	s.hides("unread general")
}

func TestTheOwnerReadsFromWhereWrongPasswordsCame(t *testing.T) {
	s := caughtUp(t)
	s.hear(&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount, Failed: 3, FailedFrom: []wire.FailedFrom{{Address: "192.0.2.7", Count: 2}}})
	s.shows("(2 from 192.0.2.7")
}
