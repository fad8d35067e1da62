package private_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// goneGuest are ann and gus, a guest who has accepted her, has talked with her and
// has left.
func goneGuest(w *harness) (ann, gus *person) {
	w.t.Helper()
	ann, gus = w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("gus", wire.KindGuest, newMemory("gus"))
	must(w.t, gus.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
	ann.Whisper("gus", "one", false)
	settle()
	gus.wantTexts("ann", "one")
	gus.quit()
	settle()
	return ann, gus
}

// successor has somebody else take the name gus who is glad to hear of ann.
func (w *harness) successor(kind wire.Kind) *person {
	w.t.Helper()
	store := newMemory("another gus")
	must(w.t, store.SetContact(wire.Contact{User: "ann", Accepted: true}))
	return w.enter("gus", kind, store)
}

// why is the reason that a line has failed for, "" where it has not.
func (p *person) why(id wire.ClientID) string {
	if r := last(p, func(r *wire.Receipt) bool { return r.Client == id && r.State == wire.ReceiptFailed }); r != nil {
		return r.Reason
	}
	return ""
}

// punchedSince are the calls to somebody that this one's program has made, after
// the first n requests.
func (p *person) punchedSince(n int, to string) (calls int) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	for _, r := range p.server.asked[n:] {
		if k, ok := r.(wire.Punch); ok && k.To == to {
			calls++
		}
	}
	return calls
}

func (p *person) requests() int {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return len(p.server.asked)
}

// wantNothing checks that somebody who has taken the name gus was told nothing: no
// line, no request with an address.
func (p *person) wantNothing(ann *person, since int) {
	p.t.Helper()
	p.wantTexts("ann")
	if n := ann.punchedSince(since, "gus"); n > 0 {
		p.t.Errorf("ann's program has called who has the name now, and told its address, %d times", n)
	}
}

// wantTold checks that ann was told that the name is somebody else's.
func (p *person) wantTold(text string) {
	p.t.Helper()
	if e := last(p, func(e *wire.KeySeen) bool { return e.User == "gus" && strings.Contains(e.Text, text) }); e == nil {
		p.t.Errorf("%s was not told %q", p.server.name, text)
	}
}

func TestWhatWasTypedForAGuestGoesToNobodyElseOfTheName(t *testing.T) {
	for _, kind := range []wire.Kind{wire.KindGuest, wire.KindAccount} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, _ := goneGuest(w)
				id := ann.Whisper("gus", "for the first gus", false) // it does not go out
				settle()
				asked := ann.requests()
				other := w.successor(kind)
				wait(2 * time.Minute)
				other.wantNothing(ann, asked)
				ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptFailed)
				if why := ann.why(id); !strings.Contains(why, "somebody else is called gus now") {
					t.Errorf("the line failed because of %q", why)
				}
				if kind == wire.KindGuest {
					ann.wantTold("somebody else is called gus now")
				} else {
					ann.wantTold("gus is an account now, and not of the guest")
				}
				// What is typed from now on is for who has the name now.
				ann.Whisper("gus", "for the second", false)
				wait(2 * time.Minute)
				other.wantTexts("ann", "for the second")
			})
		})
	}
}

func TestWhatWasTypedForAGuestGoesToNobodyElseAfterARestart(t *testing.T) {
	for _, kind := range []wire.Kind{wire.KindGuest, wire.KindAccount} {
		for _, calls := range []bool{false, true} {
			t.Run(string(kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newHarness(t)
					defer w.end()
					ann, _ := goneGuest(w)
					id := ann.Whisper("gus", "for the first gus", false)
					settle()
					ann.quit()
					other := w.successor(kind)
					ann = w.enter("ann", wire.KindAccount, ann.store)
					if calls { // who has the name now says so
						other.Whisper("ann", "it is me", false)
					}
					wait(2 * time.Minute)
					other.wantNothing(ann, 0)
					ann.wantTexts("gus")
					if why := ann.why(id); !strings.Contains(why, "somebody else is called gus now") {
						t.Errorf("the line failed because of %q", why)
					}
					if n := ann.count(called); calls && n != 1 {
						t.Errorf("ann was asked %d times whether who has the name now may talk", n)
					}
				})
			})
		}
	}
}

