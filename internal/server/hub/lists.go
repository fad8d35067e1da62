package hub

import (
	"slices"

	"labchat/internal/wire"
)

// people lists who is in a room, or who is online.
func (h *Hub) people(c call, r wire.People) {
	if c.s.old() {
		h.oldPeople(c)
		return
	}
	in := &h.online
	if r.Room != "" {
		rm := h.member(c, r.Room)
		if rm == nil {
			return
		}
		in, r.Room = &rm.people, rm.name
	}
	list, more := persons(in)
	h.reply(c, &wire.PeopleList{Re: wire.Re{Re: c.tag}, Room: r.Room, People: list, More: more})
}

// persons lists a roster in order of coming, as far as one answer holds it.
func persons(in *roster) (list []wire.Person, more int) {
	list = make([]wire.Person, 0, min(len(in.places), wire.MaxList))
	for u := range in.users() {
		switch {
		case u.hidden:
		case len(list) == wire.MaxList:
			more++
		default:
			list = append(list, u.person())
		}
	}
	return list, more
}

// oldPeople lists who is online as A3 can spell it: everybody whose name is
// letters and digits, the asker in any case.
func (h *Hub) oldPeople(c call) {
	var list []wire.Person
	for u := range h.online.users() {
		if u == c.s.user || isOldName(u.name) && len(list) < maxOldPeople {
			list = append(list, u.person())
		}
	}
	h.reply(c, &wire.PeopleList{Re: wire.Re{Re: c.tag}, People: list})
}

// isOldName says whether A3 can spell a name.
func isOldName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// refuseNoRoom refuses with the names of rooms that are nearest.
func (h *Hub) refuseNoRoom(c call, name string) {
	near := wire.Nearest(name, h.rooms.names(maxNearAmong), 3)
	h.reply(c, &wire.Refused{
		Re: wire.Re{Re: c.tag}, Of: c.act, Code: wire.CodeNoRoom, Near: near,
		Text: "There is no such room. Create it, or join one that exists.",
	})
}

// listRooms lists the rooms, those with people in them first.
func (h *Hub) listRooms(c call, _ wire.Rooms) {
	list := make([]wire.RoomInfo, 0, len(h.rooms.ordered))
	for _, rm := range h.rooms.ordered {
		if !rm.ending {
			list = append(list, rm.info(c.s))
		}
	}
	slices.SortStableFunc(list, func(a, b wire.RoomInfo) int { return b.People - a.People })
	h.reply(c, &wire.RoomList{Re: wire.Re{Re: c.tag}, Rooms: list[:min(len(list), wire.MaxList)]})
}

// info is what a list of rooms tells a session of one.
func (rm *room) info(s *session) wire.RoomInfo {
	return wire.RoomInfo{Room: rm.name, Topic: rm.subject, People: rm.visible(), Member: s.in(rm), Group: rm.group}
}

// whois tells what everybody may know about a user.
func (h *Hub) whois(c call, r wire.Whois) {
	cl := h.names.find(r.Name)
	if cl == nil || cl.account == nil && (cl.user == nil || cl.user.hidden) {
		h.refuse(c, wire.CodeNoUser, "Nobody has that name. Look at the list of people.")
		return
	}
	info := &wire.UserInfo{Re: wire.Re{Re: c.tag}}
	if acct := cl.account; acct != nil {
		info.Name, info.Kind, info.Registered = acct.name, wire.KindAccount, acct.made
	}
	if u := cl.user; u != nil {
		info.Name, info.Kind = u.name, u.kind
		info.Online, info.Away, info.Since = true, u.away, wire.MillisOf(u.since)
		info.Dialects, info.Rooms = u.dialects(), h.shared(c.s.user, u)
	}
	h.reply(c, info)
}

// dialects are those of a user's sessions, each once.
func (u *user) dialects() []string {
	var list []string
	for _, s := range u.sessions {
		if !slices.Contains(list, s.origin.Dialect) {
			list = append(list, s.origin.Dialect)
		}
	}
	return list
}

// shared lists the rooms that two users are both in.
func (h *Hub) shared(a, b *user) []string {
	var list []string
	for _, s := range a.sessions {
		for _, rm := range s.rooms {
			if rm.people.has(b) && !slices.Contains(list, rm.name) {
				list = append(list, rm.name)
			}
		}
	}
	return list
}
