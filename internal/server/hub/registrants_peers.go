package hub

import (
	"net/netip"
	"slices"

	"labchat/internal/wire"
)

// join enters a room, or tells of its group.
func (rg *registrants) join(c call, r wire.Join) {
	switch rm := rg.rooms.toEnter(c, r.Room); {
	case rm == nil:
	case c.s.origin.Manners.Groups:
		// Nobody becomes a member by it: the group's people are not known here.
		rg.rooms.keepAlive(c, rm)
		c.reply(&wire.Entered{Re: wire.Re{Re: c.tag}, Room: rm.name, Topic: rm.topic, Last: rm.last, Group: rm.group})
	default:
		rg.joinRoom(c, rm)
	}
}

// joinRoom makes the session the last of the room's peers. It is in one room
// at most: its client sends each line to all peers it has. Who enters it again has
// lost them, or is lost to others, and all are told anew.
func (rg *registrants) joinRoom(c call, rm *room) {
	if c.s.isIn(rm) {
		rm.dropPeer(c.s)
		for _, other := range rm.peers {
			other.reg.anew = true
		}
	} else {
		for _, other := range slices.Clone(c.s.rooms) {
			rg.rooms.exit(c, other, "")
		}
		if rg.rooms.enter(c, rm, false) {
			rg.presence.tellJoined(c, rm)
		}
	}
	rm.peers = append(rm.peers, c.s)
	rg.tellMembers(c, c.s)
	rg.announceMembers(c, rm)
}

func (rm *room) dropPeer(s *session) {
	rm.peers = slices.DeleteFunc(rm.peers, func(other *session) bool { return other == s })
}

// leave goes out of the room that the session is in.
func (rg *registrants) leave(c call, _ wire.Leave) {
	if len(c.s.rooms) == 0 {
		c.refuse(wire.CodeNotMember, "You are in no room. Join one first.")
		return
	}
	rg.rooms.exit(c, c.s.rooms[0], "")
	rg.tellMembers(c, c.s)
}

// removeMember takes a session that leaves a room from its peers.
func (rg *registrants) removeMember(c call, rm *room) {
	if c.s.reg == nil {
		return
	}
	rm.dropPeer(c.s)
	rg.announceMembers(c, rm)
}

// announceMembers tells a room's peers who they are now, all but the one who
// was told at this moment: at once, and then at most twice a second.
func (rg *registrants) announceMembers(c call, rm *room) {
	for _, s := range rm.peers {
		g := s.reg
		next := g.listed.Add(membersEvery)
		switch {
		case s == c.s || g.owed:
		case c.now.Before(next):
			g.owed = true
			rg.due.at(next, deadline{what: dueMembers, session: s.id})
		default:
			rg.tellChanged(c, s)
		}
	}
}

// onMembersDue tells a session the peers that it was not told at once.
func (rg *registrants) onMembersDue(c call) {
	if c.s != nil && c.s.reg.owed && !c.now.Before(c.s.reg.listed.Add(membersEvery)) {
		rg.tellChanged(c, c.s)
	}
}

// tellChanged tells a session its peers unless it knows them for certain.
func (rg *registrants) tellChanged(c call, s *session) {
	s.reg.owed = false
	if _, members := s.members(); s.reg.anew || !slices.Equal(members, s.reg.members) {
		rg.tellMembers(c, s)
	}
}

// tellMembers tells a session its peers.
func (rg *registrants) tellMembers(c call, s *session) {
	list, members := s.members()
	s.reg.listed, s.reg.owed, s.reg.anew = c.now, false, false
	s.reg.clear(members, s.origin.Addr)
	c.out.deliver(s, list)
}

// clear gives a client other peers than it had. It has forgotten all those, and
// so poked users hear it no longer.
func (g *registrant) clear(members []netip.AddrPort, itself netip.AddrPort) {
	g.members, g.told = members, append([]netip.AddrPort{itself}, members...)
	g.pokes, g.offered = nil, nil
}

// members are the peers of a session's room that it can reach, and the
// registry, for everybody else in the room; or nobody.
func (s *session) members() (list *wire.PeerList, addrs []netip.AddrPort) {
	list = &wire.PeerList{}
	for _, rm := range s.rooms {
		list.Room = rm.name
		for _, other := range rm.peers {
			if other != s && meet(s, other) {
				list.Peers = append(list.Peers, wire.Peer{Name: other.user.name, Addr: addrText(other)})
				addrs = append(addrs, other.origin.Addr)
			}
		}
		list.Peers = append(list.Peers, wire.Peer{})
	}
	return list, addrs
}

// addrText is where a session's datagrams come from, as HOST:PORT.
func addrText(s *session) string {
	return netip.AddrPortFrom(s.addr(), s.origin.Addr.Port()).String()
}

// castMissed tells a line of a datagram session to those peers of the room that
// have not had it from itself: who came a moment ago, or can't be reached by
// it. Codecs leave out what the others have had.
func (rg *registrants) castMissed(c call, rm *room, said *wire.Said, told []netip.AddrPort) {
	if said.Via.Dialect != tobiDialect {
		return
	}
	var missed *wire.Said
	for _, s := range rm.peers {
		if slices.Contains(told, s.origin.Addr) {
			continue
		}
		if missed == nil {
			line := *said
			line.Via.Dialect = ""
			missed = &line
		}
		c.out.deliver(s, missed)
	}
}
