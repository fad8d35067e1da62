package hub

import (
	"labchat/internal/wire"
)

// guise is how a user is known to others.
type guise struct {
	name string
	kind wire.Kind
	away string
}

func (u *user) guise() guise { return guise{u.name, u.kind, u.away} }

// publicGuise is how the user's rooms know it.
func (u *user) publicGuise() guise {
	if u.owed != nil {
		return *u.owed
	}
	return u.guise()
}

// tellGuise tells the user's rooms what it is known by, after a change of the
// call's session. was is how it was known before.
func (ps *presence) tellGuise(c call, was guise) {
	u := c.s.user
	switch {
	case ps.cfg.Rate <= 0 || u.owed == nil && c.now.Sub(u.told) >= newsEvery:
		u.told = c.now
		ps.castGuise(c, was, nil, c.s)
		return
	case u.owed == nil:
		u.owed = &was
		ps.owing[wire.Skeleton(was.name)] = u
		ps.due.at(u.told.Add(newsEvery), deadline{what: dueGuise, session: c.s.id})
	}
	if was.name != u.name && len(c.s.rooms) > 0 {
		c.out.deliver(c.s, ps.newRenamed(c, was.name, u.name, u.kind))
	}
}

// castGuise tells what is different from what the user was known by, but for
// the sessions that know: one of its name, one that it is away. Both may be nil.
func (ps *presence) castGuise(c call, was guise, named, away *session) {
	u := c.s.user
	ps.news.settlePassages(c, was.name)
	ps.news.settlePassages(c, u.name) // of who had the name before, too
	if was.name != u.name || was.kind != u.kind {
		c.s.renames++
		ps.rooms.castRooms(c, u.rooms(), ps.newRenamed(c, was.name, u.name, u.kind), named)
	}
	if was.away != u.away {
		ps.rooms.castRooms(c, u.rooms(), &wire.Presence{Name: u.name, Away: u.away, Plain: u.isPlain()}, away)
	}
}

// settleGuise tells what the user's rooms are owed, before they hear of it
// otherwise.
func (ps *presence) settleGuise(c call, u *user) {
	if u == nil || u.owed == nil {
		return
	}
	was := *u.owed
	u.owed, u.told = nil, c.now
	if look := wire.Skeleton(was.name); ps.owing[look] == u {
		delete(ps.owing, look)
	}
	s := u.sessions[0] // a user with a second one does not change its name
	away := s
	if len(u.sessions) > 1 {
		away = nil // any of them may have asked
	}
	ps.castGuise(c.as(s), was, s, away)
}

// settleSpeaker tells what others are owed about whoever has written a line, before
// they get it. c.s is nil where that session has gone.
func (ps *presence) settleSpeaker(c call) {
	if c.s != nil && c.s.user != nil {
		ps.settleGuise(c, c.s.user)
		ps.news.settlePassages(c, c.s.user.name)
	}
}

// onGuiseDue tells what a user's rooms are owed, if it has not been told meanwhile.
func (ps *presence) onGuiseDue(c call) {
	if c.s != nil && c.s.user != nil && c.now.Sub(c.s.user.told) >= newsEvery {
		ps.settleGuise(c, c.s.user)
	}
}

// settleName tells the rooms of somebody whom they still know by a name that
// the call's session takes now.
func (ps *presence) settleName(c call, name string) {
	if u := ps.owing[wire.Skeleton(name)]; u != nil && u != c.s.user {
		ps.settleGuise(c, u)
	}
}
