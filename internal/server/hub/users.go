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
	as := u.shown()
	return wire.Person{Name: as.name, Kind: as.kind, Away: as.away, Plain: u.plain()}
}

// plain says whether what the session hears can be read on its way.
func (s *session) plain() bool { return !s.origin.Secure }

// plain says whether what the user hears can be read on its way to one of its sessions.
func (u *user) plain() bool { return slices.ContainsFunc(u.sessions, (*session).plain) }

// tellPlain tells a user's rooms whether it reads in clear text now, where that is
// different because the call's session has come to it or gone from it.
func (h *Hub) tellPlain(c call, u *user) {
	others := slices.DeleteFunc(slices.Clone(u.sessions), func(s *session) bool { return s == c.s })
	if !c.s.plain() || len(others) == 0 || slices.ContainsFunc(others, (*session).plain) {
		return
	}
	h.settlePassages(c, u.name)
	h.castRooms(c, u.rooms(), &wire.Presence{Name: u.name, Away: u.away, Plain: u.plain()}, c.s)
}

// anonymous returns the next free AnonymousN.
func (h *Hub) anonymous() string {
	for {
		h.guests++
		if name := "Anonymous" + strconv.FormatUint(h.guests, 10); h.names.at(name) == nil {
			return name
		}
	}
}

// guestKind is the kind of a guest on the session's dialect.
func (s *session) guestKind() wire.Kind {
	switch {
	case s.origin.Datagram:
		return wire.KindDatagram
	case s.old():
		return wire.KindOld
	default:
		return wire.KindGuest
	}
}

// enterUnnamed puts a session into the lobby as AnonymousN, of whom nobody is told
// before announce.
func (h *Hub) enterUnnamed(c call) {
	u := h.appear(c, h.anonymous(), c.s.guestKind(), nil)
	u.unnamed = true
	h.attach(c.s, u)
	h.enter(c, h.rooms.lobby(), c.s.held != nil)
	h.hide(u)
}

// announce tells the lobby about an AnonymousN that is one for good. Where its
// network has come too often it is told a moment later, if it is still there
// then: connections that only come and go are told to nobody.
func (h *Hub) announce(c call) {
	if !c.s.user.hidden {
		return
	}
	if !h.cfg.mayCome(h.shareOf(c.s), c.now) {
		h.due.at(c.now.Add(announceLater), deadline{what: dueAnnounce, session: c.s.id})
		return
	}
	h.announceNow(c)
}

// announceNow is announce for somebody who has been here for a moment, or has
// something to say.
func (h *Hub) announceNow(c call) {
	h.unhide(c.s.user)
	h.tellJoined(c, h.rooms.lobby())
}

// announceDue tells of an AnonymousN that was not told at once, also of one whose
// dialect is not known yet.
func (h *Hub) announceDue(c call) {
	if c.s != nil && c.s.user != nil && c.s.user.hidden {
		h.announceNow(c)
	}
}

// settleIn puts an older program's session that has a name now into the one
// room that it knows of.
func (h *Hub) settleIn(c call) {
	s, lobby := c.s, h.rooms.lobby()
	if !s.old() || s.origin.Datagram || s.in(lobby) {
		return
	}
	h.uncount(s)
	if h.enter(c, lobby, false) {
		h.tellJoined(c, lobby)
	}
	h.enterPeers(c)
}

// uncount ends the counting of a connection that has said no name: it has one
// now, or has gone.
func (h *Hub) uncount(s *session) {
	if s.coming {
		s.coming = false
		h.rooms.lobby().coming--
	}
}

func (h *Hub) hide(u *user) {
	if !u.hidden {
		u.hidden = true
		h.rooms.lobby().hidden++
	}
}

func (h *Hub) unhide(u *user) {
	if u.hidden {
		u.hidden = false
		h.rooms.lobby().hidden--
	}
}

// vanish takes an AnonymousN away that turned out to be something else.
func (h *Hub) vanish(c call) {
	if c.s.user != nil {
		h.vacate(c, "")
	}
	c.s.held = nil
}