// TestALineForAGuestOfAnEarlierRunIsForWhoItWasExchangedWith has ann type below what
// gus has said, before anybody is found.
func TestALineForAGuestOfAnEarlierRunIsForWhoItWasExchangedWith(t *testing.T) {
	for name, again := range map[string]bool{"the same is back": true, "another one is": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, gus := goneGuest(w)
				ann.quit()
				ann = w.enter("ann", wire.KindAccount, ann.store)
				ann.server.disconnect()
				settle()
				id := ann.Whisper("gus", "typed below", false)
				settle()
				var now *person
				if again {
					now = w.enter("gus", wire.KindGuest, gus.store)
				} else {
					now = w.successor(wire.KindGuest)
				}
				ann.server.connect()
				wait(2 * time.Minute)
				if !again {
					now.wantTexts("ann")
					ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptFailed)
					return
				}
				now.wantTexts("ann", "typed below")
				ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
			})
		})
	}
}

// TestALineForAGuestThatNobodyKnowsIsForThisConnection has a line wait that nobody
// can say of whom it was for.
func TestALineForAGuestThatNobodyKnowsIsForThisConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		ann.server.disconnect()
		settle()
		id := ann.Whisper("gus", "to somebody of yesterday", false)
		settle()
		other := w.successor(wire.KindGuest)
		ann.server.connect()
		wait(2 * time.Minute)
		other.wantNothing(ann, 0)
		if why := ann.why(id); !strings.Contains(why, "send it again") {
			t.Errorf("the line failed because of %q", why)
		}
		ann.Whisper("gus", "to who is here", false)
		wait(time.Minute)
		other.wantTexts("ann", "to who is here")
	})
}

// TestALineThatIsTypedBeforeTheFirstConnectionIsForWhoIsThere has a script that does not
// wait.
func TestALineThatIsTypedBeforeTheFirstConnectionIsForWhoIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		gus := w.successor(wire.KindGuest)
		ann := w.start("ann", newMemory("ann"), nil)
		ann.Whisper("gus", "at once", false)
		wait(time.Minute)
		gus.wantTexts("ann", "at once")
	})
}

// TestWhoRegistersAGuestsNameEndsItsWays has gus lose the server, not the link, and
// somebody else register the name.
func TestWhoRegistersAGuestsNameEndsItsWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		gus.server.disconnect()
		settle()
		asked := ann.requests()
		other := w.successor(wire.KindAccount)
		other.Whisper("ann", "it is me", false)
		settle()
		ann.wantTold("gus is an account now, and not of the guest")
		if p := ann.path("gus"); p == nil || p.Way == wire.WayDirect || !p.Request {
			t.Errorf("ann's path is %+v", p)
		}
		gus.Whisper("ann", "am I still heard", false)
		wait(time.Minute)
		ann.wantTexts("gus", "two")
		other.wantNothing(ann, asked)
		ann.Do(wire.Accept{Name: "gus"})
		ann.Whisper("gus", "to the account", false)
		wait(time.Minute)
		gus.wantTexts("ann", "one")
		other.wantTexts("ann", "to the account")
		ann.wantTexts("gus", "two", "it is me")
	})
}

// TestAGuestWhoRegistersIsTheSameOne has the device tell who it is.
func TestAGuestWhoRegistersIsTheSameOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := goneGuest(w)
		id := ann.Whisper("gus", "for the first gus", false)
		settle()
		gus = w.enter("gus", wire.KindAccount, gus.store)
		wait(time.Minute)
		gus.wantTexts("ann", "for the first gus")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		if c, err := ann.store.Contact("gus"); err != nil || !c.Secure || !c.Accepted {
			t.Errorf("the disk has %+v, %v", c, err)
		}
	})
}

