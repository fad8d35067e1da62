package private_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestNothingIsSentToAnotherKeyBeforeAPersonHasAnswered has the server put
// another key in place of bob's.
func TestNothingIsSentToAnotherKeyBeforeAPersonHasAnswered(t *testing.T) {
	for _, answer := range []wire.Answer{wire.AnswerSame, wire.AnswerDiffer} {
		t.Run(string(answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := friends(w)
				ann.Whisper("bob", "one", false)
				settle()
				bob.quit()
				// Somebody else with bob's name, and of course another key.
				mallory := w.enter("bob", wire.KindAccount, newMemory("mallory"))
				must(t, mallory.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
				id := ann.Whisper("bob", "for bob only", false)
				wait(2 * time.Minute)
				mallory.wantTexts("ann")
				ann.wantStates(id, wire.ReceiptQueued)
				seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "bob" })
				if seen == nil || seen.State != wire.KeyChanged || seen.Old == "" || seen.Old == seen.Print || !strings.Contains(seen.Text, "/verify bob") {
					t.Errorf("ann was told %+v", seen)
				}
				if p := ann.path("bob"); !p.Blocked || p.Key != wire.KeyChanged {
					t.Errorf("ann's path is %+v", p)
				}
				// Not even when the other side calls.
				mallory.Whisper("ann", "it is me", false)
				wait(2 * time.Minute)
				mallory.wantTexts("ann")
				ann.wantTexts("bob")
				ann.verifies("bob", answer)
				wait(2 * time.Minute)
				if answer == wire.AnswerDiffer {
					mallory.wantTexts("ann")
					ann.wantStates(id, wire.ReceiptQueued)
					return
				}
				mallory.wantTexts("ann", "for bob only")
				ann.wantTexts("bob", "it is me")
				if p := ann.path("bob"); p.Key != wire.KeyVerified || p.Blocked {
					t.Errorf("ann's path is %+v", p)
				}
			})
		})
	}
}

func TestANewDeviceThatAnOldOneVouchesForIsTaken(t *testing.T) {
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
		w.mu.Lock()
		old := identity(t, bob.store)
		w.devices = map[string][]wire.Device{"bob": {
			{Key: bob.server.key},
			{Key: next.server.key, By: bob.server.key, Sig: old.Sign(wire.EndorsementText("node", "bob", next.server.key))},
		}}
		w.mu.Unlock()
		ann.Whisper("bob", "two", false)
		wait(2 * time.Minute)
		next.wantTexts("ann", "two")
		if seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "bob" }); seen.State != wire.KeyKnown || seen.Text == "" {
			t.Errorf("ann was told %+v", seen)
		}
	})
}

// TestAForgedVoucherIsNone tries signatures that do not hold.
func TestAForgedVoucherIsNone(t *testing.T) {
	for name, forge := range map[string]func(t *testing.T, old, next *person) wire.Device{
		"by a stranger": func(t *testing.T, _, next *person) wire.Device {
			t.Helper()
			other := identity(t, newMemory("mallory"))
			return wire.Device{Key: next.server.key, By: other.Key(), Sig: other.Sign(wire.EndorsementText("node", "bob", next.server.key))}
		},
		"by itself": func(t *testing.T, _, next *person) wire.Device {
			t.Helper()
			self := identity(t, next.store)
			return wire.Device{Key: next.server.key, By: next.server.key, Sig: self.Sign(wire.EndorsementText("node", "bob", next.server.key))}
		},
		"for another name": func(t *testing.T, old, next *person) wire.Device {
			t.Helper()
			return wire.Device{Key: next.server.key, By: old.server.key, Sig: identity(t, old.store).Sign(wire.EndorsementText("node", "eve", next.server.key))}
		},
		"for another server": func(t *testing.T, old, next *person) wire.Device {
			t.Helper()
			return wire.Device{Key: next.server.key, By: old.server.key, Sig: identity(t, old.store).Sign(wire.EndorsementText("elsewhere", "bob", next.server.key))}
		},
	} {
		t.Run(name, func(t *testing.T) {
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
				w.mu.Lock()
				w.devices = map[string][]wire.Device{"bob": {{Key: bob.server.key}, forge(t, bob, next)}}
				w.mu.Unlock()
				ann.Whisper("bob", "two", false)
				wait(2 * time.Minute)
				next.wantTexts("ann")
				if p := ann.path("bob"); !p.Blocked {
					t.Errorf("ann's path is %+v", p)
				}
			})
		})
	}
}

