package private_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// ways are how the lines of somebody have come.
func (p *person) ways(from string) (ways []wire.Way) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if w, ok := e.(*wire.Whispered); ok && w.From == from {
			ways = append(ways, w.Via.Way)
		}
	}
	return ways
}

// asksFor counts the requests of a kind that a person's endpoint has made.
func asksFor[R wire.Request](p *person) (all []R) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	for _, r := range p.server.asked {
		if r, ok := r.(R); ok {
			all = append(all, r)
		}
	}
	return all
}

func TestALineForSomebodyWhoIsAwayWaitsSealedAndIsReadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		id := ann.Whisper("bob", "a secret", false)
		act := ann.Whisper("bob", "waves", true)
		settle()
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent)
		if r := last(ann, func(r *wire.Receipt) bool { return r.Client == id }); !r.Inbox {
			t.Errorf("the receipt %+v does not say where the line waits", r)
		}
		if p := ann.path("bob"); p.Way != wire.WayInbox || !strings.Contains(p.Reason, "sealed copies wait") {
			t.Errorf("ann's path is %+v", p)
		}
		v.wantMail(t, 2)
		for _, e := range v.waiting("bob") {
			if bytes.Contains(e.Box, []byte("secret")) || e.Box == nil || !bobs.opens(e.Prekey) {
				t.Errorf("the server was left %+v", e)
			}
		}
		wait(3 * time.Minute)
		if p := ann.path("bob"); p.Way != wire.WayInbox || !strings.Contains(p.Reason, "sealed copies wait") {
			t.Errorf("later ann's path is %+v", p)
		}
		v.wantMail(t, 2)
		used := v.waiting("bob")

		bob := w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann", "a secret", "waves")
		if got := bob.ways("ann"); !slices.Equal(got, []wire.Way{wire.WayInbox, wire.WayInbox}) {
			t.Errorf("the lines came %v", got)
		}
		if e := last(bob, func(e *wire.Whispered) bool { return e.Text == "waves" }); !e.Action || e.To != "bob" {
			t.Errorf("bob was shown %+v", e)
		}
		v.wantMail(t, 0)
		for _, e := range used {
			if bobs.opens(e.Prekey) {
				t.Error("what opens a line is on the disk still")
			}
		}
		wait(2 * time.Minute)
		bob.wantTexts("ann", "a secret", "waves")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		ann.wantStates(act, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
		bob.Do(wire.Route{Name: "ann"})
		settle()
		if p := bob.path("ann"); p.Doubles != 2 {
			t.Errorf("%d lines came a second time, want 2", p.Doubles)
		}
		if n := len(ann.store.lines); n > 0 {
			t.Errorf("%d lines wait still", n)
		}
		if n := len(ann.server.passed); n > 0 {
			t.Errorf("the server was given %d lines to read", n)
		}
	})
}

func TestALineThatWaitedIsNoNewsByWhateverWayItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		ann.Whisper("bob", "it waited", false)
		settle()
		v.wantMail(t, 1)
		w.change(func() { v.held = true })
		bob := w.enter("bob", wire.KindAccount, bobs)
		wait(time.Minute)
		ann.Whisper("bob", "it is new", false)
		settle()
		bob.wantTexts("ann", "it waited", "it is new")
		for text, want := range map[string]bool{"it waited": true, "it is new": false} {
			e := last(bob, func(e *wire.Whispered) bool { return e.Text == text })
			if e.Via.Way != wire.WayDirect || e.Via.Earlier != want {
				t.Errorf("%q came %s, earlier: %v, want directly, earlier: %v", text, e.Via.Way, e.Via.Earlier, want)
			}
		}
	})
}

