package archive

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

const firstRun, secondRun wire.Epoch = "11111111111111111111111111111111", "22222222222222222222222222222222"

// in puts a line into an epoch.
func in(e wire.Epoch, h wire.Heard) wire.Heard {
	h.Epoch = e
	return h
}

func TestALineIsHeardOnceInEachEpochOfItsDevice(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	check(t, "first", hear(t, a, in(firstRun, from("dev", 1, 1)), in(firstRun, from("dev", 2, 1))), []bool{true, true})
	check(t, "the same numbers in another run, and before there were epochs",
		hear(t, a, in(secondRun, from("dev", 1, 1)), from("dev", 1, 1), in(firstRun, from("dev", 1, 1))), []bool{true, true, false})
	check(t, "another device", hear(t, a, in(firstRun, from("other", 1, 1))), []bool{true})
	check(t, "a Low of the one leaves the other", hear(t, a, in(secondRun, from("dev", 9, 9)), in(firstRun, from("dev", 3, 1))), []bool{true, true})
	must(t, a.Close())
	a = open(t, dir)
	check(t, "after reopening", hear(t, a, in(firstRun, from("dev", 2, 1)), in(secondRun, from("dev", 1, 1)), from("dev", 1, 1)), make([]bool, 3))
}

func TestADeviceFillsTheDiskWithSoManyEpochsOnly(t *testing.T) {
	a := open(t, t.TempDir())
	a.bounds.epochs = 3
	clock := time.UnixMilli(1_000_000)
	a.now = func() time.Time { return clock }
	epoch := func(n int) wire.Epoch { return wire.Epoch(fmt.Sprintf("%032x", n)) }
	hear(t, a, in(epoch(99), from("friend", 1, 1)))
	for n := range 5 {
		clock = clock.Add(time.Second)
		hear(t, a, in(epoch(n+1), from("dev", 1, 1)), in(epoch(1), from("dev", wire.ID(n+2), 1)))
	}
	check(t, "epochs of before", hear(t, a, in(epoch(1), from("dev", 1, 1)), in(epoch(5), from("dev", 1, 1))), make([]bool, 2))
	check(t, "another device's", hear(t, a, in(epoch(99), from("friend", 1, 1))), []bool{false})
	var left int
	must(t, a.read.QueryRowContext(t.Context(), "SELECT count(*) FROM senders").Scan(&left))
	check(t, "epochs", left, 4)
}

func TestOwnLinesKeepTheirNumbersAndAreReadByThem(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	queue := func(client wire.ClientID, id wire.ID, epoch wire.Epoch, seq wire.ID) {
		r := typed(client)
		r.ID, r.Epoch, r.Seq = id, epoch, seq
		r.After, r.AfterOf, r.AfterEpoch = &seq, "dev", secondRun
		must(t, a.QueuePrivate(r))
	}
	queue("a", 100, firstRun, 1)
	queue("b", 102, firstRun, 2)
	queue("c", 104, secondRun, 1)
	queue("d", 106, secondRun, 2)
	must(t, a.Close())
	a = open(t, dir)
	lines, err := a.PrivateOutbox()
	must(t, err)
	var got []string
	for _, r := range lines {
		got = append(got, fmt.Sprint(r.Client, " ", r.Epoch[:1], " ", r.Seq, " after ", r.AfterEpoch[:1], " ", *r.After))
	}
	check(t, "waiting", got, []string{"a 1 1 after 2 1", "b 1 2 after 2 2", "c 2 1 after 2 1", "d 2 2 after 2 2"})

	answer := func(id wire.ID, epoch wire.Epoch, after wire.ID) {
		line := &wire.Whispered{ID: id, From: "bob", To: "alice", Text: fmt.Sprint("below ", epoch[:1], " ", after)}
		h := wire.Heard{Device: "dev", Epoch: firstRun, Seq: wire.ID(len(talk(t, a)) + 1), After: &after, AfterEpoch: epoch, Line: line}
		check(t, line.Text, hear(t, a, h), []bool{true})
	}
	for _, r := range lines[:2] {
		must(t, a.SettlePrivate(&wire.Receipt{Client: r.Client, State: wire.ReceiptDelivered, ID: r.ID, Device: "dev"}))
	}
	answer(1, firstRun, 2)  // which is delivered
	answer(3, secondRun, 1) // which waits, and has a smaller number
	for _, r := range lines[2:] {
		must(t, a.SettlePrivate(&wire.Receipt{Client: r.Client, State: wire.ReceiptDelivered, ID: r.ID, Device: "dev"}))
	}
	var order []string
	for _, e := range talk(t, a) {
		order = append(order, strings.TrimPrefix(e.(*wire.Whispered).Text, "text of "))
	}
	check(t, "order", order, []string{"a", "b", "below 1 2", "c", "below 2 1", "d"})

	read := func(device string, epoch wire.Epoch, upTo wire.ID) (clients []string) {
		lines, err := a.ReadBy(device, epoch, upTo)
		must(t, err)
		for _, r := range lines {
			clients = append(clients, strings.TrimPrefix(r.Text, "text of "))
		}
		return clients
	}
	check(t, "of no epoch of ours", read("dev", "33333333333333333333333333333333", 9), []string(nil))
	check(t, "up to the first of the second run", read("dev", secondRun, 1), []string{"a", "b", "c"})
	check(t, "a number that no line has yet", read("dev", secondRun, 7), []string{"d"})
}

