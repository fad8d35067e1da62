package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/app"
	"labchat/internal/wire"
)

// ownLine is an own line to alice as the disk gives it back.
func ownLine(n, hour, minute int, state wire.ReceiptState, words string) *wire.Whispered {
	return &wire.Whispered{
		ID: wire.FirstID(at(hour, minute)) + wire.ID(n), At: at(hour, minute), From: "sara", To: "alice", Kind: wire.KindAccount, Text: words, State: state,
	}
}

// again is a screen on a disk that an earlier one has filled.
func again(t *testing.T, a *archive) *scene {
	t.Helper()
	s := open(t, 120, 40, func(c *Config) { c.Archive = a })
	s.archive = a
	s.clock.now = noon.Add(time.Hour)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", People: []wire.Person{{Name: "sara", Kind: wire.KindAccount}}})
	return s
}

func TestALineThatWaitsSealedIsThereAfterARestart(t *testing.T) {
	s := again(t, newArchive())
	r := mine(1, 13, 2, wire.ReceiptSent, "are you there?", "")
	r.Inbox, r.Again = true, true
	s.hear(r)
	alice := s.Book.ByID["@alice"]
	if alice == nil {
		t.Fatal("its conversation is not on the list")
	}
	s.switchTo(alice)
	s.shows("are you there?")
	s.shows("in inbox")
	s.shows("outbox 0")
	s.hides("1q") // it waits at the server, and not here
	s.hear(theirs(2, 13, 1, wire.WayDirect, "earlier"), theirs(3, 13, 3, wire.WayDirect, "later"))
	s.hear(mine(1, 13, 2, wire.ReceiptDelivered, "are you there?", ""))
	if diff := cmp.Diff([]string{"earlier", "are you there?", "later"}, spoken(alice)); diff != "" {
		t.Errorf("delivered, -want +got:\n%s", diff)
	}
	s.shows("✓✓")
	s.hides("in inbox")
}

func TestBeforeTheLoginOneIsYouWithoutAName(t *testing.T) {
	a := newArchive()
	a.talks = []wire.Talk{{User: "alice", Kind: wire.KindAccount, Last: 5}}
	s := open(t, 120, 40, func(c *Config) { c.Archive = a })
	s.hear(&wire.Status{State: wire.StateOffline})
	s.press("alt+2")
	s.shows("● you ")
	s.hides("●  (you)")
}

func TestPrivateConversationsComeBackAsTheyWere(t *testing.T) {
	a := newArchive()
	first := theirs(1, 13, 1, "", "hello")
	a.lines["@alice"] = []wire.Event{
		first, ownLine(2, 13, 2, wire.ReceiptRead, "seen"), ownLine(4, 13, 4, wire.ReceiptDelivered, "safe"), theirs(5, 13, 5, "", "news"),
	}
	a.talks = []wire.Talk{
		{User: "alice", Kind: wire.KindAccount, Last: 5, Unread: 1},
		{User: "gus", Kind: wire.KindGuest, Last: 4, Unread: 3},
		{User: "carol", Closed: true},
	}
	a.marks["@alice"] = first.ID
	a.drafts["@alice"], a.drafts["@carol"] = "half a sen", "not on the list"
	a.remarks["alice"] = []wire.Remark{{ID: app.PlaceAt(at(13, 1)), At: at(13, 1), Text: "direct connection made, encrypted"}}
	a.files = []*wire.Transfer{
		{ID: "f1", User: "alice", Out: true, Name: "notes.txt", Size: 9, State: wire.TransferDone, At: at(13, 3), SHA256: strings.Repeat("a", 64)},
		{ID: "f2", User: "alice", Name: "movie.mkv", Size: 100, Done: 50, State: wire.TransferRunning, At: at(13, 6)},
		{ID: "f3", User: "carol", Name: "closed.txt", Size: 100, State: wire.TransferDone, At: at(13, 6)},
	}
	s := again(t, a)
	var list []string
	for _, at := range s.Book.Persons {
		list = append(list, string(at.Label+" "+at.Counts.String()))
	}
	if diff := cmp.Diff([]string{"alice 1", "~gus 3"}, list); diff != "" {
		t.Errorf("the list, -want +got:\n%s", diff)
	}
	if routes, _ := asked[wire.Route](s.session); len(routes) < 2 || routes[0].Name != "alice" || routes[1].Name != "gus" {
		t.Errorf("got %v: the session is not asked how it stands", routes)
	}
	if t := s.Book.ByID["@alice"].File("f1"); t.Line.From != "sara" {
		s.t.Errorf("the file that went out is from %q", t.Line.From)
	}
	s.hear(&wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyVerified})
	s.switchTo(s.Book.Person("alice"))
	s.press("left")
	var got []string
	for _, l := range s.Book.Current.Log.Lines {
		words, _, _ := strings.Cut(string(l.Text), "\n")
		got = append(got, strings.Join(strings.Fields(words), " ")+map[app.Delivery]string{app.DeliveryRead: " ✓✓ read", app.DeliveryDelivered: " ✓✓"}[l.State])
	}
	want := []string{
		"hello", "direct connection made, encrypted", "seen ✓✓ read",
		string(s.paint.Glyph.Top + " notes.txt 9 B"), "safe ✓✓", "news", string(s.paint.Glyph.Top + " movie.mkv 100 B"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.shows("verified ✓")
	s.shows("half a sen")
	s.shows("whole and checked")
	s.shows("waits for the way to come back")
	if s.Book.ByID["@carol"] != nil {
		t.Error("a conversation that was closed came back")
	}
	s.hear(&wire.Whispered{ID: wire.FirstID(at(14, 40)), At: at(14, 40), From: "carol", To: "sara", Text: "open again"})
	if at := s.Book.ByID["@carol"]; at == nil || at.Draft != "not on the list" {
		t.Error("the next line does not open it with its draft")
	}
}

func TestWhatIsSaidOfAWayIsKept(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(&wire.Path{User: "alice", Way: wire.WayNone, Reason: "no answer"}, directTo("alice", 5000))
	s.hear(theirs(1, 14, 34, wire.WayDirect, "hello"), &wire.Path{User: "alice", Way: wire.WayRelay, Reason: "the network changed"})
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyChanged, Text: "really"})
	var got []string
	for _, r := range s.archive.remarks["alice"] {
		got = append(got, r.Text)
	}
	if len(got) != 5 || got[0] != "direct connection made, encrypted" || !strings.HasPrefix(got[1], "relayed from here on") ||
		!s.archive.remarks["alice"][2].Alarm {
		t.Fatalf("got %q", got)
	}
	s.enters("/leave")
	if diff := cmp.Diff([]string{"alice"}, s.archive.closed); diff != "" {
		t.Errorf("closed, -want +got:\n%s", diff)
	}
	s = again(t, s.archive)
	s.enters("/msg alice")
	s.shows("direct connection made")
	s.shows("THE KEY OF alice HAS CHANGED")
}

