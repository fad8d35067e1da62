package hub

import (
	"net/netip"
	"slices"
	"time"

	"labchat/internal/wire"
)

// The dialects of people who are known by the source address of their
// datagrams, as wire names them.
const (
	tobiDialect = "tobi" // members of a room send each other their lines
	iasDialect  = "ias"  // one correspondent at a time, and multicast groups
)

// registrant is what a datagram session has beside what all have. Its client
// keeps a list of peers, to each of which it sends each of its lines; what is
// kept here says what the registry's place in that list stands for.
type registrant struct {
	since   time.Time        // of its last datagram
	more    []*user          // its names but the first, which is the session's user
	pokes   []poke           // to whom its lines go
	offered *poke            // who wrote to it while its client had no peers
	told    []netip.AddrPort // its client's peers, itself first
	members []netip.AddrPort // of them, those of its room, as it was told them last
	listed  time.Time        // when that was
	owed    bool             // it is to be told again when it may be
	anew    bool             // and even what it was told already: a datagram may be lost
}

// heard is a line of a datagram session, with the peers that its client knew
// when it sent it, and has sent it to.
type heard struct {
	wire.Say

	told []netip.AddrPort
}

// registryRules is the table of requests of datagram sessions. Their programs
// ask a registry that does not look at who asks.
var registryRules = map[wire.Act]rule{
	wire.ActGuest:  {on((*Hub).signIn), 0, one},
	wire.ActLogout: {on((*Hub).signOut), 0, one},
	wire.ActFind:   {on((*Hub).find), 0, free},
	wire.ActPeople: {on((*Hub).registryPeople), 0, free},
	wire.ActRooms:  {on((*Hub).registryRooms), 0, free},
	wire.ActCreate: {on((*Hub).create), 0, one},
	wire.ActJoin:   {on((*Hub).joinByDatagram), 0, one},
	wire.ActLeave:  {on((*Hub).leaveByDatagram), needName, one},
	wire.ActSay:    {on((*Hub).sayByDatagram), needName, line},
}

// bridgeRules is the table of requests of multicast groups.
var bridgeRules = map[wire.Act]rule{wire.ActSay: {on((*Hub).sayInGroup), 0, one}}

// openDatagram takes in an address that datagrams come from, or a multicast
// group. It is nobody so far.
func (h *Hub) openDatagram(c call) {
	c.s.reg = &registrant{since: c.now}
	c.s.reg.clear(nil, c.s.origin.Addr)
	if c.s.origin.Group != "" {
		h.openBridge(c)
	}
}

// arrived notes a datagram, and which peers its sender knew.
func (s *session) arrived(now time.Time, r wire.Request) wire.Request {
	s.reg.since = now
	if line, ok := r.(wire.Say); ok {
		return heard{Say: line, told: s.reg.told}
	}
	return r
}

// signIn gives the session's address a name, beside those that it has.
func (h *Hub) signIn(c call, r wire.Guest) {
	if u := h.names.user(r.Name); u != nil && wire.CheckUser(r.Name) == nil {
		switch old := u.sessions[0]; {
		case old == c.s:
			h.signInAgain(c, u, r.Name)
			return
		case old.reg != nil && old.addr() == c.s.addr() && c.now.Sub(old.reg.since) >= abandonedAfter:
			h.end(c.as(old), &wire.Goodbye{Code: wire.CodeReplaced, Text: replacedText}, "connected again")
		}
	}
	if !h.nameFreeFor(c, r.Name) || !h.roomForName(c) {
		return
	}
	s, u := c.s, h.appear(c, r.Name, c.s.guestKind(), nil)
	if s.user == nil {
		h.attach(s, u)
	} else {
		s.reg.more = append(s.reg.more, u)
		u.sessions = append(u.sessions, s)
		h.online.add(u)
	}
	h.names.hosts.Add(s.network(), 1)
	h.signedIn(c, u)
}

func (h *Hub) signedIn(c call, u *user) {
	c.reply(&wire.LoggedIn{Re: wire.Re{Re: c.tag}, Name: u.name, Kind: u.kind, Session: c.s.name()})
}

// signInAgain answers as the originals do: the one calls a name taken also by
// the address that has it, the other takes the name's new spelling.
func (h *Hub) signInAgain(c call, u *user, name string) {
	if c.s.origin.Dialect != iasDialect {
		c.refuse(wire.CodeNameTaken, "You have that name already.")
		return
	}
	u.name = name
	h.signedIn(c, u)
}

// nameFreeFor is nameFree without a guest's way to respell a name.
func (h *Hub) nameFreeFor(c call, name string) bool {
	if cl := h.names.at(name); cl != nil && cl.user != nil && slices.Contains(c.s.names(), cl.user) {
		c.refuse(wire.CodeNameTaken, "You have a name that looks like it already.")
		return false
	}
	return h.nameFree(c, name)
}

// roomForName checks how many names the address and its host have already.
func (h *Hub) roomForName(c call) bool {
	from, most := c.s.network(), h.cfg.Limits
	switch {
	case len(c.s.names()) >= most.NamesPerAddress:
		c.refuse(wire.CodeFull, "Your address has as many names as it can have. Use one of them.")
	case !from.IsLoopback() && h.names.hosts.Full(from, most.NamesPerHost):
		c.refuse(wire.CodeFull, "Your host has as many names as it can have. Try again later.")
	default:
		return true
	}
	return false
}

// names are those of a datagram session, in order of coming.
func (s *session) names() []*user {
	if s.user == nil {
		return nil
	}
	return append([]*user{s.user}, s.reg.more...)
}

// strike takes all names from a datagram session, and what its lines stood
// for.
func (h *Hub) strike(s *session) {
	names := s.names()
	s.user = nil
	for _, u := range names {
		h.part(s, u)
	}
	h.names.hosts.Add(s.network(), -len(names))
	*s.reg = registrant{since: s.reg.since, listed: s.reg.listed}
	s.reg.clear(nil, s.origin.Addr)
}

// signOut frees all names of the address and its place in a room. It is
// answered also where there was nothing to free.
func (h *Hub) signOut(c call, _ wire.Logout) {
	h.vacate(c, "logged out")
	c.done()
}
