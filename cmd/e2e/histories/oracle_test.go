package histories_test

import (
	"math"
	"slices"

	"labchat/internal/wire"
)

// membership is what a device may have of a room, and must.
type membership struct {
	room  string
	in    bool
	floor wire.ID // what was said up to this line is nobody's business: the device was not there
	stays []stay
	ends  int     // how often the room had vanished before it came in last
	upTo  wire.ID // the newest line that the device was told of
	whole wire.ID // the archive was found right up to this line

	unmarked  bool // the disk does not know since when it is in: the next answer says
	mayForget bool // the last run may have kept to itself that it is in, or is not
}

// stay is a time in a room: the device must have the lines behind one, up to
// another or, while it is open, all.
type stay struct {
	after, to wire.ID
	open      bool
}

func (m *membership) leave(upTo wire.ID) {
	m.in = false
	if n := len(m.stays); n > 0 && m.stays[n-1].open {
		m.stays[n-1].open, m.stays[n-1].to = false, upTo
	}
}

// must reports whether the archive owes a line.
func (m *membership) must(id wire.ID) bool {
	return slices.ContainsFunc(m.stays, func(s stay) bool { return s.after < id && (s.open || id <= s.to) })
}

// asking reports whether the run has asked to come in or to leave, and its screen
// was not told what came of it.
func (m *membership) asking(d *device) bool {
	for _, q := range d.pending {
		if wire.Fold(q.room) == wire.Fold(m.room) {
			return true
		}
	}
	return false
}

// member returns what is known of a room. While a run is under way, the caller
// holds screen.mu.
func (d *device) member(room string) *membership {
	key := wire.Fold(room)
	if d.rooms[key] == nil {
		d.rooms[key] = &membership{room: room}
	}
	return d.rooms[key]
}

// isIn reports whether the device is in a room, as far as its screen knows.
func (d *device) isIn(room string) bool {
	if d.screen != nil {
		d.screen.mu.Lock()
		defer d.screen.mu.Unlock()
	}
	return d.member(room).in
}

// joined lists the rooms that the device is in, in order.
func (d *device) joined() []string { return d.roomsWhere(func(m *membership) bool { return m.in }) }

// left lists those that it was in.
func (d *device) left() []string {
	return d.roomsWhere(func(m *membership) bool { return !m.in && len(m.stays) > 0 })
}

func (d *device) roomsWhere(is func(*membership) bool) []string {
	if d.screen != nil {
		d.screen.mu.Lock()
		defer d.screen.mu.Unlock()
	}
	var list []string
	for _, m := range d.rooms {
		if is(m) {
			list = append(list, m.room)
		}
	}
	slices.Sort(list)
	return list
}

// learn takes what an event says about who may have what. The screen calls it,
// and holds its mu.
func (d *device) learn(e wire.Event) {
	re, ok := e.(interface{ Answers() string })
	if !ok {
		return
	}
	q, mine := d.pending[re.Answers()]
	delete(d.pending, re.Answers())
	switch e := e.(type) {
	case *wire.Entered:
		m := d.member(e.Room)
		switch {
		case m.in && m.unmarked:
			m.stays[len(m.stays)-1].after = max(m.stays[len(m.stays)-1].after, e.Last)
		case !m.in && mine && q.what == "join":
			if len(m.stays) == 0 {
				m.floor = e.Last
			}
			m.in, m.stays = true, append(m.stays, stay{after: e.Last, open: true})
			m.ends = d.w.host.ledger.read(m.room, math.MaxUint64).ends
		}
		m.unmarked = false
	case *wire.Done:
		if mine && q.what == "leave" {
			m := d.member(q.room)
			m.leave(max(m.upTo, d.screen.room(q.room).top))
		}
	case *wire.LoggedIn:
		if mine && q.what == "nick" {
			d.as = e.Name
		}
	default:
	}
}
