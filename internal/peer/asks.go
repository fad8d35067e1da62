package peer

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// waits are how long an answer is waited for before the request is sent again;
// after the last one it is given up.
var waits = [...]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

const (
	// listQuiet ends a list of one datagram a name, which has no end of its
	// own.
	listQuiet = 200 * time.Millisecond
	// echoWait is how long late answers may come to a request that was sent
	// several times. They must not be taken for the next one's.
	echoWait = 2 * time.Second
	// maxAsks is how many requests wait.
	maxAsks = 100
)

// ask is a request that waits for its answer. done is called once, with nil if
// none came.
type ask struct {
	req   wire.Request
	tag   string // a person's
	done  func(e wire.Event)
	line  bool // a line waits for it: done is called when the registry goes away, too
	sends int
	due   time.Time  // when it is sent again, or a list has ended
	list  wire.Event // what has come of a list
}

// asks are the requests to the registry. One is under way at a time: answers
// have no names. Owned by loop.
type asks struct {
	list  []*ask
	quiet time.Time // until then nothing is asked
}

func (a *asks) due() time.Time {
	if len(a.list) == 0 {
		return time.Time{}
	}
	if q := a.list[0]; q.sends > 0 {
		return q.due
	}
	return a.quiet.Add(1) // not the zero time, which is never
}

// ask puts a request behind those that wait, if the dialect can say it.
func (l *loop) ask(q *ask) bool {
	if len(l.asks.list) >= maxAsks {
		return false
	}
	if _, err := l.cfg.Dialect.Client().AppendDatagrams(nil, q.req); err != nil {
		return false
	}
	l.asks.list = append(l.asks.list, q)
	return true
}

// askAgain sends what is due, and gives up what was sent often enough.
func (l *loop) askAgain(now time.Time) {
	a := &l.asks
	for due := a.due(); !due.IsZero() && !now.Before(due); due = a.due() {
		q := a.list[0]
		switch {
		case q.list != nil:
			l.answered(q.list)
		case q.sends == len(waits):
			l.answered(nil)
		default:
			q.due = now.Add(waits[q.sends])
			q.sends++
			l.say(q.req)
		}
	}
}

// answered ends the request under way.
func (l *loop) answered(e wire.Event) {
	a := &l.asks
	q := a.list[0]
	a.list = a.list[1:]
	if q.sends > 1 {
		a.quiet = time.Now().Add(echoWait)
	}
	q.done(e)
}

// heardAnswer takes an event from the registry for an answer, if one is due.
func (l *loop) heardAnswer(e wire.Event) (taken bool) {
	a := &l.asks
	if len(a.list) == 0 || a.list[0].sends == 0 || !answers(a.list[0].req, e) {
		return false
	}
	q := a.list[0]
	if longer, isList := gather(q.list, e); isList {
		if q.list = longer; !empty(longer) {
			q.due = time.Now().Add(listQuiet)
			return true
		}
	}
	l.answered(e)
	return true
}

// refuseAll gives up all that waits: the registry is not there.
func (a *asks) refuseAll() {
	list := a.list
	a.list = nil
	for _, q := range list {
		if q.tag != "" || q.line {
			q.done(nil)
		}
	}
}

// answers says whether an event can be the answer to a request.
func answers(r wire.Request, e wire.Event) bool {
	switch e := e.(type) {
	case *wire.LoggedIn:
		g, ok := r.(wire.Guest)
		return ok && g.Name == e.Name
	case *wire.Created:
		c, ok := r.(wire.Create)
		return ok && c.Room == e.Room
	case *wire.Refused:
		return r.Act() == e.Of
	case *wire.Done:
		return r.Act() == e.Of
	case *wire.Found:
		return r.Act() == wire.ActFind
	case *wire.PeerList, *wire.Entered:
		return r.Act() == wire.ActJoin
	case *wire.PeopleList:
		return r.Act() == wire.ActPeople
	case *wire.RoomList:
		return r.Act() == wire.ActRooms
	default:
		return false
	}
}

// gather adds what a datagram says to a list; isList is false where it is no
// part of one.
func gather(list, e wire.Event) (longer wire.Event, isList bool) {
	switch e := e.(type) {
	case *wire.PeopleList:
		all := &wire.PeopleList{}
		if before, ok := list.(*wire.PeopleList); ok {
			all.People = before.People
		}
		for _, p := range e.People {
			if !slices.Contains(all.People, p) && len(all.People) < wire.MaxList {
				all.People = append(all.People, p)
			}
		}
		return all, true
	case *wire.RoomList:
		all := &wire.RoomList{}
		if before, ok := list.(*wire.RoomList); ok {
			all.Rooms = before.Rooms
		}
		for _, r := range e.Rooms {
			if !slices.Contains(all.Rooms, r) && len(all.Rooms) < wire.MaxList {
				all.Rooms = append(all.Rooms, r)
			}
		}
		return all, true
	default:
		return nil, false
	}
}

func empty(list wire.Event) bool {
	switch list := list.(type) {
	case *wire.PeopleList:
		return len(list.People) == 0
	case *wire.RoomList:
		return len(list.Rooms) == 0
	default:
		return true
	}
}
