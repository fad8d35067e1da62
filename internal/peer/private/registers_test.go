package private_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// calledWithNoKey has the server say that somebody, who is an account with a device
// now, calls with a key that is none.
func (s *session) calledWithNoKey(by *person) {
	s.push(&wire.Punched{
		From: by.server.name, Kind: wire.KindAccount, Call: strings.Repeat("ab", 16), Device: "no key", Devices: []wire.Device{{Key: by.server.key}},
	})
	settle()
}

// TestAGuestWhoRegistersIsKnownWithTheKey has the server say that of gus, and then
// whatever would have somebody else, or the server itself, read what is for him.
func TestAGuestWhoRegistersIsKnownWithTheKey(t *testing.T) {
	for name, lie := range map[string]func(w *harness, ann *person){
		"it knows no keys":      func(_ *harness, ann *person) { ann.server.come(wire.Status{Dialect: "chat1"}) },
		"ann is gus":            func(_ *harness, ann *person) { ann.server.push(&wire.LoggedIn{Name: "gus", Kind: wire.KindAccount}) },
		"he is a guest again":   func(w *harness, _ *person) { w.successor(wire.KindGuest) },
		"he has another device": func(w *harness, _ *person) { w.successor(wire.KindAccount) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, gus := guests(w)
				gus.quit()
				settle()
				ann.server.calledWithNoKey(gus)
				lie(w, ann)
				settle()
				id := ann.Whisper("gus", "for gus", false)
				wait(time.Minute)
				ann.wantNothingReadable()
				ann.wantStates(id, wire.ReceiptQueued)
			})
		})
	}
}

// TestALineIsNotLeftLyingBehindACallThatCantBeAnswered: who is written to is looked
// for all the same.
func TestALineIsNotLeftLyingBehindACallThatCantBeAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		gus.quit()
		settle()
		ann.server.calledWithNoKey(gus)
		gus = w.enter("gus", wire.KindAccount, gus.store)
		ann.Whisper("gus", "three", false)
		wait(time.Second)
		gus.wantTexts("ann", "three")
	})
}

// TestAGuestWhoRegistersWithSomebodysKeyIsAskedAbout has the key of gus be known as
// cat's, too, when he is an account.
func TestAGuestWhoRegistersWithSomebodysKeyIsAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		gus.quit()
		settle()
		ann.server.push(&wire.Punched{
			From: "cat", Kind: wire.KindAccount, Call: strings.Repeat("cd", 16), Device: gus.server.key, Devices: []wire.Device{{Key: gus.server.key}},
		})
		settle()
		gus = w.enter("gus", wire.KindAccount, gus.store)
		ann.Whisper("gus", "for gus", false)
		wait(time.Minute)
		gus.wantTexts("ann")
		if p := ann.path("gus"); !p.Blocked || p.Key != wire.KeyShared {
			t.Errorf("ann's path is %+v", p)
		}
		if seen := last(ann, func(e *wire.KeySeen) bool { return e.State == wire.KeyShared }); seen == nil || !strings.Contains(seen.Text, "cat's") {
			t.Errorf("ann was told %+v", seen)
		}
		ann.verifies("gus", wire.AnswerSame)
		wait(time.Minute)
		gus.wantTexts("ann", "for gus")
	})
}
