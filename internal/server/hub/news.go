package hub

import (
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

// news owns what rooms were told a moment ago and what they are owed: who has come
// and gone, and topics.
type news struct {
	*core

	rooms   *rooms
	passing map[string][]*room // by Fold: which rooms are owed that somebody of the name has come or gone
}

// What changes back and forth is told once in newsEvery: the first change at
// once, and then what has come of those that followed. The state itself changes
// at once. Where there is no rate, everything is told.

// passage is somebody's coming and going that a room was told of a moment ago. What
// is owed is set by news.owe.
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
func (ns *news) tellPassage(c call, rm *room, name string, here bool, e wire.Event, except *session) {
	if ns.cfg.Rate <= 0 || rm.notified == 0 {
		ns.rooms.cast(c, rm, e, except, nil)
		return
	}
	ns.settleOthers(c, rm, name)
	fold := wire.Fold(name)
	switch p := rm.news.passages[fold]; {
	case p == nil || p.owed == nil && c.now.Sub(p.at) >= newsEvery:
		ns.rooms.cast(c, rm, e, except, nil)
		if rm.news.passages == nil {
			rm.news.passages = map[string]*passage{}
		}
		rm.news.passages[fold] = &passage{by: c.s.id, renames: c.s.renames, here: here, at: c.now}
		ns.schedule(c.now, rm)
	case here == p.here:
		ns.owe(rm, fold, p, nil)
	default:
		ns.owe(rm, fold, p, e)
		p.except = 0
		if except != nil {
			p.except = except.id
		}
	}
}

// owe notes what a room is to be told yet about a name, nil: nothing.
func (ns *news) owe(rm *room, fold string, p *passage, e wire.Event) {
	was := p.owed
	p.owed = e
	switch {
	case was == nil && e != nil:
		ns.passing[fold] = append(ns.passing[fold], rm)
	case was != nil && e == nil:
		others := slices.DeleteFunc(ns.passing[fold], func(other *room) bool { return other == rm })
		if ns.passing[fold] = others; len(others) == 0 {
			delete(ns.passing, fold)
		}
	}
}

// forgetPassages forgets what a room is owed where nobody is left who would be told.
func (ns *news) forgetPassages(rm *room) {
	for fold, p := range rm.news.passages {
		ns.owe(rm, fold, p, nil)
	}
	rm.news.passages = nil
}

// settleOthers ends what a room is owed about somebody else who has or had a
// name, or about the call's session before it had other names.
func (ns *news) settleOthers(c call, rm *room, name string) {
	if len(rm.news.passages) == 0 {
		return
	}
	fold := wire.Fold(name)
	if p := rm.news.passages[fold]; p != nil && (p.by != c.s.id || p.renames != c.s.renames) {
		ns.settlePassage(c, rm, fold)
		delete(rm.news.passages, fold)
	}
}

// settleRoom tells a room who has come and gone, before the call's session is
// shown who is there. Its own coming and going may still end as it was.
func (ns *news) settleRoom(c call, rm *room) {
	for _, fold := range slices.Sorted(maps.Keys(rm.news.passages)) {
		if p := rm.news.passages[fold]; p.by != c.s.id || fold != wire.Fold(c.s.user.name) {
			ns.settlePassage(c, rm, fold)
		}
	}
}

// settlePassages tells every room what it is owed about a name: news of the name go
// for all rooms that somebody knows it from.
func (ns *news) settlePassages(c call, name string) {
	if len(ns.passing) == 0 {
		return
	}
	fold := wire.Fold(name)
	for _, rm := range slices.Clone(ns.passing[fold]) {
		ns.settlePassage(c, rm, fold)
	}
}

// settlePassage tells a room what it is owed about a name.
func (ns *news) settlePassage(c call, rm *room, fold string) {
	p := rm.news.passages[fold]
	if p == nil || p.owed == nil {
		return
	}
	switch e := p.owed.(type) { // others have come and gone meanwhile
	case *wire.Joined:
		e.Count, e.Names = rm.countAll(), rm.countVisible()
	case *wire.Left:
		e.Count, e.Names = rm.countAll(), rm.countVisible()
	default: // nothing else is a passage
	}
	ns.rooms.cast(c, rm, p.owed, ns.sessions[p.except], nil)
	ns.owe(rm, fold, p, nil)
	p.here, p.at = !p.here, c.now
}

// tellTopic tells a room its topic, and the asker's session as its answer.
func (ns *news) tellTopic(c call, rm *room, news *wire.TopicSet) {
	n := &rm.news
	answer := *news
	answer.Re = wire.Re{Re: c.tag}
	switch {
	case ns.cfg.Rate > 0 && c.now.Sub(n.topicAt) < newsEvery:
		n.topic, n.setter = news, 0
		ns.schedule(c.now, rm)
		if c.s != nil {
			n.setter = c.s.id
			c.out.deliver(c.s, &answer)
		}
	case c.s == nil:
		n.topic, n.topicAt = nil, c.now
		ns.rooms.cast(c, rm, news, nil, nil)
	default:
		n.topic, n.topicAt = nil, c.now
		ns.rooms.cast(c, rm, news, c.s, &answer)
	}
}

// schedule sets the deadline for what the room is owed.
func (ns *news) schedule(now time.Time, rm *room) {
	if !rm.news.due {
		rm.news.due = true
		ns.due.at(now.Add(newsEvery), deadline{what: dueNews, room: rm.name})
	}
}

// onNewsDue tells a room what it is owed, and forgets what it was told long ago.
func (ns *news) onNewsDue(c call, name string) {
	rm := ns.rooms.byName[name]
	if rm == nil {
		return
	}
	n := &rm.news
	n.due = false
	for _, fold := range slices.Sorted(maps.Keys(n.passages)) {
		switch p := n.passages[fold]; {
		case c.now.Sub(p.at) < newsEvery:
		case p.owed != nil:
			ns.settlePassage(c, rm, fold)
		default:
			delete(n.passages, fold)
		}
	}
	if n.topic != nil && c.now.Sub(n.topicAt) >= newsEvery {
		ns.rooms.cast(c, rm, n.topic, ns.sessions[n.setter], nil)
		n.topic, n.topicAt = nil, c.now
	}
	if len(n.passages) > 0 || n.topic != nil {
		ns.schedule(c.now, rm)
	}
}
