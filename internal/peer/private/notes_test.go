package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func called(e wire.Event) bool { _, ok := e.(*wire.Called); return ok }

// left has ann leave a sealed line for bob, who does not know her, and is away.
// She goes, too.
func left(w *harness, text string) (bobs *memory) {
	w.t.Helper()
	bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
	bob.quit()
	ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
	ann.Whisper("bob", text, false)
	settle()
	ann.quit()
	w.vault.wantMail(w.t, 1)
	return bob.store
}

func TestASealedLineOfAStrangerAsksForAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		bob := w.enter("bob", wire.KindAccount, left(w, "do you know me"))
		if asks := last(bob, func(*wire.Called) bool { return true }); asks == nil || asks.From != "ann" || asks.Kind != wire.KindAccount || !asks.Secure {
			t.Errorf("bob was asked %+v", asks)
		}
		if p := bob.path("ann"); p == nil || !p.Request || p.Key != wire.KeyNew {
			t.Errorf("bob's path is %+v", p)
		}
		bob.wantTexts("ann", "do you know me")
		w.vault.wantMail(t, 0)
		bob.accepts("ann")
		settle()
		if p := bob.path("ann"); p.Request {
			t.Errorf("bob's path is %+v", p)
		}
		ann := w.enter("ann", wire.KindAccount, w.all[1].store)
		wait(2 * time.Minute)
		if got := ann.store.settled; len(got) != 1 || got[0].State != wire.ReceiptDelivered {
			t.Errorf("ann's line became %+v", got)
		}
		bob.wantTexts("ann", "do you know me")
		if n := bob.count(called); n != 1 {
			t.Errorf("bob was asked %d times", n)
		}
	})
}

// TestASealedLineOfWhoWasRejectedIsDropped does not take it for heard: it comes
// when bob thinks better of ann.
func TestASealedLineOfWhoWasRejectedIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		bobs := left(w, "buy")
		must(t, bobs.SetContact(wire.Contact{User: "ann", Rejected: true}))
		bob := w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann")
		w.vault.wantMail(t, 0)
		if n := bob.count(called); n != 0 {
			t.Errorf("bob was asked %d times", n)
		}
		w.enter("ann", wire.KindAccount, w.all[1].store)
		wait(2 * time.Minute)
		bob.wantTexts("ann")
		bob.Whisper("ann", "all right", false)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "buy")
	})
}

// TestASealedLineOfAnotherKeyIsNotOpenedBeforeAPersonHasAnswered has ann write
// from a device that nobody vouches for.
func TestASealedLineOfAnotherKeyIsNotOpenedBeforeAPersonHasAnswered(t *testing.T) {
	for _, answer := range []wire.Answer{wire.AnswerSame, wire.AnswerDiffer} {
		t.Run(string(answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				ann, bobs := apart(w)
				ann.quit()
				laptop := w.enter("ann", wire.KindAccount, newMemory("ann's laptop"))
				laptop.Whisper("bob", "one", false)
				laptop.Whisper("bob", "two", false)
				settle()
				laptop.quit()
				v.wantMail(t, 2)
				bob := w.enter("bob", wire.KindAccount, bobs)
				seen := last(bob, func(e *wire.KeySeen) bool { return e.User == "ann" })
				if seen == nil || seen.State != wire.KeyChanged || !strings.Contains(seen.Text, "/verify ann") {
					t.Errorf("bob was told %+v", seen)
				}
				bob.quit()
				bob = w.enter("bob", wire.KindAccount, bobs) // a restart is no answer
				wait(time.Minute)
				bob.wantTexts("ann")
				v.wantMail(t, 2)
				if p := bob.path("ann"); p == nil || !p.Blocked || p.Key != wire.KeyChanged {
					t.Errorf("bob's path is %+v", p)
				}
				bob.verifies("ann", answer)
				settle()
				if answer == wire.AnswerSame {
					bob.wantTexts("ann", "one", "two")
				} else {
					bob.wantTexts("ann")
				}
				v.wantMail(t, 0)
			})
		})
	}
}

// TestALineOfAnotherDeviceLeavesTheConversationWhereItIs has ann write from one
// device while bob talks to the other.
func TestALineOfAnotherDeviceLeavesTheConversationWhereItIs(t *testing.T) {
	for state, read := range map[wire.KeyState][]string{
		wire.KeyVerified: {"from the phone", "from the laptop"},
		wire.KeyChanged:  {"from the phone"}, // a person has not answered
		wire.KeyRejected: {"from the phone"},
	} {
		t.Run(string(state), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				phone, bobs := apart(w)
				phone.quit()
				laptop := w.enter("ann", wire.KindAccount, newMemory("ann's laptop"))
				laptop.Whisper("bob", "from the laptop", false)
				settle()
				laptop.quit()
				must(t, bobs.SetDevice(wire.KnownDevice{User: "ann", Key: laptop.server.key, State: state}))
				must(t, bobs.SetDevice(wire.KnownDevice{User: "ann", Key: phone.server.key, State: wire.KeyVerified}))
				v.held = true
				bob := w.enter("bob", wire.KindAccount, bobs)
				phone = w.enter("ann", wire.KindAccount, phone.store)
				phone.Whisper("bob", "from the phone", false)
				settle()
				before := bob.path("ann")
				v.tellAll(bob.server, v.waiting("bob"))
				settle()
				bob.wantTexts("ann", read...)
				if p := bob.path("ann"); p.Way != wire.WayDirect || p.Device != before.Device || p.Blocked {
					t.Errorf("bob's path was %+v and is %+v", before, p)
				}
				phone.Whisper("bob", "more", false)
				settle()
				bob.wantTexts("ann", append(read, "more")...)
			})
		})
	}
}

