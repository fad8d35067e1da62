package archive

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

func TestPrivateConversationsAreKnownAfterARestart(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	now := wire.Millis(1_000_000)
	a.now = func() time.Time { return now.Time() }
	hear := func(from string, seq, id wire.ID, at wire.Millis) {
		t.Helper()
		_, err := a.Hear(wire.Heard{Device: from, Seq: seq, Line: &wire.Whispered{ID: id, At: at, From: from, To: "alice", Kind: wire.KindGuest, Text: "text"}})
		must(t, err)
	}
	hear("bob", 1, 101, 10)
	hear("bob", 2, 103, 11)
	must(t, a.QueuePrivate(&wire.Receipt{Client: "c", As: "guest7", To: "carol", Text: "text", ID: 200, At: 12}))
	must(t, a.SettlePrivate(&wire.Receipt{Client: "c", State: wire.ReceiptDelivered, ID: 200, At: 12}))
	must(t, a.Keep([]wire.Event{
		&wire.Whispered{ID: 50, At: 5, From: "dora", To: "alice", Text: "text"},
		&wire.Whispered{ID: 51, At: 6, From: "alice", To: "dora", Text: "text", State: wire.ReceiptSent},
		&wire.Whispered{ID: 52, At: 4, From: "alice", To: "emil", Text: "from another window", State: wire.ReceiptSent},
	}))
	must(t, a.SaveTransfer(&wire.Transfer{ID: "f", User: "frank", State: wire.TransferDone, At: 999_999}))
	must(t, a.SetMark("@bob", 101))
	must(t, a.Close())

	a = open(t, dir)
	a.now = func() time.Time { return now.Time() }
	talks := func() (names []string) {
		t.Helper()
		all, err := a.Talks()
		must(t, err)
		for _, one := range all {
			name := fmt.Sprint(one.User, " ", one.Unread)
			if one.Closed {
				name += " closed"
			}
			names = append(names, name)
		}
		return names
	}
	check(t, "all", talks(), []string{"frank 0", "carol 0", "bob 1", "dora 1", "emil 0"})
	must(t, a.CloseTalk("bob"))
	must(t, a.CloseTalk("frank"))
	must(t, a.CloseTalk("carol"))
	check(t, "closed", talks(), []string{"frank 0 closed", "carol 0 closed", "bob 1 closed", "dora 1", "emil 0"})
	hear("bob", 3, 102, 9) // below what was there
	must(t, a.QueuePrivate(&wire.Receipt{Client: "d", As: "alice", To: "carol", Text: "text", ID: 300, At: 13}))
	now++
	must(t, a.SaveTransfer(&wire.Transfer{ID: "g", User: "frank", State: wire.TransferOffered, At: now}))
	check(t, "opened by what came", talks(), []string{"frank 0", "carol 0", "bob 2", "dora 1", "emil 0"})
}

func TestRemarksStayWithTheirConversation(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.AddRemark("bob", wire.Remark{ID: 1, At: 1, Text: "one"}, 0))
	must(t, a.AddRemark("bob", wire.Remark{ID: 2, At: 2, Text: "two", Alarm: true}, 0))
	must(t, a.AddRemark("bob", wire.Remark{ID: 3, At: 3, Text: "instead of one"}, 1))
	must(t, a.AddRemark("carol", wire.Remark{ID: 3, At: 3, Text: "hers"}, 0))
	got, err := a.Remarks("Bob")
	must(t, err)
	check(t, "remarks", got, []wire.Remark{{ID: 2, At: 2, Text: "two", Alarm: true}, {ID: 3, At: 3, Text: "instead of one"}})
	a.bounds.remarks, a.bounds.allRemarks = 3, 5
	for n := range 6 {
		must(t, a.AddRemark("bob", wire.Remark{ID: wire.ID(10 + n), Text: fmt.Sprint("more ", n)}, 0))
	}
	got, err = a.Remarks("bob")
	must(t, err)
	check(t, "of one", len(got), 3)
	for n := range 6 {
		must(t, a.AddRemark(fmt.Sprint("m", n), wire.Remark{ID: 1, Text: "theirs"}, 0))
	}
	got, err = a.Remarks("bob")
	must(t, err)
	check(t, "of one among many", len(got), 0)
}

func TestTheSameRemarkIsKeptOnceWhereNothingWasSaidBetween(t *testing.T) {
	a := open(t, t.TempDir())
	remark := func(id wire.ID, text string, alarm bool) {
		t.Helper()
		must(t, a.AddRemark("bob", wire.Remark{ID: id, Text: text, Alarm: alarm}, 0))
	}
	hear := func(from string, seq, id wire.ID) {
		t.Helper()
		_, err := a.Hear(wire.Heard{Device: "of " + from, Seq: seq, Line: &wire.Whispered{ID: id, From: from, To: "alice", Text: "hi"}})
		must(t, err)
	}
	remark(1, "bob was asked", false)
	remark(3, "bob was asked", false) // by the next run
	remark(5, "bob was asked", true)
	hear("carol", 1, 7)
	remark(9, "bob was asked", true)
	hear("bob", 1, 11)
	remark(13, "bob was asked", true)
	got, err := a.Remarks("bob")
	must(t, err)
	check(t, "remarks", got, []wire.Remark{{ID: 3, Text: "bob was asked"}, {ID: 9, Text: "bob was asked", Alarm: true}, {ID: 13, Text: "bob was asked", Alarm: true}})
}

