package client

import (
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

// maxEarly is how many lines are remembered that may come again: of a room
// whose gap is not told, of an inbox that may not know that they were taken.
// What is more may come out twice.
const maxEarly = 10_000

// room is a room that the session is or wants to be in.
type room struct {
	name string
	in   bool
	// whole: all lines up to now are here, so each new one moves the mark.
	whole bool
	gap   wire.ID // the newest line of the gap that is being told, oldest first
	high  wire.ID // the newest live line, while the gap is not told
	short bool    // the gap could not be told
	// early are the live lines that have come out while the gap was not told:
	// if the connection is lost before it is, they come again.
	early map[wire.ID]bool
}

// rooms are the rooms of the session. Owned by loop.
type rooms struct {
	all   map[string]*room // by folded name
	again time.Time        // when to ask for gaps that could not be told, zero: never
}

func newRooms(cfg Config) rooms {
	r := rooms{all: map[string]*room{}}
	for _, name := range cfg.Rooms {
		r.wanted(name)
	}
	return r
}

// wanted adds a room to be in.
func (r *rooms) wanted(name string) *room {
	key := wire.Fold(name)
	if _, known := r.all[key]; !known {
		r.all[key] = &room{name: name}
	}
	return r.all[key]
}

func (r *rooms) find(name string) *room { return r.all[wire.Fold(name)] }

// names lists the rooms in the order of their names.
func (r *rooms) names() []*room {
	var list []*room
	for _, key := range slices.Sorted(maps.Keys(r.all)) {
		list = append(list, r.all[key])
	}
	return list
}

// joined lists those that we are in.
func (r *rooms) joined() []*room {
	return slices.DeleteFunc(r.names(), func(one *room) bool { return !one.in })
}

// lost forgets what a connection's end takes.
func (r *rooms) lost() {
	for _, one := range r.all {
		*one = room{name: one.name, early: one.early}
	}
	r.again = time.Time{}
}

// whole is for dialects without history: there is one room, and we are in it.
func (r *rooms) whole() {
	one := r.wanted(wire.Lobby)
	one.in, one.whole = true, true
}

// catchUp enters rooms and asks for what was said in them since the newest
// line that is here; where there is none, from now on. Until the fence is
// passed, live lines don't move marks: a connection lost in between leaves no
// hole.
func (l *loop) catchUp(list []*room) {
	if len(list) == 0 || !l.asks.tagged {
		return
	}
	var marks []wire.Mark
	var known []*room
	for _, one := range list {
		one.whole, one.short = false, false
		if last := l.cfg.Store.LastSeen(one.name); last > 0 {
			marks, known = append(marks, wire.Mark{Room: one.name, Last: last}), append(known, one)
			continue
		}
		l.enter(wire.Join{Room: one.name}, []*room{one})
	}
	if len(known) > 0 {
		l.enter(wire.Resume{Rooms: marks}, known)
	}
	l.fence(list)
}

// enter asks to be in rooms.
func (l *loop) enter(r wire.Request, list []*room) {
	q, err := l.ask(r, byRooms)
	if err != nil {
		l.cfg.Log.Warn("rooms not entered", "err", err)
		return
	}
	q.left = list
}

// fence asks for an answer that comes after all that was asked before.
func (l *loop) fence(closes []*room) {
	q, err := l.ask(wire.Ping{}, byFence)
	if err != nil {
		l.cfg.Log.Warn("no fence", "err", err)
		return
	}
	q.left = closes
}

// passed is the answer to a fence: what was asked before it is here.
func (l *loop) passed(q *ask) {
	l.asks.forget(byRooms)
	for _, one := range q.left {
		if !one.in || one.short {
			continue
		}
		one.whole, one.early = true, nil
		l.disk.mark(one.name, max(one.gap, one.high))
	}
	if len(q.left) == 0 && l.phase == resuming {
		l.wentOnline()
	}
}

// entered notes that we are in a room.
func (l *loop) entered(e *wire.Entered, q *ask) {
	one := l.rooms.wanted(e.Room)
	again := one.in && q != nil && q.why == byRooms
	one.in, one.name = true, e.Room
	if err := l.cfg.Store.SetJoined(e.Room, true); err != nil {
		l.diskFailed(err)
	}
	if q != nil && q.why == byRooms {
		q.left = slices.DeleteFunc(q.left, func(other *room) bool { return other == one })
	}
	if !again { // Join has been answered before
		l.emit(e)
	}
	switch last := l.cfg.Store.LastSeen(e.Room); {
	case last == 0:
		one.whole = true
		l.disk.mark(e.Room, max(e.Last, 1)) // an empty room is known from before its first line
	case q != nil && q.why == byPerson && e.Last > last:
		l.catchUp([]*room{one})
	case q != nil && q.why == byPerson:
		one.whole = true
	}
}

// gap comes before the lines that were missed.
func (l *loop) gap(e *wire.Gap, q *ask) {
	if one := l.rooms.find(e.Room); one != nil && q != nil && q.why == byRooms {
		one.gap = e.To
	}
	if e.Count > 0 || e.More || q == nil || q.why == byPerson {
		l.emit(e)
	}
}

// roomsRefused is an answer to Resume for the next room that was not entered;
// after all were answered, it is for their gaps.
func (l *loop) roomsRefused(e *wire.Refused, q *ask) {
	if len(q.left) > 0 {
		one := q.left[0]
		q.left = q.left[1:]
		l.emit(e)
		if e.Code == wire.CodeNoRoom {
			l.left(one.name)
		}
		return
	}
	const soon = 5 * time.Second
	for _, one := range l.rooms.joined() {
		one.short = one.short || !one.whole
	}
	l.rooms.again = time.Now().Add(max(soon, patience(e.RetryMS)))
}

// askAgain asks for the gaps that could not be told.
func (l *loop) askAgain(now time.Time) {
	if l.rooms.again.IsZero() || now.Before(l.rooms.again) {
		return
	}
	l.rooms.again = time.Time{}
	l.catchUp(slices.DeleteFunc(l.rooms.joined(), func(one *room) bool { return !one.short }))
}

// left notes that we are not in a room any more, and don't want to be.
func (l *loop) left(name string) {
	delete(l.rooms.all, wire.Fold(name))
	if err := l.cfg.Store.SetJoined(name, false); err != nil {
		l.diskFailed(err)
	}
}

// reached notes a line of a room: all lines before it are here, if the room is
// whole or the line is of its gap. It says whether the line is new to the
// person.
func (l *loop) reached(name string, id wire.ID) bool {
	one := l.rooms.find(name)
	if one == nil {
		return true
	}
	known := one.early[id]
	if one.whole || id <= one.gap {
		l.disk.mark(name, id)
		return !known
	}
	one.high = max(one.high, id)
	if one.early == nil {
		one.early = map[wire.ID]bool{}
	}
	if len(one.early) < maxEarly {
		one.early[id] = true
	}
	return !known
}
