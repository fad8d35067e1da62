package registry

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"labchat/internal/wire"
)

// maxGroups is how many groups the session is in at a time.
const maxGroups = 8

// maxTold is how many people of a room are remembered by name: in a group
// strangers can say any number.
const maxTold = wire.MaxList

// rooms are those that the session is in: one of tobi, some groups of IAS.
// Owned by loop.
type rooms struct {
	list   []*room
	former map[netip.AddrPort]bool // peers of the room we left: they may go on talking for a while
}

// room is one of them.
type room struct {
	name  string
	told  map[netip.AddrPort]string // who is known to be in it, and as whom
	group *group                    // to whom lines go: IAS

	peers  []netip.AddrPort // to whom lines go: tobi
	coming []netip.AddrPort // what a new list has told so far
	whole  time.Time        // when that is all of it, zero: no list is coming
}

// find returns the room of that name, or nil.
func (r *rooms) find(name string) *room {
	i := slices.IndexFunc(r.list, func(at *room) bool { return wire.Fold(at.name) == wire.Fold(name) })
	if i < 0 {
		return nil
	}
	return r.list[i]
}

// enter goes to the first room, or again to the one we are in.
func (r *rooms) enter(l *loop, again bool) {
	switch {
	case !again && l.isIAS() && l.cfg.Room == "":
		l.emit(&wire.Refused{Of: wire.ActJoin, Code: wire.CodeNotMember, Text: "You are in no group: /rooms lists them, /join enters one, /msg NAME talks to somebody."})
	case !again:
		r.join(l, wire.Join{Room: cmp.Or(l.cfg.Room, wire.Lobby)}, "")
	case !l.isIAS() && len(r.list) > 0:
		l.ask(&ask{req: wire.Join{Room: r.list[0].name}, done: func(e wire.Event) { r.rejoined(l, e) }})
	}
}

// rejoined is the registry's answer after it had forgotten us.
func (r *rooms) rejoined(l *loop, e wire.Event) {
	switch e := e.(type) {
	case *wire.PeerList:
		r.peersChanged(e)
	case *wire.Refused:
		l.emit(e)
		for _, at := range slices.Clone(r.list) {
			r.drop(at)
			l.emit(&wire.Left{Room: at.name, Name: l.me})
		}
	default: // the next check finds out more
	}
}

// join enters a room.
func (r *rooms) join(l *loop, q wire.Join, tag string) {
	if len(r.list) >= maxGroups && r.find(q.Room) == nil {
		l.refuse(q, tag, wire.CodeFull, "You are in many groups. Leave one first.")
		return
	}
	l.askFor(q, tag, func(e wire.Event) {
		switch e := e.(type) {
		case *wire.PeerList:
			r.moved(l, q.Room, e, tag)
		case *wire.Entered:
			r.joinGroup(l, q, e)
		case *wire.Refused:
			if tag == "" && l.cfg.Room == "" && e.Code == wire.CodeNoRoom {
				e.Text = "You are in no room: this registry has no lobby. /rooms lists what it has, /join enters one, /create makes one."
			}
			l.emit(e)
		default:
			l.emit(e)
		}
	})
}

// moved is in a new room of tobi, and in no other.
func (r *rooms) moved(l *loop, name string, e *wire.PeerList, tag string) {
	for _, old := range slices.Clone(r.list) {
		if wire.Fold(old.name) != wire.Fold(name) {
			r.drop(old)
			l.emit(&wire.Left{Room: old.name, Name: l.me})
		}
	}
	at := r.find(name)
	if at == nil {
		at = &room{name: name, told: make(map[netip.AddrPort]string)}
		r.list = append(r.list, at)
	}
	l.emit(&wire.Entered{Re: wire.Re{Re: tag}, Room: at.name, People: l.members(at)})
	r.peersChanged(e)
	if c := l.outbox.carried; c != "" {
		l.notice("What you say in #%s also goes to %s: the registry sends it to whom you have looked up there.", name, c)
	}
}

// peersChanged takes up what has come of a new list, one datagram a name.
func (r *rooms) peersChanged(e *wire.PeerList) {
	if len(r.list) > 0 && r.list[0].group == nil {
		r.list[0].coming, r.list[0].whole = addresses(e.Peers), time.Now().Add(listQuiet)
	}
}

// due says when a list is whole; the zero time is never.
func (r *rooms) due() time.Time {
	if len(r.list) == 0 {
		return time.Time{}
	}
	return r.list[0].whole
}

// takeOver makes a list that is whole the room's.
func (r *rooms) takeOver(l *loop) {
	at := r.list[0]
	at.peers, at.coming, at.whole = at.coming, nil, time.Time{}
	for addr, name := range at.told {
		if !slices.Contains(at.peers, addr) {
			delete(at.told, addr)
			l.emit(&wire.Left{Room: at.name, Name: name})
		}
	}
	for _, addr := range at.peers {
		if label, known := l.talk.Called(addr); known {
			at.tell(l, addr, label)
		}
	}
}

// tell says that somebody is in the room whose name has become known.
func (at *room) tell(l *loop, addr netip.AddrPort, label string) {
	if _, told := at.told[addr]; told || addr == l.registry.addr || len(at.told) >= maxTold {
		return
	}
	at.told[addr] = label
	l.emit(&wire.Joined{Room: at.name, Name: label, Kind: wire.KindDatagram})
}

// leave goes out of a room. tobi's original does not know the word, so that its
// people may go on talking to us: they are not heard any more.
func (r *rooms) leave(l *loop, q wire.Leave, tag string) {
	at := r.find(q.Room)
	if at == nil {
		l.refuse(q, tag, wire.CodeNotMember, "You are not in that room.")
		return
	}
	if at.group == nil {
		l.say(q)
	}
	r.drop(at)
	l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActLeave})
}

// drop forgets a room.
func (r *rooms) drop(at *room) {
	r.list = slices.DeleteFunc(r.list, func(other *room) bool { return other == at })
	if at.group != nil {
		at.group.close()
		return
	}
	r.former = make(map[netip.AddrPort]bool)
	for _, addr := range at.peers {
		r.former[addr] = true
	}
}

func (r *rooms) closeAll() {
	for _, at := range r.list {
		if at.group != nil {
			at.group.close()
		}
	}
}

// peerOf returns the room that an address is a peer in, or nil.
func (r *rooms) peerOf(addr netip.AddrPort) *room {
	i := slices.IndexFunc(r.list, func(at *room) bool {
		return slices.Contains(at.peers, addr) || slices.Contains(at.coming, addr)
	})
	if i < 0 {
		return nil
	}
	return r.list[i]
}

// members are we and who is known.
func (l *loop) members(at *room) []wire.Person {
	people := []wire.Person{{Name: l.me, Kind: wire.KindDatagram}}
	for _, addr := range at.peers {
		label, known := l.talk.Called(addr)
		switch {
		case addr == l.registry.addr: // stands for people of other programs
			continue
		case !known:
			label = addr.String()
		}
		people = append(people, wire.Person{Name: label, Kind: wire.KindDatagram})
	}
	if at.group != nil {
		for _, label := range at.told {
			people = append(people, wire.Person{Name: label, Kind: wire.KindDatagram})
		}
	}
	return people
}

func addresses(peers []wire.Peer) []netip.AddrPort {
	var all []netip.AddrPort
	for _, p := range peers {
		if addr, err := netip.ParseAddrPort(p.Addr); err == nil {
			all = append(all, addr)
		}
	}
	return all
}
