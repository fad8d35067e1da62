package client

import (
	"slices"

	"labchat/internal/wire"
)

// maxListed is how many people or rooms a list has that comes out, as many as a
// server has rooms: some megabytes. Those behind it are counted by More.
const maxListed = 10_000

// lists are those that are longer than one answer and are being put together.
// Owned by loop.
type lists struct {
	asked []*list // whose next page was asked for, by a person
	rooms []*list // of people of rooms that we have entered; the first one's next page was asked for
}

// list is one of them. It comes out when it is whole, as the answer to who asked
// for it.
type list struct {
	req    wire.Request // Rooms or People
	tag    string       // of the person's request; "" is of a room that we have entered
	rooms  []wire.RoomInfo
	people []wire.Person
	more   int            // behind the last page
	asked  bool           // its next page was asked for
	places map[string]int // of rooms, in rooms
	listed map[string]bool
}

// lost forgets what a connection's end takes; asks.refuseAll tells who waits.
func (l *lists) lost() { *l = lists{} }

// roomsListed takes a page of the list of rooms.
func (l *loop) roomsListed(e *wire.RoomList, q *ask) {
	if q == nil || e.Next == "" && q.list == nil {
		l.emit(e)
		return
	}
	one := l.lists.begin(q)
	one.addRooms(e)
	next := wire.Rooms{After: e.Next}
	if e.Next == "" || len(one.rooms) >= maxListed || !l.nextPage(one, next) {
		l.listDone(one)
	}
}

// peopleListed takes a page of a list of people.
func (l *loop) peopleListed(e *wire.PeopleList, q *ask) {
	if !l.asks.tagged {
		l.named(e.People)
	}
	if q != nil && q.why == byPresence {
		return
	}
	if q == nil || e.Next == "" && q.list == nil {
		l.emit(e)
		return
	}
	one := l.lists.begin(q)
	one.addPeople(e.People, e.More)
	next := wire.People{Room: e.Room, After: e.Next}
	if e.Next == "" || len(one.people) >= maxListed || !l.nextPage(one, next) {
		l.listDone(one)
	}
}

// listPeople asks for those whom the answer to a join had no room for, of one room
// after the other.
func (l *loop) listPeople(e *wire.Entered) {
	l.lists.rooms = slices.DeleteFunc(l.lists.rooms, func(one *list) bool {
		return !one.asked && wire.Fold(one.req.(wire.People).Room) == wire.Fold(e.Room)
	})
	if e.Next == "" || !l.asks.tagged {
		return
	}
	one := newList(wire.People{Room: e.Room, After: e.Next}, "")
	one.addPeople(e.People, e.More)
	if l.lists.rooms = append(l.lists.rooms, one); len(l.lists.rooms) == 1 {
		l.nextRoom()
	}
}

// nextRoom goes on with the next room whose people are not all known.
func (l *loop) nextRoom() {
	for len(l.lists.rooms) > 0 {
		one := l.lists.rooms[0]
		if l.nextPage(one, one.req) {
			return
		}
		l.lists.rooms = l.lists.rooms[1:]
	}
}

// nextPage asks for the next page of a list, unless the server answers nothing.
func (l *loop) nextPage(one *list, r wire.Request) bool {
	q, err := l.ask(r, byList)
	if err != nil {
		l.cfg.Log.Warn("a list is not read on", "err", err)
		return false
	}
	q.list, one.asked = one, true
	return true
}

// listDone lets out a list that is whole, or as long as it may be.
func (l *loop) listDone(one *list) {
	re := wire.Re{Re: one.tag}
	switch r := one.req.(type) {
	case wire.Rooms:
		slices.SortStableFunc(one.rooms, func(a, b wire.RoomInfo) int { return b.People - a.People })
		l.emit(&wire.RoomList{Re: re, Rooms: one.rooms, More: one.more})
	case wire.People:
		l.emit(&wire.PeopleList{Re: re, Room: r.Room, People: one.people, More: one.more})
	default:
	}
	l.listEnded(one)
}

// listRefused lets out as much of a list as there is. Of a room that we have
// entered that was told already, or we have left it meanwhile.
func (l *loop) listRefused(one *list) {
	if one.tag == "" {
		l.listEnded(one)
		return
	}
	l.listDone(one)
}

func (l *loop) listEnded(one *list) {
	l.lists.asked = slices.DeleteFunc(l.lists.asked, func(other *list) bool { return other == one })
	if len(l.lists.rooms) > 0 && l.lists.rooms[0] == one {
		l.lists.rooms = l.lists.rooms[1:]
		l.nextRoom()
	}
}

// begin returns the list that a page belongs to.
func (l *lists) begin(q *ask) *list {
	if q.list != nil {
		return q.list
	}
	one := newList(q.req, q.tag)
	l.asked = append(l.asked, one)
	return one
}

func newList(r wire.Request, tag string) *list {
	return &list{req: r, tag: tag, places: map[string]int{}, listed: map[string]bool{}}
}

// addRooms adds a page. Of a room that is told twice the later word counts.
func (one *list) addRooms(e *wire.RoomList) {
	one.more = e.More
	for _, r := range e.Rooms {
		if i, known := one.places[r.Room]; known {
			one.rooms[i] = r
			continue
		}
		one.places[r.Room] = len(one.rooms)
		one.rooms = append(one.rooms, r)
	}
}

func (one *list) addPeople(people []wire.Person, more int) {
	one.more = more
	for _, p := range people {
		one.add(p)
	}
}

func (one *list) add(p wire.Person) {
	if !one.listed[p.Name] {
		one.listed[p.Name] = true
		one.people = append(one.people, p)
	}
}

// follow keeps lists true while they are put together.
func (l *lists) follow(e wire.Event) {
	for _, all := range [][]*list{l.asked, l.rooms} {
		for _, one := range all {
			one.follow(e)
		}
	}
}

func (one *list) follow(e wire.Event) {
	r, ok := one.req.(wire.People)
	if !ok {
		return
	}
	switch e := e.(type) {
	case *wire.Joined:
		if r.Room != "" && wire.Fold(e.Room) == wire.Fold(r.Room) {
			one.add(wire.Person{Name: e.Name, Kind: e.Kind, Away: e.Away, Plain: e.Plain})
		}
	case *wire.Left:
		if r.Room != "" && wire.Fold(e.Room) == wire.Fold(r.Room) {
			one.remove(e.Name)
		}
	case *wire.Renamed:
		if i := one.find(e.Old); i >= 0 {
			delete(one.listed, e.Old)
			one.listed[e.Name] = true
			one.people[i].Name, one.people[i].Kind = e.Name, e.Kind
		}
	case *wire.Presence:
		if i := one.find(e.Name); i >= 0 {
			one.people[i].Away, one.people[i].Plain = e.Away, e.Plain
		}
	default:
	}
}

func (one *list) find(name string) int {
	if !one.listed[name] {
		return -1
	}
	return slices.IndexFunc(one.people, func(p wire.Person) bool { return p.Name == name })
}

func (one *list) remove(name string) {
	if i := one.find(name); i >= 0 {
		delete(one.listed, name)
		one.people = slices.Delete(one.people, i, i+1)
	}
}
