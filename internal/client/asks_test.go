package client

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

func TestEveryQuestionOfAPersonIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			switch r.(type) {
			case wire.Rooms:
				return []wire.Event{&wire.RoomList{Re: wire.Re{Re: r.RequestTag()}}}
			case wire.Joke:
				return []wire.Event{} // never answered
			default:
				return nil
			}
		}
		gate := make(chan struct{})
		cfg := config(f, newMemStore())
		cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			<-gate
			return f.DialContext(ctx, network, addr)
		}
		r := start(t, f, cfg)
		early := r.s.Do(wire.Rooms{})
		r.until("refused", func() bool { return len(all[*wire.Refused](r)) == 1 })
		close(gate)
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		asked, unanswered := r.s.Do(wire.Rooms{}), r.s.Do(wire.Joke{})
		r.until("answered", func() bool { return len(all[*wire.RoomList](r)) == 1 })
		f.stop()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		late := r.s.Do(wire.Rooms{})
		r.until("all refused", func() bool { return len(all[*wire.Refused](r)) == 3 })
		if got := all[*wire.RoomList](r)[0].Re.Re; got != asked {
			t.Errorf("the answer has the tag %q, want %q", got, asked)
		}
		for i, tag := range []string{early, unanswered, late} {
			if e := all[*wire.Refused](r)[i]; e.Re.Re != tag || e.Code != wire.CodeOffline || e.Text == "" {
				t.Errorf("got %+v, want %q refused as offline", e, tag)
			}
		}
		r.end()
	})
}

func TestQuitEndsTheSession(t *testing.T) {
	for _, online := range []bool{true, false} {
		t.Run(fmt.Sprint("online: ", online), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				if !online {
					f.Close()
				}
				r := start(t, f, config(f, newMemStore()))
				defer r.end()
				r.until("settled", func() bool { return r.state() == wire.StateOnline || r.state() == wire.StateOffline })
				r.s.Do(wire.Quit{})
				r.until("ended", func() bool { return len(r.ended) == 1 })
				if err := <-r.ended; err != nil {
					t.Errorf("got %v, want no error", err)
				}
				if r.state() != wire.StateEnded {
					t.Errorf("got the state %q, want ended", r.state())
				}
			})
		})
	}
}

func TestJoinedRoomsAreComeBackToAndLeftOnesAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		store.joined = []string{"gone"}
		store.has("gone", 5)
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline && len(all[*wire.Entered](r)) == 1 })
		r.s.Do(wire.Join{Room: "tea"})
		r.until("in tea", func() bool { return len(all[*wire.Entered](r)) == 2 })
		if diff := cmp.Diff([]string{wire.Lobby, "tea"}, store.Joined()); diff != "" {
			t.Errorf("rooms on disk, without the one that does not exist (-want +got):\n%s", diff)
		}
		r.s.Do(wire.Leave{Room: wire.Lobby})
		r.until("left", func() bool { return len(all[*wire.Done](r)) == 1 })
		f.cut()
		r.until("back in tea", func() bool { return len(all[*wire.Entered](r)) == 3 })
		r.sent(r.s.Say("tea", "hello", false))
		if got := all[*wire.Entered](r)[2].Room; got != "tea" || len(all[*wire.Entered](r)) != 3 {
			t.Errorf("it came back to %s and others, want tea only", got)
		}
	})
}

func TestARoomOfOldIsCaughtUpWithWhenItIsJoinedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		f.mu.Lock()
		store.has("tea", f.others("tea", "seen").ID)
		f.others("tea", "missed")
		f.mu.Unlock()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.s.Do(wire.Join{Room: "tea"})
		r.until("the missed line", func() bool { return len(all[*wire.Said](r)) == 1 })
		entered := 0
		for _, e := range all[*wire.Entered](r) {
			if e.Room == "tea" {
				entered++
			}
		}
		if got := all[*wire.Said](r)[0].Text; got != "missed" || entered != 1 {
			t.Errorf("got the line %q, and was told %d times of entering", got, entered)
		}
	})
}

func TestWhatIsSaidAfterAnEmptyRoomWasEnteredIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("in the room", func() bool { return len(all[*wire.Entered](r)) == 1 })
		f.cut()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		f.mu.Lock()
		f.others(wire.Lobby, "missed")
		f.mu.Unlock()
		r.until("the missed line", func() bool { return len(all[*wire.Said](r)) == 1 })
	})
}

func TestAGapThatCannotBeToldIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		f.mu.Lock()
		store.has(wire.Lobby, f.others(wire.Lobby, "seen").ID)
		f.others(wire.Lobby, "missed")
		busy := true
		f.script = func(p *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Resume); !ok || !busy {
				return nil
			}
			busy = false
			re := wire.Re{Re: r.RequestTag()}
			entered := f.join(p, re, wire.Lobby)
			return append(entered, &wire.Refused{Re: re, Of: wire.ActResume, Code: wire.CodeStorage, Text: "Later.", RetryMS: 9000},
				f.others(wire.Lobby, "live"))
		}
		f.mu.Unlock()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("both lines", func() bool { return len(all[*wire.Said](r)) == 2 })
		if a, b := all[*wire.Said](r)[0].Text, all[*wire.Said](r)[1].Text; a != "live" || b != "missed" {
			t.Errorf("got %q and %q, want the live line and then the missed one", a, b)
		}
		if got, want := store.LastSeen(wire.Lobby), f.newest(wire.Lobby); got != want {
			t.Errorf("the mark is %d, want %d", got, want)
		}
	})
}

func TestPrivateLinesAreTakenAfterTheyAreStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		waiting := map[wire.ID]bool{11: true, 12: true, 13: true}
		f.script = func(p *peer, r wire.Request) []wire.Event {
			re := wire.Re{Re: r.RequestTag()}
			switch r := r.(type) {
			case wire.Login:
				e := f.enter(p, re, "alice", wire.KindAccount)[0].(*wire.LoggedIn)
				e.Waiting = len(waiting)
				return []wire.Event{e}
			case wire.Inbox: // two at a time
				events := []wire.Event{&wire.InboxCount{Re: re, Count: min(2, len(waiting)), More: len(waiting) > 2}}
				for id := range wire.ID(20) {
					if waiting[id] && len(events) < 3 {
						events = append(events, &wire.Whispered{ID: id, From: "bob", To: "alice", Text: "psst", Inbox: true})
					}
				}
				return events
			case wire.Taken:
				for _, id := range r.IDs {
					if len(store.lines["@"]) == 0 {
						t.Error("taken before it was stored")
					}
					delete(waiting, id)
				}
				return nil
			case wire.Joke:
				return []wire.Event{&wire.Whispered{ID: 14, From: "bob", To: "alice", Text: "live"}}
			default:
				return nil
			}
		}
		cfg := config(f, store)
		cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("all are taken", func() bool { return len(waiting) == 0 })
		r.s.Do(wire.Joke{})
		r.until("four lines", func() bool { return len(all[*wire.Whispered](r)) == 4 })
		r.until("the live one is taken too", func() bool {
			taken := requests[wire.Taken](f)
			return slices.Contains(taken[len(taken)-1].IDs, 14)
		})
		for i, e := range all[*wire.Whispered](r) {
			if want := wire.ID(11 + i); e.ID != want {
				t.Errorf("line %d is %d, want %d", i, e.ID, want)
			}
		}
	})
}

func TestPrivateLinesThatComeAgainAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(p *peer, r wire.Request) []wire.Event {
			re := wire.Re{Re: r.RequestTag()}
			switch r.(type) {
			case wire.Login:
				e := f.enter(p, re, "alice", wire.KindAccount)[0].(*wire.LoggedIn)
				e.Waiting = 1
				return []wire.Event{e}
			case wire.Inbox:
				return []wire.Event{&wire.InboxCount{Re: re, Count: 1}, &wire.Whispered{ID: 11, From: "bob", To: "alice", Text: "psst", Inbox: true}}
			case wire.Taken:
				p.raw.Reset() // the server never hears of it
				return []wire.Event{}
			default:
				return nil
			}
		}
		cfg := config(f, newMemStore())
		cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("it came three times", func() bool { return len(requests[wire.Inbox](f)) == 3 })
		if got := len(all[*wire.Whispered](r)); got != 1 {
			t.Errorf("it was told %d times, want once", got)
		}
	})
}

func TestAReusedClientKeepsItsSecretsToItself(t *testing.T) {
	for _, r := range []wire.Request{wire.Login{Password: "hunter2"}, wire.Register{Password: "hunter2"}, wire.Passwd{Old: "hunter2"}, wire.Account{Password: "hunter2"}} {
		if !secret(r) {
			t.Errorf("%T is not known to hold a secret", r)
		}
		if s := fmt.Sprintf("%v %+v %#v", r, r, r); strings.Contains(s, "hunter2") {
			t.Errorf("%T prints its secret", r)
		}
	}
}
