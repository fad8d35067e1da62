package client

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// answersOf lists what a person has asked: who is here.
func answersOf(r *rig) []*wire.PeopleList {
	return slices.DeleteFunc(all[*wire.PeopleList](r), func(e *wire.PeopleList) bool { return e.Own })
}

func TestASessionWithAnA3Server(t *testing.T) {
	for _, dialect := range []string{DialectAuto, DialectA3} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("a3", nil)
				defer f.stop()
				asked := 0
				f.script = func(p *peer, r wire.Request) []wire.Event {
					switch r.(type) {
					case wire.Joke:
						return []wire.Event{&wire.JokeTold{Text: "Ha."}}
					case wire.People:
						if asked++; asked == 1 { // by the session itself
							return []wire.Event{&wire.PeopleList{People: []wire.Person{{Name: "alice"}}}}
						}
						return []wire.Event{&wire.PeopleList{People: []wire.Person{{Name: "alice"}}}, f.others(wire.Lobby, "hello alice")}
					default:
						return nil
					}
				}
				store := newMemStore()
				cfg := config(f, store)
				cfg.Dialect = dialect
				r := start(t, f, cfg)
				defer r.end()
				a, b := r.s.Say(wire.Lobby, "one", false), r.s.Say("tea", "two", false)
				c := r.s.Say(wire.Lobby, "three", false)
				r.sent(a)
				r.sent(c)
				if diff := cmp.Diff([]wire.ReceiptState{wire.ReceiptQueued, wire.ReceiptFailed}, r.receipts(b)); diff != "" {
					t.Errorf("a line for a room that there is not (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"one", "three"}, f.texts()); diff != "" {
					t.Errorf("the log (-want +got):\n%s", diff)
				}
				joke, people, rooms := r.s.Do(wire.Joke{}), r.s.Do(wire.People{}), r.s.Do(wire.Rooms{})
				r.until("the answers", func() bool {
					return len(all[*wire.JokeTold](r)) == 1 && len(answersOf(r)) == 1 && len(all[*wire.Said](r)) == 1
				})
				if e := all[*wire.JokeTold](r)[0]; e.Re.Re != joke {
					t.Errorf("the joke answers %q, want %q", e.Re.Re, joke)
				}
				if e := answersOf(r)[0]; e.Re.Re != people {
					t.Errorf("the people answer %q, want %q", e.Re.Re, people)
				}
				if e := all[*wire.Refused](r); len(e) != 1 || e[0].Re.Re != rooms || e[0].Code != wire.CodeUnsupported {
					t.Errorf("got %+v, want the rooms refused", e)
				}
				line := all[*wire.Said](r)[0]
				if line.ID == 0 || line.At == 0 || line.Room != wire.Lobby || store.LastSeen(wire.Lobby) != line.ID {
					t.Errorf("got %+v, want an id, a time and a room of our own", line)
				}
				if got := names(r); len(got) != 1 || got[0] != "alice" {
					t.Errorf("got the names %v, want alice", got)
				}
				if s := all[*wire.Status](r); s[len(s)-1].Dialect != "a3" || s[len(s)-1].Secure {
					t.Errorf("got %+v, want a3 without TLS", s[len(s)-1])
				}
			})
		})
	}
}

func TestAnA3LineWhoseAnswerIsLostIsSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("a3", nil)
		defer f.stop()
		tries := 0
		f.script = func(p *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Say); !ok {
				return nil
			}
			if tries++; tries == 1 {
				p.raw.Reset()
			}
			return nil
		}
		cfg := config(f, newMemStore())
		cfg.Dialect = DialectA3
		r := start(t, f, cfg)
		defer r.end()
		r.sent(r.s.Say(wire.Lobby, "one", false))
		if tries != 2 {
			t.Errorf("it was sent %d times, want twice: rather double than lost", tries)
		}
	})
}

func TestAnA3NameIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("a3", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		cfg.Identity.Name = "al-ice"
		r := start(t, f, cfg)
		defer r.end()
		if e := r.fatal(); !strings.Contains(e.Text, "letters and digits") {
			t.Errorf("got %q", e.Text)
		}
	})
}

func TestAnA3GuestWithoutANameMayTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("a3", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		cfg.Identity.Name = ""
		r := start(t, f, cfg)
		defer r.end()
		r.sent(r.s.Say(wire.Lobby, "one", false))
	})
}

func TestLinesThatWaitedAtAnA3ServerSaySo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("a3", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Inbox); !ok {
				return nil
			}
			return []wire.Event{&wire.InboxCount{Count: 2}, f.others(wire.Lobby, "old"), &wire.Whispered{From: "bob", Text: "old"}, f.others(wire.Lobby, "new")}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.s.Do(wire.Inbox{})
		r.until("all of it", func() bool { return len(all[*wire.Said](r)) == 2 && len(all[*wire.Whispered](r)) == 1 })
		for _, e := range all[*wire.Said](r) {
			if e.Via.Earlier != (e.Text == "old") {
				t.Errorf("%q: earlier is %v", e.Text, e.Via.Earlier)
			}
		}
		if !all[*wire.Whispered](r)[0].Via.Earlier {
			t.Error("a private line that waited counts as new")
		}
	})
}
