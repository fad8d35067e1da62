package private_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// persona is a name that somebody has at a server.
type persona struct {
	name string
	kind wire.Kind
}

// keyOf is the device key by which somebody is known to the server.
func (p *person) keyOf() string {
	p.harness.mu.Lock()
	defer p.harness.mu.Unlock()
	return p.server.key
}

// TestEachNameOfAPersonHasAnotherKey has one profile be guests and accounts, and
// each of them again.
func TestEachNameOfAPersonHasAnotherKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		store := newMemory("p")
		names := []persona{
			{"gus", wire.KindGuest},
			{"ada", wire.KindAccount},
			{"berta", wire.KindAccount},
			{"ada", wire.KindGuest},
			{"gustav", wire.KindGuest},
			{"ada", wire.KindAccount},
		}
		known := map[persona]string{}
		for range 2 {
			p := w.enter("gus", wire.KindGuest, store)
			for _, who := range names {
				p.server.login(who.name, who.kind)
				settle()
				key := p.keyOf()
				if key == "" {
					t.Fatalf("%+v has no key", who)
				}
				for other, of := range known {
					if (other == who) != (of == key) {
						t.Errorf("%+v has the key %.8s, %+v has %.8s", who, key, other, of)
					}
				}
				known[who] = key
			}
			p.quit()
		}
	})
}

// TestAGuestWithAnotherNameIsKnownByItsKeyAlsoAfterARestart has a guest take a name
// and come back under it.
func TestAGuestWithAnotherNameIsKnownByItsKeyAlsoAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		_, gus := guests(w)
		key := gus.keyOf()
		gus.server.renames("gustav")
		settle()
		if got := gus.keyOf(); got != key {
			t.Error("the guest has another key under another name")
		}
		gus.quit()
		gus = w.enter("gustav", wire.KindGuest, gus.store)
		if got := gus.keyOf(); got != key {
			t.Error("the guest has another key after it came back under that name")
		}
	})
}

// TestWhoLogsInLeavesNoLinkOfTheNameBefore has a guest become an account while links
// and calls are there.
func TestWhoLogsInLeavesNoLinkOfTheNameBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		if p := gus.path("ann"); p == nil || p.Way != wire.WayDirect {
			t.Fatalf("the path is %+v, want a direct one", p)
		}
		before := gus.keyOf()
		sent := w.watch(gus)
		gus.server.login("carl", wire.KindAccount)
		settle()
		if gus.keyOf() == before {
			t.Error("the account has the guest's key")
		}
		if p := gus.path("ann"); p.Way == wire.WayDirect {
			t.Errorf("the path is %+v", p)
		}
		wait(time.Minute)
		packets := len(sent.to(ann.server.at()))
		wait(2 * time.Minute)
		if n := len(sent.to(ann.server.at())); n != packets {
			t.Errorf("%d datagrams went over a link of the name before", n-packets)
		}
		must(t, ann.store.SetContact(wire.Contact{User: "carl", Accepted: true}))
		gus.Whisper("ann", "I am carl", false)
		wait(10 * time.Second)
		ann.wantTexts("carl", "I am carl")
	})
}

// TestNobodyIsKnownByAnotherNamesKeyWhileTheDiskFails has the disk take no new key
// when somebody logs in.
func TestNobodyIsKnownByAnotherNamesKeyWhileTheDiskFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		p := w.enter("ada", wire.KindAccount, newMemory("p"))
		first := p.keyOf()
		p.store.setFull(true)
		p.server.login("berta", wire.KindAccount)
		wait(time.Minute)
		if key := p.keyOf(); key != "" {
			t.Errorf("berta is known by the key %.8s, ada by %.8s", key, first)
		}
		p.store.setFull(false)
		wait(time.Minute)
		if key := p.keyOf(); key == "" || key == first {
			t.Errorf("berta is known by the key %.8s, ada by %.8s", key, first)
		}
		var keys []string
		for _, r := range asksFor[wire.UDP](p) {
			keys = append(keys, r.Key)
		}
		if len(slices.Compact(keys)) != 2 {
			t.Errorf("the keys %q were told, want one of each name", keys)
		}
	})
}

// TestAConversationThatIsOpenedBeforeTheFirstLoginIsCalledAfterIt: a person may be faster
// than the server, and have nothing to say yet.
func TestAConversationThatIsOpenedBeforeTheFirstLoginIsCalledAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.successor(wire.KindGuest)
		ann := w.start("ann", newMemory("ann"), nil)
		ann.Do(wire.Poke{Name: "gus"})
		wait(time.Minute)
		if p := ann.path("gus"); p == nil || p.Way != wire.WayDirect {
			t.Errorf("ann's path to gus is %+v, want a direct one", p)
		}
	})
}
