package client

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// crowded is a server with many rooms that lets a session be in some of them
// only, and resume so many at once.
type crowded struct {
	*fake
	places, atOnce int
	late           int // rooms whose Join is refused for now, once each
}

// crowd makes such a server, and a store that knows its rooms; without marks the
// store has never been in them.
func crowd(n, places, atOnce int, marks bool) (*crowded, *memStore, Config) {
	c := &crowded{fake: serve("chat1", nil), places: places, atOnce: atOnce}
	store := newMemStore()
	cfg := config(c.fake, store)
	cfg.Rooms = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range n {
		room := fmt.Sprintf("room%04d", i)
		store.joined = append(store.joined, room)
		id := c.others(room, "seen").ID
		c.others(room, "missed")
		if marks {
			store.has(room, id)
		}
	}
	c.script = c.answers
	return c, store, cfg
}

func (c *crowded) answers(p *peer, r wire.Request) []wire.Event {
	re := wire.Re{Re: r.RequestTag()}
	full := &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeFull, Text: "You are in as many rooms as one session can be."}
	switch r := r.(type) {
	case wire.Join:
		switch {
		case p.rooms[r.Room]:
		case c.late > 0:
			c.late--
			return []wire.Event{&wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeRate, Text: "Slower."}}
		case len(p.rooms) >= c.places:
			return []wire.Event{full}
		}
	case wire.Leave:
		delete(p.rooms, r.Room)
	case wire.Resume:
		if len(r.Rooms) > c.atOnce {
			return []wire.Event{&wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeTooLong, Text: "Too many rooms."}}
		}
		var events []wire.Event
		taken := wire.Resume{Head: r.Head}
		for _, m := range r.Rooms {
			if !p.rooms[m.Room] && len(p.rooms)+len(taken.Rooms) >= c.places {
				events = append(events, full)
				continue
			}
			taken.Rooms = append(taken.Rooms, m)
		}
		// As the server does it: all rooms are entered or refused before the first gap.
		var rest []wire.Event
		for _, e := range c.resume(p, taken) {
			if _, is := e.(*wire.Entered); is {
				events = append([]wire.Event{e}, events...)
			} else {
				rest = append(rest, e)
			}
		}
		return append(events, rest...)
	default:
	}
	return nil
}

// enteredRooms are the rooms that the session has said it is in.
func enteredRooms(r *rig) map[string]bool {
	in := map[string]bool{}
	for _, e := range all[*wire.Entered](r) {
		in[e.Room] = true
	}
	return in
}

func fullNotices(r *rig) (n int) {
	for _, e := range all[*wire.Notice](r) {
		if strings.Contains(e.Text, "as many rooms") {
			n++
		}
	}
	return n
}

func TestMoreRoomsThanOneRequestHoldsAreAllEntered(t *testing.T) {
	for _, atOnce := range []int{maxResume, 7} {
		synctest.Test(t, func(t *testing.T) {
			c, store, cfg := crowd(500, 500, atOnce, true)
			defer c.stop()
			r := start(t, c.fake, cfg)
			defer r.end()
			r.until("all are entered", func() bool { return len(enteredRooms(r)) == 500 })
			r.until("all is told", func() bool { return len(all[*wire.Said](r)) == 500 })
			if n := len(store.Joined()); n != 500 {
				t.Errorf("%d rooms are on disk, want all", n)
			}
		})
	}
}

func TestRoomsThatASessionHasNoPlaceForStayWantedAndAreSaidOnce(t *testing.T) {
	for _, marks := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c, store, cfg := crowd(250, 200, maxResume, marks)
			defer c.stop()
			r := start(t, c.fake, cfg)
			defer r.end()
			r.until("online", func() bool { return len(enteredRooms(r)) == 200 && fullNotices(r) == 1 })
			if refused := all[*wire.Refused](r); len(refused) != 0 {
				t.Errorf("it is said %d times that a room is not entered", len(refused))
			}
			if n := len(store.Joined()); n != 250 {
				t.Errorf("%d rooms are on disk, want all 250", n)
			}
			c.cut()
			r.until("offline", func() bool { return r.state() == wire.StateOffline })
			r.until("online", func() bool { return r.state() == wire.StateOnline })
			r.s.Do(wire.Leave{Room: "room0000"})
			r.until("another one is entered", func() bool { return len(enteredRooms(r)) == 201 })
			if n := fullNotices(r); n != 1 {
				t.Errorf("it is said %d times", n)
			}
		})
	}
}

// More rooms than the session may have open questions, of which it was in none.
func TestRoomsThatWereNeverEnteredAreAskedForInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, cfg := crowd(3*maxAsks, 3*maxAsks, maxResume, false)
		defer c.stop()
		c.late = 3
		r := start(t, c.fake, cfg)
		defer r.end()
		r.until("all are entered", func() bool { return len(enteredRooms(r)) == 3*maxAsks })
	})
}
