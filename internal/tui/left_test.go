package tui

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// inTea is a screen in lab3 and tea, with tea on it.
func inTea(t *testing.T) *scene {
	t.Helper()
	s := open(t, 100, 24)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"}, &wire.Entered{Room: "tea"})
	s.switchTo(s.Book.Room("tea"))
	return s
}

// ids names the places on the list.
func (s *scene) ids() []string {
	var ids []string
	for _, at := range s.Book.All() {
		ids = append(ids, at.ID)
	}
	return ids
}

// wants compares the list.
func (s *scene) wants(when string, ids ...string) {
	s.t.Helper()
	if diff := cmp.Diff(ids, s.ids()); diff != "" {
		s.t.Errorf("%s, the list (-want +got):\n%s", when, diff)
	}
}

// leaves leaves the room on the screen.
func (s *scene) leaves() {
	s.t.Helper()
	s.enters("/leave")
	s.tell(bubble.Key{Text: "y"})
}

// doneOf says that the last request of a kind was done.
func doneOf[R wire.Request](s *scene) *wire.Done {
	all, tag := asked[R](s.session)
	return &wire.Done{Re: wire.Re{Re: tag}, Of: all[len(all)-1].Act()}
}

func TestARoomThatWasLeftDoesNotComeBackWithItsMark(t *testing.T) {
	s := inTea(t)
	last := said("tea", "bob", 14, 5, 1, "read on the other device")
	s.leaves()
	s.hear(doneOf[wire.Leave](s))
	s.wants("left", "#lab3")
	s.hear(&wire.Status{State: wire.StateOffline})
	in := online()[1].(*wire.LoggedIn)
	in.Marks = []wire.Mark{{Room: "lab3", Last: 1}, {Room: "tea", Last: 5}, {Room: "of another device", Last: 7}}
	for i := range 900 {
		in.Marks = append(in.Marks, wire.Mark{Room: fmt.Sprint("room", i), Last: 9})
	}
	s.hear(online()[0], in, &wire.Entered{Room: "lab3"}, &wire.ReadMoved{Room: "told later", Last: 8}, &wire.ReadMoved{Room: "Tea", Last: last.ID})
	s.wants("back online", "#lab3")
	s.hear(&wire.Entered{Room: "tea", Last: last.ID}, &wire.Entered{Room: "told later", Last: 8}, last, said("tea", "bob", 14, 6, 1, "news"))
	if n := s.Book.Room("tea").Counts.Unread; n != 1 {
		t.Errorf("%d lines are unread, want the one behind the mark", n)
	}
	if got := s.Book.Room("told later").Counts.Mark; got != 8 {
		t.Errorf("the mark that came later is %d", got)
	}
}

func TestLinesThatAreNotSaidBecauseOneLeavesStayAndCanBeRecalled(t *testing.T) {
	s := inTea(t)
	s.hear(&wire.Status{State: wire.StateOffline})
	s.enters("one")
	s.enters("two")
	lines := []*wire.Receipt{
		{Client: "c1", As: "sara", Room: "tea", Text: "one", At: at(14, 33), State: wire.ReceiptQueued},
		{Client: "c2", As: "sara", Room: "tea", Text: "two", At: at(14, 33), State: wire.ReceiptQueued},
	}
	s.hear(lines[0], lines[1])
	s.enters("/leave")
	s.shows("leave #tea with 2 lines unsaid?")
	s.tell(bubble.Key{Text: "y"})
	for _, l := range lines {
		failed := *l
		failed.State, failed.Reason = wire.ReceiptFailed, "You left #tea before it was sent."
		s.hear(&failed)
	}
	s.hear(doneOf[wire.Leave](s))
	s.wants("left", "#lab3", "#tea")
	s.shows("not said: 2 lines")
	s.shows("#tea (not in it) ›")
	s.press("up", "up", "up")
	s.shows("one")
	s.press("enter")
	s.shows("/join tea")
	if got := len(s.session.said); got != 2 {
		t.Errorf("%d lines were said, want nothing into a room that was left", got)
	}
	if got := s.bar.composer.draft.String(); got != "one" {
		t.Errorf("the composer has %q, want the line that was not sent", got)
	}
	s.press("ctrl+u")
	s.hear(&wire.Receipt{Client: "c9", As: "sara", Room: "milk", Text: "x", ID: 5, State: wire.ReceiptSent})
	s.leaves()
	s.wants("left once more", "#lab3")
}

