package archive

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

var ourTypes = cmp.AllowUnexported(wire.Said{}, wire.Whispered{}, wire.Receipt{})

// typed is a line of alice to bob.
func typed(id wire.ClientID) *wire.Receipt {
	return &wire.Receipt{Client: id, As: "alice", To: "bob", Text: "text of " + string(id), At: 1}
}

// waiting names the private lines that wait.
func waiting(t *testing.T, a *Archive) []wire.ClientID {
	t.Helper()
	lines, err := a.PrivateOutbox()
	must(t, err)
	var names []wire.ClientID
	for _, l := range lines {
		names = append(names, l.Client)
	}
	return names
}

// talk returns the lines exchanged with bob.
func talk(t *testing.T, a *Archive) []wire.Event {
	t.Helper()
	lines, err := a.Recent("@bob", 0, 1<<20)
	must(t, err)
	return lines
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, ourTypes); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestPrivateLinesWaitWithAllThatBelongsToThem(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	first := &wire.Receipt{Client: "z", As: "Alice", To: "Bob", Text: "waves", Action: true, ID: 900, At: 90, After: new(wire.ID)}
	second := &wire.Receipt{Client: "b", As: "other", To: "carol", Text: "psst", At: 91, Device: "key of carol"}
	seven := wire.ID(7)
	third := &wire.Receipt{Client: "a", As: "Alice", To: "Bob", Text: "again", ID: 920, At: 92, After: &seven, AfterOf: "key of bob"}
	must(t, a.QueuePrivate(first, second))
	must(t, a.QueuePrivate(third))
	must(t, a.Bind("key of bob", "a", "unknown"))
	must(t, a.MarkSealed("z", "unknown"))
	must(t, a.Close())

	a = open(t, dir)
	lines, err := a.PrivateOutbox()
	must(t, err)
	first.State, second.State, third.State = wire.ReceiptQueued, wire.ReceiptQueued, wire.ReceiptQueued
	first.Inbox, third.Device = true, "key of bob"
	check(t, "private outbox", lines, []*wire.Receipt{first, second, third})
	if first.Seq == 0 || first.Seq >= second.Seq || second.Seq >= third.Seq {
		t.Errorf("got numbers %d, %d, %d, want them to rise", first.Seq, second.Seq, third.Seq)
	}
}

func TestANumberIsNeverUsedAgain(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	var last wire.ID
	for n := range 6 {
		one := typed(wire.ClientID(fmt.Sprint("c", n)))
		must(t, a.QueuePrivate(one))
		if one.Seq <= last {
			t.Fatalf("got number %d after %d", one.Seq, last)
		}
		last = one.Seq
		dropped, err := a.DropPrivate(one.Client)
		must(t, err)
		if !dropped {
			t.Fatalf("%s was not dropped", one.Client)
		}
		if n == 3 {
			must(t, a.Close())
			a = open(t, dir)
		}
	}
}

func TestALineIsQueuedOnce(t *testing.T) {
	a := open(t, t.TempDir())
	one, again := typed("c"), typed("c")
	again.Text = "another text"
	must(t, a.QueuePrivate(one, typed("d")))
	must(t, a.QueuePrivate(again))
	if one.Seq != again.Seq {
		t.Errorf("got number %d, want %d as before", again.Seq, one.Seq)
	}
	lines, err := a.PrivateOutbox()
	must(t, err)
	if len(lines) != 2 || lines[0].Text != one.Text {
		t.Errorf("got %d lines, the first %q", len(lines), lines[0].Text)
	}
}

func TestLinesForTheServerAndPrivateOnesAreKeptApart(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Queue(typed("plain")))
	must(t, a.QueuePrivate(typed("private"), typed("bound"), typed("given")))
	must(t, a.Bind("dev", "bound"))
	must(t, a.MarkSealed("given"))
	outbox := func() (names []wire.ClientID) {
		t.Helper()
		lines, err := a.Outbox("alice")
		must(t, err)
		for _, l := range lines {
			names = append(names, l.Client)
		}
		return names
	}
	check(t, "outbox", outbox(), []wire.ClientID{"plain"})
	check(t, "private outbox", waiting(t, a), []wire.ClientID{"private", "bound", "given"})

	must(t, a.SettlePrivate(&wire.Receipt{Client: "plain", State: wire.ReceiptDelivered, ID: 1}))
	check(t, "outbox after one was settled the wrong way", outbox(), []wire.ClientID{"plain"})
	check(t, "history after that", talk(t, a), []wire.Event(nil))
	for line, want := range map[wire.ClientID]bool{"plain": false, "private": true, "unknown": false} {
		dropped, err := a.DropPrivate(line)
		must(t, err)
		if dropped != want {
			t.Errorf("%s was dropped: %v, want %v", line, dropped, want)
		}
	}
}