// appear makes a user of a name that is free, or of an account that nobody is
// here for.
func (h *Hub) appear(c call, name string, kind wire.Kind, acct *account) *user {
	h.settleName(c, name)
	cl := h.names.claim(name)
	u := &user{name: name, kind: kind, claim: cl, account: acct, since: c.now, named: c.now}
	cl.user = u
	return u
}

func (h *Hub) attach(s *session, u *user) {
	s.user = u
	u.sessions = append(u.sessions, s)
	h.online.add(u)
}

// detach takes the session from its user.
func (h *Hub) detach(s *session) {
	u := s.user
	s.user = nil
	h.part(s, u)
}

// part takes one of its sessions from a user, who is gone with the last one.
func (h *Hub) part(s *session, u *user) {
	u.sessions = slices.DeleteFunc(u.sessions, func(other *session) bool { return other == s })
	if h.online.remove(u) {
		u.claim.user = nil
		h.names.release(u.claim)
	}
}

// vacate takes the session out of its rooms and from its name.
func (h *Hub) vacate(c call, reason string) {
	h.settleGuise(c, c.s.user)
	for len(c.s.rooms) > 0 {
		h.exit(c, c.s.rooms[len(c.s.rooms)-1], reason)
	}
	h.leavePeers(c)
	h.closeEndpoint(c.s)
	switch {
	case c.s.reg != nil:
		h.strike(c.s)
		c.s.unbridge(c.out)
	case c.s.user != nil:
		u := c.s.user
		h.detach(c.s)
		h.tellPlain(c, u)
	}
}

// become gives the session a name that is free, its own, or its account's.
// Its rooms stay and hear about it, and so does the session: what it shows of
// a room follows what the room is told.
func (h *Hub) become(c call, name string, kind wire.Kind, acct *account) {
	s, cl := c.s, h.names.claim(name)
	switch {
	case cl.user != nil && cl.user != s.user:
		h.move(c, cl.user) // the account is here already
	case s.user != nil && len(s.user.sessions) == 1:
		h.rename(c, cl, name, kind, acct)
	default:
		h.move(c, h.appear(c, name, kind, acct))
	}
	if s.origin.Manners.Peers {
		h.tellPeers(c)
	}
}

// rename changes a user that has this session only.
func (h *Hub) rename(c call, cl *claim, name string, kind wire.Kind, acct *account) {
	h.settleName(c, name)
	u := c.s.user
	was, news := u.guise(), h.renamed(c, u.name, name, kind)
	if old := u.claim; old != cl {
		old.user = nil
		h.names.release(old)
		cl.user, u.claim = u, cl
	}
	if u.account != acct {
		h.closeEndpoint(c.s) // its device is not known to be the account's
	}
	if wire.Fold(name) != wire.Fold(u.name) || u.account != acct {
		u.named = c.now
	}
	cl.fold = wire.Fold(name) // one's own name may be respelled by a look-alike
	u.name, u.kind, u.account, u.unnamed = name, kind, acct, false
	h.tellGuise(c, was)
	h.tellPairs(c, news)
}

// move takes the session from one user to another, of whom at least one is
// here otherwise too.
func (h *Hub) move(c call, to *user) {
	h.closeEndpoint(c.s)
	h.settleGuise(c, to)
	h.settlePassages(c, to.name) // the session is told below that this is its name
	if from := c.s.user; from != nil {
		h.settleGuise(c, from)
		h.handOver(c, from, to)
		h.detach(c.s)
		h.tellPlain(c, from)
	}
	h.attach(c.s, to)
	h.tellPlain(c, to)
}

// handOver moves the session's places in its rooms. For others one user goes
// and the other one comes, each where it has no other session; the session
// itself has not left: it is told of its new name, and that the old one stays
// where it does.
func (h *Hub) handOver(c call, from, to *user) {
	if len(c.s.rooms) > 0 {
		c.out.deliver(c.s, h.renamed(c, from.name, to.name, to.kind))
	}
	for _, rm := range c.s.rooms {
		gone := rm.people.remove(from)
		if gone {
			h.tellPassage(c, rm, from.name, false, h.left(c, rm, from.name, ""), c.s)
		}
		if rm.people.add(to) {
			h.tellPassage(c, rm, to.name, true, h.joined(c, rm, to), c.s)
		}
		if !gone {
			c.out.deliver(c.s, h.joined(c, rm, from))
		}
	}
}
