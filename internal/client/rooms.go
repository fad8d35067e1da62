package client

import (
	"cmp"
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
	// whole: all lines since the mark are here, so each new one moves it.
	whole  bool
	gap    wire.ID // the newest line of the gap that is being told, oldest first
	high   wire.ID // the newest live line, while the room is not whole
	short  bool    // the gap could not be told
	behind bool    // lines after the mark are missing, and have to be asked for
	torn   bool    // some were let go of since they were asked for
	unkept bool    // lines that a person has asked for were not stored
	newest wire.ID // of all that have come: what is older was said earlier
	floor  wire.ID // what was said before is nobody's business: we were not there
	// early are the lines that have come out while the room was not whole: if the
	// connection is lost before it is, they come again.
	early map[wire.ID]bool
}

// rooms are the rooms of the session. Owned by loop.
type rooms struct {
	all      map[string]*room // by folded name
	entrance string           // where to be at the first login if nowhere else, "" after it
	again    time.Time        // when to ask for gaps that could not be told, zero: never
	fill     stretch          // lines that are on their way to the disk only
	read     stretch          // lines on their way that a person has asked for
}

func newRooms(cfg Config) rooms {
	r := rooms{all: map[string]*room{}, entrance: cfg.Entrance}
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

// nameOf is how a room is spelled whose folded name is known, or else as otherwise.
func (r *rooms) nameOf(key, otherwise string) string {
	if one := r.all[key]; one != nil {
		return one.name
	}
	return otherwise
}

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
		*one = room{name: one.name, early: one.early, newest: one.newest, floor: one.floor, unkept: one.unkept}
	}
	r.again, r.fill, r.read = time.Time{}, stretch{}, stretch{}
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
	list = slices.DeleteFunc(slices.Clone(list), func(one *room) bool { return l.leaves(one.name) })
	if len(list) == 0 || !l.asks.tagged {
		return
	}
	var marks []wire.Mark
	var known []*room
	for _, one := range list {
		one.whole, one.short = false, false
		if last := max(l.seen(one.name), one.floor); last > 0 {
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
		if !one.behind {
			one.whole, one.early = true, nil
			l.disk.mark(one.name, max(one.gap, one.high))
		}
	}
	if len(q.left) == 0 && l.phase == resuming {
		l.wentOnline()
	}
	l.fillNext()
}

// entered notes that we are in a room.
func (l *loop) entered(e *wire.Entered, q *ask) {
	one := l.rooms.wanted(e.Room)
	again := one.in && q != nil && q.why == byRooms
	one.in, one.name, one.newest = true, e.Room, max(one.newest, e.Last)
	l.setJoined(e.Room, true)
	if q != nil && q.why == byRooms {
		q.left = slices.DeleteFunc(q.left, func(other *room) bool { return other == one })
	}
	if !again { // Join has been answered before
		l.emit(e)
	}
	switch last := max(l.seen(e.Room), one.floor); {
	case last == 0:
		one.whole, one.floor = true, max(e.Last, 1) // an empty room is known from before its first line
		l.disk.mark(e.Room, one.floor)
	case q != nil && q.why == byPerson && e.Last > last:
		l.catchUp([]*room{one})
	case q != nil && q.why == byPerson:
		one.whole = true
	}
	l.tellRead()
}

// gapTold comes before lines that were said earlier: those that were missed, or
// a page of a history.
func (l *loop) gapTold(e *wire.Gap, q *ask) {
	one, why := l.rooms.find(e.Room), byPerson
	if q != nil {
		why = q.why
	}
	switch {
	case why == byFill:
		l.filling(e)
		return
	case one == nil:
	case why == byRooms:
		one.gap, one.newest = e.To, max(one.newest, e.To)
		one.behind = one.behind || e.More
	case why == byPerson:
		l.rooms.read = stretch{room: one, gap: *e}
	}
	if e.Count > 0 || e.More || q == nil || why == byPerson {
		l.emit(e)
	}
}

