package hub

import (
	"net/netip"
	"slices"
	"time"

	"labchat/internal/wire"
)

// rooms owns the rooms: who is in them and hears them, what is said there, and
// how they begin and end.
type rooms struct {
	*core
	roomIndex

	names       *names
	presence    *presence
	news        *news
	registrants *registrants
	budgets     *budgets
	quotas      *quotas
	marks       uint64 // rounds of castRooms so far
}

// roomIndex is all rooms there are.
type roomIndex struct {
	byName  map[string]*room // as its maker wrote it: the usual case costs no folding
	byFold  map[string]*room
	byLook  map[string]*room   // by Skeleton: no room looks like another, but for those that are older than a rule
	alike   int                // of these, how many byLook does not have
	making  map[string]Network // by Skeleton: in the log, not there yet
	last    Audience
	made    Counts              // rooms but the lobby, also those that are being made, by from where
	groups  map[netip.Addr]bool // multicast addresses of rooms, also of those that are being made
	main    *room
	ordered []*room // in order of making
}

// room is a place where lines are heard.
type room struct {
	name, topic, owner string
	group              string // IP:PORT of its multicast group, or ""
	made               wire.Millis
	last               wire.ID // its newest line
	audience           Audience
	people             roster
	conns              int                   // sessions in it
	peers              []*session            // of them, those that send each other their lines, in order of joining
	bridge             *session              // its multicast group, or nil; not one of its people
	notified           int                   // of them, those that are told more than lines
	coming             int                   // connections that count already, and enter when they have a name
	holders            map[*session]struct{} // of them, those that are not subscribed
	readers            map[*account]struct{} // accounts that have a mark in it
	hidden             int                   // of its people, those that are not shown
	maker              Network               // from where it was made, zero: not known
	end                roomEnd
	news               roomNews
}

// roomEnd is how far the end of a room is. Rooms that stay come to none.
type roomEnd struct {
	at      time.Time // when it vanishes, if it is empty until then and does not stay
	watched bool      // a deadline for that is set
	begun   bool      // it is in the log: nobody enters the room any more
}

func newRoomIndex() roomIndex {
	return roomIndex{
		byName: map[string]*room{}, byFold: map[string]*room{}, byLook: map[string]*room{},
		making: map[string]Network{}, made: Counts{}, groups: map[netip.Addr]bool{},
	}
}

// add makes a room of what the log has.
func (l *roomIndex) add(r Room) *room {
	name := r.Name
	rm := &room{
		name: name, topic: r.Topic, owner: r.Owner, group: r.Group, made: r.Made, last: r.Last,
		maker: ParseNetwork(r.Network), audience: l.newAudience(), people: newRoster(), holders: map[*session]struct{}{},
	}
	l.byName[name], l.byFold[wire.Fold(name)] = rm, rm
	if look := wire.Skeleton(name); l.byLook[look] == nil {
		l.byLook[look] = rm
	} else {
		l.alike++
	}
	l.ordered = append(l.ordered, rm)
	if name == wire.Lobby {
		l.main = rm
	}
	return rm
}

func (l *roomIndex) newAudience() Audience {
	l.last++
	return l.last
}

// find returns the room of that name, whatever its case, or nil.
func (l *roomIndex) find(name string) *room {
	if rm := l.byName[name]; rm != nil {
		return rm
	}
	return l.byFold[wire.Fold(name)]
}

func (l *roomIndex) lobby() *room { return l.main }

func (l *roomIndex) remove(rm *room) {
	for acct := range rm.readers {
		delete(acct.marks, rm)
	}
	l.releaseGroup(rm.group)
	delete(l.byName, rm.name)
	delete(l.byFold, wire.Fold(rm.name))
	l.ordered = slices.DeleteFunc(l.ordered, func(other *room) bool { return other == rm })
	l.unlook(rm)
	l.made.Add(rm.maker, -1)
}

