package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/app"
	"labchat/internal/wire"
)

func TestReceiptsOnlyGoForward(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(mine(1, 14, 0, wire.ReceiptQueued, "one", ""))
	s.shows("queued")
	s.hear(mine(1, 14, 0, wire.ReceiptDelivered, "one", "")) // without sent before it
	s.shows("✓✓ │")
	s.shows("outbox 0")
	s.hear(mine(1, 14, 0, wire.ReceiptSent, "one", ""))
	s.hides("✓ sent")
	s.hear(mine(1, 14, 0, wire.ReceiptRead, "one", ""))
	s.shows("✓✓ read")
	s.hear(mine(2, 14, 1, wire.ReceiptQueued, "two", ""), mine(2, 14, 1, wire.ReceiptFailed, "two", "alice refuses"))
	s.shows("failed")
	s.shows("not sent: alice refuses")
	if n := len(s.Book.Rooms); n != 1 {
		t.Errorf("there are %d rooms: a private receipt made one", n)
	}
}

func TestALineThatTheDiskDoesNotTakeIsShownAsFailed(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(theirs(1, 14, 50, wire.WayDirect, "hello"))
	s.hear(mine(1, 14, 51, wire.ReceiptFailed, "not on any disk", "this machine's disk does not take it")) // never queued
	s.shows("sara │ not on any disk")
	s.shows("failed")
	s.shows("not sent: this machine's disk does not take it")
	s.hear(theirs(2, 14, 52, wire.WayDirect, "hi"))
	if diff := cmp.Diff([]string{"hello", "not on any disk", "hi"}, spoken(s.Book.Current)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAReceiptBringsNoClosedConversationBack(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(mine(1, 14, 0, wire.ReceiptQueued, "one", ""), mine(1, 14, 0, wire.ReceiptSent, "one", ""))
	s.enters("/leave")
	s.hear(mine(1, 14, 0, wire.ReceiptRead, "one", ""))
	if s.Book.ByID["@alice"] != nil {
		t.Error("it did")
	}
}

func TestAReceiptIsOfOwnLinesOnly(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	line := theirs(1, 14, 0, wire.WayDirect, "hers")
	s.hear(line, &wire.Receipt{Client: "gone", To: "alice", State: wire.ReceiptRead, ID: line.ID, At: line.At, Text: "hers"})
	if l := s.Book.Current.Log.Lines[0]; l.Text != "hers" || l.State != app.DeliveryNone {
		t.Errorf("got %+v", l)
	}
}

func TestWhatLinesWaitForIsSaidOnce(t *testing.T) {
	s := talking(t, &wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyKnown})
	before := len(s.Book.Current.Log.Lines)
	s.hear(mine(1, 14, 0, wire.ReceiptQueued, "one", "alice is\x1b[2J away"))
	s.shows("queued: alice is␛[2J away")
	s.press("left")
	if s.moment.flash != "" {
		t.Error("the status row still says it")
	}
	s.hear(mine(2, 14, 0, wire.ReceiptQueued, "two", "alice is\x1b[2J away"))
	if s.moment.flash != "" {
		t.Error("it is said for each line")
	}
	s.shows("queued: alice is␛[2J away") // the hint
	if n := len(s.Book.Current.Log.Lines) - before; n != 2 {
		t.Errorf("got %d more lines, want the two", n)
	}
	s.hear(mine(1, 14, 0, wire.ReceiptSent, "one", ""), mine(2, 14, 0, wire.ReceiptSent, "two", ""))
	s.hides("is␛[2J away")
}

func TestALineThatCameReadableSaysSo(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(theirs(1, 14, 1, wire.WayDirect, "one"), theirs(2, 14, 2, wire.WayInbox, "two"), theirs(3, 14, 3, "", "three"), theirs(4, 14, 4, wire.WayPlain, "four"))
	var got []string
	for _, l := range s.Book.Current.Log.Lines {
		if l.IsSpoken() {
			got = append(got, string(l.Text))
		}
	}
	if diff := cmp.Diff([]string{"one", "two", "(not encrypted) three", "(not encrypted) four"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.hear(&wire.Whispered{ID: 9, At: at(14, 5), From: "bob", To: "sara", Text: "from an old program"})
	s.press("alt+a")
	s.hides("(not encrypted)") // the title says it of all
}

func TestAWayThatComesAndGoesIsOneNote(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.shows("direct connection made")
	for range 5 {
		s.hear(&wire.Path{User: "alice", Way: wire.WayNone, Reason: "no answer"}, directTo("alice", 5000))
	}
	if n := strings.Count(s.View(), "direct connection made"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, s.View())
	}
	s.hear(theirs(1, 14, 34, wire.WayDirect, "hello"), &wire.Path{User: "alice", Way: wire.WayRelay, Reason: "the network changed"})
	s.shows("direct connection made")
	s.shows("relayed from here on, encrypted: the network changed")
}

func TestReadingIsToldWhereItCanBe(t *testing.T) {
	seen := func(s *scene) []wire.Seen { all, _ := asked[wire.Seen](s.session); return all }
	s := talking(t, directTo("alice", 4000))
	line := theirs(1, 14, 33, wire.WayDirect, "hello")
	s.hear(line)
	if len(seen(s)) != 0 {
		t.Fatal("told at once")
	}
	s.wait(app.LookFor)
	if diff := cmp.Diff([]wire.Seen{{Name: "alice", Last: line.ID}}, seen(s)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.hear(mine(1, 14, 34, wire.ReceiptQueued, "mine", ""), mine(1, 14, 34, wire.ReceiptSent, "mine", ""))
	s.press("alt+end")
	s.wait(app.LookFor)
	if len(seen(s)) != 1 {
		t.Errorf("own lines are told as read: %v", seen(s))
	}
	s.hear(&wire.Path{User: "alice", Way: wire.WayNone}, theirs(2, 14, 35, wire.WayDirect, "and"))
	s.wait(app.LookFor)
	if len(seen(s)) != 1 {
		t.Fatalf("told where nobody can hear it: %v", seen(s))
	}
	s.hear(directTo("alice", 4000))
	if got := seen(s); len(got) != 2 || got[1].Last != theirs(2, 14, 35, "", "").ID {
		t.Errorf("not told when the way came back: %v", got)
	}
	s.hear(&wire.Path{User: "alice", Way: wire.WayDirect, Request: true}, theirs(3, 14, 36, wire.WayDirect, "let me in"))
	s.wait(app.LookFor)
	if len(seen(s)) != 2 {
		t.Error("a stranger is told what we read")
	}
}

func TestTypingIsToldPastTheServerToo(t *testing.T) {
	typing := func(s *scene) int { all, _ := asked[wire.Typing](s.session); return len(all) }
	for _, tt := range []struct {
		name string
		path wire.Path
		want int
	}{
		{"direct", wire.Path{Way: wire.WayDirect}, 1},
		{"nobody there", wire.Path{Way: wire.WayNone}, 0},
		{"a request", wire.Path{Way: wire.WayDirect, Request: true}, 0},
		{"another key", wire.Path{Way: wire.WayDirect, Blocked: true}, 0},
		{"through the server, which is gone", wire.Path{Way: wire.WayPlain}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.path.User = "alice"
			s := talking(t, &tt.path)
			s.hear(offline(s))
			s.types("hello")
			if got := typing(s); got != tt.want {
				t.Errorf("told %d times, want %d", got, tt.want)
			}
		})
	}
}

func TestARouteIsAnsweredWhereItWasAsked(t *testing.T) {
	s := entered(t)
	s.Ask(s.Book.Current, wire.Route{Name: "alice", Mode: wire.RouteRelay})
	_, tag := asked[wire.Route](s.session)
	p := directTo("alice", 4000)
	p.Way, p.Re.Re, p.Reason = wire.WayRelay, tag, "you want it so"
	s.hear(p)
	s.shows("alice: verified ✓, relayed 4 ms: you want it so")
	s.hear(&wire.Shared{Typing: true})
	s.shows("others hear of your typing: yes, of your reading: no")
}

func TestWaysEndWithTheirSession(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(&wire.Status{State: wire.StateEnded, Reason: "replaced"})
	s.hides("direct UDP")
	if names := s.Book.Direct(); len(names) != 0 {
		t.Errorf("got %v", names)
	}
}

// spoken are the words of a conversation in order.
func spoken(at *app.Place) (words []string) {
	for _, l := range at.Log.Lines {
		if l.IsSpoken() {
			words = append(words, string(l.Text))
		}
	}
	return words
}

// placedAt is a receipt for an own private line that waits at its place.
func placedAt(n, minute int, words string) *wire.Receipt {
	r := mine(n, 14, minute, wire.ReceiptQueued, words, "")
	r.ID = wire.FirstID(r.At) + wire.ID(n)
	return r
}

func TestAnOwnLineThatWaitsStandsWhereItBelongs(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(placedAt(1, 5, "yes"), theirs(2, 14, 3, wire.WayDirect, "hi"), theirs(3, 14, 6, wire.WayDirect, "later"))
	alice := s.Book.Person("alice")
	want := []string{"hi", "yes", "later"}
	if diff := cmp.Diff(want, spoken(alice)); diff != "" {
		t.Errorf("while it waits, -want +got:\n%s", diff)
	}
	s.hear(mine(1, 14, 5, wire.ReceiptSent, "yes", ""), mine(1, 14, 5, wire.ReceiptDelivered, "yes", ""))
	if diff := cmp.Diff(want, spoken(alice)); diff != "" {
		t.Errorf("delivered, -want +got:\n%s", diff)
	}
	s.shows("outbox 0")
	s.hear(placedAt(4, 7, "wrong"), theirs(5, 14, 8, wire.WayDirect, "last"))
	s.hear(mine(4, 14, 7, wire.ReceiptFailed, "wrong", "deleted by you"))
	if diff := cmp.Diff(append(want, "last", "wrong"), spoken(alice)); diff != "" {
		t.Errorf("failed, -want +got:\n%s", diff)
	}
}

func TestALineThatComesInAboveOwnOnesIsNews(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(theirs(1, 14, 1, wire.WayDirect, "first"), placedAt(2, 5, "mine"), mine(2, 14, 5, wire.ReceiptDelivered, "mine", ""))
	alice := s.Book.Person("alice")
	s.wait(time.Minute)
	s.switchTo(s.Book.Rooms[0])
	s.hear(theirs(3, 14, 3, wire.WayDirect, "late"))
	if diff := cmp.Diff([]string{"first", "late", "mine"}, spoken(alice)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := alice.Counts.Unread; n != 1 {
		t.Errorf("got %d unread, want the one that came late", n)
	}
	s.switchTo(alice)
	s.shows("1 new")
	if alice.Counts.Unread != 0 {
		t.Error("it is still unread")
	}
}

func TestTheRuleAboveWhatIsNewStandsAboveNoOwnLine(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(theirs(1, 14, 1, wire.WayDirect, "first"), placedAt(2, 5, "mine"), mine(2, 14, 5, wire.ReceiptDelivered, "mine", ""))
	s.switchTo(s.Book.Rooms[0])
	s.hear(theirs(3, 14, 6, wire.WayDirect, "second"))
	alice := s.Book.Person("alice")
	s.switchTo(alice)
	if n := s.conv.timeline(alice).firstNews(); alice.Log.Lines[n].Text != "second" {
		t.Errorf("it stands above %q", alice.Log.Lines[n].Text)
	}
}

func TestTheHintSaysWhatLinesWaitForNow(t *testing.T) {
	s := talking(t, &wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyKnown, Reason: "alice has not answered yet"})
	s.hear(mine(1, 14, 0, wire.ReceiptQueued, "one", "alice has not answered yet"))
	s.shows("queued: alice has not answered yet")
	s.hear(directTo("alice", 4000), mine(2, 14, 1, wire.ReceiptQueued, "two", ""), mine(1, 14, 0, wire.ReceiptDelivered, "one", ""))
	s.hides("has not answered yet")
	s.hear(mine(2, 14, 1, wire.ReceiptDelivered, "two", ""))
	s.hides("queued")
}

func TestAConversationGoesOnUnderTheNewNameOfAGuest(t *testing.T) {
	s := talking(t, &wire.Path{User: "alice", Way: wire.WayDirect, Key: wire.KeyNew, Guest: true})
	s.hear(theirs(1, 14, 1, wire.WayDirect, "first"), placedAt(2, 2, "mine"), mine(2, 14, 2, wire.ReceiptSent, "mine", ""))
	s.hear(&wire.Transfer{ID: "f", User: "alice", Name: "a.bin", Size: 100, Done: 10, State: wire.TransferRunning, At: at(14, 3)})
	s.wait(time.Minute)
	s.enters("typed before")
	s.types("half a sen")
	s.hear(&wire.TalkRenamed{Old: "alice", Name: "alicia", Kind: wire.KindGuest}, &wire.Path{User: "alicia", Way: wire.WayDirect, Key: wire.KeyNew, Guest: true})
	if s.Book.ByID["@alice"] != nil || s.Book.Current.ID != "@alicia" || len(s.Book.Persons) != 1 {
		t.Fatalf("the list is %v", s.Book.Persons)
	}
	s.shows("@ ~alicia (was ~alice)")
	s.shows("~alice is ~alicia now, on the same device")
	s.shows("half a sen")
	second := theirs(4, 14, 34, wire.WayDirect, "second")
	second.From = "alicia"
	read := mine(2, 14, 2, wire.ReceiptRead, "mine", "")
	read.To = "alicia"
	s.hear(second, read, &wire.Transfer{ID: "f", User: "alicia", Name: "a.bin", Size: 100, Done: 100, State: wire.TransferDone, At: at(14, 3)})
	if diff := cmp.Diff([]string{"first", "mine", "second"}, spoken(s.Book.Current)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.shows("✓✓ read")
	s.shows("whole and checked")
	s.press("up")
	s.shows("only, encrypted › typed before")
	s.press("down")
	s.switchTo(s.Book.Rooms[0])
	s.press("left")
	if s.archive.drafts["@alice"] != "" || s.archive.drafts["@alicia"] != "half a sen" {
		t.Errorf("the drafts are %q", s.archive.drafts)
	}
	if s.archive.marks["@alicia"] == 0 || len(s.archive.remarks["alicia"]) == 0 {
		t.Errorf("got marks %v, remarks %v", s.archive.marks, s.archive.remarks)
	}
	s.enters("/msg alice")
	if s.Book.Current.ID != "@alice" || len(spoken(s.Book.Current)) != 0 {
		t.Error("who has the old name next gets what was said before")
	}
}

func TestANewNameNeverMovesAConversationOntoAnother(t *testing.T) {
	s := talking(t, &wire.Path{User: "alice", Way: wire.WayDirect, Key: wire.KeyNew, Guest: true})
	s.hear(theirs(1, 14, 1, wire.WayDirect, "first"), &wire.Whispered{ID: 9, At: at(14, 5), From: "bob", To: "sara", Text: "bob's"})
	s.hear(&wire.TalkRenamed{Old: "alice", Name: "bob", Kind: wire.KindGuest})
	if diff := cmp.Diff([]string{"bob's"}, spoken(s.Book.ByID["@bob"])); diff != "" || s.Book.ByID["@alice"] == nil {
		t.Errorf("it did:\n%s", diff)
	}
}

func TestWhoAsksSeesThatAPersonHasToAccept(t *testing.T) {
	s := entered(t)
	s.Book.Person("alice")
	asked := &wire.Path{User: "alice", Way: wire.WayNone, Trying: true, Asked: true, Key: wire.KeyNew, Reason: "alice was asked; lines go when alice accepts"}
	s.hear(&wire.Path{User: "alice", Way: wire.WayNone, Trying: true}, asked)
	s.shows(asked.Reason) // wherever one is
	s.shows(" ask│")
	s.switchTo(s.Book.Person("alice"))
	s.press("left")
	s.shows(string(s.paint.Glyph.Notice) + " " + asked.Reason)
	s.hear(asked, directTo("alice", 4000))
	s.hides("was asked")
	s.shows("direct connection made")
}

func TestTheComposerSaysOfAWayWhatTheTitleSays(t *testing.T) {
	for _, c := range []struct {
		path            wire.Path
		title, composer string
	}{
		{wire.Path{User: "alice"}, "the next line opens a connection", "(opens a connection)"},
		{wire.Path{User: "alice", Key: wire.KeyKnown}, "the next line opens a connection", "(opens a connection)"},
		{wire.Path{User: "alice", Trying: true}, "looking for a way, lines wait here", "(waits on this machine)"},
		{wire.Path{User: "alice", Reason: "alice is away"}, "lines wait here: alice is away", "(waits on this machine)"},
	} {
		c.path.Way = wire.WayNone
		s := talking(t, &c.path)
		s.shows(c.title)
		s.shows(c.composer)
	}
}
