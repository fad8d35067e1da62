package private_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// wantNothingReadable checks that the server was given nothing to read.
func (p *person) wantNothingReadable() {
	p.t.Helper()
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	for _, r := range p.server.passed {
		p.t.Errorf("the server was given %q for %s to read", r.Text, r.To)
	}
	for _, r := range p.server.asked {
		if typing, ok := r.(wire.Typing); ok {
			p.t.Errorf("the server was told that %s is typing to %s", p.server.name, typing.To)
		}
	}
}

// come lets the session come back to a server that says so.
func (s *session) come(status wire.Status) {
	s.push(&wire.Status{State: wire.StateOffline})
	if status.Dialect == "chat1" {
		s.push(&wire.Welcome{Node: "node"})
	}
	s.push(&wire.LoggedIn{Name: s.name, Kind: s.kind})
	status.State, status.Remote = wire.StateOnline, "10.0.0.1:1300"
	s.push(&status)
	settle()
}

// TestNoLieOfAServerMakesItReadWhatIsForSomebodyWithAKey has bob, whom ann knows with a
// key, be there or gone, and the server say what would make lines readable.
func TestNoLieOfAServerMakesItReadWhatIsForSomebodyWithAKey(t *testing.T) {
	for lie, tell := range map[string]func(ann, bob *person){
		"that ann is bob": func(ann, _ *person) {
			ann.server.push(&wire.LoggedIn{Name: "bob", Kind: wire.KindAccount})
		},
		"that ann is called bob now": func(ann, _ *person) {
			ann.server.push(&wire.Renamed{Old: "ann", Name: "bob", Kind: wire.KindAccount})
		},
		"that ann is called bob now, and that it knows no keys": func(ann, _ *person) {
			ann.server.come(wire.Status{Dialect: "chat1"})
			ann.server.push(&wire.Renamed{Old: "ann", Name: "bob", Kind: wire.KindAccount})
		},
		"that bob's key is ann's": func(ann, bob *person) {
			bob.quit()
			bob.harness.change(func() {
				bob.harness.here["bob"] = &session{harness: bob.harness, name: "bob", kind: wire.KindAccount, key: ann.server.key, wake: make(chan struct{}, 1)}
			})
		},
		"that bob is a guest without a key": func(_, bob *person) {
			bob.quit()
			bob.harness.enterOld("bob", wire.KindGuest)
		},
		"that bob has no key any more": func(_, bob *person) {
			bob.quit()
			bob.harness.enterOld("bob", wire.KindAccount)
		},
		"that it knows no keys": func(ann, _ *person) { ann.server.come(wire.Status{Dialect: "chat1"}) },
		"that it is an older server": func(ann, _ *person) {
			ann.server.come(wire.Status{Dialect: "a3"})
		},
	} {
		for _, there := range []bool{true, false} {
			t.Run(lie, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newHarness(t)
					defer w.end()
					ann, bob := friends(w)
					ann.Whisper("bob", "one", false)
					settle()
					ann.verifies("bob", wire.AnswerSame)
					settle()
					if !there {
						bob.quit()
						settle()
					}
					ann.Whisper("bob", "typed before", false)
					tell(ann, bob)
					settle()
					ann.Whisper("bob", "typed behind", false)
					ann.Do(wire.Typing{To: "bob"})
					wait(5 * time.Minute)
					ann.wantNothingReadable()
				})
			})
		}
	}
}

// TestAGuestWhoWasKnownWithAKeyIsNotWrittenToInPlainTextByAServerThatForgetsKeys: no disk
// keeps a guest's key, but this run does.
func TestAGuestWhoWasKnownWithAKeyIsNotWrittenToInPlainTextByAServerThatForgetsKeys(t *testing.T) {
	for _, status := range []wire.Status{{Dialect: "chat1"}, {Dialect: "a3"}} {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, gus := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("gus", wire.KindGuest, newMemory("gus"))
			must(t, gus.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
			ann.Whisper("gus", "one", false)
			settle()
			gus.wantTexts("ann", "one")
			gus.quit()
			ann.server.come(status)
			id := ann.Whisper("gus", "two", false)
			wait(5 * time.Minute)
			ann.wantNothingReadable()
			ann.wantStates(id, wire.ReceiptQueued)
		})
	}
}

// unreadable is a disk that can't tell who is known.
type unreadable struct {
	*memory
	broken *atomic.Bool
}

