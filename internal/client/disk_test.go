package client

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/session"
	"labchat/internal/wire"
)

var errFull = errors.New("no space left on device")

// fail makes the store fail, or work again with nil.
func (m *memStore) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failing = err
}

// kept are the ids of a room's lines on disk, in order.
func (m *memStore) kept(room string) []wire.ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(slices.Values(m.lines[room]))
}

// says has somebody else say lines in the lobby.
func (f *fake) says(lines int) {
	f.mu.Lock()
	var said []wire.Event
	for n := range lines {
		said = append(said, f.others(wire.Lobby, fmt.Sprint("line ", n)))
	}
	var to []*peer
	for p := range f.peers {
		if p.codec != nil && p.rooms[wire.Lobby] {
			to = append(to, p)
		}
	}
	f.mu.Unlock()
	for _, p := range to {
		p.tell(said...)
	}
}

// logged are the ids of a room's lines at the server.
func (f *fake) logged(room string) (ids []wire.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.log[room] {
		ids = append(ids, l.ID)
	}
	return ids
}

// hasAll reports whether all lines of the lobby are on disk, and the disk knows.
func (r *rig) hasAll() bool {
	logged, x := r.f.logged(wire.Lobby), r.store.Extent(wire.Lobby)
	return slices.Equal(r.store.kept(wire.Lobby), logged) && x.Last == logged[len(logged)-1] && len(x.Holes) == 0
}

// lobbied says how often each line of the lobby came out.
func lobbied(r *rig) map[wire.ID]int {
	times := map[wire.ID]int{}
	for _, e := range all[*wire.Said](r) {
		times[e.ID]++
	}
	return times
}

// history tells lines of a room as the real server does: at most f.page of them.
func (f *fake) history(r wire.History) []wire.Event {
	var lines []*wire.Said
	for _, l := range f.log[r.Room] {
		if l.ID > r.After && (r.Before == 0 || l.ID < r.Before) {
			lines = append(lines, l)
		}
	}
	return f.told(wire.Re{Re: r.Tag}, r.Room, lines, min(f.page, r.Limit), r.After != 0)
}

// told tells a stretch of a room, from its oldest line on or its newest back.
func (f *fake) told(re wire.Re, room string, lines []*wire.Said, most int, oldest bool) []wire.Event {
	gap := &wire.Gap{Re: re, Room: room, More: len(lines) > most}
	switch {
	case !gap.More:
	case oldest:
		lines = lines[:most]
	default:
		lines = lines[len(lines)-most:]
	}
	gap.Count = len(lines)
	events := []wire.Event{gap}
	for _, l := range lines {
		gap.From, gap.To = lines[0].ID, l.ID
		events = append(events, l)
	}
	return events
}

func TestWhatAFullDiskDidNotTakeIsKeptWhenThereIsRoomAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.says(3)
		r.until("kept", r.hasAll)
		before := r.store.LastSeen(wire.Lobby)

		r.store.fail(errFull)
		f.says(5)
		mine := r.s.Say(wire.Lobby, "typed meanwhile", false)
		r.sent(mine)
		if got := r.store.LastSeen(wire.Lobby); got != before {
			t.Errorf("the mark moved to %d over lines that are not on disk", got)
		}
		r.store.fail(nil)
		f.says(2)
		r.until("all is kept", r.hasAll)
		if r.store.waiting() != 0 {
			t.Error("a line that was sent waits in the outbox")
		}
		for id, n := range lobbied(r) {
			if n != 1 {
				t.Errorf("line %d came out %d times", id, n)
			}
		}
		notices := all[*wire.Notice](r)
		if len(notices) != 2 || !strings.Contains(notices[1].Text, "works again") {
			t.Errorf("got %d notices, want one at the beginning and one at the end", len(notices))
		}
	})
}

func TestWhatWasTooMuchForAFullDiskIsFetchedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.says(3)
		r.until("kept", r.hasAll)
		r.store.fail(errFull)
		const lines = session.MaxUnsaved + 1000
		for said := 0; said < lines; said += 1000 { // so that the feed leaves nothing out
			f.says(1000)
			r.until("all came", func() bool { return len(lobbied(r)) == said+1000+3 })
		}
		r.store.fail(nil)
		r.until("all is kept", r.hasAll)
		for id, n := range lobbied(r) {
			if n != 1 {
				t.Errorf("line %d came out %d times", id, n)
			}
		}
		f.says(1)
		r.until("the next one is kept", r.hasAll)
	})
}