// TestLinesThatAnEarlierVersionLeftToASessionAreTakenBackWithNewNumbers: each at its own
// server, and in order.
func TestLinesThatAnEarlierVersionLeftToASessionAreTakenBackWithNewNumbers(t *testing.T) {
	a := open(t, t.TempDir())
	room := &wire.Receipt{Client: "for a room", As: "alice", Room: "lobby", Text: "x"}
	left, doubtful := typed("left"), typed("doubtful")
	doubtful.InDoubt = true
	must(t, a.Queue(left, room, doubtful))
	later := typed("private")
	must(t, a.QueuePrivate(later))
	must(t, a.TakeBack())
	lines, err := a.PrivateOutbox()
	must(t, err)
	check(t, "private outbox", waiting(t, a), []wire.ClientID{"private", "left", "doubtful"})
	for i, l := range lines[1:] {
		if l.Epoch == "" || l.Epoch != lines[1].Epoch || l.Seq != wire.ID(i+1) || l.InDoubt != (l.Client == "doubtful") || l.To != "bob" || l.Text != "text of "+string(l.Client) {
			t.Errorf("got %+v, want number %d of an epoch of its own", l, i+1)
		}
	}
	sessions, err := a.Outbox("alice")
	must(t, err)
	if len(sessions) != 1 || sessions[0].Client != "for a room" {
		t.Errorf("the session has %d lines left, want the room's", len(sessions))
	}
}

// TestAPrivateLineThatASessionHasStaysWithWhoPassedIt: only that a session has sent it,
// or not, is the session's word.
func TestAPrivateLineThatASessionHasStaysWithWhoPassedIt(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	one := typed("passed")
	one.ID = 12
	must(t, a.QueuePrivate(one))
	must(t, a.Settle(&wire.Receipt{Client: "passed", State: wire.ReceiptQueued, InDoubt: true}))
	must(t, a.Close())
	a = open(t, dir)
	sessions, err := a.Outbox("alice")
	must(t, err)
	lines, err := a.PrivateOutbox()
	must(t, err)
	if len(sessions) != 0 || len(lines) != 1 || !lines[0].InDoubt || lines[0].ID != 12 {
		t.Errorf("got %d lines of the session's, and of the others %+v", len(sessions), lines)
	}
	must(t, a.Settle(&wire.Receipt{Client: "passed", State: wire.ReceiptSent, ID: 2}))
	check(t, "private outbox after it was sent", waiting(t, a), []wire.ClientID(nil))
}

