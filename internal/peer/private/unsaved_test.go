package private_test

import (
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestWhatAFullDiskDidNotTakeIsThereWhenItHasRoom: keys, contacts, failed lines and
// sealed copies, each written when the disk was full.
func TestWhatAFullDiskDidNotTakeIsThereWhenItHasRoom(t *testing.T) {
	t.Run("a contact and a key", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			w.keeps()
			ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
			ann.Whisper("bob", "hello", false)
			settle()
			bob.store.setFull(true)
			bob.accepts("ann")
			settle()
			bob.store.setFull(false)
			wait(time.Minute)
			bob.store.set(func() {
				if c := bob.store.contacts["ann"]; !c.Accepted || !c.Secure {
					t.Errorf("bob's disk has the contact %+v", c)
				}
				if d := bob.store.devices["ann"]; len(d) != 1 || d[0].State != wire.KeyNew {
					t.Errorf("bob's disk has the keys %+v", d)
				}
			})
			bob.wantTexts("ann", "hello")
		})
	})
	t.Run("a line that has failed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
			ann.server.disconnect()
			id := ann.Whisper("nobody", "hello", false)
			settle()
			ann.store.setFull(true)
			ann.server.connect()
			wait(time.Minute)
			ann.wantStates(id, wire.ReceiptQueued) // it would go out after a restart
			ann.store.setFull(false)
			wait(time.Minute)
			ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptFailed)
			if n := len(ann.store.lines); n > 0 {
				t.Errorf("%d lines wait on disk", n)
			}
		})
	})
	t.Run("a sealed copy", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			v := w.keeps()
			ann, _ := apart(w)
			w.change(func() { v.deaf = func(r wire.Request) bool { return r.Act() == wire.ActSeal } })
			id := ann.Whisper("bob", "two", false)
			settle()
			ann.store.setFull(true)
			client := ann.store.lines[0].Client
			v.mu.Lock()
			answer := *v.known[client+wire.BoundNotes]
			v.mu.Unlock()
			answer.Re = wire.Re{Re: ann.server.tagOf(wire.ActSeal)}
			ann.server.push(&answer)
			settle()
			ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent)
			ann.store.setFull(false)
			wait(time.Minute)
			ann.store.set(func() {
				if !ann.store.lines[0].Inbox {
					t.Error("the disk does not know of the copy")
				}
			})
		})
	})
	t.Run("what others are told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
			ann.store.setFull(true)
			no := false
			tag := ann.Do(wire.Share{Typing: &no, Reading: &no})
			settle()
			if e := last(ann, func(e *wire.Refused) bool { return e.Re.Re == tag }); e == nil || e.Code != wire.CodeStorage {
				t.Errorf("it was not refused: %+v", e)
			}
		})
	})
}

// TestAKeyThatTheDiskDidNotTakeIsRemembered: another one in its place is one that
// has changed.
func TestAKeyThatTheDiskDidNotTakeIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		ann.server.disconnect()
		ann.Whisper("bob", "hello", false)
		settle()
		ann.store.setFull(true)
		ann.server.connect()
		wait(time.Second)
		bob.quit()
		w.enter("bob", wire.KindAccount, newMemory("somebody else"))
		ann.server.push(&wire.Joined{Room: wire.Lobby, Name: "bob"})
		wait(10 * time.Second)
		if e := last(ann, func(e *wire.KeySeen) bool { return e.User == "bob" }); e == nil || e.State != wire.KeyChanged {
			t.Errorf("the other key was taken for %+v", e)
		}
	})
}
