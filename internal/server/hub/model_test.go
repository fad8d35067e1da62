package hub

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"labchat/internal/wire"
)

// machine drives a harness and the naive hub side by side.
type machine struct {
	w     *harness
	n     *naive
	tags  int
	lines int
	wrong []string
}

func (m *machine) ids() []SessionID { return slices.Sorted(maps.Keys(m.n.seats)) }

// ask sends a request with a tag, if anybody is there to send it.
func (m *machine) ask(t *rapid.T, build func(head wire.Head) wire.Request) {
	ids := m.ids()
	if len(ids) == 0 {
		t.Skip("nobody is here")
	}
	id := rapid.SampledFrom(ids).Draw(t, "session")
	m.tags++
	r := build(wire.Head{Tag: strconv.Itoa(m.tags)})
	s := m.n.seats[id]
	s.asked = append(s.asked, r.RequestTag())
	if say, ok := r.(wire.Say); ok && s.manners.Echo {
		m.n.echoed[say.Text] = say.Tag
	}
	m.w.ask(id, r)
}

var (
	someNames    = []string{"alice", "Alice", "a1ice", "bob", "b0b", "carl", "СОСО", "coco", "dora", "eve", "fred"}
	someRooms    = []string{wire.Lobby, "den", "DEN", "lab"}
	someDialects = []string{"native", "a3", "prompt", "prompt-m1", "prompt-accounts", "names", "names-clock", "names-echo"}
)

func (m *machine) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"open":     func(*rapid.T) { m.open("native") },
		"open old": func(t *rapid.T) { m.open(rapid.SampledFrom(someDialects).Draw(t, "dialect")) },
		"gone": func(t *rapid.T) {
			if ids := m.ids(); len(ids) > 0 {
				m.leave(rapid.SampledFrom(ids).Draw(t, "session"))
			}
		},
		"guest": func(t *rapid.T) {
			name := rapid.SampledFrom(someNames).Draw(t, "name")
			m.ask(t, func(h wire.Head) wire.Request { return wire.Guest{Head: h, Name: name} })
		},
		"register": func(t *rapid.T) {
			name := rapid.SampledFrom(someNames).Draw(t, "name")
			m.ask(t, func(h wire.Head) wire.Request {
				return wire.Register{Head: h, Name: name, Password: "sesame-1", Legacy: true}
			})
		},
		"login": func(t *rapid.T) {
			name := rapid.SampledFrom(someNames).Draw(t, "name")
			m.ask(t, func(h wire.Head) wire.Request { return wire.Login{Head: h, Name: name, Password: "sesame-1"} })
		},
		"join": func(t *rapid.T) {
			room := rapid.SampledFrom(someRooms).Draw(t, "room")
			m.ask(t, func(h wire.Head) wire.Request { return wire.Join{Head: h, Room: room} })
		},
		"leave": func(t *rapid.T) {
			room := rapid.SampledFrom([]string{wire.Lobby, "den", "lab"}).Draw(t, "room")
			m.n.leaving[strconv.Itoa(m.tags+1)] = room
			m.ask(t, func(h wire.Head) wire.Request { return wire.Leave{Head: h, Room: room} })
		},
		"create": func(t *rapid.T) {
			room := rapid.SampledFrom([]string{"den", "lab"}).Draw(t, "room")
			m.ask(t, func(h wire.Head) wire.Request { return wire.Create{Head: h, Room: room} })
		},
		"say": func(t *rapid.T) {
			room := rapid.SampledFrom(someRooms).Draw(t, "room")
			m.lines++
			text := fmt.Sprintf("line %d", m.lines)
			m.ask(t, func(h wire.Head) wire.Request { return wire.Say{Head: h, Room: room, Text: text} })
		},
		"ping":   func(t *rapid.T) { m.ask(t, func(h wire.Head) wire.Request { return wire.Ping{Head: h} }) },
		"people": func(t *rapid.T) { m.ask(t, func(h wire.Head) wire.Request { return wire.People{Head: h} }) },
		"hold back": func(t *rapid.T) {
			m.w.holdLog, m.w.holdJobs = rapid.Bool().Draw(t, "log"), rapid.Bool().Draw(t, "jobs")
			m.w.settle()
		},
		"let go": func(*rapid.T) { m.letGo() },
		"pass":   func(*rapid.T) { m.w.pass(time.Minute) },
		"":       m.check,
	}
}

