package private_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// friends are two who have accepted each other.
func friends(w *harness) (ann, bob *person) {
	w.t.Helper()
	ann, bob = w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
	must(w.t, ann.store.SetContact(wire.Contact{User: "bob", Accepted: true}))
	must(w.t, bob.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
	return ann, bob
}

// between says whether a datagram is one of two people's, and none of the
// registry's.
func between(from, to netip.AddrPort) bool { return from != serverAddr && to != serverAddr }

func all(from, to netip.AddrPort, _ []byte) bool { return between(from, to) }

func TestWithoutADirectWayTheRelayIsTaken(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*harness)
		reason  string
	}{
		{"nothing arrives", func(w *harness) { w.net.Lose(all) }, "nothing of bob arrives: a NAT or a firewall is between you"},
		{"one tells nobody the address", func(w *harness) { w.all[0].Do(wire.Route{Name: "bob", Mode: wire.RouteRelay}) }, "you tell nobody your address"},
		{"the other does not", func(w *harness) { w.all[1].Do(wire.Route{Name: "ann", Mode: wire.RouteRelay}) }, "bob tells nobody the address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := friends(w)
				c.prepare(w)
				settle()
				id := ann.Whisper("bob", "hello", false)
				wait(10 * time.Second)
				bob.wantTexts("ann", "hello")
				ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
				dialler := ann
				if p := ann.path("bob"); p == nil || p.Way != wire.WayRelay {
					t.Fatalf("ann's path is %+v, want the relay", p)
				}
				if p := dialler.path("bob"); p.Reason != c.reason {
					t.Errorf("the reason is %q, want %q", p.Reason, c.reason)
				}
			})
		})
	}
}

func TestADirectWayIsTakenAgainWhenItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		w.net.Lose(all)
		ann.Whisper("bob", "by the relay", false)
		wait(8 * time.Second)
		w.net.Lose(nil)
		wait(3 * time.Minute)
		if p := ann.path("bob"); p == nil || p.Way != wire.WayDirect {
			t.Errorf("ann's path is %+v, want a direct one", p)
		}
		relays := w.relays
		ann.Whisper("bob", "straight", false)
		settle()
		bob.wantTexts("ann", "by the relay", "straight")
		if w.relays != relays {
			t.Error("a line went through the server though there is a direct way")
		}
	})
}

// TestLinesArriveOnceAndInOrderWhateverTheNetworkDoes talks both ways while
// datagrams get lost, come twice and overtake each other, and the direct way
// breaks and comes back.
func TestLinesArriveOnceAndInOrderWhateverTheNetworkDoes(t *testing.T) {
	for _, percent := range []int{0, 5, 30} {
		t.Run(fmt.Sprintf("%d percent are lost", percent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const lines = 2000
				w := newHarness(t)
				defer w.end()
				var cut atomic.Bool
				lose := func(int) bool { return rand.IntN(100) < percent }
				w.net.Lose(func(from, to netip.AddrPort, _ []byte) bool { return between(from, to) && (cut.Load() || lose(0)) })
				if percent > 0 {
					w.net.Disturb(func() bool { return rand.IntN(20) == 0 }, func() bool { return rand.IntN(20) == 0 })
				}
				w.mu.Lock()
				w.lose = lose
				w.mu.Unlock()
				ann, bob := friends(w)
				var want, back []string
				for i := range lines {
					if i%(lines/4) == lines/8 {
						cut.Store(!cut.Load())
						wait(5 * time.Second)
					}
					want, back = append(want, fmt.Sprint("line ", i)), append(back, fmt.Sprint("back ", i))
					ann.Whisper("bob", want[i], false)
					bob.Whisper("ann", back[i], false)
					if i%50 == 0 {
						wait(20 * time.Millisecond)
					}
				}
				cut.Store(false)
				wait(3 * time.Minute)
				bob.wantTexts("ann", want...)
				ann.wantTexts("bob", back...)
				if n := len(ann.store.lines) + len(bob.store.lines); n > 0 {
					t.Errorf("%d lines wait still; ann's way is %+v, bob's %+v", n, ann.path("bob"), bob.path("ann"))
				}
			})
		})
	}
}

func TestLinesThatWereNotConfirmedGoOutAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		store := newMemory("ann")
		must(t, store.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true}))
		must(t, store.SetDevice(wire.KnownDevice{User: "bob", Key: key("bob"), State: wire.KeyKnown}))
		ann := w.enter("ann", wire.KindAccount, store)
		ann.Whisper("bob", "one", false)
		ann.Whisper("bob", "two", false)
		settle()
		ann.quit()
		ann = w.enter("ann", wire.KindAccount, store)
		ann.Whisper("bob", "three", false)
		bobs := newMemory("bob")
		must(t, bobs.SetContact(wire.Contact{User: "ann", Accepted: true}))
		bob := w.enter("bob", wire.KindAccount, bobs)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "one", "two", "three")
		bob.quit()
		bob = w.enter("bob", wire.KindAccount, bobs)
		ann.Whisper("bob", "four", false)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "four")
	})
}

