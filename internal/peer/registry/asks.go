package registry

import (
	"errors"
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
	// maxAsks is how many requests of a lane wait.
	maxAsks = 100
	// apartSends is how often a request that not every registry knows is sent
	// to one that has answered something else since.
	apartSends = 3
)

// ask is a request that waits for its answer. done is called once, with nil if
// none came.
type ask struct {
	req   wire.Request
	tag   string // a person's
	done  func(e wire.Event)
	line  bool // a line waits for it: done is called when the registry goes away, too
	sends int
	first time.Time  // when it was sent first
	due   time.Time  // when it is sent again, or a list has ended
	list  wire.Event // what has come of a list
}

// lane is requests to the registry of which one is under way at a time: answers
// have no names.
type lane struct {
	apart []wire.Act // that only some registries know, nil: those that all know
	list  []*ask
	quiet time.Time // until then nothing is asked
}

// asks are the requests to the registry: what it may leave unanswered keeps
// nothing else waiting. Owned by loop.
type asks struct {
	lanes []lane // the first is for what every registry knows
}

func newAsks(m wire.Manners) asks {
	a := asks{lanes: make([]lane, 1)}
	for _, acts := range m.Apart {
		a.lanes = append(a.lanes, lane{apart: acts})
	}
	return a
}

// lane is where a kind of request waits.
func (a *asks) lane(act wire.Act) *lane {
	for i := range a.lanes {
		if slices.Contains(a.lanes[i].apart, act) {
			return &a.lanes[i]
		}
	}
	return &a.lanes[0]
}

// idle says whether nothing is asked that every registry answers.
func (a *asks) idle() bool { return len(a.lanes[0].list) == 0 }

// due is when something is to be done next; the zero time is never.
func (a *asks) due() (earliest time.Time) {
	for i := range a.lanes {
		if due := a.lanes[i].due(); !due.IsZero() && (earliest.IsZero() || due.Before(earliest)) {
			earliest = due
		}
	}
	return earliest
}

func (n *lane) due() time.Time {
	if len(n.list) == 0 {
		return time.Time{}
	}
	if q := n.list[0]; q.sends > 0 {
		return q.due
	}
	return n.quiet.Add(1) // not the zero time, which is never
}

// ask puts a request behind those that wait; why is a sentence that says what
// keeps it from that, "" nothing.
func (l *loop) ask(q *ask) (code wire.Code, why string) {
	n, dialect := l.asks.lane(q.req.Act()), l.cfg.Dialect
	_, err := dialect.Client().AppendDatagrams(nil, q.req)
	switch {
	case errors.Is(err, wire.ErrUnsupported):
		return wire.CodeUnsupported, "This registry speaks " + dialect.Name() + ", which has no words for " + q.req.Act().Command() + ". /help lists what it knows."
	case err != nil:
		return wire.CodeMalformed, "This can't be said in the datagrams of " + dialect.Name() + ". Take letters and digits, and less of them."
	case len(n.list) >= maxAsks:
		return wire.CodeBusy, "The registry has not answered what was asked before. Wait a little."
	}
	n.list = append(n.list, q)
	return "", ""
}

// askAgain sends what is due, and gives up what was sent often enough.
func (l *loop) askAgain(now time.Time) {
	for i := range l.asks.lanes {
		n := &l.asks.lanes[i]
		for due := n.due(); !due.IsZero() && !now.Before(due); due = n.due() {
			l.askNext(n, now)
		}
	}
}

// askNext does what is due in a lane.
func (l *loop) askNext(n *lane, now time.Time) {
	q := n.list[0]
	switch {
	case q.list != nil:
		l.answered(n, q.list)
	case q.sends == len(waits), q.sends == apartSends && n.apart != nil && l.registry.heard.After(q.first):
		l.checkSoon(now)
		l.answered(n, nil)
	default:
		q.due = now.Add(waits[q.sends])
		if q.sends++; q.sends == 1 {
			q.first = now
		}
		l.say(q.req)
		if n.apart != nil && q.sends > 1 {
			l.checkSoon(now) // the registry may be away, or not know this one
		}
	}
}

// answered ends the request that is under way in a lane.
func (l *loop) answered(n *lane, e wire.Event) {
	q := n.list[0]
	n.list = n.list[1:]
	if q.sends > 1 {
		n.quiet = time.Now().Add(echoWait)
	}
	q.done(e)
}

// heardAnswer takes an event from the registry for an answer, if one is due.
func (l *loop) heardAnswer(e wire.Event) (taken bool) {
	for i := range l.asks.lanes {
		n := &l.asks.lanes[i]
		if len(n.list) == 0 || n.list[0].sends == 0 || !answers(n.list[0].req, e) {
			continue
		}
		q := n.list[0]
		if longer, isList := gather(q.list, e); isList {
			if q.list = longer; !empty(longer) {
				q.due = time.Now().Add(listQuiet)
				return true
			}
		}
		l.answered(n, e)
		return true
	}
	return false
}

// refuseAll gives up all that waits: the registry is not there.
func (a *asks) refuseAll() {
	var all []*ask
	for i := range a.lanes {
		all = append(all, a.lanes[i].list...)
		a.lanes[i].list = nil
	}
	for _, q := range all {
		if q.tag != "" || q.line {
			q.done(nil)
		}
	}
}

// silence says why a request has no answer: the registry is away, or knows no
// such request.
func (l *loop) silence(q *ask) (code wire.Code, text string) {
	if !l.registry.online || !l.registry.heard.After(q.first) {
		return wire.CodeOffline, l.away() + " Try again when it is back."
	}
	text = " answers, but not to this. Try again."
	if l.asks.lane(q.req.Act()).apart != nil {
		text = " answers, but says nothing of groups: it may be a registry for private conversations only. /msg NAME talks to somebody."
		if who, ok := q.req.(wire.Find); ok {
			text = " answers, but does not say where " + who.Name + " is: it may be a registry for groups only, which looks nobody up."
		}
	}
	return wire.CodeUnanswered, l.cfg.Registry + text
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