var errUnreadable = errors.New("input/output error")

func (u unreadable) Contact(user string) (wire.Contact, error) {
	if u.broken.Load() {
		return wire.Contact{}, errUnreadable
	}
	return u.memory.Contact(user)
}

func (u unreadable) Devices(user string) ([]wire.KnownDevice, error) {
	if u.broken.Load() {
		return nil, errUnreadable
	}
	return u.memory.Devices(user)
}

// TestADiskThatCantBeReadMakesNobodyAStranger has the disk fail when ann's program starts:
// that bob has a key is not known, and must not be forgotten either.
func TestADiskThatCantBeReadMakesNobodyAStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		store := newMemory("ann")
		must(t, store.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true}))
		must(t, store.SetDevice(wire.KnownDevice{User: "bob", Key: key("bob"), State: wire.KeyVerified}))
		var broken atomic.Bool
		broken.Store(true)
		w.enterOld("bob", wire.KindAccount)
		ann := w.start("ann", unreadable{store, &broken}, nil)
		settle()
		ann.Whisper("bob", "for bob only", false)
		wait(time.Minute)
		ann.wantNothingReadable()
		broken.Store(false)
		wait(2 * time.Minute)
		ann.wantNothingReadable()
		if c, err := store.Contact("bob"); err != nil || !c.Secure {
			t.Errorf("the disk has %+v, %v of bob", c, err)
		}
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		must(t, bob.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
		ann.server.push(&wire.Joined{Room: "lobby", Name: "bob"})
		wait(2 * time.Minute)
		bob.wantTexts("ann", "for bob only")
	})
}

// TestAKeyThatNobodyComparedDoesNotOutliveTheComparingOfAnother has the server begin with
// mallory's key for bob's, and come back to it after bob was verified.
func TestAKeyThatNobodyComparedDoesNotOutliveTheComparingOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		between := func(store *memory) *person {
			must(t, store.SetContact(wire.Contact{User: "ann", Accepted: true}))
			return w.enter("bob", wire.KindAccount, store)
		}
		stored := newMemory("mallory")
		mallory := between(stored)
		ann.Whisper("bob", "whoever is there", false)
		settle()
		mallory.wantTexts("ann", "whoever is there")
		mallory.quit()
		bob := between(newMemory("bob"))
		ann.Whisper("bob", "for bob", false)
		wait(2 * time.Minute)
		ann.verifies("bob", wire.AnswerSame)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "for bob")
		if told := last(ann, func(e *wire.Notice) bool { return strings.Contains(e.Text, wire.DevicePrint(key("mallory"))) }); told == nil {
			t.Error("ann was not told that the other key is spoken to no more")
		}
		bob.quit()
		mallory = between(stored)
		id := ann.Whisper("bob", "for bob only", false)
		wait(2 * time.Minute)
		mallory.wantTexts("ann")
		ann.wantStates(id, wire.ReceiptQueued)
		if p := ann.path("bob"); !p.Blocked || p.Key != wire.KeyChanged {
			t.Errorf("ann's path is %+v", p)
		}
	})
}

// TestThatTheKeyIsNotTheComparedOneAnyMoreIsSaid has bob go to a device that the verified
// one vouches for.
func TestThatTheKeyIsNotTheComparedOneAnyMoreIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		ann.verifies("bob", wire.AnswerSame)
		settle()
		bob.quit()
		phone := newMemory("bob's phone")
		must(t, phone.SetContact(wire.Contact{User: "ann", Accepted: true}))
		next := w.enter("bob", wire.KindAccount, phone)
		w.change(func() {
			sig := identity(t, bob.store).Sign(wire.EndorsementText("node", "bob", next.server.key))
			w.devices = map[string][]wire.Device{"bob": {{Key: bob.server.key}, {Key: next.server.key, By: bob.server.key, Sig: sig}}}
		})
		ann.Whisper("bob", "two", false)
		wait(2 * time.Minute)
		next.wantTexts("ann", "two")
		seen := last(ann, func(e *wire.KeySeen) bool { return e.User == "bob" })
		if seen.State != wire.KeyKnown || !strings.Contains(seen.Text, "not compared") {
			t.Errorf("ann was told %+v", seen)
		}
	})
}

