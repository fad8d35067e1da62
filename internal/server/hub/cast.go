package hub

import (
	"slices"

	"labchat/internal/wire"
)

// cast tells a room. The one left out, if any, gets instead at this place.
// Sessions that hold the room keep the event for later. A room where everybody
// can be told lines only is told nothing else: ten thousand old programs coming
// would otherwise each be announced to all.
func (rs *rooms) cast(c call, rm *room, e wire.Event, except *session, instead wire.Event) {
	if rm.notified == 0 && instead == nil && wire.LineID(e) == 0 {
		return
	}
	effect := Effect{Op: OpCast, Audience: rm.audience, Event: e}
	switch {
	case except == nil:
	case rm.isHeardBy(except):
		effect.Session, effect.Instead = except.id, instead
	case instead != nil:
		defer c.out.deliver(except, instead)
	}
	c.out.Effects = append(c.out.Effects, effect)
	for s := range rm.holders {
		if s != except {
			s.held.keep(&rs.due, c, s, e)
		}
	}
}

// castRooms tells several rooms, and whoever is in more than one of them once.
func (rs *rooms) castRooms(c call, rooms []*room, e wire.Event, except *session) {
	if len(rooms) == 1 {
		rs.cast(c, rooms[0], e, except, nil)
		return
	}
	rs.marks++
	if except != nil {
		except.mark = rs.marks
	}
	for _, rm := range rooms {
		for u := range rm.people.users() {
			rs.tellIn(c, rm, u, e)
		}
	}
}

// tellIn tells the sessions that u has in a room, unless they were told in
// this round of castRooms.
func (rs *rooms) tellIn(c call, rm *room, u *user, e wire.Event) {
	for _, s := range u.sessions {
		switch {
		case s.mark == rs.marks || !s.isIn(rm):
		case rm.isHeardBy(s):
			s.mark = rs.marks
			c.out.deliver(s, e)
		default:
			s.mark = rs.marks
			s.held.keep(&rs.due, c, s, e)
		}
	}
}

// isIn reports whether the session is a member of a room.
func (s *session) isIn(rm *room) bool { return slices.Contains(s.rooms, rm) }

// isHeardBy reports whether the session is subscribed to what the room hears.
func (rm *room) isHeardBy(s *session) bool {
	if len(rm.holders) > 0 {
		if _, holds := rm.holders[s]; holds {
			return false
		}
	}
	return s.isIn(rm) || s.bridge == rm
}

// listen makes the session hear the room at once again.
func (rm *room) listen(s *session, out *Out) {
	if _, holds := rm.holders[s]; holds {
		delete(rm.holders, s)
		out.Effects = append(out.Effects, Effect{Op: OpSubscribe, Session: s.id, Audience: rm.audience})
	}
}

// holdBack makes the session keep for later what the room hears.
func (rm *room) holdBack(s *session, out *Out) {
	if rm.isHeardBy(s) {
		out.Effects = append(out.Effects, Effect{Op: OpUnsubscribe, Session: s.id, Audience: rm.audience})
	}
	rm.holders[s] = struct{}{}
}

// enter puts the session into a room, where it listens or holds, and says
// whether its user was not there before. Nobody is told.
func (rs *rooms) enter(c call, rm *room, holds bool) (came bool) {
	rs.presence.settleGuise(c, c.s.user)
	rs.news.settleOthers(c, rm, c.s.user.name)
	rs.news.settleRoom(c, rm)
	c.s.rooms = append(c.s.rooms, rm)
	rm.count(c.s, 1)
	rm.holders[c.s] = struct{}{}
	if !holds {
		rm.listen(c.s, c.out)
	}
	return rm.people.add(c.s.user)
}

// count notes that a session came or went.
func (rm *room) count(s *session, n int) {
	rm.conns += n
	if s.origin.Manners.Notices {
		rm.notified += n
	}
}

// exit takes the session out of a room and tells it, if the user is gone.
func (rs *rooms) exit(c call, rm *room, reason string) {
	s, u := c.s, c.s.user
	rs.presence.settleGuise(c, u)
	if rm.isHeardBy(s) {
		c.out.Effects = append(c.out.Effects, Effect{Op: OpUnsubscribe, Session: s.id, Audience: rm.audience})
	}
	delete(rm.holders, s)
	s.rooms = slices.DeleteFunc(s.rooms, func(other *room) bool { return other == rm })
	rm.count(s, -1)
	if rm.notified == 0 {
		rs.news.forgetPassages(rm)
	}
	switch gone := rm.people.remove(u); {
	case u.hidden:
		rm.hidden--
	case gone:
		rs.news.tellPassage(c, rm, u.name, false, rs.presence.newLeft(c, rm, u.name, reason), nil)
	}
	rs.registrants.removeMember(c, rm)
	if rm.conns == 0 {
		rs.scheduleEnd(c.now, rm, emptyRoomFor)
	}
}
