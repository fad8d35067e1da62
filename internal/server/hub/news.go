package hub

import (
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

// What changes back and forth is told once in newsEvery: the first change at
// once, and then what has come of those that followed. The state itself changes
// at once. Where there is no rate, everything is told.

// guise is how a user is known to others.
type guise struct {
	name string
	kind wire.Kind
	away string
}

func (u *user) guise() guise { return guise{u.name, u.kind, u.away} }

// shown is how the user's rooms know it.
func (u *user) shown() guise {
	if u.owed != nil {
		return *u.owed
	}
	return u.guise()
}

// tellGuise tells the user's rooms what it is known by, after a change of the
// call's session. was is how it was known before.
func (h *Hub) tellGuise(c call, was guise) {
	u := c.s.user
	switch {
	case h.cfg.Rate <= 0 || u.owed == nil && c.now.Sub(u.told) >= newsEvery:
		u.told = c.now
		h.castGuise(c, was, nil, c.s)
		return
	case u.owed == nil:
		u.owed = &was
		h.owing[wire.Skeleton(was.name)] = u
		h.due.at(u.told.Add(newsEvery), deadline{what: dueGuise, session: c.s.id})
	}
	if was.name != u.name && len(c.s.rooms) > 0 {
		c.out.deliver(c.s, h.renamed(c, was.name, u.name, u.kind))
	}
}

// castGuise tells what is different from what the user was known by, but for
// the sessions that know: one of its name, one that it is away. Both may be nil.
func (h *Hub) castGuise(c call, was guise, named, away *session) {
	u := c.s.user
	h.settlePassages(c, was.name)
	h.settlePassages(c, u.name) // of who had the name before, too
	if was.name != u.name || was.kind != u.kind {
		c.s.renames++
		h.castRooms(c, u.rooms(), h.renamed(c, was.name, u.name, u.kind), named)
	}
	if was.away != u.away {
		h.castRooms(c, u.rooms(), &wire.Presence{Name: u.name, Away: u.away, Plain: u.plain()}, away)
	}
}

// settleGuise tells what the user's rooms are owed, before they hear of it
// otherwise.
func (h *Hub) settleGuise(c call, u *user) {
	if u == nil || u.owed == nil {
		return
	}
	was := *u.owed
	u.owed, u.told = nil, c.now
	if look := wire.Skeleton(was.name); h.owing[look] == u {
		delete(h.owing, look)
	}
	s := u.sessions[0] // a user with a second one does not change its name
	away := s
	if len(u.sessions) > 1 {
		away = nil // any of them may have asked
	}
	h.castGuise(c.as(s), was, s, away)
}

// settleSpeaker tells what others are owed about whoever has written a line, before
// they get it. c.s is nil where that session has gone.
func (h *Hub) settleSpeaker(c call) {
	if c.s != nil && c.s.user != nil {
		h.settleGuise(c, c.s.user)
		h.settlePassages(c, c.s.user.name)
	}
}

// guiseDue tells what a user's rooms are owed, if it has not been told meanwhile.
func (h *Hub) guiseDue(c call) {
	if c.s != nil && c.s.user != nil && c.now.Sub(c.s.user.told) >= newsEvery {
		h.settleGuise(c, c.s.user)
	}
}

// settleName tells the rooms of somebody whom they still know by a name that
// the call's session takes now.
func (h *Hub) settleName(c call, name string) {
	if u := h.owing[wire.Skeleton(name)]; u != nil && u != c.s.user {
		h.settleGuise(c, u)
	}
}

// passage is somebody's coming and going that a room was told of a moment ago. What
// is owed is set by Hub.owe.
type passage struct {
	by      SessionID  // whose
	renames int        // of the session until then: what was told before another one does not count
	here    bool       // what was told last
	at      time.Time  // when
	owed    wire.Event // what is to be told yet, or nil
	except  SessionID  // but not to this session
}

// roomNews is what a room was told a moment ago, and what it is owed.
type roomNews struct {
	passages map[string]*passage // by Fold of the name
	topic    *wire.TopicSet      // a topic that is to be told yet, or nil
	setter   SessionID           // who has set it, and was answered
	topicAt  time.Time           // when one was told last
	due      bool                // a deadline is set
}

// tellPassage tells a room that somebody has come or gone by the call's session.
func (h *Hub) tellPassage(c call, rm *room, name string, here bool, e wire.Event, except *session) {
	if h.cfg.Rate <= 0 || rm.notified == 0 {
		h.cast(c, rm, e, except, nil)
		return
	}
	h.settleOthers(c, rm, name)
	fold := wire.Fold(name)
	switch p := rm.news.passages[fold]; {
	case p == nil || p.owed == nil && c.now.Sub(p.at) >= newsEvery:
		h.cast(c, rm, e, except, nil)
		if rm.news.passages == nil {
			rm.news.passages = map[string]*passage{}
		}
		rm.news.passages[fold] = &passage{by: c.s.id, renames: c.s.renames, here: here, at: c.now}
		h.awaitNews(c.now, rm)
	case here == p.here:
		h.owe(rm, fold, p, nil)
	default:
		h.owe(rm, fold, p, e)
		p.except = 0
		if except != nil {
			p.except = except.id
		}
	}
}

// owe notes what a room is to be told yet about a name, nil: nothing.
func (h *Hub) owe(rm *room, fold string, p *passage, e wire.Event) {
	was := p.owed
	p.owed = e
	switch {
	case was == nil && e != nil:
		h.passing[fold] = append(h.passing[fold], rm)
	case was != nil && e == nil:
		others := slices.DeleteFunc(h.passing[fold], func(other *room) bool { return other == rm })
		if h.passing[fold] = others; len(others) == 0 {
			delete(h.passing, fold)
		}
	}
}

// forgetPassages forgets what a room is owed where nobody is left who would be told.
func (h *Hub) forgetPassages(rm *room) {
	for fold, p := range rm.news.passages {
		h.owe(rm, fold, p, nil)
	}
	rm.news.passages = nil
}

// settleOthers ends what a room is owed about somebody else who has or had a
// name, or about the call's session before it had other names.
func (h *Hub) settleOthers(c call, rm *room, name string) {
	if len(rm.news.passages) == 0 {
		return
	}
	fold := wire.Fold(name)
	if p := rm.news.passages[fold]; p != nil && (p.by != c.s.id || p.renames != c.s.renames) {
		h.settlePassage(c, rm, fold)
		delete(rm.news.passages, fold)
	}
}

// settleRoom tells a room who has come and gone, before the call's session is
// shown who is there. Its own coming and going may still end as it was.
func (h *Hub) settleRoom(c call, rm *room) {
	for _, fold := range slices.Sorted(maps.Keys(rm.news.passages)) {
		if p := rm.news.passages[fold]; p.by != c.s.id || fold != wire.Fold(c.s.user.name) {
			h.settlePassage(c, rm, fold)
		}
	}
}

// settlePassages tells every room what it is owed about a name: news of the name go
// for all rooms that somebody knows it from.
func (h *Hub) settlePassages(c call, name string) {
	if len(h.passing) == 0 {
		return
	}
	fold := wire.Fold(name)
	for _, rm := range slices.Clone(h.passing[fold]) {
		h.settlePassage(c, rm, fold)
	}
}

// settlePassage tells a room what it is owed about a name.
func (h *Hub) settlePassage(c call, rm *room, fold string) {
	p := rm.news.passages[fold]
	if p == nil || p.owed == nil {
		return
	}
	switch e := p.owed.(type) { // others have come and gone meanwhile
	case *wire.Joined:
		e.Count, e.Names = rm.counted(), rm.visible()
	case *wire.Left:
		e.Count, e.Names = rm.counted(), rm.visible()
	default: // nothing else is a passage
	}
	h.cast(c, rm, p.owed, h.sessions[p.except], nil)
	h.owe(rm, fold, p, nil)
	p.here, p.at = !p.here, c.now
}

// tellTopic tells a room its topic, and the asker's session as its answer.
func (h *Hub) tellTopic(c call, rm *room, news *wire.TopicSet) {
	n := &rm.news
	answer := *news
	answer.Re = wire.Re{Re: c.tag}
	switch {
	case h.cfg.Rate > 0 && c.now.Sub(n.topicAt) < newsEvery:
		n.topic, n.setter = news, 0
		h.awaitNews(c.now, rm)
		if c.s != nil {
			n.setter = c.s.id
			c.out.deliver(c.s, &answer)
		}
	case c.s == nil:
		n.topic, n.topicAt = nil, c.now
		h.cast(c, rm, news, nil, nil)
	default:
		n.topic, n.topicAt = nil, c.now
		h.cast(c, rm, news, c.s, &answer)
	}
}

// awaitNews sets the deadline for what the room is owed.
func (h *Hub) awaitNews(now time.Time, rm *room) {
	if !rm.news.due {
		rm.news.due = true
		h.due.at(now.Add(newsEvery), deadline{what: dueNews, room: rm.name})
	}
}

// newsDue tells a room what it is owed, and forgets what it was told long ago.
func (h *Hub) newsDue(c call, name string) {
	rm := h.rooms.byName[name]
	if rm == nil {
		return
	}
	n := &rm.news
	n.due = false
	for _, fold := range slices.Sorted(maps.Keys(n.passages)) {
		switch p := n.passages[fold]; {
		case c.now.Sub(p.at) < newsEvery:
		case p.owed != nil:
			h.settlePassage(c, rm, fold)
		default:
			delete(n.passages, fold)
		}
	}
	if n.topic != nil && c.now.Sub(n.topicAt) >= newsEvery {
		h.cast(c, rm, n.topic, h.sessions[n.setter], nil)
		n.topic, n.topicAt = nil, c.now
	}
	if len(n.passages) > 0 || n.topic != nil {
		h.awaitNews(c.now, rm)
	}
}
