package hub

import (
	"net/netip"
	"slices"

	"labchat/internal/wire"
)

// joinByDatagram enters a room, or tells of its group.
func (h *Hub) joinByDatagram(c call, r wire.Join) {
	rm := h.rooms.open(r.Room)
	switch {
	case rm == nil:
		h.refuseNoRoom(c, r.Room)
	case c.s.origin.Dialect == iasDialect:
		h.tellGroup(c, rm)
	case c.s.user == nil:
		c.refuse(wire.CodeLoginFirst, "Register a name first.")
	case !c.s.in(rm) && len(rm.peers) >= maxMembers:
		c.refuse(wire.CodeFull, "The room has as many people with programs like yours as can send to each other. Join another one.")
	default:
		h.joinPeers(c, rm)
	}
}

// joinPeers makes the session the last of the room's peers. It is in one room
// at most: its client sends each line to all peers it has. Who enters it again has
// lost them, or is lost to others, and all are told anew.
func (h *Hub) joinPeers(c call, rm *room) {
	if c.s.in(rm) {
		rm.dropPeer(c.s)
		for _, other := range rm.peers {
			other.reg.anew = true
		}
	} else {
		for _, other := range slices.Clone(c.s.rooms) {
			h.exit(c, other, "")
		}
		if h.enter(c, rm, false) {
			h.tellJoined(c, rm)
		}
	}
	rm.peers = append(rm.peers, c.s)
	h.tellMembers(c, c.s)
	h.membersChanged(c, rm)
}

func (rm *room) dropPeer(s *session) {
	rm.peers = slices.DeleteFunc(rm.peers, func(other *session) bool { return other == s })
}

// leaveByDatagram goes out of the room that the session is in.
func (h *Hub) leaveByDatagram(c call, _ wire.Leave) {
	if len(c.s.rooms) == 0 {
		c.refuse(wire.CodeNotMember, "You are in no room. Join one first.")
		return
	}
	h.exit(c, c.s.rooms[0], "")
	h.tellMembers(c, c.s)
}

// unlist takes a session that leaves a room from its peers.
func (h *Hub) unlist(c call, rm *room) {
	if c.s.reg == nil {
		return
	}
	rm.dropPeer(c.s)
	h.membersChanged(c, rm)
}

// membersChanged tells a room's peers who they are now, all but the one who
// was told at this moment: at once, and then at most twice a second.
func (h *Hub) membersChanged(c call, rm *room) {
	for _, s := range rm.peers {
		g := s.reg
		next := g.listed.Add(membersEvery)
		switch {
		case s == c.s || g.owed:
		case c.now.Before(next):
			g.owed = true
			h.due.at(next, deadline{what: dueMembers, session: s.id})
		default:
			h.tellChanged(c, s)
		}
	}
}

// membersDue tells a session the peers that it was not told at once.
func (h *Hub) membersDue(c call) {
	if c.s != nil && c.s.reg.owed && !c.now.Before(c.s.reg.listed.Add(membersEvery)) {
		h.tellChanged(c, c.s)
	}
}

// tellChanged tells a session its peers unless it knows them for certain.
func (h *Hub) tellChanged(c call, s *session) {
	s.reg.owed = false
	if _, members := s.members(); s.reg.anew || !slices.Equal(members, s.reg.members) {
		h.tellMembers(c, s)
	}
}

// tellMembers tells a session its peers.
func (h *Hub) tellMembers(c call, s *session) {
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
func (h *Hub) castMissed(c call, rm *room, said *wire.Said, told []netip.AddrPort) {
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