func TestTwoWhoCallAtTheSameTimeFindEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.enter("ann", wire.KindGuest, newMemory("ann")), w.enter("bob", wire.KindGuest, newMemory("bob"))
		ann.Whisper("bob", "hello", false)
		bob.Whisper("ann", "hello, too", false)
		wait(3 * time.Second)
		bob.wantTexts("ann", "hello")
		ann.wantTexts("bob", "hello, too")
		if p := ann.path("bob"); p == nil || p.Way != wire.WayDirect || !p.Guest {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

func TestADirectConversationGoesOnWithoutTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		ann.server.disconnect()
		bob.server.disconnect()
		settle()
		ann.Whisper("bob", "two", false)
		wait(time.Minute)
		bob.wantTexts("ann", "one", "two")
		if p := ann.path("bob"); p.Way != wire.WayDirect {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

func TestARelayedConversationComesBackWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		w.net.Lose(all)
		ann.Whisper("bob", "one", false)
		wait(5 * time.Second)
		ann.server.disconnect()
		settle()
		id := ann.Whisper("bob", "two", false)
		wait(time.Minute)
		ann.wantStates(id, wire.ReceiptQueued)
		ann.server.connect()
		wait(time.Minute)
		bob.wantTexts("ann", "one", "two")
	})
}

func TestWhoLeavesARelayedConversationSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		w.net.Lose(all)
		ann.Whisper("bob", "one", false)
		wait(5 * time.Second)
		bob.wantTexts("ann", "one")
		bob.quit()
		settle()
		if p := ann.path("bob"); p.Way != wire.WayNone || p.Reason != "bob's program has closed the connection" {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

// TestAnAnswerThatIsSlowerThanTheLinkChangesNothing has the server bring bob's
// answer once more, when the datagrams have made a link of the call already.
func TestAnAnswerThatIsSlowerThanTheLinkChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.wantTexts("ann", "one")
		calls := asksFor[wire.Punch](bob)
		if len(calls) != 1 {
			t.Fatalf("bob has called and answered %v", calls)
		}
		ann.server.push(&wire.Punched{From: "bob", Kind: wire.KindAccount, Call: calls[0].Call, Device: bob.server.key})
		settle()
		if n := len(asksFor[wire.Punch](ann)); n != 1 {
			t.Errorf("ann has called %d times, want once", n)
		}
		bob.quit()
		settle()
		ann.Whisper("bob", "two", false)
		settle()
		if p := ann.path("bob"); p.Trying || p.Reason != "bob is not here" {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

// TestWhoIsGoneIsNotWaitedFor has bob leave while a better way than the relay
// is looked for.
func TestWhoIsGoneIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		w.net.Lose(all)
		ann.Whisper("bob", "one", false)
		wait(5 * time.Second)
		bob.wantTexts("ann", "one")
		if p := ann.path("bob"); p.Way != wire.WayRelay || !p.Trying {
			t.Fatalf("ann's path is %+v", p)
		}
		bob.quit()
		w.net.Lose(nil)
		bob = w.enter("bob", wire.KindAccount, bob.store)
		ann.Whisper("bob", "two", false)
		wait(2 * time.Second)
		bob.wantTexts("ann", "two")
	})
}

func TestNobodyWhoIsAwayIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		store := bob.store
		bob.quit()
		settle()
		id := ann.Whisper("bob", "two", false)
		wait(10 * time.Minute)
		ann.wantStates(id, wire.ReceiptQueued)
		if p := ann.path("bob"); p.Way != wire.WayNone || p.Reason == "" {
			t.Errorf("ann's path is %+v", p)
		}
		bob = w.enter("bob", wire.KindAccount, store)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "two")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
	})
}

func TestAFullDiskConfirmsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		bob.store.setFull(true)
		id := ann.Whisper("bob", "two", false)
		wait(5 * time.Second)
		if got := ann.states(id); slices.Contains(got, wire.ReceiptDelivered) {
			t.Errorf("a line that is on no disk went through %v", got)
		}
		bob.store.setFull(false)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "one", "two")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
	})
}

// TestACallThatNobodyHasHeardKeepsNobodyApart has ann's call vanish with bob's
// old session; whichever of the two calls is the smaller one, they meet.
func TestACallThatNobodyHasHeardKeepsNobodyApart(t *testing.T) {
	for range 8 { // which call is the smaller one is a matter of chance
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, bob := friends(w)
			ann.Whisper("bob", "one", false)
			settle()
			w.net.Lose(all)
			bob.server.deaf(true)
			ann.Whisper("bob", "two", false)
			wait(5 * time.Second) // ann has called by now
			bob.server.deaf(false)
			bob.Whisper("ann", "back", false)
			wait(15 * time.Second)
			bob.wantTexts("ann", "one", "two")
			ann.wantTexts("bob", "back")
		})
	}
}
