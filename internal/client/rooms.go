package client

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

// standing is how a connection stands to a room.
type standing uint8

const (
	outside  standing = iota
	entering          // in it, but what was said since the last time has not been told
	inside            // in it, and every line comes as it is said
)

// room is a room that the session is or wants to be in. What of its lines is on
// disk is known by loop.extent.
type room struct {
	name     string
	standing standing
	full     bool // the server has no place for us in it
	refuses  bool // on this connection the server does not tell its history
	// told says which lines have come out, or need not, because they are older
	// than the session.
	told   wire.Extent
	since  wire.ID  // the mark that was asked for: what is newer is told now
	gap    wire.Gap // the lines that are being told, oldest first
	next   wire.ID  // of them: all older ones are here, or known to be missing
	run    wire.ID  // entering: from this line on, each has come as it was said
	newest wire.ID  // of all that are said to exist: what is older was said earlier
	first  wire.ID  // no line of the room has a lesser id, 0: not known
}

// rooms are the rooms of the session. Owned by loop.
type rooms struct {
	all     map[string]*room // by folded name
	queue   []*room          // to be entered, when what was asked before is answered
	barrier bool             // one is due behind the queue
	late    []*room          // were refused for now
	again   time.Time        // when those are asked for, and holes that were, zero: never
	fill    page             // lines that are on their way to the disk only
	read    page             // lines on their way that a person has asked for

	entrance string // where to be at the first login if nowhere else, "" after it
	toldFull int    // rooms without a place that the person knows of
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
	return slices.DeleteFunc(r.names(), func(one *room) bool { return one.standing == outside })
}

// lost forgets what a connection's end takes.
func (r *rooms) lost() {
	for _, one := range r.all {
		*one = room{name: one.name, told: one.told, newest: one.newest}
	}
	*r = rooms{all: r.all, entrance: r.entrance, toldFull: r.toldFull}
}

// whole is for dialects without history: there is one room, and we are in it.
func (l *loop) whole() {
	one := l.rooms.wanted(wire.Lobby)
	one.standing = inside
	one.told.Add(1, max(l.extent(one.name).Last, 1))
}

// entered notes that we are in a room.
func (l *loop) entered(e *wire.Entered, q *ask) {
	one := l.rooms.wanted(e.Room)
	ours := q != nil && q.why == byRooms
	before := one.standing
	one.name, one.newest, one.full = e.Room, max(one.newest, e.Last), false
	if before == outside {
		one.standing, one.run = entering, 0
	}
	if e.Made > 0 {
		one.first = wire.FirstID(e.Made)
	}
	l.isIn(e.Room, true)
	if ours {
		q.left = slices.DeleteFunc(q.left, func(other *room) bool { return other == one })
		if _, join := q.req.(wire.Join); join {
			l.asks.forget(q)
		}
	}
	if before == outside || !ours { // else Join has been answered before
		l.emit(e)
		l.listPeople(e)
	}
	l.remade(one)
	switch last := l.extent(one.name).Last; {
	case last == 0:
		last = max(e.Last, one.before()) // an empty room is known from before its first line
		x := l.change(one.name)
		x.Since, x.First, x.Last = last, last+1, last
		one.told.Add(1, last)
		one.standing = inside
	case ours || before != outside:
	case e.Last > last:
		l.catchUp([]*room{one})
	default:
		one.told.Add(1, last)
		one.standing = inside
	}
	l.tellRead()
}

// before is an id that is known to be older than a room's first line.
func (one *room) before() wire.ID { return max(one.first, 2) - 1 }

// remade looks whether a room is another one than that whose lines are here: it
// has vanished while we were away, and was made again. Nobody can be asked for
// what was said there last.
func (l *loop) remade(one *room) {
	x, to := l.extent(one.name), one.before()
	if x.Last <= 1 || x.Last >= to {
		return
	}
	mine := l.change(one.name)
	for _, h := range x.Holes {
		mine.Lose(h.From, h.To, true)
	}
	mine.Skip(to)
	mine.Lose(x.Last+1, to, true)
	one.since = max(one.since, to)
	one.told.Add(1, to)
	for _, w := range slices.Clone(l.outbox.lines) { // those who are there now are others
		if w.To == "" && wire.Fold(w.Room) == wire.Fold(one.name) && w != l.outbox.sent {
			l.failed(w, "#"+one.name+" is another room now: it had vanished, and was made again. Say it again if it is for those who are in it now.")
		}
	}
}

