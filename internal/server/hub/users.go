package hub

import (
	"slices"
	"strconv"
	"time"

	"labchat/internal/wire"
)

// user is a name that is here: with one session, or as many as its account
// has open.
type user struct {
	name     string
	kind     wire.Kind
	claim    *claim
	account  *account // nil for guests
	sessions []*session
	since    time.Time
	named    time.Time // since when the name is its
	away     string
	told     time.Time // when its rooms were told last how it is known
	owed     *guise    // how they know it, where they are to be told otherwise; nil: as it is
	hidden   bool      // its one session's dialect is not known yet, or it is announced later
	unnamed  bool      // an old program that has not logged in
}

func (u *user) person() wire.Person {
	as := u.publicGuise()
	return wire.Person{Name: as.name, Kind: as.kind, Away: as.away, Plain: u.isPlain()}
}

// isPlain reports whether what the session hears can be read on its way.
func (s *session) isPlain() bool { return !s.origin.Secure }

// isPlain reports whether what the user hears can be read on its way to one of its sessions.
func (u *user) isPlain() bool { return slices.ContainsFunc(u.sessions, (*session).isPlain) }

// tellPlain tells a user's rooms whether it reads in clear text now, where that is
// different because the call's session has come to it or gone from it.
func (ps *presence) tellPlain(c call, u *user) {
	others := slices.DeleteFunc(slices.Clone(u.sessions), func(s *session) bool { return s == c.s })
	if !c.s.isPlain() || len(others) == 0 || slices.ContainsFunc(others, (*session).isPlain) {
		return
	}
	ps.news.settlePassages(c, u.name)
	ps.rooms.castRooms(c, u.rooms(), &wire.Presence{Name: u.name, Away: u.away, Plain: u.isPlain()}, c.s)
}

// nextAnonymous returns the next free AnonymousN.
func (d *names) nextAnonymous() string {
	for {
		d.guests++
		if name := "Anonymous" + strconv.FormatUint(d.guests, 10); d.at(name) == nil {
			return name
		}
	}
}

// guestKind is the kind of a guest on the session's dialect.
func (s *session) guestKind() wire.Kind {
	switch {
	case s.origin.Datagram:
		return wire.KindDatagram
	case s.isOld():
		return wire.KindOld
	default:
		return wire.KindGuest
	}
}

// enterUnnamed puts a session into the lobby as AnonymousN, of whom nobody is told
// before announce.
func (ps *presence) enterUnnamed(c call) {
	u := ps.appear(c, ps.names.nextAnonymous(), c.s.guestKind(), nil)
	u.unnamed = true
	ps.attach(c.s, u)
	ps.rooms.enter(c, ps.rooms.lobby(), c.s.held != nil)
	u.hidden = true
	ps.rooms.lobby().hidden++
}

// announce tells the lobby about an AnonymousN that is one for good. Where its
// network has come too often it is told a moment later, if it is still there
// then: connections that only come and go are told to nobody.
func (ps *presence) announce(c call) {
	if !c.s.user.hidden {
		return
	}
	sh := ps.budgets.shareOf(c.s)
	if ps.cfg.Rate > 0 && !sh.isUnbounded() && !sh.spend(c.now, 1, ps.cfg.sharedAllowed()) {
		ps.due.at(c.now.Add(announceLater), deadline{what: dueAnnounce, session: c.s.id})
		return
	}
	ps.announceNow(c)
}

// announceNow is announce for somebody who has been here for a moment, or has
// something to say.
func (ps *presence) announceNow(c call) {
	c.s.user.hidden = false
	ps.rooms.lobby().hidden--
	ps.tellJoined(c, ps.rooms.lobby())
}

// onAnnounceDue tells of an AnonymousN that was not told at once, also of one whose
// dialect is not known yet.
func (ps *presence) onAnnounceDue(c call) {
	if c.s != nil && c.s.user != nil && c.s.user.hidden {
		ps.announceNow(c)
	}
}

// enterLobby puts an older program's session that has a name now into the one
// room that it knows of.
func (ps *presence) enterLobby(c call) {
	s, lobby := c.s, ps.rooms.lobby()
	if !s.isOld() || s.origin.Datagram || s.isIn(lobby) {
		return
	}
	ps.uncount(s)
	if ps.rooms.enter(c, lobby, false) {
		ps.tellJoined(c, lobby)
	}
	ps.peers.enter(c)
}

// uncount ends the counting of a connection that has said no name: it has one
// now, or has gone.
func (ps *presence) uncount(s *session) {
	if s.coming {
		s.coming = false
		ps.rooms.lobby().coming--
	}
}