// TestADeviceIsLetInForACallOnly has a device of bob's that ann trusts dial without one.
func TestADeviceIsLetInForACallOnly(t *testing.T) {
	for _, called := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, bob := friends(w)
			bob.Whisper("ann", "one", false)
			settle()
			wait(time.Minute)
			x, err := w.dialAs(ann, bob, called)
			if x != nil {
				defer x.quit()
			}
			if let := err == nil && heard[*peer1.Hello](x) != nil; let != called {
				t.Errorf("with a call %v: let in %v (%v)", called, let, err)
			}
		})
	}
}

// TestADeviceThatWasRemovedIsNotSpokenToThoughNobodySaysSo: bob's account loses the device
// at the end of a link, and the two share no room in which that would be told.
func TestADeviceThatWasRemovedIsNotSpokenToThoughNobodySaysSo(t *testing.T) {
	for _, speaks := range []string{"ann", "bob"} {
		synctest.Test(t, func(t *testing.T) {
			w := newHarness(t)
			defer w.end()
			ann, bob := friends(w)
			ann.Whisper("bob", "one", false)
			wait(10 * time.Minute)
			w.change(func() { w.devices = map[string][]wire.Device{"bob": {{Key: key("bob's phone")}}} })
			if speaks == "ann" {
				ann.Whisper("bob", "two", false)
			} else {
				bob.Whisper("ann", "it is me", false)
			}
			wait(2 * time.Minute)
			id := ann.Whisper("bob", "three", false)
			bob.Whisper("ann", "it is me still", false)
			wait(2 * time.Minute)
			ann.wantStates(id, wire.ReceiptQueued)
			if got := ann.texts("bob"); slices.Contains(got, "it is me still") {
				t.Errorf("after a line of %s, ann has heard %q", speaks, got)
			}
		})
	}
}

// TestADeviceThatWasRemovedWhileTheServerWasAwayIsNotSpokenTo keeps a direct link up while
// bob's account loses the device at its end, of which nobody can tell ann.
func TestADeviceThatWasRemovedWhileTheServerWasAwayIsNotSpokenTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		ann.server.push(&wire.Status{State: wire.StateOffline})
		settle()
		ann.Whisper("bob", "the link is there still", false)
		settle()
		w.change(func() { w.devices = map[string][]wire.Device{"bob": {{Key: key("bob's phone")}}} })
		ann.server.connect()
		settle()
		ann.Whisper("bob", "two", false)
		bob.Whisper("ann", "it is me", false)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "one", "the link is there still")
		ann.wantTexts("bob")
	})
}

// TestAGuestIsNotMovedToTheNameOfSomebodyWithAKey has the server call bob, whom only the
// disk knows, a guest, and give gus's device for his.
func TestAGuestIsNotMovedToTheNameOfSomebodyWithAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		must(t, ann.store.SetContact(wire.Contact{User: "bob", Accepted: true, Secure: true}))
		must(t, ann.store.SetDevice(wire.KnownDevice{User: "bob", Key: key("the true bob"), State: wire.KeyVerified}))
		gus.server.login("bob", wire.KindGuest)
		wait(10 * time.Second)
		ann.Whisper("bob", "for bob only", false)
		wait(2 * time.Minute)
		if got := gus.texts("ann"); slices.Contains(got, "for bob only") {
			t.Errorf("gus has heard %q", got)
		}
	})
}

// TestADeviceThatAPersonIsToBeAskedAboutIsNotToldWhereWeAre has another key call in bob's
// place, and bob call later: that he is trusted is no answer to the other one.
func TestADeviceThatAPersonIsToBeAskedAboutIsNotToldWhereWeAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "one", false)
		settle()
		call := strings.Repeat("ab", 16)
		w.change(func() {
			s := &session{harness: w, name: "bob", kind: wire.KindAccount, key: key("mallory"), wake: make(chan struct{}, 1)}
			w.here["bob"] = s
			w.punch(s, wire.Punch{To: "ann", Call: call}, wire.Re{})
		})
		settle()
		bob.quit()
		bob = w.enter("bob", wire.KindAccount, bob.store)
		bob.Whisper("ann", "it is me", false)
		wait(time.Minute)
		ann.wantTexts("bob", "it is me")
		bob.quit()
		settle()
		ann.Whisper("bob", "for bob only", false)
		wait(2 * time.Minute)
		for _, r := range asksFor[wire.Punch](ann) {
			if r.Call == call {
				t.Error("mallory was told where ann is")
			}
		}
	})
}