// TestWhatTheServerForgesIsDropped changes a line on its way. The good one comes
// through all the same.
func TestWhatTheServerForgesIsDropped(t *testing.T) {
	flip := func(b []byte) []byte {
		b = slices.Clone(b)
		b[len(b)-1] ^= 1
		return b
	}
	for name, change := range map[string]func(e *wire.Sealed){
		"the box":            func(e *wire.Sealed) { e.Box = flip(e.Box) },
		"the signature":      func(e *wire.Sealed) { e.Sig = flip(e.Sig) },
		"no signature":       func(e *wire.Sealed) { e.Sig = nil },
		"the number":         func(e *wire.Sealed) { e.Seq++ },
		"the prekey":         func(e *wire.Sealed) { e.Prekey = "none" },
		"the sender's key":   func(e *wire.Sealed) { e.By = e.Device },
		"no key":             func(e *wire.Sealed) { e.By = "" },
		"who has an account": func(e *wire.Sealed) { e.Kind = wire.KindGuest },
		"who was deleted":    func(e *wire.Sealed) { e.From = "nobody" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				v.held = true
				bob := w.enter("bob", wire.KindAccount, left(w, "hello"))
				good := v.waiting("bob")[0]
				bad := *good
				bad.ID++
				change(&bad)
				v.tellAll(bob.server, []*wire.Sealed{&bad})
				settle()
				if n := bob.count(func(e wire.Event) bool {
					switch e.(type) {
					case *wire.Whispered, *wire.Called, *wire.KeySeen:
						return true
					default:
						return false
					}
				}); n > 0 {
					t.Errorf("bob was shown something of it")
				}
				taken := asksFor[wire.Taken](bob)
				if len(taken) != 1 || !slices.Equal(taken[0].IDs, []wire.ID{bad.ID}) {
					t.Errorf("bob's program took %v, want the bad one", taken)
				}
				v.tellAll(bob.server, []*wire.Sealed{good, good})
				settle()
				bob.wantTexts("ann", "hello")
				v.wantMail(t, 0)
			})
		})
	}
}

// TestALineThatCanNotBeOpenedComesStraightLater has bob's disk lose what opens it.
func TestALineThatCanNotBeOpenedComesStraightLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		id := ann.Whisper("bob", "two", false)
		settle()
		v.wantMail(t, 1)
		bobs.set(func() { clear(bobs.prekeys) })
		bob := w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann")
		v.wantMail(t, 0)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "two")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
	})
}

// TestLinesForOtherDevicesAreLeftToThem takes those only that nobody can open
// any more.
func TestLinesForOtherDevicesAreLeftToThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		tablet, gone := identity(t, newMemory("tablet")).Key(), identity(t, newMemory("gone")).Key()
		w.devices["bob"] = []wire.Device{{Key: tablet}}
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		bob.server.push(&wire.Sealed{ID: 1, From: "ann", Kind: wire.KindAccount, Note: wire.Note{Device: tablet}})
		bob.server.push(&wire.Sealed{ID: 2, From: "ann", Kind: wire.KindAccount, Note: wire.Note{Device: gone}})
		settle()
		if taken := asksFor[wire.Taken](bob); len(taken) != 1 || !slices.Equal(taken[0].IDs, []wire.ID{2}) {
			t.Errorf("bob's program took %v, want the second one", taken)
		}
	})
}

// TestNothingIsSealedToAnotherKeyThanTheReceivers has the server give out
// prekeys of its own in place of bob's.
func TestNothingIsSealedToAnotherKeyThanTheReceivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, _ := apart(w)
		mallory := w.enter("mallory", wire.KindAccount, newMemory("mallory"))
		w.mu.Lock()
		v.stock["bob"] = v.stock["mallory"]
		w.devices["bob"] = append(w.devices["bob"], wire.Device{Key: mallory.server.key})
		w.mu.Unlock()
		id := ann.Whisper("bob", "for bob only", false)
		wait(5 * time.Minute)
		v.wantMail(t, 0)
		ann.wantStates(id, wire.ReceiptQueued)
		if seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "bob" }); seen.State != wire.KeyChanged {
			t.Errorf("ann was told %+v", seen)
		}
	})
}

// TestAPrekeyThatItsDeviceHasNotSignedIsNotSealedTo changes one that the right
// device has made.
func TestAPrekeyThatItsDeviceHasNotSignedIsNotSealedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, _ := apart(w)
		w.mu.Lock()
		for i := range v.stock["bob"] {
			v.stock["bob"][i].Key = make([]byte, 32)
		}
		w.mu.Unlock()
		id := ann.Whisper("bob", "for bob only", false)
		wait(5 * time.Minute)
		v.wantMail(t, 0)
		ann.wantStates(id, wire.ReceiptQueued)
		if n := len(asksFor[wire.TakePrekey](ann)); n > 10 {
			t.Errorf("%d prekeys were asked for within five minutes", n)
		}
	})
}

// TestSealedLinesOfSomebodyNewComeInOrder has several wait whose sender's key is
// not known yet.
func TestSealedLinesOfSomebodyNewComeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		bobs := newMemory("bob")
		w.enter("bob", wire.KindAccount, bobs).quit()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		for _, text := range []string{"one", "two", "three", "four"} {
			ann.Whisper("bob", text, false)
			settle()
		}
		v.wantMail(t, 4)
		ann.server.deaf(true) // and does not come by another way
		bob := w.enter("bob", wire.KindAccount, bobs)
		wait(5 * time.Second)
		bob.wantTexts("ann", "one", "two", "three", "four")
		v.wantMail(t, 0)
	})
}
