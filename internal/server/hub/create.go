package hub

import (
	"fmt"
	"time"

	"labchat/internal/wire"
)

// create makes a room. Those of accounts stay; others vanish when they have
// been empty for some time.
func (h *Hub) create(c call, r wire.Create) {
	if err := wire.CheckRoom(r.Room); err != nil {
		h.refuseBy(c, wire.CodeRoomInvalid, err)
		return
	}
	l, look := &h.rooms, wire.Skeleton(r.Room)
	if _, coming := l.making[look]; coming || l.byLook[look] != nil {
		h.refuse(c, wire.CodeRoomExists, "That room, or one whose name looks like it, exists already. Join it, or choose another name.")
		return
	}
	if !h.mayCreate(c) {
		return
	}
	topic := ""
	if r.Topic != "" {
		var ok bool
		if topic, ok = h.clean(c, r.Topic, wire.MaxTopic); !ok {
			return
		}
	}
	group, ok := h.groupOf(c, r.Group)
	if !ok {
		return
	}
	owner := ""
	if acct := c.s.account(); acct != nil {
		owner = acct.name
	}
	l.making[look] = c.s.network()
	l.claimGroup(group)
	h.log(c, RoomMade{Name: r.Room, Topic: topic, Owner: owner, Group: group}, func(c call, _ *Entry) {
		h.reply(c, &wire.Created{Re: wire.Re{Re: c.tag}, Room: r.Room})
	})
}

// mayCreate checks how many rooms there are already.
func (h *Hub) mayCreate(c call) bool {
	l, most := &h.rooms, h.cfg.Limits
	acct := c.s.account()
	switch {
	case len(l.byFold)+len(l.making) >= most.Rooms:
		h.refuse(c, wire.CodeFull, "The server has as many rooms as it can take. Join one that exists.")
	case acct != nil && acct.rooms >= most.RoomsPerAccount:
		h.refuse(c, wire.CodeFull, fmt.Sprintf("Your account owns %d rooms, and no more are allowed.", acct.rooms))
	case acct == nil && l.made.Full(c.s.network(), most.RoomsPerAddress):
		h.refuse(c, wire.CodeFull, "Too many rooms were made from your address. Wait until empty ones vanish"+h.orRegister())
	default:
		return true
	}
	return false
}

// roomStored makes the room that the log has now.
func (h *Hub) roomStored(c call, e *Entry, r RoomMade) {
	look := wire.Skeleton(r.Name)
	maker := h.rooms.making[look]
	delete(h.rooms.making, look)
	rm := h.rooms.add(Room{Name: r.Name, Topic: r.Topic, Owner: r.Owner, Group: r.Group, Made: e.At})
	if acct := h.ownerOf(rm); acct != nil {
		acct.rooms++
	}
	if rm.owner == "" {
		rm.maker = maker
		h.rooms.made.Add(maker, 1)
		h.emptied(c.now, rm, newRoomFor)
	}
}

// roomNotStored gives back the name of a room that the log has not got.
func (h *Hub) roomNotStored(r RoomMade) {
	delete(h.rooms.making, wire.Skeleton(r.Name))
	h.rooms.releaseGroup(r.Group)
}

// ownerOf returns the account that owns a room, or nil. An account that was
// registered after the room was made is a later owner of the name, not of the
// room.
func (h *Hub) ownerOf(rm *room) *account {
	if rm.owner == "" {
		return nil
	}
	if acct := h.names.account(rm.owner); acct != nil && acct.made <= rm.made {
		return acct
	}
	return nil
}

// emptied lets a room vanish that nobody owns, unless somebody enters it
// within this time.
func (h *Hub) emptied(now time.Time, rm *room, within time.Duration) {
	rm.vanishes = now.Add(within)
	if rm.owner == "" && rm != h.rooms.main && !rm.watched {
		rm.watched = true
		h.due.at(rm.vanishes, deadline{what: dueRoom, room: rm.name})
	}
}

// roomDue lets a room vanish if it has been empty for long enough. Nobody can
// enter it while its end is in the log.
func (h *Hub) roomDue(c call, name string) {
	rm := h.rooms.byName[name]
	if rm == nil || rm.ending {
		return
	}
	rm.watched = false
	switch {
	case rm.conns > 0:
	case c.now.Before(rm.vanishes):
		rm.watched = true
		h.due.at(rm.vanishes, deadline{what: dueRoom, room: rm.name})
	default:
		rm.ending = true
		c.out.note(RoomGone{Name: rm.name})
	}
}

// roomGone forgets a room that is no longer in the log.
func (h *Hub) roomGone(c call, r RoomGone) {
	rm := h.rooms.byName[r.Name]
	if rm == nil {
		return
	}
	if rm.bridge != nil {
		h.end(c.as(rm.bridge), &wire.Goodbye{Code: wire.CodeEnded, Text: "The room was empty for long and is gone."}, "")
	}
	h.rooms.remove(rm)
}

// roomNotGone tries again later to end a room.
func (h *Hub) roomNotGone(c call, r RoomGone) {
	if rm := h.rooms.byName[r.Name]; rm != nil {
		rm.ending = false
		h.emptied(c.now, rm, emptyRoomFor)
	}
}