// TestAGuestInheritsNothingOfAnAccount has the account of somebody whose program did
// not encrypt go, and a guest take its name.
func TestAGuestInheritsNothingOfAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		store := newMemory("ann")
		must(t, store.SetContact(wire.Contact{User: "gus", Accepted: true}))
		ann := w.enter("ann", wire.KindAccount, store)
		other := w.successor(wire.KindGuest)
		other.Whisper("ann", "it is me", false)
		wait(time.Minute)
		other.wantNothing(ann, 0)
		ann.wantTexts("gus")
		ann.wantTold("gus is a guest now, and not the account of that name")
		if n := ann.count(called); n != 1 {
			t.Errorf("ann was asked %d times", n)
		}
	})
}

// TestARequestOfAGuestIsNotTheNextOnesOfTheName has the person asked anew.
func TestARequestOfAGuestIsNotTheNextOnesOfTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("gus", wire.KindGuest, newMemory("gus"))
		gus.Whisper("ann", "one", false)
		settle()
		gus.quit()
		other := w.successor(wire.KindGuest)
		other.Whisper("ann", "two", false)
		settle()
		if n := ann.count(called); n != 2 {
			t.Errorf("ann was asked %d times, want once for each", n)
		}
		ann.wantTold("somebody else is called gus now")
	})
}

// TestAFileForAGuestGoesToNobodyElseOfTheName has a file wait, in this run and after
// a restart.
func TestAFileForAGuestGoesToNobodyElseOfTheName(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, kind := range []wire.Kind{wire.KindGuest, wire.KindAccount} {
			t.Run(string(kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newHarness(t)
					defer w.end()
					ann, _ := goneGuest(w)
					ann.Do(wire.SendFile{To: "gus", File: give(t, "a.txt", []byte("for the first gus"))})
					settle()
					if restart {
						ann.quit()
						ann = w.enter("ann", wire.KindAccount, ann.store)
					}
					asked := ann.requests()
					other := w.successor(kind)
					other.Do(wire.Poke{Name: "ann"})
					wait(2 * time.Minute)
					other.wantNothing(ann, asked)
					if e := other.fileOf("a.txt"); e.Name != "" {
						t.Errorf("who has the name now was offered %+v", e)
					}
					if e := ann.fileOf("a.txt"); e.State != wire.TransferFailed || !strings.Contains(e.Reason, "somebody else is called gus now") {
						t.Errorf("ann's file is %+v", e)
					}
				})
			})
		}
	}
}

// TestAFileOfAGuestIsNotTakenForTheNextOnesOfTheName has an offer wait for a person
// while the name goes to somebody else.
func TestAFileOfAGuestIsNotTakenForTheNextOnesOfTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, gus := guests(w)
		gus.Do(wire.SendFile{To: "ann", File: give(t, "a.txt", []byte("of the first gus"))})
		settle()
		gus.quit()
		other := w.successor(wire.KindGuest)
		other.Do(wire.Poke{Name: "ann"})
		settle()
		ann.Do(wire.Accept{Name: "gus"}) // the conversation, not the file
		wait(time.Minute)
		if e := ann.fileOf("a.txt"); e.State != wire.TransferFailed {
			t.Errorf("the file is %+v", e)
		}
		if found, err := os.ReadDir(filepath.Clean(ann.downloads)); err == nil && slices.ContainsFunc(found, func(f os.DirEntry) bool { return strings.Contains(f.Name(), "a.txt") }) {
			t.Error("something of the file is there")
		}
	})
}

// TestAPlainLineOfBeforeGoesOnlyWhereTheServerKnowsForWhomItWas has a line wait for a
// guest whose program does not encrypt.
func TestAPlainLineOfBeforeGoesOnlyWhereTheServerKnowsForWhomItWas(t *testing.T) {
	for _, knows := range []bool{false, true} {
		t.Run(map[bool]string{false: "an older server", true: "one that goes by age"}[knows], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
				ann.server.disconnect()
				settle()
				id := ann.Whisper("olaf", "to somebody of yesterday", false)
				settle()
				w.enterOld("olaf", wire.KindOld)
				w.change(func() { w.ages = knows })
				ann.server.connect()
				wait(time.Minute)
				ann.server.mu.Lock()
				passed := len(ann.server.passed)
				ann.server.mu.Unlock()
				if why := ann.why(id); knows != (passed == 1) || knows != (why == "") {
					t.Errorf("the session was left %d lines, and the line failed because of %q", passed, why)
				}
			})
		})
	}
}