func TestASessionThatEndsWithAFullDiskFetchesTheLinesNextTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.says(3)
		r.until("kept", r.hasAll)
		store.fail(errFull)
		f.says(5)
		r.until("they came", func() bool { return len(lobbied(r)) == 8 })
		r.end()
		store.fail(nil)
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", r.hasAll)
		r.until("what was missed came out", func() bool { return len(lobbied(r)) == 5 })
		for _, e := range all[*wire.Said](r) {
			if !e.Via.Earlier {
				t.Errorf("line %d counts as said just now", e.ID)
			}
		}
	})
}

// A server tells at most so many lines of what was missed, the newest.
func TestTheMarkDoesNotMoveOverLinesThatAResumedRoomLeavesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.says(3)
		r.until("kept", r.hasAll)
		r.end()
		f.mu.Lock()
		f.page = 10
		f.mu.Unlock()
		f.says(95)
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", r.hasAll)
		f.says(2)
		r.until("the next ones are kept", r.hasAll)
		r.until("the 10 newest and the next ones came out", func() bool { return len(lobbied(r)) == 12 })
		asked := len(requests[wire.History](f))
		if want := (95 - 10 + 9) / 10; asked != want {
			t.Errorf("asked for %d pages, want %d", asked, want)
		}
	})
}

func TestAConnectionLostOverThatTellsNoLineTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.says(3)
		r.until("kept", r.hasAll)
		r.end()
		f.mu.Lock()
		f.page = 10
		pages := 0
		f.script = func(p *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.History); ok {
				if pages++; pages == 3 {
					p.raw.Reset()
					return []wire.Event{&wire.Pong{}}
				}
			}
			return nil
		}
		f.mu.Unlock()
		f.says(95)
		r = start(t, f, config(f, store))
		defer r.end()
		r.until("all is kept", r.hasAll)
		for id, n := range lobbied(r) {
			if n != 1 {
				t.Errorf("line %d came out %d times", id, n)
			}
		}
	})
}

func TestAnInboxIsToldOnlyOfWhatIsOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		cfg.Identity = Identity{Mode: ModeRegister, Name: "alice", Password: "secret"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.store.fail(errFull)
		f.mu.Lock()
		var to []*peer
		for p := range f.peers {
			to = append(to, p)
		}
		f.mu.Unlock()
		for _, p := range to {
			p.tell(&wire.Whispered{ID: 5000, At: 1, From: "bob", To: "alice", Text: "psst"})
		}
		r.until("it came", func() bool { return len(all[*wire.Whispered](r)) == 1 })
		if taken := requests[wire.Taken](f); len(taken) != 0 {
			t.Fatalf("the server was told to forget %v, which is not on disk", taken)
		}
		r.store.fail(nil)
		r.until("the server knows", func() bool { return len(requests[wire.Taken](f)) == 1 })
		if got := r.store.kept("@"); !slices.Equal(got, []wire.ID{5000}) {
			t.Errorf("got %v on disk", got)
		}
	})
}

// What the disk has not taken must not go out again, be it only because the
// connection was lost.
func TestALineSentWhileTheDiskWasFullIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.mu.Lock()
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Say); ok {
				r.store.fail(errFull) // it was queued in time
			}
			return nil
		}
		f.mu.Unlock()
		r.sent(r.s.Say(wire.Lobby, "once", false))
		f.cut()
		r.until("back", func() bool { return r.state() == wire.StateOffline })
		r.until("back", func() bool { return r.state() == wire.StateOnline })
		r.store.fail(nil)
		r.until("settled", func() bool { return r.store.waiting() == 0 })
		if n := len(requests[wire.Say](f)); n != 1 {
			t.Errorf("the line was sent %d times", n)
		}
	})
}

func TestWhereWeAreAndHowWeComeBackIsStoredWhenTheDiskWorksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.store.fail(errFull)
		r.s.Do(wire.Join{Room: "tea"})
		r.until("in tea", func() bool { return len(all[*wire.Entered](r)) == 2 })
		r.s.Do(wire.Leave{Room: wire.Lobby})
		r.until("left", func() bool { return len(all[*wire.Done](r)) == 1 })
		before := store.Token("", "alice")
		f.cut() // and the login gives another token
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		r.until("back", func() bool { return r.state() == wire.StateOnline && len(all[*wire.Entered](r)) == 3 })
		if got := store.Joined(); !slices.Equal(got, []string{wire.Lobby}) {
			t.Errorf("a disk that fails has the rooms %v", got)
		}
		r.store.fail(nil)
		r.until("the rooms are stored", func() bool { return slices.Equal(store.Joined(), []string{"tea"}) })
		if got := store.Token("", "alice"); got == before {
			t.Error("the token of the last login is not stored")
		}
	})
}
