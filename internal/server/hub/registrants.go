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

// registrants owns the people who are known by where their datagrams come from.
// What they say and where they are goes to the others.
type registrants struct {
	*core

	names    *names
	presence *presence
	guests   *guests
	rooms    *rooms
	inboxes  *inboxes
	budgets  *budgets
}

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

// open takes in an address that datagrams come from, or a multicast
// group. It is nobody so far.
func (rg *registrants) open(c call) {
	c.s.reg = &registrant{since: c.now}
	c.s.reg.clear(nil, c.s.origin.Addr)
	if c.s.origin.Group != "" {
		rg.openBridge(c)
	}
}

// noteDatagram notes a datagram, and which peers its sender knew.
func (s *session) noteDatagram(now time.Time, r wire.Request) wire.Request {
	s.reg.since = now
	if line, ok := r.(wire.Say); ok {
		return heard{Say: line, told: s.reg.told}
	}
	return r
}

// signIn gives the session's address a name, beside those that it has.
func (rg *registrants) signIn(c call, r wire.Guest) {
	if u := rg.names.user(r.Name); u != nil && wire.CheckUser(r.Name) == nil {
		switch old := u.sessions[0]; {
		case old == c.s:
			rg.signInAgain(c, u, r.Name)
			return
		case old.reg != nil && old.addr() == c.s.addr() && c.now.Sub(old.reg.since) >= abandonedAfter:
			rg.presence.end(c.as(old), &wire.Goodbye{Code: wire.CodeReplaced, Text: replacedText}, "connected again")
		}
	}
	if !rg.mayTake(c, r.Name) || !rg.mayHaveMore(c) {
		return
	}
	s, u := c.s, rg.presence.appear(c, r.Name, c.s.guestKind(), nil)
	if s.user == nil {
		rg.presence.attach(s, u)
	} else {
		s.reg.more = append(s.reg.more, u)
		u.sessions = append(u.sessions, s)
		rg.presence.online.add(u)
	}
	rg.names.hosts.Add(s.network(), 1)
	rg.answerSignIn(c, u)
}

func (rg *registrants) answerSignIn(c call, u *user) {
	c.reply(&wire.LoggedIn{Re: wire.Re{Re: c.tag}, Name: u.name, Kind: u.kind, Session: c.s.name()})
}

// signInAgain answers as the originals do: the one calls a name taken also by
// the address that has it, the other takes the name's new spelling.
func (rg *registrants) signInAgain(c call, u *user, name string) {
	if !c.s.origin.Manners.Groups {
		c.refuse(wire.CodeNameTaken, "You have that name already.")
		return
	}
	u.name = name
	rg.answerSignIn(c, u)
}

// mayTake is mayTake without a guest's way to respell a name.
func (rg *registrants) mayTake(c call, name string) bool {
	if cl := rg.names.at(name); cl != nil && cl.user != nil && slices.Contains(c.s.names(), cl.user) {
		c.refuse(wire.CodeNameTaken, "You have a name that looks like it already.")
		return false
	}
	return rg.guests.mayTake(c, name)
}

// mayHaveMore checks how many names the address and its host have already.
func (rg *registrants) mayHaveMore(c call) bool {
	from, most := c.s.network(), rg.cfg.Limits
	switch {
	case len(c.s.names()) >= most.NamesPerAddress:
		c.refuse(wire.CodeFull, "Your address has as many names as it can have. Use one of them.")
	case !from.IsLoopback() && rg.names.hosts.Full(from, most.NamesPerHost):
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

// dropNames takes all names from a datagram session, and what its lines stood
// for.
func (rg *registrants) dropNames(s *session) {
	names := s.names()
	s.user = nil
	for _, u := range names {
		rg.presence.part(s, u)
	}
	rg.names.hosts.Add(s.network(), -len(names))
	*s.reg = registrant{since: s.reg.since, listed: s.reg.listed}
	s.reg.clear(nil, s.origin.Addr)
}

// signOut frees all names of the address and its place in a room. It is
// answered also where there was nothing to free.
func (rg *registrants) signOut(c call, _ wire.Logout) {
	rg.presence.vacate(c, "logged out")
	c.done()
}
