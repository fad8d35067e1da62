package private_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// paths are all that was said of the way to somebody.
func (p *person) paths(user string) (all []*wire.Path) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e, ok := e.(*wire.Path); ok && e.User == user {
			all = append(all, e)
		}
	}
	return all
}

func TestWhoAsksIsToldAtOnceThatAPersonHasToAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
		id := ann.Whisper("bob", "hi", false)
		const asked = "bob was asked; lines go when bob accepts"
		for range 90 {
			wait(time.Second)
			if p := ann.path("bob"); !p.Asked || p.Reason != asked {
				t.Fatalf("ann's path is %+v", p)
			}
		}
		if r := last(ann, func(r *wire.Receipt) bool { return r.Client == id }); r.Reason != asked {
			t.Errorf("the line waits for %q", r.Reason)
		}
		bob.accepts("ann")
		wait(time.Second)
		if p := ann.path("bob"); p.Asked || p.Reason != "" || p.Way != wire.WayDirect {
			t.Errorf("then ann's path is %+v", p)
		}
		wait(time.Minute)
		if p := ann.path("bob"); p.Reason != "" {
			t.Errorf("a minute later ann's path is %+v", p)
		}
	})
}

func TestWhoAnswersByThemselvesAreNotSaidToBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		annas := newMemory("ann")
		ann, bob := w.enter("ann", wire.KindAccount, annas), w.enter("bob", wire.KindAccount, newMemory("bob"))
		ann.Whisper("bob", "hi", false)
		wait(time.Second)
		bob.accepts("ann")
		wait(time.Second)
		ann.quit()
		ann = w.enter("ann", wire.KindAccount, annas)
		ann.Whisper("bob", "it is me again", false)
		wait(time.Minute)
		for _, p := range ann.paths("bob") {
			if p.Asked {
				t.Errorf("ann's path was %+v", p)
			}
		}
	})
}

func TestWithoutAServerNoConnectionIsPromised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		ann.server.disconnect()
		settle()
		ann.Do(wire.Route{Name: "bob"}) // as a screen asks of the conversations that it has from the disk
		settle()
		if p := ann.path("bob"); !strings.Contains(p.Reason, "no connection") {
			t.Errorf("without a server ann's path is %+v", p)
		}
		ann.server.connect()
		settle()
		if p := ann.path("bob"); strings.Contains(p.Reason, "no connection") {
			t.Errorf("with a server ann's path is %+v", p)
		}
	})
}

func TestWhatNoLongerHoldsIsNoLongerSaid(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(ann, bob *person)
	}{
		{"a request", func(_, bob *person) { bob.accepts("ann") }},
		{"a server that is back", func(ann, bob *person) {
			bob.accepts("ann")
			settle()
			bob.quit()
			settle()
			ann.server.disconnect()
			settle()
			if p := ann.path("bob"); !strings.Contains(p.Reason, "no connection") {
				ann.t.Errorf("without a server ann's path is %+v", p)
			}
			ann.server.connect()
		}},
		{"an absence, where the relay is taken then", func(ann, bob *person) {
			ann.Do(wire.Route{Name: "bob", Mode: wire.RouteRelay})
			bob.quit()
			wait(time.Minute)
			bob = ann.harness.enter("bob", wire.KindAccount, bob.store)
			bob.Do(wire.Poke{Name: "ann"})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
				ann.Whisper("bob", "hi", false)
				wait(time.Minute)
				c.do(ann, bob)
				wait(2 * time.Minute)
				p := ann.path("bob")
				for _, stale := range []string{"asked", "answered", "no connection", "is away", "not here"} {
					if strings.Contains(p.Reason, stale) {
						t.Errorf("ann's path is %+v", p)
					}
				}
			})
		})
	}
}