// TestAProfileOfBeforeKeepsItsNumbersAndSealsItsCopiesAnew makes a file as chat-tui has
// made them that numbered all lines of a disk in one row.
func TestAProfileOfBeforeKeepsItsNumbersAndSealsItsCopiesAnew(t *testing.T) {
	dir := t.TempDir()
	var all strings.Builder
	const before = 9
	for n := range before {
		script, err := scripts.ReadFile(fmt.Sprintf("schema/%04d.sql", n+1))
		must(t, err)
		all.Write(script)
	}
	alter(all.String()+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, before)+`
		INSERT INTO homes (id, node) VALUES (1, 'node1');
		INSERT INTO addresses (server, home) VALUES ('host:1300', 1);
		UPDATE profile SET home = 1;
		INSERT INTO outbox (seq, home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, private, device, in_doubt)
			VALUES (57, 1, 'c', 'alice', 'alice', '', 'bob', 'sealed', 0, 'queued', 900, 90, 1, '', 1, '', 1);
		INSERT INTO lines (home, place, id, at, room, sender, receiver, from_key, to_key, kind, action, text, client, seq, device, state)
			VALUES (1, '@', 800, 1, '', 'alice', 'bob', 'alice', 'bob', 'account', 0, 'there', '', 56, 'dev', 'delivered');
		INSERT INTO senders (id, home, device, floor, numbers, used) VALUES (3, 1, 'dev', 4, 1, 9);
		INSERT INTO heard (sender, number) VALUES (3, 6);
		INSERT INTO prekeys (home, id, key, expires) VALUES (1, 'ab+after', x'00', 9999999999999);`)(t, filepath.Join(dir, fileName))
	a := open(t, dir)
	lines, err := a.PrivateOutbox()
	must(t, err)
	if len(lines) != 1 || lines[0].Epoch != "" || lines[0].Seq != 57 || lines[0].Inbox || !lines[0].InDoubt {
		t.Errorf("what waits is %+v, want line 57, whose copy is made anew", lines[0])
	}
	check(t, "numbers that were heard", hear(t, a, from("dev", 4, 1), from("dev", 6, 1), from("dev", 5, 1)), []bool{false, false, true})
	check(t, "the same ones of today", hear(t, a, in(firstRun, from("dev", 4, 1))), []bool{true})
	read, err := a.ReadBy("dev", "", 56)
	must(t, err)
	check(t, "lines that were read", len(read), 1)
	if key, err := a.Prekey("ab+after"); key != "" || err != nil {
		t.Errorf("what opens older copies is kept: %v", err)
	}
}