func TestWhatIsSaidAgainAfterARestartStandsOnce(t *testing.T) {
	a := newArchive()
	a.talks = []wire.Talk{{User: "alice", Kind: wire.KindAccount, Last: 1}}
	a.lines["@alice"] = []wire.Event{ownLine(1, 12, 1, wire.ReceiptRead, "hello")}
	a.remarks["alice"] = []wire.Remark{{ID: app.PlaceAt(at(13, 2)), At: at(13, 2), Text: "direct connection made, encrypted"}}
	s := again(t, a)
	s.switchTo(s.Book.Person("alice"))
	s.press("left")
	s.hear(directTo("alice", 4000))
	notes := 0
	for _, l := range s.Book.Current.Log.Lines {
		if strings.HasPrefix(string(l.Text), "direct connection made") {
			notes++
		}
	}
	if len(a.remarks["alice"]) != 1 || a.remarks["alice"][0].At == at(13, 2) || notes != 1 {
		t.Errorf("%d notes on the screen, and on the disk %+v", notes, a.remarks["alice"])
	}
}

func TestALineOfTheDiskIsOursWhateverWeWereCalled(t *testing.T) {
	a := newArchive()
	line := ownLine(1, 13, 1, wire.ReceiptRead, "as a guest")
	line.From = "guest7"
	a.lines["@alice"] = []wire.Event{line}
	a.talks = []wire.Talk{{User: "alice"}}
	s := again(t, a)
	s.switchTo(s.Book.Person("alice"))
	s.press("left")
	if l := s.Book.Current.Log.Lines[0]; !l.Own || l.State != app.DeliveryRead || s.Book.ByID["@guest7"] != nil {
		t.Errorf("got %+v", l)
	}
}

// TestALineThatTheDiskCountsIsNotCountedAgain: the disk has a line before the screen
// hears of it, and what was unread may be counted between.
func TestALineThatTheDiskCountsIsNotCountedAgain(t *testing.T) {
	a := newArchive()
	early := theirs(1, 13, 1, wire.WayInbox, "on the disk and told")
	late := theirs(2, 13, 2, wire.WayInbox, "on the disk, and not told yet")
	a.lines["@alice"] = []wire.Event{early, late}
	a.talks = []wire.Talk{{User: "alice", Kind: wire.KindAccount, Last: late.ID, Unread: 2, News: []wire.ID{early.ID, late.ID}}}
	s := again(t, a)
	s.hear(late)
	alice := s.Book.Person("alice")
	if n := alice.Counts.Unread; n != 2 {
		t.Errorf("got %d unread, want 2", n)
	}
	s.hear(theirs(3, 13, 3, wire.WayInbox, "new"))
	if n := alice.Counts.Unread; n != 3 {
		t.Errorf("then got %d unread, want 3", n)
	}
}
