package client

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// maxResume is how many rooms a server lets one request resume, and one session
// be in.
const maxResume = 200

// catchUp enters rooms and asks for what was said in them since the newest line
// that was told; where there is none, from now on.
func (l *loop) catchUp(list []*room) {
	if l.asks.tagged {
		l.rooms.queue = append(l.rooms.queue, list...)
		l.enterNext()
	}
}

// enterNext enters rooms of the queue, no more at a time than the server answers.
func (l *loop) enterNext() {
	r := &l.rooms
	var marks []wire.Mark
	for ; len(r.queue) > 0 && len(l.asks.list) < maxAsks/2; r.queue = r.queue[1:] {
		one := r.queue[0]
		if !l.wants(one) {
			continue
		}
		if one.standing == inside {
			one.standing, one.run = entering, 0
		}
		if one.told.Last == 0 {
			one.told.Add(1, l.extent(one.name).Last)
		}
		last := one.told.Last
		if len(one.told.Holes) > 0 {
			last = one.told.Holes[0].From - 1
		}
		if last == 0 {
			l.enter(wire.Join{Room: one.name}, one)
			continue
		}
		one.since = last
		if marks = append(marks, wire.Mark{Room: one.name, Last: last}); len(marks) == maxResume {
			l.resume(marks)
			marks = nil
		}
	}
	l.resume(marks)
	if len(r.queue) == 0 && r.barrier {
		r.barrier = false
		if _, err := l.ask(wire.Ping{}, byBarrier); err != nil {
			l.cfg.Log.Warn("no barrier", "err", err)
		}
	}
}

// resume enters rooms that have marks, with as many requests as it takes for each
// to fit into a frame.
func (l *loop) resume(marks []wire.Mark) {
	var list []*room
	marks = slices.DeleteFunc(slices.Clone(marks), func(m wire.Mark) bool {
		one := l.rooms.find(m.Room)
		wanted := one != nil && l.wants(one)
		if wanted {
			list = append(list, one)
		}
		return !wanted
	})
	if len(marks) == 0 {
		return
	}
	if half := len(marks) / 2; !l.enter(wire.Resume{Rooms: marks}, list...) && half > 0 {
		l.resume(marks[:half])
		l.resume(marks[half:])
	}
}

// enter asks to be in rooms. It reports whether it could ask.
func (l *loop) enter(r wire.Request, list ...*room) bool {
	q, err := l.ask(r, byRooms)
	if err != nil {
		l.cfg.Log.Warn("rooms not entered", "rooms", len(list), "err", err)
		return false
	}
	q.left = list
	return true
}

// barrier asks for an answer that comes after all that was asked before.
func (l *loop) barrier() {
	l.rooms.barrier = true
	l.enterNext()
}

// passed is the answer to a barrier: what was asked before it is here.
func (l *loop) passed() {
	if l.phase == resuming && !l.rooms.barrier {
		l.wentOnline()
	}
	l.tellFull()
}

// notEntered says which rooms the server has passed over in its answers. They
// are asked for again on the next connection.
func (l *loop) notEntered(q *ask) {
	l.asks.forget(q)
	for _, one := range q.left {
		l.refuse(wire.Join{}, "", wire.CodeUnanswered, "The server has not said whether you are in "+one.name+". /join "+one.name+" asks again.")
	}
}

// askLater waits with what was refused for now.
func (l *loop) askLater(retryMS int64) {
	const soon = 5 * time.Second
	l.rooms.again = time.Now().Add(max(soon, patience(retryMS)))
}

// roomsRefused is an answer to a Join, or to a Resume for the next room that was
// not entered; otherwise it is for all that the Resume has not told.
func (l *loop) roomsRefused(e *wire.Refused, q *ask) {
	resume, isResume := q.req.(wire.Resume)
	if len(q.left) > 0 && (e.Code == wire.CodeNoRoom || e.Code == wire.CodeFull || !isResume && !forNow(e.Code)) {
		one := q.left[0]
		if q.left = q.left[1:]; !isResume {
			l.asks.forget(q)
		}
		l.roomRefused(one, e)
		return
	}
	l.asks.forget(q)
	switch {
	case e.Code == wire.CodeTooLong && len(resume.Rooms) > 1:
		half := len(resume.Rooms) / 2
		l.resume(resume.Rooms[:half])
		l.resume(resume.Rooms[half:])
	case forNow(e.Code):
		l.rooms.late = append(l.rooms.late, q.left...)
		for _, m := range resume.Rooms {
			if one := l.rooms.find(m.Room); one != nil && one.standing == entering {
				l.rooms.late, one.run = append(l.rooms.late, one), 0
			}
		}
		l.askLater(e.RetryMS)
	default:
		l.emit(e)
	}
}

// roomRefused is the answer for one room.
func (l *loop) roomRefused(one *room, e *wire.Refused) {
	if e.Code == wire.CodeFull {
		one.full = true // it is still wanted, and told of together with the others
		return
	}
	l.emit(e)
	if e.Code == wire.CodeNoRoom {
		l.takenOut(one.name, e.Text)
	}
}

// tellFull tells once of the rooms that the server has no place for us in.
func (l *loop) tellFull() {
	n := 0
	for _, one := range l.rooms.all {
		if one.full && one.standing == outside {
			n++
		}
	}
	if n > l.rooms.toldFull {
		l.notice("You are in as many rooms as the server allows one session. %d rooms more stay on your list and are entered when you leave others, or come back with fewer.", n)
	}
	l.rooms.toldFull = n
}

// forNow reports whether something may be asked again that was refused.
func forNow(c wire.Code) bool {
	switch c {
	case wire.CodeBusy, wire.CodeRate, wire.CodeThrottled, wire.CodeStorage:
		return true
	default:
		return false
	}
}

// askAgain asks for what was refused for now.
func (l *loop) askAgain(now time.Time) {
	if l.rooms.again.IsZero() || now.Before(l.rooms.again) {
		return
	}
	late := l.rooms.late
	l.rooms.again, l.rooms.late = time.Time{}, nil
	l.catchUp(slices.DeleteFunc(late, func(one *room) bool { return l.rooms.find(one.name) != one || one.standing == inside }))
	l.fill()
}
