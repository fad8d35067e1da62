package hub

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"labchat/internal/wire"
)

// gathering is people who come, go, rename themselves and are away for a moment, and
// some who only listen and keep a list of each room by what they are told.
type gathering struct {
	*harness

	listeners map[SessionID]*belief
	actors    []SessionID
	peers     map[SessionID][]wire.Peer // the last list that each was told
	opened    int
	wrong     []string
}

// belief is what a listener makes of what it was told, as chat/1 says that it
// should: who is in each of its rooms, by Fold.
type belief struct {
	name    string
	rooms   map[string]map[string]wire.Person
	topics  map[string]string
	leaving map[string]string // rooms, by the tag of the request to leave
}

// addresses are those of two networks and of the host itself.
var addresses = []netip.AddrPort{
	loopback, netip.MustParseAddrPort("10.0.0.1:4000"), netip.MustParseAddrPort("[2001:db8::1]:4000"),
}

func (b *belief) hear(e wire.Event) (wrong string) {
	switch e := e.(type) {
	case *wire.LoggedIn:
		b.name = e.Name
	case *wire.Done:
		delete(b.rooms, b.leaving[e.Re.Re])
	case *wire.Entered:
		in := map[string]wire.Person{}
		for _, p := range e.People {
			in[wire.Fold(p.Name)] = p
		}
		b.rooms[e.Room], b.topics[e.Room] = in, e.Topic
	case *wire.TopicSet:
		b.topics[e.Room] = e.Topic
	case *wire.Joined:
		in := b.rooms[e.Room]
		if in == nil {
			return "joined in " + e.Room + ", where the listener is not"
		}
		if _, there := in[wire.Fold(e.Name)]; there {
			return fmt.Sprintf("%s came into %s, and was there", e.Name, e.Room)
		}
		in[wire.Fold(e.Name)] = wire.Person{Name: e.Name, Kind: e.Kind, Away: e.Away, Plain: e.Plain}
	case *wire.Left:
		in := b.rooms[e.Room]
		if _, there := in[wire.Fold(e.Name)]; !there {
			return fmt.Sprintf("%s left %s, and was not there", e.Name, e.Room)
		}
		delete(in, wire.Fold(e.Name))
	case *wire.Renamed:
		return b.change(e.Old, func(p *wire.Person) { p.Name, p.Kind = e.Name, e.Kind })
	case *wire.Presence:
		return b.change(e.Name, func(p *wire.Person) { p.Away, p.Plain = e.Away, e.Plain })
	default:
	}
	return ""
}

// change applies news of somebody to every room that they are in.
func (b *belief) change(name string, how func(p *wire.Person)) (wrong string) {
	known := false
	for _, in := range b.rooms {
		p, there := in[wire.Fold(name)]
		if !there {
			continue
		}
		known = true
		delete(in, wire.Fold(name))
		how(&p)
		if other, there := in[wire.Fold(p.Name)]; there {
			wrong = fmt.Sprintf("%s became %s, and %s was there", name, p.Name, other.Name)
		}
		in[wire.Fold(p.Name)] = p
	}
	if !known {
		return name + " changed, and was nowhere"
	}
	return wrong
}

func (g *gathering) open(dialect string, from netip.AddrPort) SessionID {
	g.opened++
	o := silent(from)
	if dialect != "silent" && dialect != "tobi" {
		o = origin(dialect, from)
	}
	if dialect == "tobi" {
		port := netip.AddrPortFrom(from.Addr(), uint16(5000+g.opened)) // a few dozen
		o = Origin{Addr: port, Datagram: true, Dialect: dialect, Manners: datagramsOf(dialect).Manners()}
	}
	id := g.harness.open(o)
	if o.Manners.Native {
		g.ask(id, wire.Hello{Version: 1, Profile: profile(strconv.Itoa(g.opened))})
	}
	return id
}

// decide has a connection show what it is by its first bytes.
func (g *gathering) decide(id SessionID, dialect string, from netip.AddrPort) {
	g.do(func(out *Out) { g.hub.Decide(g.now, id, origin(dialect, from), out) })
	if dialect != "a3" {
		g.do(func(out *Out) { g.hub.Decide(g.now, id, origin("safe", from), out) })
		g.ask(id, wire.Hello{Version: 1})
	}
}

// listen opens somebody who only listens, in all rooms.
func (g *gathering) listen() {
	id := g.open("safe", loopback)
	b := &belief{rooms: map[string]map[string]wire.Person{}, topics: map[string]string{}, leaving: map[string]string{}}
	g.listeners[id] = b
	g.ask(id, wire.Guest{Name: fmt.Sprintf("listener%d", g.opened)})
	g.ask(id, wire.Create{Room: "den"})
	g.ask(id, wire.Join{Room: wire.Lobby})
	g.ask(id, wire.Join{Room: "den"})
}

