package client

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// fate of a line is the last word on it.
func (r *rig) fate(id wire.ClientID) (last *wire.Receipt) {
	for _, e := range all[*wire.Receipt](r) {
		if e.Client == id {
			last = e
		}
	}
	return last
}

// TestALineThatMayHaveArrivedIsNeverSaidToBeDeleted drops lines at each step of
// their way, in the run that has sent them and in the one after it.
func TestALineThatMayHaveArrivedIsNeverSaidToBeDeleted(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(f *fake, p *peer, say wire.Say) []wire.Event // to the line, nil: there is no connection
		arrived bool
	}{
		"it has never gone out": {},
		"its answer was lost": {func(f *fake, p *peer, say wire.Say) []wire.Event {
			f.usual(p, say)
			return []wire.Event{}
		}, true},
		"it was refused for now": {func(_ *fake, _ *peer, say wire.Say) []wire.Event {
			return []wire.Event{&wire.Refused{Re: wire.Re{Re: say.Tag}, Of: say.Act(), Code: wire.CodeBusy, RetryMS: 3_600_000}}
		}, false},
	} {
		for run, again := range map[string]bool{"this run": false, "the next run": true} {
			t.Run(name+", "+run, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := serve("chat1", nil)
					defer f.stop()
					f.script = func(p *peer, q wire.Request) []wire.Event {
						if say, ok := q.(wire.Say); ok && c.answer != nil {
							return c.answer(f, p, say)
						}
						return nil
					}
					store := newMemStore()
					r := start(t, f, config(f, store))
					r.until("online", func() bool { return r.state() == wire.StateOnline })
					if c.answer == nil {
						f.stop()
						r.until("offline", func() bool { return r.state() == wire.StateOffline })
					}
					id := r.s.Say(wire.Lobby, "hello", false)
					<-time.After(time.Second)
					synctest.Wait()
					f.stop()
					r.until("offline", func() bool { return r.state() == wire.StateOffline })
					if again { // the disk stays as it is, as after a kill
						store.fail(errors.New("killed"))
						r.end()
						store.fail(nil)
						r = start(t, f, config(f, store))
						r.until("it is there", func() bool { return r.fate(id) != nil })
					}
					defer r.end()
					r.s.Do(wire.Drop{Client: id})
					r.until("it is dropped", func() bool { return r.fate(id).State == wire.ReceiptFailed })
					got := r.fate(id)
					doubtful := strings.Contains(got.Reason, "may have arrived")
					if doubtful != got.InDoubt || c.arrived && !doubtful {
						t.Errorf("got %q, in doubt: %v", got.Reason, got.InDoubt)
					}
					if !again && doubtful != c.arrived {
						t.Errorf("got %q of a line of which more is known", got.Reason)
					}
					if store.waiting() != 0 {
						t.Error("it waits still")
					}
				})
			})
		}
	}
}

// TestTheDiskKnowsOfALineBeforeTheServerDoes looks at the disk whenever a line
// comes in.
func TestTheDiskKnowsOfALineBeforeTheServerDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		for i := range 3 {
			_ = store.Queue(&wire.Receipt{Client: wire.ClientID(fmt.Sprint("old", i)), As: "alice", Room: wire.Lobby, Text: "old", State: wire.ReceiptQueued})
		}
		n := 0
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if say, ok := q.(wire.Say); ok {
				if n++; !store.doubts(say.Client) {
					t.Errorf("line %d came, and the disk says that it can't have", n)
				}
				if n%4 == 0 {
					return []wire.Event{&wire.Refused{Re: wire.Re{Re: say.Tag}, Of: say.Act(), Code: wire.CodeBusy}}
				}
			}
			return nil
		}
		r := start(t, f, config(f, store))
		defer r.end()
		for range 5 {
			r.sent(r.s.Say(wire.Lobby, "one", false))
			r.s.Say(wire.Lobby, "several", false)
			r.sent(r.s.Say(wire.Lobby, "several", false))
		}
		for _, q := range store.outbox {
			if q.InDoubt {
				t.Errorf("%s is in doubt still", q.Client)
			}
		}
	})
}

// TestALineThatIsRefusedWhenSentAgainMayHaveArrived: its room was left meanwhile,
// which the server looks at before it recognises the line.
func TestALineThatIsRefusedWhenSentAgainMayHaveArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		n := 0
		f.script = func(p *peer, q wire.Request) []wire.Event {
			say, ok := q.(wire.Say)
			if !ok {
				return nil
			}
			if n++; n == 1 {
				f.usual(p, say)
				p.raw.Reset()
				return []wire.Event{}
			}
			return []wire.Event{&wire.Refused{Re: wire.Re{Re: say.Tag}, Of: say.Act(), Code: wire.CodeNoRoom, Text: "There is no such room."}}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		first := r.s.Say(wire.Lobby, "one", false)
		second := r.s.Say(wire.Lobby, "two", false)
		for _, id := range []wire.ClientID{first, second} {
			r.until("both are refused", func() bool { e := r.fate(id); return e != nil && e.State == wire.ReceiptFailed })
		}
		if got := r.fate(first); !got.InDoubt || !strings.Contains(got.Reason, "may have arrived") {
			t.Errorf("the first one: %q", got.Reason)
		}
		if got := r.fate(second); got.InDoubt || got.Reason != "There is no such room." {
			t.Errorf("the second one: %q", got.Reason)
		}
	})
}

// noticed reports whether the person was told something.
func noticed(r *rig, words string) bool {
	return slices.ContainsFunc(all[*wire.Notice](r), func(n *wire.Notice) bool { return strings.Contains(n.Text, words) })
}

func TestLinesThatTheDiskDoesNotTellAtALoginGoOutWhenItDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.store.mu.Lock()
		r.store.mute = errors.New("input/output error")
		r.store.outbox = []*wire.Receipt{{Client: "older", As: "gus", Room: wire.Lobby, Text: "older", State: wire.ReceiptQueued}}
		r.store.mu.Unlock()
		r.s.Do(wire.Guest{Name: "gus"})
		r.until("the reason", func() bool { return noticed(r, "input/output error") })
		typed := r.s.Say(wire.Lobby, "newer", false)
		<-time.After(3 * time.Second)
		synctest.Wait()
		r.store.mu.Lock()
		r.store.mute = nil
		r.store.mu.Unlock()
		r.sent("older")
		r.sent(typed)
		var texts []string
		for _, say := range requests[wire.Say](f) {
			texts = append(texts, say.Text)
		}
		if want := []string{"older", "newer"}; !slices.Equal(texts, want) {
			t.Errorf("sent %q, want %q", texts, want)
		}
		r.until("the end of it", func() bool { return noticed(r, "works again") })
	})
}

// slimStore is a disk that has room for notes, and for no new line.
type slimStore struct{ *memStore }

func (slimStore) Queue(...*wire.Receipt) error { return errFull }

func (slimStore) Keep([]wire.Event, ...wire.Extent) error { return errFull }

func TestWhatGoesOutIsNotedThoughTheDiskTakesNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		_ = store.Queue(&wire.Receipt{Client: "old", As: "alice", Room: wire.Lobby, Text: "on disk", State: wire.ReceiptQueued})
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Say); ok {
				return []wire.Event{}
			}
			return nil
		}
		cfg := config(f, store)
		cfg.Store = slimStore{store}
		r := start(t, f, cfg)
		defer r.end()
		r.s.Say(wire.Lobby, "not on disk", false)
		r.until("it goes out", func() bool { return len(requests[wire.Say](f)) == 1 })
		r.until("the disk knows that it may have arrived", func() bool { return store.doubts("old") })
	})
}