func TestADeliveredLineGoesFromTheOutboxToTheHistory(t *testing.T) {
	line := func(id wire.ID, state wire.ReceiptState) []wire.Event {
		return []wire.Event{&wire.Whispered{ID: id, At: 70, From: "alice", To: "bob", Kind: wire.KindAccount, Text: "text of c", State: state}}
	}
	type step struct {
		state wire.ReceiptState
		id    wire.ID // afterwards
	}
	for _, c := range []struct {
		name    string
		steps   []step
		waits   []wire.ClientID
		history []wire.Event
		counted int
	}{
		{"delivered", []step{{wire.ReceiptDelivered, 7}}, nil, line(7, wire.ReceiptDelivered), 1},
		{"read at once", []step{{wire.ReceiptRead, 7}}, nil, line(7, wire.ReceiptRead), 1},
		{"sent, and not delivered", []step{{wire.ReceiptSent, 7}}, []wire.ClientID{"c"}, nil, 0},
		{"still queued", []step{{wire.ReceiptQueued, 7}}, []wire.ClientID{"c"}, nil, 0},
		{"refused", []step{{wire.ReceiptFailed, 7}}, nil, nil, 0},
		{"all of its way", []step{{wire.ReceiptSent, 7}, {wire.ReceiptDelivered, 8}, {wire.ReceiptRead, 8}}, nil, line(8, wire.ReceiptRead), 1},
		{"delivered twice", []step{{wire.ReceiptDelivered, 7}, {wire.ReceiptDelivered, 7}}, nil, line(7, wire.ReceiptDelivered), 1},
		{"backwards", []step{{wire.ReceiptRead, 7}, {wire.ReceiptDelivered, 7}, {wire.ReceiptQueued, 7}, {wire.ReceiptFailed, 7}}, nil, line(7, wire.ReceiptRead), 1},
		{"refused, but delivered after all", []step{{wire.ReceiptFailed, 7}, {wire.ReceiptDelivered, 7}}, nil, line(7, wire.ReceiptDelivered), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, t.TempDir())
			must(t, a.SetDevice(wire.KnownDevice{User: "bob", Key: "dev", State: wire.KeyKnown}))
			must(t, a.QueuePrivate(typed("c")))
			for n, s := range c.steps {
				r := &wire.Receipt{Client: "c", State: s.state, ID: wire.ID(7 + n), At: 70, Kind: wire.KindAccount, Device: "dev"}
				if s.state == wire.ReceiptDelivered && n > 0 {
					r.ID = s.id
				}
				must(t, a.SettlePrivate(r))
				if s.state == wire.ReceiptDelivered || s.state == wire.ReceiptRead {
					check(t, "id", r.ID, s.id)
				}
			}
			check(t, "private outbox", waiting(t, a), c.waits)
			check(t, "history", talk(t, a), c.history)
			devices, err := a.Devices("bob")
			must(t, err)
			check(t, "lines counted", devices[0].Lines, c.counted)
		})
	}
}

func TestADeliveredLineIsNotChangedAnyMore(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.QueuePrivate(typed("c")))
	must(t, a.SettlePrivate(&wire.Receipt{Client: "c", State: wire.ReceiptDelivered, ID: 7}))
	must(t, a.MarkSealed("c"))
	must(t, a.Bind("dev", "c"))
	dropped, err := a.DropPrivate("c")
	must(t, err)
	check(t, "dropped", dropped, false)
	var row [3]string
	must(t, a.read.QueryRowContext(t.Context(), "SELECT private, inbox, device FROM outbox").Scan(&row[0], &row[1], &row[2]))
	check(t, "private, inbox, device", row, [3]string{"1", "0", ""})
}

func TestTwoLinesOfTheSameIDAreBothKept(t *testing.T) {
	const absurd = wire.ID(1<<64 - 1)
	for _, id := range []wire.ID{5, lastPrivate, absurd} {
		a := open(t, t.TempDir())
		var lines []*wire.Receipt
		for n := range 4 {
			lines = append(lines, typed(wire.ClientID(fmt.Sprint("c", n))))
			lines[n].ID, lines[n].State = id, wire.ReceiptDelivered
		}
		theirs := &wire.Whispered{ID: id, From: "bob", To: "alice", Text: "theirs"}
		must(t, a.Keep([]wire.Event{&wire.Whispered{ID: id, From: "bob", To: "alice", Text: "by the server"}}))
		must(t, a.QueuePrivate(lines...))
		must(t, a.SettlePrivate(lines[:2]...))
		hear(t, a, wire.Heard{Device: "dev", Seq: 1, Line: theirs})
		must(t, a.SettlePrivate(lines[2:]...))
		var want []wire.ID
		for _, l := range append(lines[:2:2], &wire.Receipt{ID: theirs.ID}, lines[2], lines[3]) {
			want = append(want, l.ID)
		}
		kept := slices.DeleteFunc(talk(t, a), func(e wire.Event) bool {
			w, ok := e.(*wire.Whispered)
			return ok && w.Text == "by the server"
		})
		check(t, fmt.Sprint("ids from ", id), ids(kept), want)
	}
}

