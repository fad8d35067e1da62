package client

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// here is who is in the room as the screen was told last, how many more there
// are, and whether there may be others.
func (r *rig) here() (names []string, more int, partial bool) {
	for _, e := range all[wire.Event](r) {
		switch e := e.(type) {
		case *wire.PeopleList:
			if e.Own {
				names, more, partial = nil, e.More, e.Partial
				for _, p := range e.People {
					names = append(names, p.Name)
				}
			}
		case *wire.Joined:
			names = append(names, e.Name)
		case *wire.Left:
			names = slices.DeleteFunc(names, func(n string) bool { return n == e.Name })
		default:
		}
	}
	slices.Sort(names)
	return slices.Compact(names), more, partial
}

// knows waits until the screen was told of these people.
func (r *rig) knows(partial bool, names ...string) {
	r.t.Helper()
	r.until("told of those who are here", func() bool {
		got, more, part := r.here()
		return slices.Equal(got, names) && more == 0 && part == partial
	})
}

func TestPeopleOfAnA3ServerAreAskedForAtLoginAfterAReconnectAndNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(a3Room())
		defer s.stop()
		bob := oldRig(t, s, "a3", "bob", newMemStore())
		bob.until("bob online", func() bool { return bob.state() == wire.StateOnline })
		alice := oldRig(t, s, "a3", "alice", newMemStore())
		defer alice.end()
		alice.knows(false, "alice", "bob") // at login
		bob.knows(false, "alice", "bob")   // after a while
		bob.end()
		alice.knows(false, "alice")
		s.cut()
		alice.until("the loss", func() bool { return alice.state() != wire.StateOnline })
		carl := oldRig(t, s, "a3", "carl", newMemStore())
		defer carl.end()
		alice.until("back", func() bool { return alice.state() == wire.StateOnline })
		alice.knows(false, "alice", "carl")
		if n := len(all[*wire.PeopleList](alice)) - len(alice.told()); n != 0 {
			t.Errorf("%d lists came as answers that nobody has asked for", n)
		}
	})
}

// told lists what the screen was told unasked.
func (r *rig) told() []*wire.PeopleList {
	return slices.DeleteFunc(all[*wire.PeopleList](r), func(e *wire.PeopleList) bool { return !e.Own })
}

func TestWhoHasJustWrittenToAnA3ServerIsHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(a3Room())
		defer s.stop()
		alice := oldRig(t, s, "a3", "alice", newMemStore())
		defer alice.end()
		alice.knows(false, "alice")
		began := time.Now()
		bob := oldRig(t, s, "a3", "bob", newMemStore())
		defer bob.end()
		bob.sent(bob.s.Say(wire.Lobby, "hi", false))
		alice.knows(false, "alice", "bob")
		if waited := time.Since(began); waited >= peopleEvery {
			t.Errorf("that was known after %v, by the next list only", waited)
		}
	})
}

func TestAServerThatHasNoWordsForItsPeopleIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := a3Room()
		hear := room.hear
		asked := 0
		room.hear = func(p *oldPeer, said string) {
			if said == "users\n" {
				asked++
				p.say("cmderr command not supported\n")
				return
			}
			hear(p, said)
		}
		s := serveOld(room)
		defer s.stop()
		alice := oldRig(t, s, "a3", "alice", newMemStore())
		defer alice.end()
		alice.until("online", func() bool { return alice.state() == wire.StateOnline })
		<-time.After(10 * peopleEvery)
		if asked != 1 || len(all[*wire.Refused](alice)) != 0 {
			t.Errorf("it was asked %d times, and %d refusals came out", asked, len(all[*wire.Refused](alice)))
		}
		alice.knows(true, "alice")
	})
}

func TestHowManyAreHereIsCountedOrSaidToBeUnknown(t *testing.T) {
	for dialect, want := range map[string]struct {
		first, second bool // whether the first and the second of three know only a part
		more          int  // whom the second one can't name
	}{
		"names":       {first: false, second: false, more: 1},
		"names-clock": {first: false, second: false, more: 1},
		"names-echo":  {first: true, second: true},
		"prompt-m1":   {first: true, second: true},
	} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var room *oldServer
				if room = promptRoom(); dialect != "prompt-m1" {
					room = oldRooms[dialect]()
				} else {
					room.silent = true
				}
				s := serveOld(room)
				defer s.stop()
				first := oldRig(t, s, dialect, "anna", newMemStore())
				defer first.end()
				first.until("online", func() bool { return first.state() == wire.StateOnline })
				second := oldRig(t, s, dialect, "ben", newMemStore())
				defer second.end()
				second.until("online", func() bool { return second.state() == wire.StateOnline })
				if _, _, partial := second.here(); dialect == "names" && !partial {
					t.Error("the second one knows of others that nobody has told of")
				}
				third := oldRig(t, s, dialect, "carl", newMemStore())
				defer third.end()
				third.until("online", func() bool { return third.state() == wire.StateOnline })
				third.sent(third.s.Say(wire.Lobby, "hello", false))
				first.until("the line", func() bool { return first.hears("carl", "hello") == 1 })
				synctest.Wait()
				<-time.After(time.Second)
				if _, more, partial := first.here(); partial != want.first || more != 0 {
					t.Errorf("the first one knows of %d more, a part %v", more, partial)
				}
				names, more, partial := second.here()
				if partial != want.second || more != want.more || !slices.Equal(names, []string{"ben", "carl"}) {
					t.Errorf("the second one knows %q, %d more, a part %v", names, more, partial)
				}
			})
		})
	}
}
