package archive

import (
	"fmt"
	"testing"

	"labchat/internal/wire"
)

func TestALineStandsBelowWhatItsWriterHadReceivedAndElseWhereItsClockSays(t *testing.T) {
	a := open(t, t.TempDir())
	own := func(client wire.ClientID, id wire.ID) wire.ID {
		t.Helper()
		r := typed(client)
		r.ID = id
		must(t, a.QueuePrivate(r))
		return r.Seq
	}
	hear := func(seq, id wire.ID, after *wire.ID) {
		t.Helper()
		line := &wire.Whispered{ID: id, From: "bob", To: "alice", Text: fmt.Sprint("bob ", seq)}
		_, err := a.Hear(wire.Heard{Device: "dev", Seq: seq, After: after, Line: line})
		must(t, err)
	}
	first := own("delivered", 100)
	must(t, a.SettlePrivate(&wire.Receipt{Client: "delivered", State: wire.ReceiptDelivered, ID: 100}))
	second := own("waiting", 200)
	third := own("later", 300)
	hear(1, 51, &first)       // its clock is behind, and it answers what was delivered
	hear(2, 51, &second)      // it answers what is not confirmed yet
	hear(3, 51, new(wire.ID)) // it answers nothing, but was said behind the others
	hear(4, 251, &second)     // the clock says where it goes
	hear(5, 401, &second)     // likewise, below a line of ours that its writer did not know
	hear(6, 51, &third)       // the clock is behind again
	for _, c := range []wire.ClientID{"waiting", "later"} {
		must(t, a.SettlePrivate(&wire.Receipt{Client: c, State: wire.ReceiptDelivered}))
	}
	var got []string
	for _, e := range talk(t, a) {
		got = append(got, e.(*wire.Whispered).Text)
	}
	check(t, "order", got, []string{
		"text of delivered", "bob 1", "text of waiting", "bob 2", "bob 3", "bob 4", "text of later", "bob 5", "bob 6",
	})
}

func TestWhatWasReadIsKnownLineByLine(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	for n, client := range []wire.ClientID{"a", "b", "c"} {
		r := typed(client)
		r.ID = wire.ID(100 + 2*n)
		must(t, a.QueuePrivate(r))
		must(t, a.SettlePrivate(&wire.Receipt{Client: client, State: wire.ReceiptDelivered, ID: r.ID, Device: "dev"}))
	}
	must(t, a.Close())
	a = open(t, dir)
	read := func(device string, upTo wire.ID) (texts []string) {
		lines, err := a.ReadBy(device, "", upTo)
		must(t, err)
		for _, r := range lines {
			texts = append(texts, r.Text)
		}
		return texts
	}
	check(t, "another device", read("other", 9), []string(nil))
	check(t, "two", read("dev", 2), []string{"text of a", "text of b"})
	check(t, "again", read("dev", 2), []string(nil))
	var got []wire.ReceiptState
	for _, e := range talk(t, a) {
		got = append(got, e.(*wire.Whispered).State)
	}
	check(t, "states", got, []wire.ReceiptState{wire.ReceiptRead, wire.ReceiptRead, wire.ReceiptDelivered})
}