func (m *machine) open(dialect string) {
	id, o := m.w.last+1, origin(dialect, loopback)
	m.n.open(id, o.Manners)
	m.w.open(o)
	if o.Manners.Native {
		m.w.ask(id, wire.Hello{Version: 1})
	}
}

func (m *machine) leave(id SessionID) {
	m.n.close(id)
	m.w.gone(id)
}

func (m *machine) letGo() {
	m.w.holdLog, m.w.holdJobs = false, false
	m.w.settle()
}

// check compares what was heard with what the naive hub wants.
func (m *machine) check(t *rapid.T) {
	if len(m.wrong) > 0 {
		t.Fatal(m.wrong)
	}
	for _, id := range m.ids() {
		s := m.n.seats[id]
		if len(s.owed) > 0 {
			t.Fatalf("session %d has not heard %q", id, s.owed)
		}
		if len(s.asked) > 0 && !m.w.holdLog && !m.w.holdJobs {
			t.Fatalf("session %d waits for the answers to %q", id, s.asked)
		}
		m.checkBelief(t, id, s)
	}
	m.checkNames(t)
}

// checkBelief checks that a session which is told who comes and goes knows
// exactly who is in its rooms.
func (m *machine) checkBelief(t *rapid.T, id SessionID, s *seat) {
	if !s.manners.Notices {
		return
	}
	for room := range s.in {
		if got, want := s.people[room], m.n.truth(room); !maps.Equal(got, want) {
			t.Fatalf("session %d believes that %v are in %s, want %v", id, got, room, want)
		}
	}
	if want := m.n.reachable(); s.manners.Peers && s.name != "" && s.peers != want {
		t.Fatalf("session %d was told last that %q can be reached, want %q", id, s.peers, want)
	}
}

// checkNames checks that no two who are here look alike, and that nobody is
// here under the name of somebody else's account.
func (m *machine) checkNames(t *rapid.T) {
	seen := map[string]string{}
	for u := range m.w.hub.presence.online.users() {
		skeleton := wire.Skeleton(u.name)
		if other := seen[skeleton]; other != "" {
			t.Fatalf("%q and %q are here at once", u.name, other)
		}
		seen[skeleton] = u.name
		for name := range m.w.log.accounts {
			if wire.Skeleton(name) == skeleton && (u.account == nil || u.account.name != name) && m.w.hub.names.account(name) != nil {
				t.Fatalf("%q is here and not logged in to %q", u.name, name)
			}
		}
	}
}

// TestRandomRequestsAgainstANaiveHub checks, for sessions of all manners and
// any order of requests, commits and ends of connections: a committed line
// reaches everybody in its room once and in the order of the log; answers come
// in the order of their requests; whoever is told who comes and goes knows at
// any time who is there, with the right numbers; no two names look alike.
func TestRandomRequestsAgainstANaiveHub(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{w: newHarness(t, Config{Register: true}), n: newNaive()}
		m.w.onApply = func(e *Entry) {
			if line, ok := e.Record.(Line); ok {
				m.n.committed(e.Origin, line.Room, line.Text)
			}
		}
		m.w.onDeliver = func(id SessionID, e wire.Event) {
			if bad := m.n.hear(id, e); bad != "" {
				m.wrong = append(m.wrong, bad)
			}
		}
		for i, dialect := range someDialects {
			m.open(dialect)
			if rapid.Bool().Draw(rt, "has a name") {
				m.w.ask(m.w.last, wire.Guest{Name: fmt.Sprintf("early-%d", i)})
			}
		}
		rt.Repeat(m.steps())
		m.letGo()
		m.check(rt)
	})
}