func TestTheLastRoomThatIsLeftTakesNoLines(t *testing.T) {
	s := open(t, 100, 24)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.leaves()
	s.hear(doneOf[wire.Leave](s))
	s.wants("left", "#lab3")
	s.enters("hello?")
	s.shows("you are not in #lab3 any more")
	if len(s.session.said) != 0 {
		t.Errorf("got %v", s.session.said)
	}
	s.press("ctrl+u")
	s.leaves()
	s.shows("the only conversation there is")
	s.hear(&wire.Entered{Room: "lab3"})
	s.enters("hello again")
	if len(s.session.said) != 1 {
		t.Error("nothing is said after one has come back")
	}
}

func TestARoomThatOneIsNotInIsLeftAllTheSame(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeNotMember, wire.CodeNoRoom} {
		s := inTea(t)
		s.leaves()
		_, tag := asked[wire.Leave](s.session)
		s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActLeave, Code: code, Text: "You are not in tea."})
		s.wants(string(code), "#lab3")
	}
}

func TestWhoIsTakenOutOfARoomIsToldWhy(t *testing.T) {
	s := inTea(t)
	s.hear(&wire.Left{Room: "tea", Name: "sara", Reason: "There is no room tea."})
	s.wants("taken out", "#lab3")
	s.shows("you are not in #tea any more: There")
	s.hear(&wire.Receipt{Client: "c1", As: "sara", Room: "tea", Text: "x", ID: 5, State: wire.ReceiptSent})
	s.wants("good news of an old line", "#lab3")
}

func TestTheRoomOfTheFirstStartIsNotBackAfterItWasLeft(t *testing.T) {
	a := newArchive()
	a.joined = []string{"milk", "tea"}
	s := open(t, 100, 24, func(c *Config) { c.Archive, c.Room = a, "" })
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "milk"}, &wire.Entered{Room: "tea"})
	s.wants("a start in other rooms", "#milk", "#tea")
	if s.Book.Current.ID != "#milk" {
		t.Errorf("%s is on the screen", s.Book.Current.ID)
	}
}

func TestAClosedConversationWithADraftStaysClosed(t *testing.T) {
	a := newArchive()
	a.talks = []wire.Talk{{User: "bob", Closed: true}}
	a.drafts["@bob"] = "half a sen"
	s := again(t, a)
	s.wants("a start", "#lab3")
	s.hear(online()...)
	s.wants("a login", "#lab3")
}

func TestWhatIsReadWithoutAConnectionIsHandedToTheSession(t *testing.T) {
	s := inTea(t)
	s.hear(&wire.Status{State: wire.StateOffline})
	news := said("lab3", "bob", 14, 40, 1, "from the disk")
	s.hear(news)
	s.press("alt+1")
	s.wait(2 * time.Second)
	if got, _ := asked[wire.Read](s.session); len(got) != 1 || got[0].Room != "lab3" || got[0].Last != news.ID {
		t.Errorf("got %v", got)
	}
}

func TestAReconnectDoesNotShowWhomADiskThatFailsStillCallsHeard(t *testing.T) {
	s := inTea(t)
	s.archive.failing = errors.New("no space left on device")
	s.enters("/ignore mallory")
	s.archive.ignored = nil // it was not taken
	s.hear(online()...)
	s.hear(said("tea", "mallory", 14, 40, 1, "look at me"))
	s.hides("look at me")
}

func TestAnAnswerThatCrossesTheLossOfTheConnectionCounts(t *testing.T) {
	s := inTea(t)
	s.leaves()
	s.hear(&wire.Status{State: wire.StateOffline}) // the session has not taken the request before
	s.hear(doneOf[wire.Leave](s))
	s.wants("left", "#lab3")
}

// TestAMarkThatComesAfterItsRoomCountsAsOneBefore: a server has more marks than a
// login can say, and tells the others with their rooms.
func TestAMarkThatComesAfterItsRoomCountsAsOneBefore(t *testing.T) {
	var lines []wire.Event
	for n := range 10 {
		lines = append(lines, said("milk", "bob", 14, 1, n, "a line"))
	}
	mark, last := lines[3].(*wire.Said).ID, lines[9].(*wire.Said).ID
	for _, late := range []bool{false, true} {
		s := inTea(t)
		if late {
			s.hear(&wire.Entered{Room: "milk", Last: last}, &wire.ReadMoved{Room: "milk", Last: mark})
		} else {
			s.hear(&wire.ReadMoved{Room: "milk", Last: mark}, &wire.Entered{Room: "milk", Last: last})
		}
		s.hear(lines...)
		s.hear(&wire.ReadMoved{Room: "milk", Last: mark - 1})
		if got := s.Book.Room("milk").Counts.Unread; got != 6 {
			t.Errorf("late %v: %d lines are unread, want those behind the mark", late, got)
		}
	}
}
