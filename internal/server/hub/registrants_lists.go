package hub

import (
	"slices"

	"labchat/internal/wire"
)

// listPeople lists who is online, to a datagram session.
func (rg *registrants) listPeople(c call, _ wire.People) {
	list, more, _ := rg.presence.online.list(0, maxListed, listBytes)
	c.reply(&wire.PeopleList{Re: wire.Re{Re: c.tag}, People: list, More: more})
}

// listRooms lists the rooms that the session's dialect can enter, in order
// of making. Where they are too many, those with the fewest people are left
// out.
func (rg *registrants) listRooms(c call, _ wire.Rooms) {
	all := listFor(c.s, rg.rooms.ordered)
	if len(all) > maxListed {
		byPeople := slices.Clone(all)
		slices.SortStableFunc(byPeople, func(a, b *room) int { return b.countVisible() - a.countVisible() })
		listed := byPeople[:maxListed]
		all = slices.DeleteFunc(all, func(rm *room) bool { return !slices.Contains(listed, rm) })
	}
	list := make([]wire.RoomInfo, len(all))
	for i, rm := range all {
		list[i] = rm.info(c.s)
	}
	c.reply(&wire.RoomList{Re: wire.Re{Re: c.tag}, Rooms: list})
}