func TestADeviceTakesWhatWasSaidWithItToItsNewName(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	hear := func(device, from string, seq, id wire.ID) {
		t.Helper()
		_, err := a.Hear(wire.Heard{Device: device, Seq: seq, Line: &wire.Whispered{ID: id, From: from, To: "alice", Text: fmt.Sprint(device, seq)}})
		must(t, err)
	}
	own := func(client wire.ClientID, device string, id wire.ID, state wire.ReceiptState) {
		t.Helper()
		r := typed(client)
		r.ID = id
		must(t, a.QueuePrivate(r))
		must(t, a.SettlePrivate(&wire.Receipt{Client: client, State: state, ID: id, Device: device}))
	}
	hear("an earlier bob", "bob", 1, 11)
	hear("dev", "bob", 1, 13)
	own("mine", "dev", 14, wire.ReceiptDelivered)
	own("waiting", "", 16, wire.ReceiptQueued)
	must(t, a.SaveTransfer(&wire.Transfer{ID: "f", User: "bob", Device: "dev", State: wire.TransferDone, At: a.millis()}))
	must(t, a.AddRemark("bob", wire.Remark{ID: 15, At: 1, Text: "remark"}, 0))
	hear("somebody else", "carol", 1, 17)
	must(t, a.AddInput("@bob", "typed to bob"))

	rename := func(name string) bool {
		t.Helper()
		done, err := a.Rename("dev", "bob", name)
		must(t, err)
		return done
	}
	check(t, "onto somebody else", rename("Carol"), false)
	check(t, "to a free name", rename("Bert"), true)
	must(t, a.Readdress("Bert", "waiting"))
	texts := func(place string) (texts []string) {
		t.Helper()
		lines, err := a.Recent(place, 0, 10)
		must(t, err)
		for _, e := range lines {
			texts = append(texts, e.(*wire.Whispered).Text)
		}
		return texts
	}
	check(t, "bert", texts("@bert"), []string{"dev1", "text of mine"})
	check(t, "bob", texts("@bob"), []string{"an earlier bob1"})
	lines, err := a.PrivateOutbox()
	must(t, err)
	check(t, "the line that waits", lines[0].To, "Bert")
	files, err := a.Transfers()
	must(t, err)
	check(t, "the file", files[0].User, "Bert")
	remarks, err := a.Remarks("bert")
	must(t, err)
	check(t, "remarks", len(remarks), 1)
	check(t, "what was typed", a.InputHistory(9), map[string][]string{"@bert": {"typed to bob"}})
	check(t, "and back", rename("bob"), false) // the earlier one was called so
}

// TestReceiptsOfAnOlderProfileAreKept makes a file as chat-tui has made them that
// kept receipts beside the lines.
func TestReceiptsOfAnOlderProfileAreKept(t *testing.T) {
	dir := t.TempDir()
	var all strings.Builder
	for _, name := range []string{"schema/0001.sql", "schema/0002.sql"} {
		script, err := scripts.ReadFile(name)
		must(t, err)
		all.Write(script)
	}
	alter(all.String()+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 2;", applicationID)+`
		INSERT INTO homes VALUES (1, 'host:1300', 'node1');
		UPDATE profile SET home = 1;
		INSERT INTO lines VALUES (1, '@', 8, 80, '', 'bob', 'alice', 'bob', 'alice', 'account', 0, 'psst', '');
		INSERT INTO lines VALUES (1, '@', 9, 90, '', 'alice', 'bob', 'alice', 'bob', 'account', 0, 'what?', '');
		INSERT INTO lines VALUES (1, '@', 7, 70, '', 'alice', 'bob', 'alice', 'bob', 'account', 0, 'forgotten', '');
		INSERT INTO outbox (seq, home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, private, device)
			VALUES (5, 1, 'c', 'alice', 'alice', '', 'bob', 'what?', 0, 'read', 9, 90, 0, '', 1, '');`)(t, filepath.Join(dir, fileName))
	a := open(t, dir)
	lines, err := a.Recent("@bob", 0, 10)
	must(t, err)
	var got []wire.ReceiptState
	for _, e := range lines {
		got = append(got, e.(*wire.Whispered).State)
	}
	check(t, "states", got, []wire.ReceiptState{wire.ReceiptSent, "", wire.ReceiptRead})
	talks, err := a.Talks()
	must(t, err)
	check(t, "talks", talks, []wire.Talk{{User: "bob", Kind: wire.KindAccount, Last: 9, At: 90, Unread: 1, News: []wire.ID{8}}})
}

func TestAConversationWithoutLinesThatWasClosedIsKnownAsClosed(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	must(t, a.SetDraft("@bob", "half a sen"))
	must(t, a.CloseTalk("bob"))
	must(t, a.Close())
	a = open(t, dir)
	talks, err := a.Talks()
	must(t, err)
	if len(talks) != 1 || talks[0].User != "bob" || !talks[0].Closed {
		t.Errorf("got %+v, want bob, closed", talks)
	}
}
