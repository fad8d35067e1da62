package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

func TestLinesStandInTheOrderOfTheirIDs(t *testing.T) {
	s := entered(t)
	one, two, three := said("lab3", "bob", 14, 1, 0, "one"), said("lab3", "bob", 14, 2, 0, "two"), said("lab3", "bob", 14, 3, 0, "three")
	s.hear(two, three, two)
	s.hear(one, three)
	s.expect("one", "two", "three")
}

func TestWhatWasSaidBeforeUsStandsAboveTheNotes(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Notice{Text: "a word of the server"}, &wire.Joined{Room: "lab3", Name: "carol"})
	s.hear(said("lab3", "bob", 14, 1, 0, "one"), said("lab3", "bob", 14, 2, 0, "two"), said("lab3", "bob", 13, 0, 0, "early"))
	s.hear(said("lab3", "bob", 14, 40, 0, "after"), said("lab3", "bob", 14, 41, 0, "later"))
	var got []string
	for _, l := range s.Book.Current.Log.Lines {
		got = append(got, string(l.Text))
	}
	want := []string{"early", "one", "two", "the server says: a word of the server", "carol joined", "after", "later"}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnOwnLineIsQueuedThenSent(t *testing.T) {
	s := entered(t)
	s.enters("mine")
	if len(s.session.said) != 1 || s.session.said[0] != (wire.Say{Room: "lab3", Text: "mine"}) {
		t.Fatalf("got %+v", s.session.said)
	}
	s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptQueued, As: "sara", At: at(14, 5), Text: "mine"})
	s.shows("queued")
	s.hear(said("lab3", "bob", 14, 6, 0, "theirs"))
	s.expect("theirs", "mine")
	s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: wire.FirstID(at(14, 4)), At: at(14, 4), As: "sara", Text: "mine"})
	s.expect("mine", "theirs")
	s.shows("✓ sent")
	mine := said("lab3", "sara", 14, 4, 0, "mine")
	mine.Client = "c1"
	s.hear(mine)
	s.expect("mine", "theirs")
}

func TestAnOwnLineMayBeHeardBeforeItsReceipt(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptQueued, As: "sara", At: at(14, 5), Text: "mine"})
	mine := said("lab3", "sara", 14, 5, 0, "mine")
	mine.Client = "c1"
	s.hear(mine, &wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: mine.ID, At: mine.At, As: "sara", Text: "mine"})
	s.expect("mine")
	s.shows("outbox 0")
}

func TestARefusedLineSaysWhy(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptQueued, As: "sara", At: at(14, 5), Text: "mine"},
		&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptFailed, As: "sara", Text: "mine", Reason: "You are not in this room."})
	s.shows("failed")
	s.shows("not sent: You are not in this room.")
}

func TestReadMarkersAreToldAfterAWhile(t *testing.T) {
	s := entered(t)
	s.hear(said("lab3", "bob", 14, 1, 0, "one"), said("lab3", "bob", 14, 2, 0, "two"))
	if all, _ := asked[wire.Read](s.session); len(all) != 0 {
		t.Fatalf("told at once: %v", all)
	}
	s.wait(app.LookFor)
	last := wire.FirstID(at(14, 2))
	if all, _ := asked[wire.Read](s.session); len(all) != 1 || all[0].Last != last {
		t.Errorf("got %v, want one for %d", all, last)
	}
	if s.archive.marks["lab3"] != last {
		t.Errorf("the archive has %d, want %d", s.archive.marks["lab3"], last)
	}
}

func TestTheRuleStandsAboveWhatIsNew(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, said("lab3", "bob", 14, 1, 0, "old"))
	s.press("ctrl+n")
	s.hear(said("lab3", "bob", 14, 2, 0, "new"), said("lab3", "bob", 14, 3, 0, "newer"))
	s.press("ctrl+p")
	s.shows("2 new since 14:01")
	s.enters("seen")
	s.hides("2 new")
}