// askRoomsLater waits with questions that were refused for now.
func (l *loop) askRoomsLater(retryMS int64) {
	const soon = 5 * time.Second
	l.rooms.again = time.Now().Add(max(soon, patience(retryMS)))
}

// roomsRefused is an answer to Resume for the next room that was not entered;
// after all were answered, it is for their gaps.
func (l *loop) roomsRefused(e *wire.Refused, q *ask) {
	if len(q.left) > 0 {
		one := q.left[0]
		q.left = q.left[1:]
		l.emit(e)
		if e.Code == wire.CodeNoRoom {
			l.takenOut(one.name, e.Text)
		}
		return
	}
	for _, one := range l.rooms.joined() {
		one.short = one.short || !one.whole && !one.behind
	}
	l.askRoomsLater(e.RetryMS)
}

// askAgain asks for the gaps that could not be told.
func (l *loop) askAgain(now time.Time) {
	if l.rooms.again.IsZero() || now.Before(l.rooms.again) {
		return
	}
	l.rooms.again = time.Time{}
	l.catchUp(slices.DeleteFunc(l.rooms.joined(), func(one *room) bool { return !one.short || one.behind }))
	l.fillNext()
}

// left notes that we are not in a room any more, and don't want to be.
func (l *loop) left(name string) {
	name = l.rooms.nameOf(wire.Fold(name), name)
	if one := l.rooms.find(name); one != nil && l.rooms.fill.room == one {
		l.rooms.fill = stretch{}
	}
	delete(l.rooms.all, wire.Fold(name))
	l.setJoined(name, false)
}

// said keeps a line of a room. One that we sent ourselves, whose answer was
// lost, is as good as the answer.
func (l *loop) said(e *wire.Said) {
	e.Room = cmp.Or(e.Room, wire.Lobby)
	if !l.asks.tagged && wire.Fold(e.From) == wire.Fold(l.who.name) && l.outbox.echoed(e.Text) {
		return // what we said ourselves
	}
	if e.ID == 0 {
		e.ID, e.At = l.stamp(e.Room)
	}
	at := l.rooms.find(e.Room)
	filled, last := l.rooms.fill.holds(at, e.ID)
	if last {
		defer l.filled()
	}
	if one := l.outbox.find(e.Client); one != nil && e.Text == one.Text {
		l.settled(one, e.ID, e.At, false)
		return
	}
	switch asked := !filled && l.rooms.asks(at, e.ID); {
	case filled:
		l.disk.keep(e)
	case asked:
		l.saidAgain(at, e)
	default:
		l.disk.keep(e)
		if at != nil {
			e.Via.Earlier = e.ID <= at.newest || l.inbox.waited(l.asks.tagged)
			at.newest = max(at.newest, e.ID)
		}
		if l.reached(at, e.ID) {
			l.emit(e)
		}
	}
}

// asks says whether a line is of those that a person has asked for.
func (r *rooms) asks(one *room, id wire.ID) bool {
	asked, last := r.read.holds(one, id)
	if last {
		r.read = stretch{}
	}
	return asked
}

// saidAgain lets out a line that a person has asked for. It is kept, unless one
// that is newer could not be: what the disk has begins somewhere, and has no hole
// from there on.
func (l *loop) saidAgain(at *room, e *wire.Said) {
	if at.unkept = at.unkept || l.disk.failing; !at.unkept {
		l.disk.keep(e)
	}
	e.Via.Earlier = true
	l.emit(e)
}

// reached notes a line of a room: all lines before it are here, if the room is
// whole or the line is of its gap. It says whether the line is new to the
// person.
func (l *loop) reached(one *room, id wire.ID) bool {
	if one == nil {
		return true
	}
	known := one.early[id]
	if one.whole || id <= one.gap && !one.behind {
		l.disk.mark(one.name, id)
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