func TestAGuestsLinesNeverGoToWhoHasTheNameLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("gus", wire.KindGuest, newMemory("gus"))
		must(t, gus.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
		ann.Whisper("gus", "one", false)
		settle()
		gus.wantTexts("ann", "one")
		w.net.Lose(all) // the second line is sent, and does not arrive
		id := ann.Whisper("gus", "for the first gus", false)
		settle()
		gus.quit()
		w.net.Lose(nil)
		other := w.enter("gus", wire.KindGuest, newMemory("another gus"))
		must(t, other.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
		ann.Whisper("gus", "to whom it may concern", false)
		wait(2 * time.Minute)
		if got := other.texts("ann"); slices.Contains(got, "for the first gus") {
			t.Errorf("the second gus has heard %v", got)
		}
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptFailed)
	})
}

func TestWhoHasHadAKeyIsNeverWrittenToInPlainText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.quit()
		settle()
		w.enterOld("bob", wire.KindAccount)
		id := ann.Whisper("bob", "two", false)
		wait(5 * time.Minute)
		ann.wantStates(id, wire.ReceiptQueued)
		if n := len(ann.server.passed); n > 0 {
			t.Errorf("the server was given %d lines to read", n)
		}
	})
}

func TestWhoHasNoKeyIsWrittenToThroughTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		w.enterOld("olaf", wire.KindOld)
		ann.Whisper("olaf", "one", false)
		settle()
		ann.Whisper("olaf", "two", false)
		settle()
		var got []string
		for _, r := range ann.server.passed {
			got = append(got, r.Text)
			if r.Seq != 0 {
				t.Errorf("%q goes through the server, and its receipts say that it is encrypted", r.Text)
			}
		}
		if !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("the session was left %v", got)
		}
		if p := ann.path("olaf"); p == nil || p.Way != wire.WayPlain || p.Reason == "" {
			t.Errorf("ann's path is %+v", p)
		}
		if len(ann.store.lines) > 0 {
			t.Error("the lines wait in two outboxes")
		}
	})
}

func TestBothSidesSeeTheSameSafetyNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		ann.Do(wire.Verify{Name: "bob"})
		bob.Do(wire.Verify{Name: "ann"})
		settle()
		a, b := last(ann, func(*wire.Safety) bool { return true }), last(bob, func(*wire.Safety) bool { return true })
		if a == nil || b == nil || !slices.Equal(a.Groups, b.Groups) || !slices.Equal(a.Words, b.Words) || a.Code != b.Code || a.Print != b.Own {
			t.Fatalf("ann sees %+v, bob %+v", a, b)
		}
		if len(a.Groups) != 12 || len(a.Words) != 12 || len(a.Code) != 60 {
			t.Errorf("got %d groups, %d words, %d digits", len(a.Groups), len(a.Words), len(a.Code))
		}
	})
}

func TestWhoIsRefusedIsNotHeardOfAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, eve := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("eve", wire.KindGuest, newMemory("eve"))
		eve.Whisper("ann", "buy", false)
		settle()
		ann.Do(wire.Reject{Name: "eve"})
		settle()
		if p := eve.path("ann"); !strings.Contains(p.Reason, "does not want to talk") {
			t.Errorf("eve's path is %+v", p)
		}
		asked := ann.count(func(e wire.Event) bool { _, ok := e.(*wire.Called); return ok })
		wait(10 * time.Minute)
		if again := ann.count(func(e wire.Event) bool { _, ok := e.(*wire.Called); return ok }); asked != 1 || again != asked {
			t.Errorf("ann was asked %d times, and %d times after her answer", asked, again-asked)
		}
		ann.wantTexts("eve")
	})
}

