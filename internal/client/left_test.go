package client

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

func TestARoomThatIsGoneIsToldAndForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		delete(f.log, "tea")
		f.mu.Unlock()
		r.reconnect()
		if got := all[*wire.Left](r); len(got) != 1 || got[0].Room != "tea" || got[0].Name != "alice" {
			t.Fatalf("got %d events that say so", len(got))
		}
		n := asked(f)
		r.reconnect()
		if diff := cmp.Diff([]string{wire.Lobby}, asksToBeIn(f, n)); diff != "" {
			t.Errorf("rooms asked for (-want +got):\n%s", diff)
		}
		tag := r.s.Do(wire.Leave{Room: "tea"})
		if got := answer[*wire.Refused](r, tag); got.Code != wire.CodeNotMember {
			t.Errorf("got %+v", got)
		}
	})
}

func TestWhoIsTakenOutOfARoomIsNotBackAfterALostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		f.script = func(p *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Joke); ok {
				delete(p.rooms, "tea")
				return []wire.Event{&wire.Left{Room: "tea", Name: "alice"}, &wire.JokeTold{Re: wire.Re{Re: q.RequestTag()}}}
			}
			return nil
		}
		f.mu.Unlock()
		answer[*wire.JokeTold](r, r.s.Do(wire.Joke{}))
		n := asked(f)
		r.reconnect()
		if diff := cmp.Diff([]string{wire.Lobby}, asksToBeIn(f, n)); diff != "" {
			t.Errorf("rooms asked for (-want +got):\n%s", diff)
		}
	})
}

// What is joined is read from the disk at each connection.
func TestADiskThatFailsDoesNotBringBackARoomThatWasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		r.store.fail(errFull)
		answer[*wire.Done](r, r.s.Do(wire.Leave{Room: "tea"}))
		n := asked(f)
		r.reconnect()
		if got := asksToBeIn(f, n); slices.Contains(got, "tea") {
			t.Errorf("these rooms were asked for: %v", got)
		}
		r.store.fail(nil)
		r.until("noted at last", func() bool { return !slices.Contains(r.store.Joined(), "tea") })
	})
}

func TestWhoIsAwayStaysSoAfterALostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		answer[*wire.Done](r, r.s.Do(wire.Away{Text: "lunch"}))
		r.reconnect()
		if got := requests[wire.Away](f); len(got) != 2 || got[1].Text != "lunch" {
			t.Fatalf("the server heard %+v", got)
		}
		answer[*wire.Done](r, r.s.Do(wire.Away{}))
		r.reconnect()
		if got := len(requests[wire.Away](f)); got != 3 {
			t.Errorf("the server heard of it %d times, want none after one is back", got)
		}
		if got := len(all[*wire.Done](r)); got != 2 {
			t.Errorf("%d answers came out, want those to what a person asked", got)
		}
	})
}
