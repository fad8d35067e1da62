package hub

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"

	"pgregory.net/rapid"
)

// naive is the hub as one would explain it: who is where, and nothing else.
// It is asked what must be true after each step, not how it came about.
type naive struct {
	in      map[SessionID]map[string]bool // rooms, by session that is here
	old     map[SessionID]bool
	asked   map[SessionID][]string          // tags, in the order in which they were sent
	owed    map[SessionID][]string          // committed lines of its rooms that it must hear, in id order
	leaving map[string]string               // rooms, by the tag of the request to leave
	people  map[SessionID]map[string]string // names by fold that it believes to be in a room, as "room/name"
}

func newNaive() *naive {
	return &naive{
		in: map[SessionID]map[string]bool{}, old: map[SessionID]bool{}, asked: map[SessionID][]string{},
		owed: map[SessionID][]string{}, people: map[SessionID]map[string]string{}, leaving: map[string]string{},
	}
}

// committed says that a line is in the log: everybody in its room must hear it.
func (n *naive) committed(origin SessionID, room, text string) {
	for id, rooms := range n.in {
		if rooms[room] && id != origin {
			n.owed[id] = append(n.owed[id], text)
		}
	}
}

// left says that a session is in a room no longer, at its own wish.
func (n *naive) left(id SessionID, room string) {
	delete(n.in[id], room)
	for key := range n.people[id] {
		if strings.HasPrefix(key, room+"/") {
			delete(n.people[id], key)
		}
	}
}

// hear takes what a session was told and says what is wrong with it.
func (n *naive) hear(id SessionID, e wire.Event) string {
	if answer, ok := e.(interface{ Answers() string }); ok && answer.Answers() != "" {
		re := answer.Answers()
		if len(n.asked[id]) == 0 || n.asked[id][0] != re {
			return fmt.Sprintf("session %d was answered %q, want the answer to the first of %q", id, re, n.asked[id])
		}
		n.asked[id] = n.asked[id][1:]
	}
	switch e := e.(type) {
	case *wire.Said:
		if len(n.owed[id]) == 0 || n.owed[id][0] != e.Text {
			return fmt.Sprintf("session %d heard %q, want the first of %q", id, e.Text, n.owed[id])
		}
		n.owed[id] = n.owed[id][1:]
	case *wire.Done:
		n.left(id, n.leaving[e.Re.Re])
	case *wire.Entered:
		n.in[id][e.Room] = true
		for _, p := range e.People {
			n.people[id][e.Room+"/"+wire.Fold(p.Name)] = p.Name
		}
	case *wire.Joined:
		key := e.Room + "/" + wire.Fold(e.Name)
		if !n.old[id] && n.people[id][key] != "" {
			return fmt.Sprintf("session %d was told twice that %s came into %s", id, e.Name, e.Room)
		}
		n.people[id][key] = e.Name
	case *wire.Left:
		key := e.Room + "/" + wire.Fold(e.Name)
		if !n.old[id] && n.people[id][key] == "" {
			return fmt.Sprintf("session %d was told that %s left %s, where it was not", id, e.Name, e.Room)
		}
		delete(n.people[id], key)
	case *wire.Renamed:
		n.renamed(id, e)
	default: // an answer, whose turn was checked
	}
	return ""
}

func (n *naive) renamed(id SessionID, e *wire.Renamed) {
	for room := range n.in[id] {
		if key := room + "/" + wire.Fold(e.Old); n.people[id][key] != "" {
			delete(n.people[id], key)
			n.people[id][room+"/"+wire.Fold(e.Name)] = e.Name
		}
	}
}

// machine drives a world and the naive hub side by side.
type machine struct {
	w     *world
	n     *naive
	tags  int
	said  int
	wrong []string
}

func (m *machine) ids() []SessionID {
	var list []SessionID
	for id := range m.n.in {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// ask sends a request with a tag, if anybody is there to send it.
func (m *machine) ask(t *rapid.T, build func(head wire.Head) wire.Request) {
	ids := m.ids()
	if len(ids) == 0 {
		t.Skip("nobody is here")
	}
	id := rapid.SampledFrom(ids).Draw(t, "session")
	m.tags++
	head := wire.Head{Tag: strconv.Itoa(m.tags)}
	m.n.asked[id] = append(m.n.asked[id], head.Tag)
	m.w.ask(id, build(head))
}

var (
	someNames = []string{"alice", "Alice", "a1ice", "bob", "b0b", "carl", "СОСО", "coco"}
	someRooms = []string{wire.Lobby, "den", "DEN", "lab"}
)

func (m *machine) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"open":     func(*rapid.T) { m.open("chat1") },
		"open old": func(*rapid.T) { m.open("a3") },
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
			m.ask(t, func(h wire.Head) wire.Request { return wire.Register{Head: h, Name: name, Password: "pw"} })
		},
		"login": func(t *rapid.T) {
			name := rapid.SampledFrom(someNames).Draw(t, "name")
			m.ask(t, func(h wire.Head) wire.Request { return wire.Login{Head: h, Name: name, Password: "pw"} })
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
			m.said++
			text := fmt.Sprintf("line %d", m.said)
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
	id := m.w.last + 1
	o := origin("native", loopback)
	if dialect == "a3" {
		o = origin("a3", loopback)
	}
	m.n.in[id], m.n.people[id], m.n.old[id] = map[string]bool{}, map[string]string{}, dialect == "a3"
	if dialect == "a3" {
		m.n.in[id][wire.Lobby] = true
	}
	m.w.open(o)
	if dialect != "a3" {
		m.w.ask(id, wire.Hello{Version: 1})
	}
}

func (m *machine) leave(id SessionID) {
	delete(m.n.in, id)
	delete(m.n.owed, id)
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
		if owed := m.n.owed[id]; len(owed) > 0 {
			t.Fatalf("session %d has not heard %q", id, owed)
		}
		if asked := m.n.asked[id]; len(asked) > 0 && !m.w.holdLog && !m.w.holdJobs {
			t.Fatalf("session %d waits for the answers to %q", id, asked)
		}
	}
	m.checkNames(t)
}

// checkNames checks that no two who are here look alike, and that nobody is
// here under the name of somebody else's account.
func (m *machine) checkNames(t *rapid.T) {
	seen := map[string]string{}
	for u := range m.w.hub.online.users() {
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

// TestRandomRequestsAgainstANaiveHub checks, for any order of requests, commits
// and ends of connections: a committed line reaches everybody in its room once
// and in the order of the log; answers come in the order of their requests;
// people are announced once; no two names look alike.
func TestRandomRequestsAgainstANaiveHub(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{w: newWorld(t, Config{Register: true}), n: newNaive()}
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
		m.open("chat1")
		m.open("a3")
		rt.Repeat(m.steps())
		m.letGo()
		m.check(rt)
	})
}
