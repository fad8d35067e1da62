package private_test

import (
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestALineGoesStraightFromSocketToSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
		id := ann.Whisper("bob", "hello", false)
		settle()
		ann.wantStates(id, wire.ReceiptQueued)
		if asks := last(bob, func(*wire.Called) bool { return true }); asks == nil || asks.From != "ann" || !asks.Secure {
			t.Errorf("bob was not asked: %+v", asks)
		}
		bob.wantTexts("ann")
		bob.accepts("ann")
		settle()
		bob.wantTexts("ann", "hello")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		if p := ann.path("bob"); p == nil || p.Way != wire.WayDirect || p.Key != wire.KeyNew || p.Addr != "10.0.0.3:4000" {
			t.Errorf("ann's path is %+v", p)
		}
		back := bob.Whisper("ann", "hello back", false)
		settle()
		ann.wantTexts("bob", "hello back")
		ann.Do(wire.Seen{Name: "bob", Last: 1<<63 - 1})
		settle()
		bob.wantStates(back, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered, wire.ReceiptRead)
		if w.relays > 0 {
			t.Errorf("%d datagrams went through the server", w.relays)
		}
		if len(ann.server.passed)+len(bob.server.passed) > 0 {
			t.Error("the server was given lines to read")
		}
	})
}
