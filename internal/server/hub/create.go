package hub

import (
	"cmp"
	"slices"
	"time"

	"labchat/internal/wire"
)

// create makes a room. Those of accounts stay once somebody has spoken in them;
// others vanish when they have been empty for some time.
func (rs *rooms) create(c call, r wire.Create) {
	if err := wire.CheckRoom(r.Room); err != nil {
		c.refuseBy(wire.CodeRoomInvalid, err)
		return
	}
	look := wire.Skeleton(r.Room)
	if _, coming := rs.making[look]; coming || rs.byLook[look] != nil {
		c.refuse(wire.CodeRoomExists, "That room, or one whose name looks like it, exists already. Join it, or choose another name.")
		return
	}
	if !rs.mayCreate(c) {
		return
	}
	topic := ""
	if r.Topic != "" {
		var ok bool
		if topic, ok = c.clean(r.Topic, wire.MaxTopic); !ok {
			return
		}
	}
	group, ok := rs.groupOf(c, r.Group)
	if !ok {
		return
	}
	owner := ""
	if acct := c.s.account(); acct != nil {
		owner = acct.name
	}
	net := c.s.network()
	rs.making[look] = net
	rs.made.Add(net, 1)
	c.s.created = true
	rs.claimGroup(group)
	c.log(RoomMade{Name: r.Room, Topic: topic, Owner: owner, Group: group, Network: net.String()}, func(c call, _ *Entry) {
		c.reply(&wire.Created{Re: wire.Re{Re: c.tag}, Room: r.Room})
	})
}

// applyRoomMade makes the room that the log has now.
func (rs *rooms) applyRoomMade(c call, e *Entry, r RoomMade) {
	delete(rs.making, wire.Skeleton(r.Name))
	rm := rs.add(Room{Name: r.Name, Topic: r.Topic, Owner: r.Owner, Group: r.Group, Network: r.Network, Made: e.At})
	if acct := rs.ownerOf(rm); acct != nil {
		acct.rooms++
	}
	rs.scheduleEnd(c.now, rm, newRoomFor)
}

// undoRoomMade gives back the name of a room that the log has not got.
func (rs *rooms) undoRoomMade(r RoomMade) {
	look := wire.Skeleton(r.Name)
	rs.made.Add(rs.making[look], -1)
	delete(rs.making, look)
	rs.releaseGroup(r.Group)
}

// ownerOf returns the account that owns a room, or nil. An account that was
// registered after the room was made is a later owner of the name, not of the
// room.
func (rs *rooms) ownerOf(rm *room) *account {
	if rm.owner == "" {
		return nil
	}
	if acct := rs.names.account(rm.owner); acct != nil && acct.made <= rm.made {
		return acct
	}
	return nil
}

// isPermanent reports whether a room is there for good. Others vanish when nobody is in
// them: those that nobody owns, and those that nobody has spoken in yet.
func (rm *room) isPermanent(main *room) bool { return rm == main || rm.owner != "" && rm.last != 0 }

// scheduleEnd lets a room vanish that does not stay, unless somebody enters it within
// this time; one that has an owner is given longer.
func (rs *rooms) scheduleEnd(now time.Time, rm *room, within time.Duration) {
	if rm.owner != "" {
		within = unspokenRoomFor
	}
	rm.end.at = now.Add(within)
	if !rm.isPermanent(rs.main) && !rm.end.watched {
		rm.end.watched = true
		rs.due.at(rm.end.at, deadline{what: dueRoom, room: rm.name})
	}
}

// onRoomDue lets a room vanish if it has been empty for long enough. Nobody can
// enter it while its end is in the log.
func (rs *rooms) onRoomDue(c call, name string) {
	rm := rs.byName[name]
	if rm == nil || rm.end.begun {
		return
	}
	rm.end.watched = false
	switch {
	case rm.conns > 0, rm.isPermanent(rs.main):
	case c.now.Before(rm.end.at):
		rm.end.watched = true
		rs.due.at(rm.end.at, deadline{what: dueRoom, room: rm.name})
	default:
		rm.end.begun = true
		c.out.note(RoomGone{Name: rm.name})
	}
}

// handOn gives away or removes the rooms of an account that is no more.
func (rs *rooms) handOn(c call, owner string) {
	for _, rm := range rs.ordered {
		if rm.owner != owner || rs.ownerOf(rm) != nil || rm.end.begun || rm == rs.main {
			continue
		}
		switch heir := rm.heir(); {
		case heir != nil:
			c.out.note(RoomOwner{Name: rm.name, Owner: heir.name})
		case rm.conns == 0 && rm.last == 0:
			rm.end.begun = true
			c.out.note(RoomGone{Name: rm.name})
		default:
			c.out.note(RoomOwner{Name: rm.name})
		}
	}
}

// heir returns who gets a room whose owner is no more: of the accounts that are
// in it the one that has been there longest, else the oldest of those that have
// read in it.
func (rm *room) heir() *account {
	for p := rm.people.first; p != nil; p = p.next {
		if acct := p.user.account; acct != nil {
			return acct
		}
	}
	var oldest *account
	for acct := range rm.readers {
		if oldest == nil || cmp.Or(cmp.Compare(acct.made, oldest.made), cmp.Compare(acct.name, oldest.name)) < 0 {
			oldest = acct
		}
	}
	return oldest
}

// applyRoomOwner notes whose a room is now. Nobody's is given a day to find people.
func (rs *rooms) applyRoomOwner(c call, r RoomOwner) {
	rm := rs.byName[r.Name]
	if rm == nil {
		return
	}
	if was := rs.ownerOf(rm); was != nil {
		was.rooms--
	}
	rm.owner = r.Owner
	if rm.owner == "" && rm.conns == 0 {
		rs.scheduleEnd(c.now, rm, unspokenRoomFor)
	}
	acct := rs.ownerOf(rm)
	if acct == nil {
		return
	}
	acct.rooms++
	if acct.claim.user == nil {
		return
	}
	for _, s := range acct.claim.user.sessions {
		if s.origin.Manners.Native {
			c.out.deliver(s, &wire.Notice{Text: "The account that owned " + rm.name + " was removed. The room is yours."})
		}
	}
}

// applyRoomGone forgets a room that is no longer in the log.
func (rs *rooms) applyRoomGone(c call, r RoomGone) {
	rm := rs.byName[r.Name]
	if rm == nil {
		return
	}
	if rm.bridge != nil {
		rs.presence.end(c.as(rm.bridge), &wire.Goodbye{Code: wire.CodeEnded, Text: "The room is gone."}, "")
	}
	for p := rm.people.first; p != nil; p = rm.people.first {
		for _, s := range slices.Clone(p.user.sessions) {
			if s.isIn(rm) {
				rs.exit(c.as(s), rm, roomRemoved)
				c.out.deliver(s, &wire.Left{Room: rm.name, Name: p.user.name, Reason: roomRemoved})
			}
		}
	}
	if acct := rs.ownerOf(rm); acct != nil {
		acct.rooms--
	}
	rs.remove(rm)
}

// roomRemoved is why somebody is out of a room.
const roomRemoved = "the operator has removed the room"

// undoRoomGone tries again later to end a room.
func (rs *rooms) undoRoomGone(c call, r RoomGone) {
	if rm := rs.byName[r.Name]; rm != nil {
		rm.end.begun = false
		rs.scheduleEnd(c.now, rm, emptyRoomFor)
	}
}