func (g *gathering) steps() map[string]func(*rapid.T) {
	names := []string{"alice", "Alice", "bob", "carl", "COCO", "coco"}
	rooms := []string{wire.Lobby, "den"}
	somebody := func(t *rapid.T) SessionID {
		if len(g.actors) == 0 {
			t.Skip("nobody is here")
		}
		return rapid.SampledFrom(g.actors).Draw(t, "session")
	}
	listener := func(t *rapid.T) SessionID {
		return rapid.SampledFrom(slices.Sorted(maps.Keys(g.listeners))).Draw(t, "listener")
	}
	say := func(t *rapid.T, id SessionID, r wire.Request) {
		if s := g.hub.sessions[id]; s != nil && s.origin.Dialect == "" {
			g.decide(id, rapid.SampledFrom([]string{"a3", "native", "tls"}).Draw(t, "dialect"), s.origin.Addr)
		}
		g.ask(id, r)
	}
	ask := func(build func(t *rapid.T) wire.Request) func(t *rapid.T) {
		return func(t *rapid.T) { say(t, somebody(t), build(t)) }
	}
	name := func(t *rapid.T) string { return rapid.SampledFrom(names).Draw(t, "name") }
	room := func(t *rapid.T) string { return rapid.SampledFrom(rooms).Draw(t, "room") }
	return map[string]func(*rapid.T){
		"open": func(t *rapid.T) {
			dialect := rapid.SampledFrom([]string{"native", "safe", "a3", "silent", "tobi", "prompt", "names"}).Draw(t, "dialect")
			g.actors = append(g.actors, g.open(dialect, rapid.SampledFrom(addresses).Draw(t, "from")))
		},
		"open native": func(t *rapid.T) {
			g.actors = append(g.actors, g.open("safe", rapid.SampledFrom(addresses).Draw(t, "from")))
		},
		"gone": func(t *rapid.T) {
			id := somebody(t)
			g.actors = slices.DeleteFunc(g.actors, func(other SessionID) bool { return other == id })
			g.gone(id)
		},
		"guest":    ask(func(t *rapid.T) wire.Request { return wire.Guest{Name: name(t)} }),
		"register": ask(func(t *rapid.T) wire.Request { return wire.Register{Name: name(t), Password: "sesame-1", Legacy: true} }),
		"login":    ask(func(t *rapid.T) wire.Request { return wire.Login{Name: name(t), Password: "sesame-1"} }),
		"come back": ask(func(t *rapid.T) wire.Request {
			all := slices.Sorted(maps.Keys(g.tokens))
			if len(all) == 0 {
				t.Skip("nobody has a token")
			}
			return wire.Login{Token: rapid.SampledFrom(g.tokens[rapid.SampledFrom(all).Draw(t, "of")]).Draw(t, "token")}
		}),
		"logout": ask(func(*rapid.T) wire.Request { return wire.Logout{} }),
		"quit":   ask(func(*rapid.T) wire.Request { return wire.Quit{} }),
		"join":   ask(func(t *rapid.T) wire.Request { return wire.Join{Room: room(t)} }),
		"resume": ask(func(*rapid.T) wire.Request {
			return wire.Resume{Rooms: []wire.Mark{{Room: wire.Lobby}, {Room: "den"}}}
		}),
		"leave": ask(func(t *rapid.T) wire.Request { return wire.Leave{Room: room(t)} }),
		"away": ask(func(t *rapid.T) wire.Request {
			return wire.Away{Text: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "text")}
		}),
		"say": func(t *rapid.T) {
			id := somebody(t)
			say(t, id, wire.Say{Room: room(t), Text: fmt.Sprint(id)})
		},
		"topic": ask(func(t *rapid.T) wire.Request {
			text := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "topic")
			return wire.Topic{Room: "den", Text: &text}
		}),
		"listener's topic": func(t *rapid.T) {
			text := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "topic")
			g.ask(listener(t), wire.Topic{Room: "den", Text: &text})
		},
		"listen": func(t *rapid.T) {
			if len(g.listeners) > 2 {
				t.Skip("enough of them")
			}
			g.listen()
		},
		"enter anew": func(t *rapid.T) {
			id, rm := listener(t), room(t)
			tag := strconv.Itoa(len(g.listeners[id].leaving))
			g.listeners[id].leaving[tag] = rm
			g.ask(id, wire.Leave{Head: wire.Head{Tag: tag}, Room: rm})
			g.ask(id, wire.Join{Room: rm})
		},
		"moment": func(t *rapid.T) {
			g.pass(time.Duration(rapid.IntRange(1, 15).Draw(t, "tenths")) * time.Second / 10)
		},
		"hold back": func(t *rapid.T) {
			g.holdLog, g.holdJobs = rapid.Bool().Draw(t, "log"), rapid.Bool().Draw(t, "jobs")
			g.settle()
		},
		"": func(t *rapid.T) {
			if len(g.wrong) > 0 {
				t.Fatal(g.wrong)
			}
		},
	}
}

// settleDown lets everything be told that is owed.
func (g *gathering) settleDown() {
	g.holdLog, g.holdJobs = false, false
	g.settle()
	g.pass(20 * time.Second)
}