// TestALineIsSealedOnceAlthoughItsSenderIsKilled stops the sender's program in
// the middle, and begins another on its disk.
func TestALineIsSealedOnceAlthoughItsSenderIsKilled(t *testing.T) {
	const whenDone = "when all was done"
	acts := func(a wire.Act) func(wire.Request) bool { return func(r wire.Request) bool { return r.Act() == a } }
	for name, prepare := range map[string]func(w *harness, ann *memory){
		"before a prekey came":             func(w *harness, _ *memory) { w.change(func() { w.vault.deaf = acts(wire.ActTakePrekey) }) },
		"before the line was acknowledged": func(w *harness, _ *memory) { w.change(func() { w.vault.deaf = acts(wire.ActSeal) }) },
		"before it was noted on the disk":  func(_ *harness, ann *memory) { ann.set(func() { ann.forgetful = true }) },
		whenDone:                           func(*harness, *memory) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				v := w.keeps()
				ann, bobs := apart(w)
				prepare(w, ann.store)
				id := ann.Whisper("bob", "two", false)
				settle()
				ann.quit()
				w.change(func() { v.deaf = nil })
				done := name == whenDone
				ann.store.set(func() { ann.store.forgetful = false })
				ann = w.enter("ann", wire.KindAccount, ann.store)
				wait(2 * time.Minute)
				v.wantMail(t, 1)
				if n := len(asksFor[wire.Seal](ann)); done && n > 0 {
					t.Errorf("it was sealed again, though the disk says that it was")
				}
				bob := w.enter("bob", wire.KindAccount, bobs)
				bob.wantTexts("ann", "two")
				wait(2 * time.Minute)
				bob.wantTexts("ann", "two")
				if got := ann.states(id); len(got) == 0 || got[len(got)-1] != wire.ReceiptDelivered {
					t.Errorf("the line went through %v", got)
				}
				v.wantMail(t, 0)
			})
		})
	}
}

// TestALineThatWaitsIsShownAgainAfterARestart: the disk has no place for it among
// the lines before it has arrived, so the screen has it from here alone.
func TestALineThatWaitsIsShownAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		ann, bobs := apart(w)
		id := ann.Whisper("bob", "two", false)
		settle()
		ann.quit()
		ann = w.enter("ann", wire.KindAccount, ann.store)
		settle()
		if r := last(ann, func(r *wire.Receipt) bool { return r.Client == id }); !r.Again || !r.Inbox || r.Text != "two" || r.ID == 0 {
			t.Errorf("the receipt %+v does not say that the line is from an earlier run", r)
		}
		w.enter("bob", wire.KindAccount, bobs)
		wait(2 * time.Minute)
		if r := last(ann, func(r *wire.Receipt) bool { return r.Client == id }); r.Again || r.State != wire.ReceiptDelivered {
			t.Errorf("later the receipt is %+v", r)
		}
	})
}

// TestALineIsShownOnceAlthoughItsReceiverIsKilled stops the receiver's program
// when the line is on its disk, and the server does not know that yet.
func TestALineIsShownOnceAlthoughItsReceiverIsKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		ann.Whisper("bob", "two", false)
		settle()
		ann.server.disconnect() // nothing comes straight
		w.change(func() { v.deaf = func(r wire.Request) bool { return r.Act() == wire.ActTaken } })
		bob := w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann", "two")
		bob.quit()
		v.wantMail(t, 1)
		w.change(func() { v.deaf = nil })
		bob = w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann")
		v.wantMail(t, 0)
		bobs.set(func() {
			if n := len(bobs.history); n != 2 {
				t.Errorf("bob's disk has %d lines, want 2", n)
			}
		})
	})
}

// TestALineThatIsOnNoDiskStaysAtTheServer opens a line where nothing can be
// written.
func TestALineThatIsOnNoDiskStaysAtTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		ann.Whisper("bob", "two", false)
		settle()
		ann.server.disconnect()
		bobs.setFull(true)
		bob := w.enter("bob", wire.KindAccount, bobs)
		bob.wantTexts("ann")
		v.wantMail(t, 1)
		bob.server.disconnect()
		bobs.setFull(false)
		bob.server.connect()
		wait(2 * time.Second)
		bob.wantTexts("ann", "two")
		v.wantMail(t, 0)
	})
}

