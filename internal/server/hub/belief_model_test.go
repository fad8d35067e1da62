package hub

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	"labchat/internal/wire"

	"pgregory.net/rapid"
)

// crowd is people who come, go, rename themselves and are away for a moment, and
// some who only listen and keep a list of each room by what they are told.
type crowd struct {
	*world

	listeners map[SessionID]*belief
	actors    []SessionID
	opened    int
	wrong     []string
}

// belief is what a listener makes of what it was told, as chat/1 says that it
// should: who is in each of its rooms, by Fold.
type belief struct {
	name    string
	rooms   map[string]map[string]wire.Person
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
		b.rooms[e.Room] = in
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

func (cr *crowd) open(dialect string, from netip.AddrPort) SessionID {
	cr.opened++
	o := silent(from)
	if dialect != "silent" && dialect != "tobi" {
		o = origin(dialect, from)
	}
	if dialect == "tobi" {
		port := netip.AddrPortFrom(from.Addr(), uint16(5000+cr.opened)) //nolint:gosec // a few dozen
		o = Origin{Addr: port, Datagram: true, Dialect: dialect, Manners: datagramsOf(dialect).Manners()}
	}
	id := cr.world.open(o)
	if o.Manners.Native {
		cr.ask(id, wire.Hello{Version: 1, Profile: profile(fmt.Sprint(cr.opened))})
	}
	return id
}

// decide has a connection show what it is by its first bytes.
func (cr *crowd) decide(id SessionID, dialect string, from netip.AddrPort) {
	cr.do(func(out *Out) { cr.hub.Decide(cr.now, id, origin(dialect, from), out) })
	if dialect != "a3" {
		cr.do(func(out *Out) { cr.hub.Decide(cr.now, id, origin("safe", from), out) })
		cr.ask(id, wire.Hello{Version: 1})
	}
}

// listen opens somebody who only listens, in all rooms.
func (cr *crowd) listen() {
	id := cr.open("safe", loopback)
	b := &belief{rooms: map[string]map[string]wire.Person{}, leaving: map[string]string{}}
	cr.listeners[id] = b
	cr.ask(id, wire.Guest{Name: fmt.Sprintf("listener%d", cr.opened)})
	cr.ask(id, wire.Create{Room: "den"})
	cr.ask(id, wire.Join{Room: wire.Lobby})
	cr.ask(id, wire.Join{Room: "den"})
}

func (cr *crowd) steps() map[string]func(*rapid.T) {
	names := []string{"alice", "Alice", "bob", "carl", "COCO", "coco"}
	rooms := []string{wire.Lobby, "den"}
	somebody := func(t *rapid.T) SessionID {
		if len(cr.actors) == 0 {
			t.Skip("nobody is here")
		}
		return rapid.SampledFrom(cr.actors).Draw(t, "session")
	}
	listener := func(t *rapid.T) SessionID {
		return rapid.SampledFrom(slices.Sorted(maps.Keys(cr.listeners))).Draw(t, "listener")
	}
	ask := func(build func(t *rapid.T) wire.Request) func(t *rapid.T) {
		return func(t *rapid.T) {
			id := somebody(t)
			if s := cr.hub.sessions[id]; s != nil && s.origin.Dialect == "" {
				cr.decide(id, rapid.SampledFrom([]string{"a3", "native", "tls"}).Draw(t, "dialect"), s.origin.Addr)
			}
			cr.ask(id, build(t))
		}
	}
	name := func(t *rapid.T) string { return rapid.SampledFrom(names).Draw(t, "name") }
	room := func(t *rapid.T) string { return rapid.SampledFrom(rooms).Draw(t, "room") }
	return map[string]func(*rapid.T){
		"open": func(t *rapid.T) {
			dialect := rapid.SampledFrom([]string{"native", "safe", "a3", "silent", "tobi", "prompt", "names"}).Draw(t, "dialect")
			cr.actors = append(cr.actors, cr.open(dialect, rapid.SampledFrom(addresses).Draw(t, "from")))
		},
		"open native": func(t *rapid.T) {
			cr.actors = append(cr.actors, cr.open("safe", rapid.SampledFrom(addresses).Draw(t, "from")))
		},
		"gone": func(t *rapid.T) {
			id := somebody(t)
			cr.actors = slices.DeleteFunc(cr.actors, func(other SessionID) bool { return other == id })
			cr.gone(id)
		},
		"guest":    ask(func(t *rapid.T) wire.Request { return wire.Guest{Name: name(t)} }),
		"register": ask(func(t *rapid.T) wire.Request { return wire.Register{Name: name(t), Password: "sesame-1", Legacy: true} }),
		"login":    ask(func(t *rapid.T) wire.Request { return wire.Login{Name: name(t), Password: "sesame-1"} }),
		"come back": ask(func(t *rapid.T) wire.Request {
			all := slices.Sorted(maps.Keys(cr.tokens))
			if len(all) == 0 {
				t.Skip("nobody has a token")
			}
			return wire.Login{Token: rapid.SampledFrom(cr.tokens[rapid.SampledFrom(all).Draw(t, "of")]).Draw(t, "token")}
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
		"say": ask(func(t *rapid.T) wire.Request { return wire.Say{Room: room(t), Text: "hello"} }),
		"listen": func(t *rapid.T) {
			if len(cr.listeners) > 2 {
				t.Skip("enough of them")
			}
			cr.listen()
		},
		"enter anew": func(t *rapid.T) {
			id, rm := listener(t), room(t)
			tag := fmt.Sprint(len(cr.listeners[id].leaving))
			cr.listeners[id].leaving[tag] = rm
			cr.ask(id, wire.Leave{Head: wire.Head{Tag: tag}, Room: rm})
			cr.ask(id, wire.Join{Room: rm})
		},
		"moment": func(t *rapid.T) {
			cr.pass(time.Duration(rapid.IntRange(1, 15).Draw(t, "tenths")) * time.Second / 10)
		},
		"hold back": func(t *rapid.T) {
			cr.holdLog, cr.holdJobs = rapid.Bool().Draw(t, "log"), rapid.Bool().Draw(t, "jobs")
			cr.settle()
		},
		"": func(t *rapid.T) {
			if len(cr.wrong) > 0 {
				t.Fatal(cr.wrong)
			}
		},
	}
}

// settleDown lets everything be told that is owed.
func (cr *crowd) settleDown() {
	cr.holdLog, cr.holdJobs = false, false
	cr.settle()
	cr.pass(20 * time.Second)
}

// truth is who is in a room.
func (cr *crowd) truth(name string) map[string]wire.Person {
	in := map[string]wire.Person{}
	for u := range cr.hub.rooms.find(name).people.users() {
		in[wire.Fold(u.name)] = wire.Person{Name: u.name, Kind: u.kind, Away: u.away, Plain: u.plain()}
	}
	return in
}

// TestWhoAppliesTheNewsKnowsWhoIsThere checks what chat/1 promises: that whoever
// applies what it is told of others to the list that it got when it entered a room
// knows who is there, under which names, of which kinds, who is away and who reads
// in clear text, whatever happens within the second in which news wait.
func TestWhoAppliesTheNewsKnowsWhoIsThere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.SampledFrom([]int{0, 3, 10, 10}).Draw(rt, "rate")
		cr := &crowd{world: newWorld(t, Config{Register: true, Rate: rate}), listeners: map[SessionID]*belief{}}
		cr.onDeliver = func(id SessionID, e wire.Event) {
			if cr.closed[id] {
				cr.wrong = append(cr.wrong, fmt.Sprintf("session %d, which is closed, was sent %T", id, e))
			}
			b := cr.listeners[id]
			if in, ok := e.(*wire.LoggedIn); ok && b == nil && in.Token != "" {
				cr.tokens[id] = append(cr.tokens[id], in.Token)
			}
			if b == nil {
				return
			}
			if said, ok := e.(*wire.Said); ok && cr.truth(said.Room)[wire.Fold(said.From)].Name == said.From {
				if b.rooms[said.Room][wire.Fold(said.From)].Name != said.From {
					cr.wrong = append(cr.wrong, said.From+" wrote and was not known to be there")
				}
			}
			if wrong := b.hear(e); wrong != "" {
				cr.wrong = append(cr.wrong, fmt.Sprintf("%s heard: %s", b.name, wrong))
			}
		}
		cr.listen()
		rt.Repeat(cr.steps())
		cr.settleDown()
		if len(cr.wrong) > 0 {
			rt.Fatal(cr.wrong)
		}
		for id, b := range cr.listeners {
			for room, got := range b.rooms {
				if want := cr.truth(room); !maps.Equal(got, want) {
					rt.Fatalf("listener %d believes that %v are in %s, want %v", id, got, room, want)
				}
			}
			if n, _ := cr.hub.Pending(id); n > 0 {
				rt.Errorf("%d requests of listener %d wait", n, id)
			}
		}
		for id := range cr.hub.sessions {
			if n, _ := cr.hub.Pending(id); n > 0 {
				rt.Errorf("%d requests of session %d wait for ever", n, id)
			}
		}
	})
}