func TestTheTimelineKeepsItsPlaceWhenLinesArrive(t *testing.T) {
	s := entered(t)
	for i := range 200 {
		s.hear(said("lab3", "bob", 13, 0, i, fmt.Sprintf("line %d.", i)))
	}
	s.press("pgup", "pgup")
	s.shows("lines below")
	before := s.conv.timeline(s.Book.Current).View(80, 30)
	s.hear(said("lab3", "bob", 13, 30, 0, "newest"))
	after := s.conv.timeline(s.Book.Current).View(80, 30)
	if text.Join(before, "\n") != text.Join(after, "\n") {
		t.Error("the lines moved")
	}
	if s.Book.Current.Counts.Unread != 1 {
		t.Errorf("got %d unread, want the one that is below", s.Book.Current.Counts.Unread)
	}
	s.hear(said("lab3", "bob", 12, 0, 0, "older"))
	if text.Join(before[1:], "\n") != text.Join(s.conv.timeline(s.Book.Current).View(80, 30)[1:], "\n") {
		t.Error("the lines moved when an older one arrived")
	}
	s.press("alt+end")
	s.shows("newest")
	if s.Book.Current.Counts.Unread != 0 {
		t.Error("still unread")
	}
}

func TestOlderLinesComeFromTheArchiveThenFromTheServer(t *testing.T) {
	s := open(t, 120, 40)
	for i := range 150 {
		s.archive.lines["#lab3"] = append(s.archive.lines["#lab3"], said("lab3", "bob", 12, 0, i, fmt.Sprintf("kept %d.", i)))
	}
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	if n := len(s.words()); n != app.PageLines {
		t.Fatalf("got %d lines at first, want %d", n, app.PageLines)
	}
	s.press("alt+home")
	if n := len(s.words()); n != 150 {
		t.Fatalf("got %d lines, want all that are kept", n)
	}
	s.press("alt+home")
	all, tag := asked[wire.History](s.session)
	if len(all) != 1 || all[0].Before != wire.FirstID(at(12, 0)) || all[0].Room != "lab3" {
		t.Fatalf("got %+v", all)
	}
	s.press("pgup")
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", Count: 1}, said("lab3", "bob", 11, 0, 0, "from the server"))
	s.press("alt+home")
	s.shows("from the server")
	if all, _ := asked[wire.History](s.session); len(all) != 2 {
		t.Errorf("got %d questions, want one after each answer", len(all))
	}
	if s.Book.Current.Counts.Unread != 0 {
		t.Error("old lines count as unread")
	}
}

func TestATimelineIsInOrderWhateverComesIn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log := newTimeline(&app.Log{}, newPaint(plainTheme(), &words.Clock{Now: func() time.Time { return noon }, Zone: time.UTC}))
		seen := map[wire.ID]bool{}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			n := rapid.IntRange(1, 12).Draw(rt, "n")
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				log.Note(&app.Line{Kind: app.LineNote, At: wire.Millis(n)})
			case 1:
				log.Queue(wire.ClientID(strconv.Itoa(n)), &app.Line{Own: true})
			case 2:
				seen[wire.ID(n)] = log.Settle(wire.ClientID(strconv.Itoa(n)), wire.ID(n), wire.Millis(n), app.DeliverySent) || seen[wire.ID(n)]
			default:
				if twice := log.Append(&app.Line{Key: wire.ID(n), At: wire.Millis(n)}) == app.PlacedTwice; twice != seen[wire.ID(n)] {
					rt.Fatalf("line %d: twice is %v, want %v", n, twice, seen[wire.ID(n)])
				}
				seen[wire.ID(n)] = true
			}
			if !slices.IsSortedFunc(log.Lines, func(a, b *app.Line) int { return cmp.Compare(a.Key, b.Key) }) {
				rt.Fatalf("out of order: %v", log.Lines)
			}
		}
	})
}

func TestTheProgramsOwnWordsAreNotTheServers(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Notice{Text: "a disk is full", Own: true}, &wire.Notice{Text: "this machine stops at six"})
	s.shows("a disk is full")
	s.hides("says: a disk")
	s.shows("the server says: this machine stops at six")
}
