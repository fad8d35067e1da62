package client

import (
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// reader is the session of an account in the lobby and in tea.
func reader(t *testing.T, f *fake, store *memStore, rooms ...string) *rig {
	t.Helper()
	cfg := config(f, store)
	cfg.Rooms = append([]string{wire.Lobby}, rooms...)
	cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "correct horse"}
	r := start(t, f, cfg)
	r.until("in all rooms", func() bool { return len(all[*wire.Entered](r)) == 1+len(rooms) && r.state() == wire.StateOnline })
	return r
}

// told lists what the server was told of reading.
func told(f *fake) map[string]wire.ID {
	marks := map[string]wire.ID{}
	for _, r := range requests[wire.Read](f) {
		marks[r.Room] = max(marks[r.Room], r.Last)
	}
	return marks
}

// knowing has the fake tell marks at each login, some of them after it.
func knowing(f *fake, first wire.Mark, later wire.ReadMoved) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = func(p *peer, q wire.Request) []wire.Event {
		l, ok := q.(wire.Login)
		if !ok {
			return nil
		}
		events := f.login(p, l)
		if in, ok := events[0].(*wire.LoggedIn); ok {
			in.Marks = []wire.Mark{first}
			events = append(events, &later)
		}
		return events
	}
}

func TestWhatWasReadOfflineIsToldAtTheNextLoginUnlessTheServerKnowsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.log["milk"], f.log["cake"] = nil, nil
		store := newMemStore()
		store.read = map[string]wire.ID{"milk": 300, "elsewhere": 9, "@bob": 9} // in an earlier run
		knowing(f, wire.Mark{Room: "tea", Last: 500}, wire.ReadMoved{Room: "cake", Last: 500})
		r := reader(t, f, store, "tea", "milk", "cake")
		defer r.end()
		synctest.Wait()
		if diff := cmp.Diff(map[string]wire.ID{"milk": 300}, told(f)); diff != "" {
			t.Errorf("told after the start (-want +got):\n%s", diff)
		}
		f.mu.Lock()
		f.asked = nil
		f.mu.Unlock()
		f.cut()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		for room, last := range map[string]wire.ID{wire.Lobby: 700, "TEA": 400, "cake": 600, "elsewhere": 10} {
			answer[*wire.Done](r, r.s.Do(wire.Read{Room: room, Last: last}))
		}
		r.until("in all rooms again", func() bool { return len(all[*wire.Entered](r)) == 8 })
		synctest.Wait()
		if diff := cmp.Diff(map[string]wire.ID{wire.Lobby: 700, "cake": 600, "milk": 300}, told(f)); diff != "" {
			t.Errorf("told after the next login (-want +got):\n%s", diff)
		}
	})
}

// TestManyRoomsThatWereReadAreToldOneAfterTheOther: a server does not read on
// where too much is not answered, and what a person does comes between.
func TestManyRoomsThatWereReadAreToldOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 150
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		store.read = map[string]wire.ID{}
		var rooms []string
		for i := range many {
			name := "room" + strconv.Itoa(i)
			rooms, f.log[name], store.read[name] = append(rooms, name), nil, wire.ID(1+i)
		}
		var open *peer
		var tag string
		f.script = func(p *peer, q wire.Request) []wire.Event {
			if r, ok := q.(wire.Read); ok {
				open, tag = p, r.Tag
				return []wire.Event{}
			}
			return nil
		}
		r := reader(t, f, store, rooms...)
		defer r.end()
		for n := 1; n <= many; n++ {
			synctest.Wait()
			if got := len(requests[wire.Read](f)); got != n {
				t.Fatalf("%d rooms were told, want %d", got, n)
			}
			var e wire.Event = &wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActRead}
			if n%7 == 0 {
				e = &wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActRead, Code: wire.CodeNotMember}
			}
			open.tell(e)
		}
		synctest.Wait()
		if got := len(told(f)); got != many {
			t.Errorf("%d rooms were told, want each of %d once", got, many)
		}
		if got := len(all[*wire.Refused](r)); got != 0 {
			t.Errorf("the person is told of %d refusals of what nobody has asked", got)
		}
	})
}

func TestAGuestsReadingIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		answer[*wire.Done](r, r.s.Do(wire.Read{Room: "tea", Last: 5}))
		synctest.Wait()
		if got := told(f); len(got) != 0 {
			t.Errorf("the server was told %v, which it keeps for accounts only", got)
		}
	})
}

func TestAnAccountThatOneComesToIsToldWhatWasReadHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		store.read = map[string]wire.ID{"tea": 500}
		r := reader(t, f, store, "tea")
		defer r.end()
		r.until("alice is told", func() bool { return len(requests[wire.Read](f)) == 1 })
		r.s.Do(wire.Login{Name: "bob", Password: "correct horse"})
		r.until("bob is told", func() bool { return len(requests[wire.Read](f)) == 2 })
		if diff := cmp.Diff(map[string]wire.ID{"tea": 500}, told(f)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}
