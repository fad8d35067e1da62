package hub

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"labchat/internal/wire"
)

// client is a program as the model knows it: what it was told, and what it
// does with that.
type client struct {
	kind, name, room string
	addr             netip.AddrPort
	codec            wire.DatagramServer
	rooms            map[string]bool  // of native ones
	peers            []netip.AddrPort // of datagram programs: whom a typed line goes to
	pokes            []string         // for whom the registry is one of them
	writer           string           // who has made the registry one of them by a private line
}

// ours is the registry among a client's peers.
var ours = netip.MustParseAddrPort(registryAddr)

// uttered is a line that was typed once.
type uttered struct {
	by       SessionID
	from     string
	direct   map[SessionID]bool // who got it from the sender itself
	private  map[SessionID]bool // poked users
	unsure   bool               // what waits before it may change who that is
	members  map[SessionID]bool // of its room, when it was committed
	logged   int                // how often it is in the log, in a room
	told     map[SessionID]int
	whispers map[SessionID]int
}

// ether is the world of all families: what clients of each would see.
type ether struct {
	w       *harness
	clients map[SessionID]*client
	lines   map[string]*uttered
	rooms   []string
	wrong   []string
	n       int
}

func (m *ether) complain(format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

func (m *ether) ids(kinds ...string) []SessionID {
	var list []SessionID
	for id, cl := range m.clients {
		if slices.Contains(kinds, cl.kind) {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

func (m *ether) pick(t *rapid.T, kinds ...string) (SessionID, *client) {
	ids := m.ids(kinds...)
	if len(ids) == 0 {
		t.Skip("nobody of that kind is here")
	}
	id := rapid.SampledFrom(ids).Draw(t, "session")
	return id, m.clients[id]
}

func (m *ether) open(kind string) SessionID {
	id := m.w.last + 1
	cl := &client{kind: kind, name: fmt.Sprintf("n%d", id), rooms: map[string]bool{}}
	m.clients[id] = cl
	o := origin("native", loopback)
	switch kind {
	case "a3":
		o = origin("a3", loopback)
		cl.rooms[wire.Lobby] = true
	case "tobi", "ias":
		host := "127.0.0.1"
		if id%3 == 0 {
			host = "10.0.0.7" // those of the loopback can't send there
		}
		cl.addr = netip.AddrPortFrom(netip.MustParseAddr(host), uint16(10_000+id))
		d := datagramsOf(kind)
		cl.codec = d.Server()
		o = Origin{Addr: cl.addr, Datagram: true, Dialect: kind, Manners: d.Manners()}
	case "bridge":
		cl.codec = datagramsOf(iasDialect).Server()
		cl.rooms["den"] = true
		o = bridgeOf("den")
	}
	m.w.open(o)
	if kind == "native" {
		m.w.ask(id, wire.Hello{Version: 1})
	}
	if kind != "bridge" {
		m.w.ask(id, wire.Guest{Name: cl.name})
	}
	return id
}

func (m *ether) gone(id SessionID) {
	delete(m.clients, id)
	for _, line := range m.lines {
		delete(line.members, id)
		delete(line.private, id)
	}
	m.w.gone(id)
}

// says has somebody type a line. A tobi client sends it to each of its peers.
func (m *ether) says(t *rapid.T) {
	id, cl := m.pick(t, "native", "a3", "tobi", "ias", "bridge")
	m.n++
	text := fmt.Sprintf("line %d", m.n)
	line := &uttered{
		by: id, from: cl.name, direct: map[SessionID]bool{}, private: map[SessionID]bool{},
		told: map[SessionID]int{}, whispers: map[SessionID]int{},
	}
	m.lines[text] = line
	switch cl.kind {
	case "native":
		m.w.ask(id, wire.Say{Room: rapid.SampledFrom(m.rooms).Draw(t, "room"), Text: text})
		return
	case "a3":
		m.w.ask(id, wire.Say{Text: text})
		return
	case "bridge":
		line.from = "~nick@10.0.0.9"
		m.w.ask(id, wire.Say{Text: text, Speaker: line.from})
		return
	}
	for _, peer := range cl.peers {
		if other := m.at(peer); other != 0 && !line.direct[other] {
			line.direct[other] = true
			m.hears(other, line)
			if to := m.clients[other]; len(to.peers) == 0 {
				to.peers = []netip.AddrPort{cl.addr}
			}
		}
	}
	if !slices.Contains(cl.peers, ours) {
		return
	}
	line.unsure = m.waits(id)
	if cl.room == "" && !slices.ContainsFunc(cl.pokes, m.here) && m.here(cl.writer) {
		cl.pokes = []string{cl.writer}
	}
	cl.writer = ""
	for other, to := range m.clients {
		line.private[other] = slices.Contains(cl.pokes, to.name)
	}
	m.w.ask(id, wire.Say{Text: text})
}

// waits reports whether something of a session is on its way.
func (m *ether) waits(id SessionID) bool {
	n, _ := m.w.hub.Pending(id)
	return n > 0
}

func (m *ether) hears(id SessionID, line *uttered) { line.told[id]++ }

// at returns the tobi session of an address.
func (m *ether) at(addr netip.AddrPort) SessionID {
	for _, id := range m.ids("tobi", "ias") {
		if m.clients[id].addr == addr {
			return id
		}
	}
	return 0
}

// here reports whether a name is online.
func (m *ether) here(name string) bool {
	for _, cl := range m.clients {
		if cl.name == name {
			return true
		}
	}
	return false
}

// committed notes who is in a line's room when it enters the log.
func (m *ether) committed(e *Entry) {
	l, ok := e.Record.(Line)
	if !ok {
		return
	}
	line := m.lines[l.Text]
	if line == nil || l.From != line.from {
		m.complain("%q of %s is in the log", l.Text, l.From)
		return
	}
	if line.logged++; line.logged > 1 {
		m.complain("%q entered the log %d times", l.Text, line.logged)
	}
	line.members = map[SessionID]bool{}
	for id, cl := range m.clients {
		line.members[id] = id != line.by && (cl.rooms[l.Room] || cl.room == l.Room)
	}
}

// told is what a session is told, as far as its dialect has words for it.
func (m *ether) told(id SessionID, e wire.Event) {
	cl := m.clients[id]
	if cl == nil {
		return
	}
	if cl.codec != nil {
		if all, err := cl.codec.AppendDatagrams(nil, withAddress(e)); err != nil || len(all) == 0 {
			return
		}
	}
	switch e := e.(type) {
	case *wire.Entered:
		cl.rooms[e.Room] = cl.kind == "native" // others are shown a group and are in no room
	case *wire.Said:
		if line := m.lines[e.Text]; line == nil || line.from != e.From {
			m.complain("session %d heard %q of %s", id, e.Text, e.From)
		} else {
			m.hears(id, line)
		}
	case *wire.Whispered:
		m.whispered(id, e)
	case *wire.PeerList:
		cl.room, cl.peers, cl.pokes, cl.writer = e.Room, nil, nil, ""
		for _, p := range withAddress(e).(*wire.PeerList).Peers {
			cl.peers = append(cl.peers, netip.MustParseAddrPort(p.Addr))
		}
	case *wire.Found:
		cl.found(e)
	default: // says nothing about who hears what
	}
}

func (m *ether) whispered(id SessionID, e *wire.Whispered) {
	cl := m.clients[id]
	text, _, _ := strings.Cut(e.Text, " (also")
	if line := m.lines[text]; line == nil || line.from != e.From || e.To != cl.name {
		m.complain("session %d heard in private %q of %s to %s", id, e.Text, e.From, e.To)
	} else {
		line.whispers[id]++
	}
	if cl.kind != "tobi" {
		return
	}
	if cl.room == "" && !slices.ContainsFunc(cl.pokes, m.here) && !m.here(cl.writer) {
		cl.writer = e.From
	}
	if len(cl.peers) == 0 {
		cl.peers = []netip.AddrPort{ours}
	}
}

// found makes somebody a peer: one more, or the only one.
func (cl *client) found(e *wire.Found) {
	addr := ours
	if e.Addr != "" {
		addr = netip.MustParseAddrPort(e.Addr)
	}
	if cl.kind == "ias" {
		cl.peers, cl.pokes = nil, nil
	}
	cl.peers = append(cl.peers, addr)
	if e.Addr == "" {
		cl.pokes, cl.writer = append(cl.pokes, e.Name), ""
	}
}

func (m *ether) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"open": func(t *rapid.T) {
			if len(m.clients) < 12 {
				m.open(rapid.SampledFrom([]string{"native", "a3", "tobi", "tobi", "ias"}).Draw(t, "kind"))
			}
		},
		"gone": func(t *rapid.T) {
			if id, _ := m.pick(t, "native", "a3", "tobi", "ias"); id != 1 { // one stays, or the rooms vanish
				m.gone(id)
			}
		},
		"join": func(t *rapid.T) {
			id, _ := m.pick(t, "native", "tobi", "ias")
			m.w.ask(id, wire.Join{Room: rapid.SampledFrom(m.rooms).Draw(t, "room")})
		},
		"leave": func(t *rapid.T) {
			id, _ := m.pick(t, "tobi")
			m.w.ask(id, wire.Leave{})
		},
		"find": func(t *rapid.T) {
			id, _ := m.pick(t, "tobi", "ias")
			names := []string{"nobody"}
			for _, other := range slices.Sorted(maps.Keys(m.clients)) {
				names = append(names, m.clients[other].name)
			}
			m.w.ask(id, wire.Find{Name: rapid.SampledFrom(names).Draw(t, "name")})
		},
		"tell": func(t *rapid.T) {
			id, cl := m.pick(t, "native")
			to, _ := m.pick(t, "tobi", "ias", "a3")
			m.n++
			text := fmt.Sprintf("line %d", m.n)
			m.lines[text] = &uttered{
				by: id, from: cl.name, unsure: m.waits(id), private: map[SessionID]bool{to: true},
				told: map[SessionID]int{}, whispers: map[SessionID]int{},
			}
			m.w.ask(id, wire.Private{To: m.clients[to].name, Text: text})
		},
		"say":      m.says,
		"say more": m.says,
		"create": func(t *rapid.T) {
			id, _ := m.pick(t, "tobi", "ias")
			m.w.ask(id, wire.Create{Room: "den"}) // which makes what follows wait
		},
		"hold the log": func(t *rapid.T) { m.w.holdLog = rapid.Bool().Draw(t, "log"); m.w.settle() },
		"pass":         func(*rapid.T) { m.w.pass(300 * time.Millisecond) },
		"":             m.check,
	}
}

// check compares who heard each line with who should have, then forgets those
// that are done with.
func (m *ether) check(t *rapid.T) {
	if len(m.wrong) > 0 {
		t.Fatal(m.wrong)
	}
	for text, line := range m.lines {
		for id, cl := range m.clients {
			n, owed := line.told[id], line.members[id]
			if n > 1 || owed && n != 1 || !owed && n > 0 && !line.direct[id] {
				t.Fatalf("%s, a %s, heard %q of session %d %d times, member: %t", cl.name, cl.kind, text, line.by, n, owed)
			}
			if n, owed := line.whispers[id], line.private[id]; n > 1 || n > 0 && !owed && !line.unsure {
				t.Fatalf("%s, a %s, heard %q of session %d in private %d times, poked: %t", cl.name, cl.kind, text, line.by, n, owed)
			} else if owed && n == 0 && !line.unsure && !m.w.holdLog {
				t.Fatalf("%s, a %s, was poked and has not heard %q of session %d", cl.name, cl.kind, text, line.by)
			}
		}
		if !m.w.holdLog {
			delete(m.lines, text)
		}
	}
}

// TestLinesOfAllFamiliesAreHeardOnce checks, for any order of what clients of
// all families do and of commits: a line enters the log once, under the name
// that its sender has registered, and everybody in its room sees it once,
// whether from the registry or from the sender itself; nobody else does, and a
// multicast group never hears what was said in it; private lines are seen by
// who was poked.
func TestLinesOfAllFamiliesAreHeardOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &ether{
			w: newHarness(t, Config{}), clients: map[SessionID]*client{}, lines: map[string]*uttered{},
			rooms: []string{wire.Lobby, "den", "lab"},
		}
		m.w.onApply, m.w.onDeliver = m.committed, m.told
		first := m.open("native")
		m.w.ask(first, wire.Create{Room: "den", Group: "224.1.1.1:5007"})
		m.w.ask(first, wire.Create{Room: "lab"})
		for _, room := range m.rooms {
			m.w.ask(first, wire.Join{Room: room})
		}
		m.open("bridge")
		rt.Repeat(m.steps())
		m.w.holdLog = false
		m.w.settle()
		m.check(rt)
	})
}