func TestNothingOfAFailedStepIsThere(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.SetDevice(wire.KnownDevice{User: "bob", Key: "dev", State: wire.KeyKnown}))
	must(t, a.AddPrekeys(map[string]wire.Secret{"k": "key"}, a.millis()))
	must(t, a.QueuePrivate(typed("c")))
	must(t, a.exec("break the disk", "CREATE TRIGGER broken BEFORE INSERT ON lines BEGIN SELECT raise(ABORT, 'disk full'); END"))
	settled := &wire.Receipt{Client: "c", State: wire.ReceiptDelivered, ID: 7, Device: "dev"}
	heard := wire.Heard{Device: "dev", Seq: 3, Low: 3, Prekey: "k", Line: &wire.Whispered{ID: 9, From: "bob", To: "alice", Text: "x"}}
	if err := a.SettlePrivate(settled); err == nil {
		t.Error("a line that is not stored was settled")
	}
	if fresh, err := a.Hear(wire.Heard{Device: "dev", Seq: 1}, heard); err == nil || fresh != nil {
		t.Errorf("a line that is not stored was heard: %v, %v", fresh, err)
	}
	check(t, "private outbox", waiting(t, a), []wire.ClientID{"c"})
	key, err := a.Prekey("k")
	must(t, err)
	check(t, "prekey", key.Reveal(), "key")

	must(t, a.exec("mend the disk", "DROP TRIGGER broken"))
	must(t, a.SettlePrivate(settled))
	check(t, "heard again", hear(t, a, wire.Heard{Device: "dev", Seq: 1}, heard), []bool{true, true})
	check(t, "history", ids(talk(t, a)), []wire.ID{7, 9})
	check(t, "private outbox at the end", waiting(t, a), []wire.ClientID(nil))
	devices, err := a.Devices("bob")
	must(t, err)
	check(t, "lines counted", devices[0].Lines, 2)
}

func TestPrivateLinesThatWaitAreNeverForgotten(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.QueuePrivate(typed("waits")))
	must(t, a.MarkSealed("waits"))
	var batch []*wire.Receipt
	for n := range maxSettled + 50 {
		batch = append(batch, typed(wire.ClientID(fmt.Sprint("c", n))))
		batch[n].State, batch[n].ID = wire.ReceiptDelivered, wire.ID(n+1)
	}
	must(t, a.QueuePrivate(batch...))
	must(t, a.SettlePrivate(batch...))
	check(t, "private outbox", waiting(t, a), []wire.ClientID{"waits"})
	var left int
	must(t, a.read.QueryRowContext(t.Context(), "SELECT count(*) FROM outbox").Scan(&left))
	check(t, "rows", left, maxSettled+1)
	check(t, "lines", len(talk(t, a)), len(batch))
}

func TestPrivateLinesMoveWithTheAddressTheyWereTypedFor(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Meet("a:1", "n1", "SHA256:key", nil))
	must(t, a.SetContact(wire.Contact{User: "bob", Secure: true}))
	must(t, a.Home("a:2", "")) // the same server, but that is not known yet
	must(t, a.QueuePrivate(typed("c")))
	must(t, a.Bind("dev", "c"))
	must(t, a.SetContact(wire.Contact{User: "bob"}))
	must(t, a.SetContact(wire.Contact{User: "carol", Accepted: true}))
	must(t, a.Meet("a:2", "n1", "SHA256:key", nil))
	must(t, a.MarkSealed("c"))
	contacts, err := a.Contacts()
	must(t, err)
	check(t, "contacts", contacts, []wire.Contact{{User: "bob", Secure: true}, {User: "carol", Accepted: true}})
	lines, err := a.PrivateOutbox()
	must(t, err)
	if len(lines) != 1 || lines[0].Device != "dev" || !lines[0].Inbox {
		t.Fatalf("got %+v, want the line", lines)
	}

	must(t, a.Home("b:1", "n3"))
	check(t, "private outbox of another server", waiting(t, a), []wire.ClientID(nil))
}

func TestALineIsDeliveredWhereItWasTypedFor(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("a:1", "n1"))
	must(t, a.QueuePrivate(typed("c")))
	must(t, a.Home("b:1", "n2"))
	must(t, a.SettlePrivate(&wire.Receipt{Client: "c", State: wire.ReceiptDelivered, ID: 7}))
	check(t, "history of another server", ids(talk(t, a)), []wire.ID(nil))
	must(t, a.Home("a:1", "n1"))
	check(t, "history", ids(talk(t, a)), []wire.ID{7})
}
