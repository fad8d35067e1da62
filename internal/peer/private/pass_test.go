package private_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestALineThatTheSessionReturnsGoesToTheKeyThatIsKnownBySince has olaf begin to use a
// program with keys while a line for him waits at the session.
func TestALineThatTheSessionReturnsGoesToTheKeyThatIsKnownBySince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		w.enterOld("olaf", wire.KindAccount)
		ann.Whisper("olaf", "readable", false)
		wait(5 * time.Second)
		if n := len(ann.server.passed); n != 1 {
			t.Fatalf("%d lines went through the server, want one", n)
		}
		ann.server.hold(true)
		id := ann.Whisper("olaf", "not sent yet", false)
		settle()
		olaf := w.enter("olaf", wire.KindAccount, newMemory("olaf"))
		must(t, olaf.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
		ann.server.hold(false)
		wait(2 * time.Minute)
		if n := len(ann.server.passed); n != 1 {
			t.Errorf("%d lines went through the server, want one", n)
		}
		olaf.wantTexts("ann", "not sent yet")
		if states := ann.states(id); !slices.Contains(states, wire.ReceiptDelivered) {
			t.Errorf("the line went through %v", states)
		}
	})
}

func TestWordsForSomebodyAreNoRequestOfAScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, _ := friends(w)
		for _, r := range []wire.Request{wire.Private{To: "bob", Text: "readable"}, wire.Seal{To: "bob"}} {
			tag := ann.Do(r)
			settle()
			if e := last(ann, func(e *wire.Refused) bool { return e.Re.Re == tag }); e == nil {
				t.Errorf("%T was not refused", r)
			}
		}
		for _, r := range ann.server.asked {
			if spoken := r.Act() == wire.ActPrivate || r.Act() == wire.ActSeal; spoken {
				t.Errorf("the server was asked %T", r)
			}
		}
	})
}

// TestALineTypedUnderAnotherNameGoesToAnOlderServerOnceWeHaveThatName: the endpoint keeps
// it meanwhile.
func TestALineTypedUnderAnotherNameGoesToAnOlderServerOnceWeHaveThatName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindGuest, newMemory("ann"))
		ann.server.push(&wire.Status{State: wire.StateOffline})
		settle()
		ann.Whisper("olaf", "as ann", false)
		settle()
		ann.server.name = "anna"
		ann.server.come(wire.Status{Dialect: "a3"})
		if n := len(ann.server.passed); n > 0 {
			t.Fatalf("%d lines went out under another name", n)
		}
		ann.server.push(&wire.LoggedIn{Name: "ann", Kind: wire.KindOld})
		settle()
		if n := len(ann.server.passed); n != 1 || ann.server.passed[0].As != "ann" {
			t.Errorf("%d lines went out, want the one", n)
		}
	})
}

// TestASessionThatReturnsEveryLineIsNotAskedWithoutEnd has a session that never agrees.
func TestASessionThatReturnsEveryLineIsNotAskedWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		w.enterOld("olaf", wire.KindOld)
		ann.server.returns = true
		ann.Whisper("olaf", "again and again", false)
		wait(10 * time.Minute)
		ann.server.mu.Lock()
		defer ann.server.mu.Unlock()
		if n := ann.server.tries; n < 2 || n > 20 {
			t.Errorf("the line was passed %d times within ten minutes", n)
		}
	})
}

// TestWhatAPersonHasSaidOfAGuestOutlivesAnotherLookAtTheDisk: no disk has it.
func TestWhatAPersonHasSaidOfAGuestOutlivesAnotherLookAtTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		w.enterOld("gus", wire.KindGuest)
		ann.Do(wire.Route{Name: "gus", Mode: wire.RouteRelay})
		ann.server.hold(true)
		ann.Whisper("gus", "comes back", false)
		wait(2 * time.Second)
		gus := newMemory("gus")
		must(t, gus.SetContact(wire.Contact{User: "ann", Accepted: true}))
		w.enter("gus", wire.KindGuest, gus).server.key = key("gus")
		ann.server.hold(false)
		wait(2 * time.Minute)
		punches := asksFor[wire.Punch](ann)
		for _, r := range punches {
			if !r.Relay || len(r.Local) > 0 {
				t.Errorf("gus was told where ann is: %+v", r)
			}
		}
		if len(punches) == 0 {
			t.Error("gus was not called at all")
		}
	})
}

// TestADiskOfBeforeAsksOnceAboutAKeyThatNobodyComparedBesideOneThatWas: programs of before
// left such a key trusted, and the compared one stays so.
func TestADiskOfBeforeAsksOnceAboutAKeyThatNobodyComparedBesideOneThatWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		store := newMemory("ann")
		must(t, store.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true}))
		must(t, store.SetDevice(wire.KnownDevice{User: "bob", Key: key("bob"), State: wire.KeyVerified}))
		must(t, store.SetDevice(wire.KnownDevice{User: "bob", Key: key("mallory"), State: wire.KeyNew}))
		ann := w.enter("ann", wire.KindAccount, store)
		accepts := func(name string) *person {
			m := newMemory(name)
			must(t, m.SetContact(wire.Contact{User: "ann", Accepted: true}))
			return w.enter("bob", wire.KindAccount, m)
		}
		mallory := accepts("mallory")
		ann.Whisper("bob", "for bob only", false)
		wait(2 * time.Minute)
		mallory.wantTexts("ann")
		if p := ann.path("bob"); !p.Blocked {
			t.Errorf("ann's path is %+v", p)
		}
		mallory.quit()
		bob := accepts("bob")
		ann.server.push(&wire.Joined{Room: "lobby", Name: "bob"})
		wait(2 * time.Minute)
		bob.wantTexts("ann", "for bob only")
		if p := ann.path("bob"); p.Blocked || p.Key != wire.KeyVerified {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

// TestLinesToOneselfGoThoughTheDiskKnowsOurOwnKey: it is not somebody else's, also where
// the first is typed before the server has said who we are.
func TestLinesToOneselfGoThoughTheDiskKnowsOurOwnKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		store := newMemory("ann")
		w.enter("ann", wire.KindAccount, store).quit() // who notes it
		must(t, store.SetDevice(wire.KnownDevice{User: "ann", Key: key("ann"), State: wire.KeyKnown}))
		ann := w.bring("ann", wire.KindAccount, store, manner{})
		ann.Whisper("ann", "early", false)
		settle()
		ann.Whisper("ann", "late", false)
		wait(time.Minute)
		var got []string
		for _, r := range ann.server.passed {
			got = append(got, r.Text)
		}
		if !slices.Equal(got, []string{"early", "late"}) {
			t.Errorf("went to the server: %q", got)
		}
	})
}