// appear makes a user of a name that is free, or of an account that nobody is
// here for.
func (ps *presence) appear(c call, name string, kind wire.Kind, acct *account) *user {
	ps.settleName(c, name)
	cl := ps.names.claim(name)
	u := &user{name: name, kind: kind, claim: cl, account: acct, since: c.now, named: c.now}
	cl.user = u
	return u
}

func (ps *presence) attach(s *session, u *user) {
	s.user = u
	u.sessions = append(u.sessions, s)
	ps.online.add(u)
}

// detach takes the session from its user.
func (ps *presence) detach(s *session) {
	u := s.user
	s.user = nil
	ps.part(s, u)
}

// part takes one of its sessions from a user, who is gone with the last one.
func (ps *presence) part(s *session, u *user) {
	u.sessions = slices.DeleteFunc(u.sessions, func(other *session) bool { return other == s })
	if ps.online.remove(u) {
		u.claim.user = nil
		ps.names.release(u.claim)
	}
}

// vacate takes the session out of its rooms and from its name.
func (ps *presence) vacate(c call, reason string) {
	ps.settleGuise(c, c.s.user)
	for len(c.s.rooms) > 0 {
		ps.rooms.exit(c, c.s.rooms[len(c.s.rooms)-1], reason)
	}
	ps.peers.leave(c)
	ps.rendezvous.closeEndpoint(c.s)
	switch {
	case c.s.reg != nil:
		ps.registrants.dropNames(c.s)
		c.s.unbridge(c.out)
	case c.s.user != nil:
		u := c.s.user
		ps.detach(c.s)
		ps.tellPlain(c, u)
	}
}

// takeName gives the session a name that is free, its own, or its account's.
// Its rooms stay and hear about it, and so does the session: what it shows of
// a room follows what the room is told.
func (ps *presence) takeName(c call, name string, kind wire.Kind, acct *account) {
	s, cl := c.s, ps.names.claim(name)
	switch {
	case cl.user != nil && cl.user != s.user:
		ps.move(c, cl.user) // the account is here already
	case s.user != nil && len(s.user.sessions) == 1:
		ps.rename(c, cl, name, kind, acct)
	default:
		ps.move(c, ps.appear(c, name, kind, acct))
	}
	if s.origin.Manners.Peers {
		ps.peers.tell(c)
	}
}

// rename changes a user that has this session only.
func (ps *presence) rename(c call, cl *claim, name string, kind wire.Kind, acct *account) {
	ps.settleName(c, name)
	u := c.s.user
	was, news := u.guise(), ps.newRenamed(c, u.name, name, kind)
	if old := u.claim; old != cl {
		old.user = nil
		ps.names.release(old)
		cl.user, u.claim = u, cl
	}
	if u.account != acct {
		ps.rendezvous.closeEndpoint(c.s) // its device is not known to be the account's
	}
	if wire.Fold(name) != wire.Fold(u.name) || u.account != acct {
		u.named = c.now
	}
	cl.fold = wire.Fold(name) // one's own name may be respelled by a look-alike
	u.name, u.kind, u.account, u.unnamed = name, kind, acct, false
	ps.tellGuise(c, was)
	ps.rendezvous.tellPairs(c, news)
}

// move takes the session from one user to another, of whom at least one is
// here otherwise too.
func (ps *presence) move(c call, to *user) {
	ps.rendezvous.closeEndpoint(c.s)
	ps.settleGuise(c, to)
	ps.news.settlePassages(c, to.name) // the session is told below that this is its name
	if from := c.s.user; from != nil {
		ps.settleGuise(c, from)
		ps.handOver(c, from, to)
		ps.detach(c.s)
		ps.tellPlain(c, from)
	}
	ps.attach(c.s, to)
	ps.tellPlain(c, to)
}

// handOver moves the session's places in its rooms. For others one user goes
// and the other one comes, each where it has no other session; the session
// itself has not left: it is told of its new name, and that the old one stays
// where it does.
func (ps *presence) handOver(c call, from, to *user) {
	if len(c.s.rooms) > 0 {
		c.out.deliver(c.s, ps.newRenamed(c, from.name, to.name, to.kind))
	}
	for _, rm := range c.s.rooms {
		gone := rm.people.remove(from)
		if gone {
			ps.news.tellPassage(c, rm, from.name, false, ps.newLeft(c, rm, from.name, ""), c.s)
		}
		if rm.people.add(to) {
			ps.news.tellPassage(c, rm, to.name, true, ps.newJoined(c, rm, to), c.s)
		}
		if !gone {
			c.out.deliver(c.s, ps.newJoined(c, rm, from))
		}
	}
}