// unlook gives up what a room looks like, to another one that looks so, if there is one.
func (l *roomIndex) unlook(rm *room) {
	look := wire.Skeleton(rm.name)
	if l.byLook[look] != rm {
		l.alike--
		return
	}
	delete(l.byLook, look)
	if l.alike == 0 {
		return
	}
	looksSo := func(other *room) bool { return wire.Skeleton(other.name) == look }
	if i := slices.IndexFunc(l.ordered, looksSo); i >= 0 {
		l.byLook[look] = l.ordered[i]
		l.alike--
	}
}

// join enters a room, or tells again about one that the session is in.
func (rs *rooms) join(c call, r wire.Join) {
	if rm := rs.toEnter(c, r.Room); rm != nil {
		rs.enterAndShow(c, rm, false, listBytes)
	}
}

// enterAndShow puts the session into the room, where it listens or holds, and
// shows it who is there, in at most so many bytes.
func (rs *rooms) enterAndShow(c call, rm *room, holds bool, bytes int) {
	if c.s.isIn(rm) {
		rs.news.settleRoom(c, rm)
	} else if rs.enter(c, rm, holds) {
		rs.presence.tellJoined(c, rm)
	}
	owner := ""
	if acct := rs.ownerOf(rm); acct != nil {
		owner = acct.name
	}
	made := rm.made
	if rm == rs.main { // it never vanishes, and no id was given out when it was made
		made = 0
	}
	list, more, next := rm.people.list(0, wire.MaxList, bytes)
	c.reply(&wire.Entered{
		Re: wire.Re{Re: c.tag}, Room: rm.name, Topic: rm.topic, Owner: owner,
		Last: rm.last, Made: made, People: list, More: more, Next: next, Group: rm.group,
	})
	rs.tellMark(c, rm)
}

// member returns the room of that name that the session is in, or refuses.
func (rs *rooms) member(c call, name string) *room {
	rm := rs.find(name)
	switch {
	case rm == nil:
		rs.refuseNoRoom(c, name)
	case !c.s.isIn(rm):
		c.refuse(wire.CodeNotMember, "You are not in "+rm.name+". Join it first.")
	default:
		return rm
	}
	return nil
}

func (rs *rooms) leave(c call, r wire.Leave) {
	if rm := rs.member(c, r.Room); rm != nil {
		rs.exit(c, rm, "")
		c.done()
	}
}

// changeTopic tells or sets what a room is about.
func (rs *rooms) changeTopic(c call, r wire.Topic) {
	rm := rs.member(c, r.Room)
	if rm == nil {
		return
	}
	if r.Text == nil {
		c.reply(&wire.TopicSet{Re: wire.Re{Re: c.tag}, Room: rm.name, Topic: rm.topic})
		return
	}
	if !rs.maySetTopic(c, rm) {
		return
	}
	text := *r.Text
	if text != "" {
		var ok bool
		if text, ok = c.clean(text, wire.MaxTopic); !ok {
			return
		}
	}
	c.log(RoomTopic{Name: rm.name, Topic: text, By: c.s.user.name}, func(call, *Entry) {})
}

// maySetTopic says who may: the owner; where there is none, anybody who is
// in the room; in the lobby, which everybody sees, any account.
func (rs *rooms) maySetTopic(c call, rm *room) bool {
	acct := c.s.user.account
	switch {
	case rm == rs.main && acct == nil:
		rs.refuseGuest(c, "The topic of the lobby is set by accounts.")
	case rm.owner != "" && rs.ownerOf(rm) != acct:
		c.refuse(wire.CodeNotOwner, "Only the owner of the room sets its topic. Ask "+rm.owner+".")
	default:
		return true
	}
	return false
}

// applyRoomTopic tells the room its new topic, the asker as its answer.
func (rs *rooms) applyRoomTopic(c call, r RoomTopic) {
	rm := rs.find(r.Name)
	if rm == nil {
		if c.s != nil {
			rs.refuseNoRoom(c, r.Name)
		}
		return
	}
	rm.topic = r.Topic
	rs.news.tellTopic(c, rm, &wire.TopicSet{Room: rm.name, Topic: r.Topic, By: r.By})
}