// TestAStrangerLearnsNothingBeforeAPersonHasAnswered looks at what leaves the
// program of who is asked.
func TestAStrangerLearnsNothingBeforeAPersonHasAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, eve := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("eve", wire.KindGuest, newMemory("eve"))
		said := 0
		w.net.Lose(func(from, to netip.AddrPort, _ []byte) bool {
			if between(from, to) {
				said++
			}
			return false
		})
		eve.Whisper("ann", "where are you", false)
		wait(5 * time.Minute)
		ann.server.mu.Lock()
		defer ann.server.mu.Unlock()
		for _, r := range ann.server.asked {
			switch r.(type) {
			case wire.Punch, wire.Decline, wire.Relay:
				t.Errorf("ann's program has said %T", r)
			default:
			}
		}
		if said > 0 {
			t.Errorf("%d datagrams went between them", said)
		}
	})
}

func TestAServerThatCallsAnAccountAGuestGetsNoOtherKeyAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.quit()
		settle()
		mallory := w.enter("bob", wire.KindGuest, newMemory("mallory"))
		ann.Whisper("bob", "for bob only", false)
		mallory.Whisper("ann", "it is me", false)
		wait(2 * time.Minute)
		mallory.wantTexts("ann")
		ann.wantTexts("bob")
		if p := ann.path("bob"); !p.Blocked {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

func TestAGuestIsAskedAboutAnewWhenSomebodyElseHasTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		store := newMemory("ann")
		ann, gus := w.enter("ann", wire.KindAccount, store), w.enter("gus", wire.KindGuest, newMemory("gus"))
		gus.Whisper("ann", "one", false)
		settle()
		ann.accepts("gus")
		settle()
		ann.wantTexts("gus", "one")
		gus.quit()
		settle()
		w.enter("gus", wire.KindGuest, newMemory("another gus")).Whisper("ann", "two", false)
		settle()
		ann.wantTexts("gus", "one")
		if n := ann.count(func(e wire.Event) bool { _, ok := e.(*wire.Called); return ok }); n != 2 {
			t.Errorf("ann was asked %d times, want once for each", n)
		}
		if c, err := store.Contact("gus"); err != nil || c.Accepted {
			t.Errorf("the disk has %+v, %v of a guest", c, err)
		}
	})
}

// TestWhoHasJustComeInIsNotTakenForSomebodyWithoutAKey has a client tell its key
// a moment after its name.
func TestWhoHasJustComeInIsNotTakenForSomebodyWithoutAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		w.enterOld("gus", wire.KindGuest)
		ann.Whisper("gus", "one", false)
		settle()
		gus := w.enter("gus", wire.KindGuest, newMemory("gus"))
		gus.accepts("ann")
		wait(2 * time.Second)
		gus.accepts("ann")
		wait(2 * time.Second)
		gus.wantTexts("ann", "one")
		if n := len(ann.server.passed); n > 0 {
			t.Errorf("the server was given %d lines to read", n)
		}
	})
}

// TestTheRightKeyIsSpokenToAgainAfterAWrongOneWasRejected has bob come back once
// his place was taken by somebody else.
func TestTheRightKeyIsSpokenToAgainAfterAWrongOneWasRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bobs := bob.store
		bob.quit()
		mallory := w.enter("bob", wire.KindAccount, newMemory("mallory"))
		ann.Whisper("bob", "two", false)
		wait(time.Minute)
		ann.verifies("bob", wire.AnswerDiffer)
		settle()
		mallory.quit()
		bob = w.enter("bob", wire.KindAccount, bobs)
		ann.Whisper("bob", "three", false)
		wait(time.Minute)
		bob.wantTexts("ann", "two", "three")
		mallory.wantTexts("ann")
	})
}
