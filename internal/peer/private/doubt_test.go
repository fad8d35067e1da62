package private_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// kill ends somebody's program without a last write to its disk, and starts another
// one.
func (p *person) kill() *person {
	p.store.setFull(true)
	p.quit()
	p.store.setFull(false)
	return p.harness.enter(p.server.name, p.server.kind, p.store)
}

// dropped asks for a line to be dropped, and says whether it was.
func (p *person) dropped(id wire.ClientID) bool {
	p.t.Helper()
	tag := p.Do(wire.Drop{Client: id})
	settle()
	if no := last(p, func(e *wire.Refused) bool { return e.Re.Re == tag }); no != nil {
		if !strings.Contains(no.Text, "can't be taken back") {
			p.t.Errorf("the refusal says %q", no.Text)
		}
		return false
	}
	if r := last(p, func(r *wire.Receipt) bool { return r.Client == id }); r == nil || r.State != wire.ReceiptFailed {
		p.t.Errorf("the line that was dropped is %+v", r)
	}
	return true
}

// TestALineCanBeTakenBackOnlyWhereItCannotBeRead tries it at each step of a line's
// way, in the run that has typed it and after a kill, and has bob look at what came.
func TestALineCanBeTakenBackOnlyWhereItCannotBeRead(t *testing.T) {
	acts := func(a wire.Act) func(wire.Request) bool { return func(r wire.Request) bool { return r.Act() == a } }
	for name, c := range map[string]struct {
		prepare func(w *harness, ann, bob *person) // before the line is typed
		gone    bool                               // bob is away then
		dropped bool
	}{
		"nobody was told of it": {prepare: func(_ *harness, ann, _ *person) { ann.server.disconnect() }, dropped: true, gone: true},
		"a prekey was asked for": {
			prepare: func(w *harness, _, _ *person) { w.change(func() { w.vault.deaf = acts(wire.ActTakePrekey) }) }, dropped: true, gone: true,
		},
		"its copy was not acknowledged": {prepare: func(w *harness, _, _ *person) { w.change(func() { w.vault.deaf = acts(wire.ActSeal) }) }, gone: true},
		"its copy was not noted":        {prepare: func(_ *harness, ann, _ *person) { ann.store.set(func() { ann.store.forgetful = true }) }, gone: true},
		"its copy waits":                {prepare: func(*harness, *person, *person) {}, gone: true},
		"it was not confirmed":          {prepare: func(_ *harness, _, bob *person) { bob.store.setFull(true) }},
	} {
		for run, kill := range map[string]bool{"this run": false, "after a kill": true} {
			t.Run(name+", "+run, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newHarness(t)
					defer w.end()
					w.keeps()
					ann, bob := friends(w)
					ann.Whisper("bob", "straight", false)
					settle()
					if c.gone {
						bob.quit()
						settle()
					}
					c.prepare(w, ann, bob)
					id := ann.Whisper("bob", "a secret", false)
					settle()
					if !c.gone {
						bob.quit()
						bob.store.setFull(false)
					}
					if kill {
						ann = ann.kill()
					}
					dropped := ann.dropped(id)
					if dropped != c.dropped {
						t.Errorf("dropped: %v, want %v", dropped, c.dropped)
					}
					ann.store.set(func() { ann.store.forgetful = false })
					w.change(func() { w.vault.deaf = nil })
					if name == "nobody was told of it" && !kill {
						ann.server.connect()
					}
					bob = w.enter("bob", wire.KindAccount, bob.store)
					wait(3 * time.Minute)
					read := slices.ContainsFunc(bob.store.history, func(l *wire.Whispered) bool { return l.Text == "a secret" })
					if read == dropped {
						t.Errorf("dropped: %v, and bob has read it: %v", dropped, read)
					}
				})
			})
		}
	}
}

// TestTheDiskKnowsThatALineGoesOutBeforeItDoes keeps lines back while the disk does
// not take that.
func TestTheDiskKnowsThatALineGoesOutBeforeItDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "straight", false)
		settle()
		bob.quit()
		settle()
		id := ann.Whisper("bob", "later", false)
		settle()
		ann.store.setFull(true)
		bob = w.enter("bob", wire.KindAccount, bob.store)
		wait(2 * time.Minute)
		bob.wantTexts("ann")
		ann.store.setFull(false)
		wait(time.Minute)
		bob.wantTexts("ann", "later")
		ann.wantStates(id, wire.ReceiptQueued, wire.ReceiptSent, wire.ReceiptDelivered)
	})
}

// TestALineForAnotherGuestIsNotSaidToBeUnsent: the one before may have it.
func TestALineForAnotherGuestIsNotSaidToBeUnsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		gus := w.enter("gus", wire.KindGuest, newMemory("gus"))
		ann.Whisper("gus", "hello", false)
		settle()
		gus.accepts("ann")
		settle()
		gus.store.setFull(true) // it has the next one, and does not confirm it
		id := ann.Whisper("gus", "between us", false)
		settle()
		gus.quit()
		settle()
		w.enter("gus", wire.KindGuest, newMemory("another"))
		wait(3 * time.Minute)
		r := last(ann, func(r *wire.Receipt) bool { return r.Client == id })
		if r.State != wire.ReceiptFailed || !r.InDoubt || !strings.Contains(r.Reason, "may have arrived") {
			t.Errorf("the receipt is %+v", r)
		}
	})
}