// gapTold comes before lines that were said earlier: those that were missed, or
// a page of a history.
func (l *loop) gapTold(e *wire.Gap, q *ask) {
	one, why := l.rooms.find(e.Room), byPerson
	if q != nil {
		why = q.why
	}
	l.cutPages()
	switch {
	case why == byFill:
		l.filling(e)
		return
	case one == nil:
	case why == byRooms:
		e = l.missed(one, e)
	case q != nil:
		l.rooms.read = page{room: one, gap: *e}
		l.rooms.read.asked, _ = q.req.(wire.History)
		if e.Count == 0 {
			l.pageRead()
		}
	}
	if e.Count > 0 || e.More || q == nil || why == byPerson {
		l.emit(e)
	}
}

// missed begins with the lines of a room that were said since the mark, and
// returns what comes out of that.
func (l *loop) missed(one *room, e *wire.Gap) *wire.Gap {
	one.gap, one.next, one.newest = *e, one.since+1, max(one.newest, e.To)
	if e.More && e.Count > 0 {
		one.next = e.From
	}
	if e.Count > 0 {
		return e
	}
	out := *e
	if e.More { // the server tells none of them
		l.change(one.name).Skip(one.newest)
		out.From, out.To = one.next, one.newest
		one.next = one.newest + 1
	}
	l.caughtUp(one)
	return &out
}

// caughtUp is in a room whose missed lines are here: from now on each comes as it
// is said.
func (l *loop) caughtUp(one *room) {
	if next := max(one.next, one.since+1); one.run > next {
		l.change(one.name).Add(next, one.run-1)
	}
	one.told.Add(one.since+1, max(one.told.Last, one.gap.To))
	one.standing, one.since, one.run, one.gap = inside, one.told.Last, 0, wire.Gap{}
	l.fill()
}

// resumed is the end of an answer to Resume: there is no more to tell.
func (l *loop) resumed(q *ask) {
	l.asks.forget(q)
	for _, m := range q.req.(wire.Resume).Rooms {
		if one := l.rooms.find(m.Room); one != nil && one.standing == entering && !slices.Contains(l.rooms.queue, one) {
			l.caughtUp(one)
		}
	}
}

// left notes that we are not in a room any more, and don't want to be.
func (l *loop) left(name string) {
	if one := l.rooms.find(name); one != nil {
		name = one.name
	}
	delete(l.rooms.all, wire.Fold(name))
	l.isIn(name, false)
	for _, one := range l.rooms.names() {
		if one.full && one.standing == outside {
			one.full = false
			l.catchUp([]*room{one})
			break
		}
	}
}

// said keeps a line of a room. One that we sent ourselves, whose answer was
// lost, is as good as the answer.
func (l *loop) said(e *wire.Said) {
	e.Room = cmp.Or(e.Room, wire.Lobby)
	if !l.asks.tagged && wire.Fold(e.From) == wire.Fold(l.who.name) && l.outbox.echoed(e.Text) {
		return // what we said ourselves
	}
	l.noteWriter(e)
	if e.ID == 0 {
		e.ID, e.At = l.stamp(e.Room)
	}
	at := l.rooms.find(e.Room)
	p := l.pageOf(e)
	switch one := l.outbox.find(e.Client); {
	case one != nil && e.Text == one.Text:
		l.settled(one, e.ID, e.At, false)
	case p == &l.rooms.read:
		e.Via.Earlier = true
		l.emit(e)
	case p == nil:
		l.news(at, e)
	}
	if p != nil {
		l.paged(p, e)
	}
}

// news takes a line that comes by itself.
func (l *loop) news(at *room, e *wire.Said) {
	l.disk.keep(e)
	if at != nil {
		e.Via.Earlier = e.ID <= at.newest || l.inbox.waited(l.asks.tagged)
		at.newest = max(at.newest, e.ID)
	}
	if l.hear(at, e.ID) {
		l.emit(e)
	}
}

// hear notes a line of a room, and reports whether it is new to the person. What lies
// between it and the lines that are here is a hole, unless the line is of those
// that are told in order.
func (l *loop) hear(one *room, id wire.ID) bool {
	if one == nil || one.standing == outside {
		return true
	}
	known := one.told.Has(id)
	x, from, told := l.change(one.name), id, id
	switch isMissed := one.gap.From <= id && id <= one.gap.To; {
	case isMissed:
		from, told, one.next = one.next, one.since+1, id+1
	case one.standing == inside || one.run != 0:
		from, told = x.Last+1, one.told.Last+1
	default:
		one.run = id
	}
	x.Add(from, id)
	one.told.Add(told, id)
	if id == one.gap.To {
		l.caughtUp(one)
	}
	return !known
}