// writes reports whether the session that has written a line is still there.
func (g *gathering) writes(said *wire.Said) bool {
	id, err := strconv.ParseUint(said.Text, 10, 64)
	s := g.hub.sessions[SessionID(id)]
	return err == nil && s != nil && s.isIn(g.hub.rooms.find(said.Room))
}

// truth is who is in a room.
func (g *gathering) truth(name string) map[string]wire.Person {
	in := map[string]wire.Person{}
	for u := range g.hub.rooms.find(name).people.users() {
		in[wire.Fold(u.name)] = wire.Person{Name: u.name, Kind: u.kind, Away: u.away, Plain: u.isPlain()}
	}
	return in
}

// checkNothingIsOwed checks that nothing waits for ever, and that nothing is kept
// that belongs to nobody.
func (g *gathering) checkNothingIsOwed(t *rapid.T) {
	h := g.hub
	here := map[*share]int{}
	for id, s := range h.sessions {
		if n, _ := h.Pending(id); n > 0 {
			t.Errorf("%d requests of session %d wait for ever", n, id)
		}
		if s.share != nil {
			here[s.share]++
		}
	}
	for n, sh := range h.budgets.shares.of {
		if sh.site != nil {
			here[sh.site]++
		}
		if len(sh.waiting) > 0 {
			t.Errorf("%d sessions of %v wait for ever", len(sh.waiting), n)
		}
	}
	for n, sh := range h.budgets.shares.of {
		if sh.sessions != here[sh] {
			t.Errorf("%d sessions are counted of %v, want %d", sh.sessions, n, here[sh])
		}
	}
	for _, rm := range h.rooms.ordered {
		if n := len(rm.news.passages); n > 0 || rm.news.topic != nil || rm.news.due {
			t.Errorf("%s is still owed: %d passages, topic %v, deadline %t", rm.name, n, rm.news.topic, rm.news.due)
		}
	}
	if len(h.presence.owing)+len(h.news.passing) > 0 {
		t.Errorf("names and passages are still owed: %v %v", h.presence.owing, h.news.passing)
	}
	for name, cl := range h.names.claims {
		if cl.user == nil && cl.account == nil && cl.reserved == "" && cl.absent == nil {
			t.Errorf("the name %s is nobody's", name)
		}
	}
	if most := len(h.sessions) + len(h.names.claims) + len(h.rooms.ordered) + 50; len(h.due) > most {
		t.Errorf("%d deadlines are left, want %d at most", len(h.due), most)
	}
}

// TestWhoAppliesTheNewsKnowsWhoIsThere checks what chat/1 promises: that whoever
// applies what it is told of others to the list that it got when it entered a room
// knows who is there, under which names, of which kinds, who is away, who reads in
// clear text and what the topic is, whatever happens within the second in which
// news wait.
func TestWhoAppliesTheNewsKnowsWhoIsThere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.SampledFrom([]int{0, 3, 10, 10}).Draw(rt, "rate")
		g := &gathering{harness: newHarness(t, Config{Register: true, Rate: rate}), listeners: map[SessionID]*belief{}, peers: map[SessionID][]wire.Peer{}}
		g.onDeliver = func(id SessionID, e wire.Event) {
			if g.closed[id] {
				g.wrong = append(g.wrong, fmt.Sprintf("session %d, which is closed, was sent %T", id, e))
			}
			if list, ok := e.(*wire.PeerList); ok {
				g.peers[id] = list.Peers
			}
			b := g.listeners[id]
			if in, ok := e.(*wire.LoggedIn); ok && b == nil && in.Token != "" {
				g.tokens[id] = append(g.tokens[id], in.Token)
			}
			if b == nil {
				return
			}
			if said, ok := e.(*wire.Said); ok && g.writes(said) && b.rooms[said.Room][wire.Fold(said.From)].Name != said.From {
				g.wrong = append(g.wrong, said.From+" wrote and was not known to be there")
			}
			if wrong := b.hear(e); wrong != "" {
				g.wrong = append(g.wrong, fmt.Sprintf("%s heard: %s", b.name, wrong))
			}
		}
		g.listen()
		rt.Repeat(g.steps())
		g.settleDown()
		if len(g.wrong) > 0 {
			rt.Fatal(g.wrong)
		}
		for id, b := range g.listeners {
			for room, got := range b.rooms {
				if want := g.truth(room); !maps.Equal(got, want) {
					rt.Fatalf("listener %d believes that %v are in %s, want %v", id, got, room, want)
				}
			}
			if in := b.rooms["den"]; in != nil && b.topics["den"] != g.hub.rooms.find("den").topic {
				rt.Fatalf("listener %d believes that the topic is %q, want %q", id, b.topics["den"], g.hub.rooms.find("den").topic)
			}
		}
		for _, s := range g.hub.peers.members {
			if got, want := g.peers[s.id], g.hub.peers.current(); !slices.Equal(got, want) {
				rt.Fatalf("session %d was told last that %v can be reached, want %v", s.id, got, want)
			}
		}
		g.checkNothingIsOwed(rt)
	})
}
