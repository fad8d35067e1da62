package archive

import (
	"testing"

	"labchat/internal/wire"
)

func TestTheNewestDeviceOfANameIsThatOfTheNewestLine(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.Home("host:1300", "node1"))
	want := func(device string) {
		t.Helper()
		got, err := a.LastDevice("GUS")
		must(t, err)
		check(t, "device", got, device)
	}
	want("")
	hear(t, a, wire.Heard{Device: "dev1", Seq: 1, Low: 1, Line: &wire.Whispered{ID: 11, From: "gus", To: "ann", Text: "one"}})
	want("dev1")
	own := &wire.Receipt{Client: "c", As: "ann", To: "gus", Text: "two", ID: 20, At: 1}
	must(t, a.QueuePrivate(own))
	want("dev1") // it has not arrived
	own.State, own.Device = wire.ReceiptDelivered, "dev2"
	must(t, a.SettlePrivate(own))
	want("dev2")
	must(t, a.Keep([]wire.Event{&wire.Whispered{ID: 31, From: "gus", To: "ann", Text: "through the server"}}))
	want("")
	must(t, a.Home("host:1301", "node2"))
	want("")
}