func TestPrekeysAreHandedOverAgainWhenFewAreLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		v := w.keeps()
		ann, bobs := apart(w)
		const lines, oneTime = 55, 50
		v.held = true // they come later, as if they had been sealed then
		var want []string
		for i := range lines {
			want = append(want, fmt.Sprint("line ", i))
			ann.Whisper("bob", want[i], false)
		}
		settle()
		v.wantMail(t, lines)
		ann.server.disconnect()
		notes := v.waiting("bob")
		resort := notes[lines-1].Prekey
		for i, e := range notes {
			if (e.Prekey == resort) != (i >= oneTime) {
				t.Errorf("line %d was sealed to %s", i, e.Prekey)
			}
		}
		bob := w.enter("bob", wire.KindAccount, bobs)
		handed := asksFor[wire.Prekeys](bob)
		if len(handed) != 1 || len(handed[0].Keys) != oneTime+1 {
			t.Fatalf("prekeys were handed over %d times, want 50 and one of last resort once", len(handed))
		}
		v.tellAll(bob.server, notes[:30])
		settle()
		if n := len(asksFor[wire.Prekeys](bob)); n != 1 {
			t.Errorf("prekeys were handed over though 20 are left")
		}
		v.tellAll(bob.server, notes[30:])
		settle()
		if handed = asksFor[wire.Prekeys](bob); len(handed) != 2 || len(handed[1].Keys) < 32 || !handed[1].Keys[0].Last {
			t.Errorf("prekeys were handed over %d times, want a second time when 19 were left", len(handed))
		}
		bob.wantTexts("ann", want...)
		v.wantMail(t, 0)
		if !bobs.opens(resort) {
			t.Error("the key of last resort was forgotten, though others may have sealed to it")
		}
		for _, e := range notes[:oneTime] {
			if bobs.opens(e.Prekey) {
				t.Error("what opens a line is on the disk still")
			}
		}
		ids := map[string]bool{}
		for _, r := range handed {
			for _, k := range r.Keys {
				if ids[k.ID] || !bobs.opens(k.ID) {
					t.Errorf("the prekey %s was handed over twice, or can't be opened", k.ID)
				}
				ids[k.ID] = true
			}
		}
	})
}

func TestTheKeyOfLastResortIsReplacedEachWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		w.keeps()
		bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
		wait(8 * 24 * time.Hour)
		var last []string
		for _, r := range asksFor[wire.Prekeys](bob) {
			for _, k := range r.Keys {
				if k.Last {
					last = append(last, k.ID)
				}
			}
		}
		slices.Sort(last)
		if n := len(slices.Compact(last)); n != 2 {
			t.Errorf("there were %d within eight days, want 2", n)
		}
		w.change(func() {
			if n := len(w.vault.stock["bob"]); n != 51 {
				t.Errorf("the server has %d prekeys", n)
			}
		})
	})
}

// TestPrekeysThatWereRefusedAreHandedOverLater has the server say no.
func TestPrekeysThatWereRefusedAreHandedOverLater(t *testing.T) {
	for code, again := range map[wire.Code]int{wire.CodeBusy: 2, wire.CodeStorage: 2, wire.CodeFull: 1} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				w.keeps().refuse = code
				bob := w.enter("bob", wire.KindAccount, newMemory("bob"))
				w.change(func() { w.vault.refuse = "" })
				wait(5 * time.Minute)
				handed := asksFor[wire.Prekeys](bob)
				if len(handed) != again {
					t.Fatalf("they were handed over %d times, want %d", len(handed), again)
				}
				if again > 1 && handed[0].Keys[0].ID != handed[1].Keys[0].ID {
					t.Error("new ones were made, and the disk keeps those that nobody has")
				}
				bob.store.set(func() {
					if n := len(bob.store.prekeys); n != 51 {
						t.Errorf("%d are on the disk, want 51", n)
					}
				})
			})
		})
	}
}
