package client

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// A room that nobody owns vanishes with its lines when it has been empty for
// long. What was said in it after we went is a hole that stays, also where the
// room was made again and more was said.
func TestWhatWasSaidInARoomThatVanishedIsAHoleThatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 5, 100)
		seen := store.LastSeen(wire.Lobby)
		f.mu.Lock()
		f.log[wire.Lobby], f.made = nil, 7
		f.last = wire.FirstID(f.made)
		f.mu.Unlock()
		f.says(3)
		for range 2 {
			r := start(t, f, config(f, store))
			r.until("the new lines are kept", func() bool {
				return r.state() == wire.StateOnline && store.LastSeen(wire.Lobby) == f.newest(wire.Lobby)
			})
			r.end()
			want := wire.Holes{{From: seen + 1, To: wire.FirstID(7) - 1, Gone: true}}
			if got := store.Extent(wire.Lobby).Holes; !slices.Equal(got, want) {
				t.Fatalf("got the holes %v, want %v", got, want)
			}
			f.says(1)
		}
		truthful(t, f, store)
		if n := len(requests[wire.History](f)); n > 0 {
			t.Errorf("asked %d times for what nobody has", n)
		}
	})
}

func TestALineForARoomThatVanishedIsNotSaidInTheNextOneOfThatName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := away(t, f, 5, 100)
		waits := &wire.Receipt{Client: "c9", As: "alice", Room: wire.Lobby, Text: "for who was there", State: wire.ReceiptQueued}
		if err := store.Queue(waits); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		f.log[wire.Lobby], f.made = nil, 7
		f.last = wire.FirstID(f.made)
		f.mu.Unlock()
		f.says(3)
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("the line has a fate", func() bool {
			e := r.fate("c9")
			return e != nil && e.State != wire.ReceiptQueued
		})
		if got := r.fate("c9"); got.State != wire.ReceiptFailed || !strings.Contains(got.Reason, "another room now") {
			t.Errorf("the line is %+v", got)
		}
		for _, say := range requests[wire.Say](f) {
			if say.Client == "c9" {
				t.Error("it was said to whoever is there now")
			}
		}
	})
}

func TestAnEmptyRoomIsWholeFromItsFirstLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.mu.Lock()
		f.made, f.page = 7, 10
		f.last = wire.FirstID(f.made)
		f.mu.Unlock()
		store := newMemStore()
		r := start(t, f, config(f, store))
		r.until("in the room", func() bool { return len(all[*wire.Entered](r)) == 1 && r.state() == wire.StateOnline })
		r.end()
		f.says(25)
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", func() bool { return len(store.Extent(wire.Lobby).Holes) == 0 && r.hasAll() })
	})
}
