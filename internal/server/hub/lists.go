package hub

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"labchat/internal/wire"
)

// listBytes is how much of a frame the items of a list may take: the longest
// topic, names and tag fit beside them.
const listBytes = wire.MaxFrame - 4<<10

// space is how many bytes of a frame are left for the items of a list.
type space int

// takes reports whether one more item of a size fits, and counts it. Once an item
// did not fit, none does: a list has no holes.
func (s *space) takes(size int) bool {
	if *s -= space(size); *s < 0 {
		*s = 0
		return false
	}
	return true
}

// cursor names the place behind the n-th of a list.
func cursor(n uint64) wire.Cursor { return wire.Cursor(strconv.FormatUint(n, 10)) }

// readCursor reads a cursor, or refuses it.
func (c call) readCursor(after wire.Cursor) (n uint64, ok bool) {
	if after == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(string(after), 10, 64)
	if err != nil {
		c.refuse(wire.CodeMalformed, "A list goes on after what the member next of its last answer says.")
		return 0, false
	}
	return n, true
}

// listPeople lists who is in a room, or who is online.
func (ps *presence) listPeople(c call, r wire.People) {
	if c.s.isOld() {
		ps.listOldPeople(c)
		return
	}
	in := &ps.online
	if r.Room != "" {
		rm := ps.rooms.member(c, r.Room)
		if rm == nil {
			return
		}
		ps.news.settleRoom(c, rm)
		in, r.Room = &rm.people, rm.name
	}
	after, ok := c.readCursor(r.After)
	if !ok {
		return
	}
	list, more, next := in.list(after, len(in.places), listBytes)
	c.reply(&wire.PeopleList{Re: wire.Re{Re: c.tag}, Room: r.Room, People: list, More: more, Next: next})
}

// list lists a roster in order of coming, from behind a place on: at most so many
// people, in at most so many bytes of a frame. more are those behind the last
// one, next is its place.
func (r *roster) list(after uint64, most, bytes int) (list []wire.Person, more int, next wire.Cursor) {
	list = make([]wire.Person, 0, min(len(r.places), most, wire.MaxList))
	left := space(min(bytes, listBytes))
	var last uint64
	for p := r.first; p != nil; p = p.next {
		if p.number <= after || p.user.hidden {
			continue
		}
		if len(list) < most {
			if person := p.user.person(); left.takes(person.Size()) {
				list, last = append(list, person), p.number
				continue
			}
			most = 0 // a list has no holes
		}
		more++
	}
	if more > 0 {
		next = cursor(last)
	}
	return list, more, next
}

// listOldPeople lists who is online as A3 can spell it: everybody whose name is
// letters and digits, the asker in any case. It has no word for "and more".
func (ps *presence) listOldPeople(c call) {
	var list []wire.Person
	left := space(maxOldPeople - len(c.s.user.name))
	for u := range ps.online.users() {
		if u == c.s.user || isOldName(u.name) && left.takes(len(u.name)+len(" ")) {
			list = append(list, u.person())
		}
	}
	c.reply(&wire.PeopleList{Re: wire.Re{Re: c.tag}, People: list})
}

// isOldName reports whether A3 can spell a name.
func isOldName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// listRooms lists the rooms: those with people in them first, or from a place
// on in order of making, which nobody changes who comes or goes. Where the first
// list is too long for one answer, the second is read from its beginning.
func (rs *rooms) listRooms(c call, r wire.Rooms) {
	after, ok := c.readCursor(r.After)
	if !ok {
		return
	}
	from, _ := slices.BinarySearchFunc(rs.ordered, Audience(min(after, maxAudience))+1, func(rm *room, n Audience) int { return cmp.Compare(rm.audience, n) })
	all := listFor(c.s, rs.ordered[from:])
	if r.After == "" {
		slices.SortStableFunc(all, func(a, b *room) int { return b.countVisible() - a.countVisible() })
	}
	answer := &wire.RoomList{Re: wire.Re{Re: c.tag}}
	left := space(listBytes)
	for i, rm := range all {
		info := rm.info(c.s)
		if !left.takes(info.Size()) {
			answer.More, answer.Next = len(all)-i, cursor(after)
			break
		}
		answer.Rooms = append(answer.Rooms, info)
		if r.After != "" {
			after = uint64(rm.audience)
		}
	}
	c.reply(answer)
}

// maxAudience is the greatest one that there can be another one behind.
const maxAudience = math.MaxUint32 - 1

// info is what a list of rooms tells a session of one.
func (rm *room) info(s *session) wire.RoomInfo {
	return wire.RoomInfo{Room: rm.name, Topic: rm.topic, People: rm.countVisible(), Member: s.isIn(rm), Group: rm.group}
}

// whois tells what everybody may know about a user.
func (ps *presence) whois(c call, r wire.Whois) {
	cl := ps.names.find(r.Name)
	if cl == nil || cl.account == nil && (cl.user == nil || cl.user.hidden) {
		c.refuse(wire.CodeNoUser, "Nobody has that name. Look at the list of people.")
		return
	}
	info := &wire.UserInfo{Re: wire.Re{Re: c.tag}}
	if acct := cl.account; acct != nil {
		info.Name, info.Kind, info.Registered = acct.name, wire.KindAccount, acct.made
	}
	if u := cl.user; u != nil {
		info.Name, info.Kind = u.name, u.kind
		info.Online, info.Away, info.Since = true, u.away, wire.MillisOf(u.since)
		info.Dialects = u.dialects()
		info.Plain = u.isPlain()
		info.Rooms, info.More = shared(c.s.user, u)
	}
	c.reply(info)
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

// shared lists the rooms that two users are both in, as many as an answer
// holds; more are the others.
func shared(a, b *user) (list []string, more int) {
	left := space(listBytes)
	for _, rm := range a.rooms() {
		switch {
		case !rm.people.has(b):
		case left.takes(wire.StringSize(rm.name) + len(",")):
			list = append(list, rm.name)
		default:
			more++
		}
	}
	return list, more
}
