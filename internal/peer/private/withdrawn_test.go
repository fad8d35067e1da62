package private_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestNothingGoesToAKeyThatWasWithdrawn has bob remove the device that ann talks to.
func TestNothingGoesToAKeyThatWasWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		ann.server.push(&wire.Withdrawn{Name: "bob", Device: bob.server.key})
		settle()
		seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "bob" })
		if seen == nil || seen.State != wire.KeyWithdrawn || !strings.Contains(seen.Text, "key withdrawn") {
			t.Errorf("ann was told %+v", seen)
		}
		id := ann.Whisper("bob", "two", false)
		bob.Whisper("ann", "it is me", false)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "one")
		ann.wantTexts("bob")
		ann.wantStates(id, wire.ReceiptQueued)
		if p := ann.path("bob"); !p.Blocked {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

// TestADeviceThatIsNotOnTheListAnyMoreIsWithdrawn has it removed while ann is away.
func TestADeviceThatIsNotOnTheListAnyMoreIsWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.quit()
		phone := newMemory("bob's phone")
		must(t, phone.SetContact(wire.Contact{User: "ann", Accepted: true}))
		next := w.enter("bob", wire.KindAccount, phone)
		// The removed device has signed the new one: that is worth nothing any more.
		w.mu.Lock()
		w.devices = map[string][]wire.Device{"bob": {{
			Key: next.server.key, By: bob.server.key,
			Sig: identity(t, bob.store).Sign(wire.EndorsementText("node", "bob", next.server.key)),
		}}}
		w.mu.Unlock()
		ann.Whisper("bob", "two", false)
		wait(2 * time.Minute)
		if seen := last(ann, func(e *wire.KeySeen) bool { return e.State == wire.KeyWithdrawn }); seen == nil || seen.Print != wire.DevicePrint(bob.server.key) {
			t.Errorf("ann was told %+v of the old key", seen)
		}
		next.wantTexts("ann")
		if p := ann.path("bob"); !p.Blocked || p.Key != wire.KeyChanged {
			t.Errorf("ann's path is %+v", p)
		}
		ann.verifies("bob", wire.AnswerSame)
		wait(2 * time.Minute)
		next.wantTexts("ann", "two")
	})
}

// TestAKeyThatNobodyComparedIsNotTrustedAgainWhenTheComparedOneIsRemoved has a server that
// names no devices while ann compares bob's phone, and later says that the phone was removed.
func TestAKeyThatNobodyComparedIsNotTrustedAgainWhenTheComparedOneIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, mallory := friends(w)
		first := mallory.store
		ann.Whisper("bob", "one", false)
		settle()
		mallory.quit()
		enter := func(store *memory) *person {
			must(t, store.SetContact(wire.Contact{User: "ann", Accepted: true}))
			return w.enter("bob", wire.KindAccount, store)
		}
		laptop := newMemory("bob's laptop")
		second := enter(laptop)
		listed := wire.Device{Key: second.server.key, By: mallory.server.key, Sig: identity(t, first).Sign(wire.EndorsementText("node", "bob", second.server.key))}
		w.change(func() { w.devices = map[string][]wire.Device{"bob": {{Key: mallory.server.key}, listed}} })
		ann.Whisper("bob", "two", false)
		wait(2 * time.Minute)
		second.wantTexts("ann", "two")
		second.quit()
		w.change(func() { w.devices = nil })
		phone := enter(newMemory("bob's phone"))
		ann.Whisper("bob", "three", false)
		wait(2 * time.Minute)
		ann.verifies("bob", wire.AnswerSame)
		wait(2 * time.Minute)
		phone.wantTexts("ann", "three")
		phone.quit()
		second = enter(laptop)
		w.change(func() { w.devices = map[string][]wire.Device{"bob": {{Key: mallory.server.key}, listed}} })
		ann.Whisper("bob", "for the phone only", false)
		wait(2 * time.Minute)
		second.wantTexts("ann")
		if p := ann.path("bob"); !p.Blocked {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

func TestAPersonIsToldWhichDeviceOfTheirsWasRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.devices = map[string][]wire.Device{"bob": {{Key: key("bob"), Since: 1}, {Key: key("phone"), Since: 5, By: key("bob")}}}
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		bob.server.push(&wire.DeviceList{Devices: w.devices["bob"][:1]})
		settle()
		told := last(bob, func(e *wire.Notice) bool { return strings.Contains(e.Text, "was removed") })
		if told == nil || !strings.Contains(told.Text, wire.DevicePrint(key("phone"))) {
			t.Errorf("bob was told %+v", told)
		}
	})
}
