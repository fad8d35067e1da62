package client

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// noticeHold is how long a leave may wait for lines before the person is told.
const noticeHold = time.Second

// heldLeave is a Leave that waits for lines which were typed before it: what was
// typed first happens first.
type heldLeave struct {
	wire.Leave
	tag   string
	lines []wire.ClientID // that it waits for
}

// leave takes a person's wish to leave a room, and reports whether the server
// need not be asked now. Without a connection there is nobody to ask: to leave
// is not to come back. A second wish does not wait for lines.
func (l *loop) leave(r wire.Leave, tag string) (taken bool) {
	if !l.asks.tagged && l.who.had {
		return false // an older server has one room, and no word for this
	}
	offline := l.phase < resuming
	if l.rooms.find(r.Room) == nil {
		if offline {
			l.refuse(r, tag, wire.CodeNotMember, "You are not in #"+r.Room+".")
		}
		return offline
	}
	l.save() // what was typed just before is in the outbox, too
	if offline {
		l.departed(r, tag)
		return true
	}
	if i := slices.IndexFunc(l.outbox.leaves, func(h heldLeave) bool { return wire.Fold(h.Room) == wire.Fold(r.Room) }); i >= 0 {
		held := l.outbox.leaves[i]
		l.outbox.leaves = slices.Delete(l.outbox.leaves, i, i+1)
		l.unsay(r.Room)
		l.emit(&wire.Done{Re: wire.Re{Re: held.tag}, Of: wire.ActLeave})
		return false
	}
	waiting := l.outbox.linesFor(r.Room, &l.who)
	if len(waiting) == 0 {
		return false
	}
	h := heldLeave{Leave: r, tag: tag}
	for _, one := range waiting {
		h.lines = append(h.lines, one.Client)
	}
	l.outbox.leaves = append(l.outbox.leaves, h)
	if n := len(waiting); time.Duration(n)*l.outbox.interval > noticeHold || time.Until(l.outbox.hold) > noticeHold {
		l.notice("%s for #%s: you leave it when that is said. /leave %s again leaves at once, and it stays unsaid.", linesWait(n), r.Room, r.Room)
	}
	return true
}

// linesFor lists the lines of a room that may go out under the name we have.
func (o *outbox) linesFor(room string, w *who) []*line {
	return slices.DeleteFunc(slices.Clone(o.lines), func(one *line) bool { return !one.isFor(room) || !w.may(one) })
}

// isFor reports whether a line is to be said in a room.
func (one *line) isFor(room string) bool {
	return one.To == "" && wire.Fold(one.Room) == wire.Fold(room)
}

// leaveNext asks to leave the rooms whose lines have been said, were taken back, or
// can't be said under the name that we have meanwhile.
func (l *loop) leaveNext() {
	if l.phase < resuming {
		return
	}
	l.outbox.leaves = slices.DeleteFunc(l.outbox.leaves, func(h heldLeave) bool {
		waits := slices.ContainsFunc(l.outbox.linesFor(h.Room, &l.who), func(one *line) bool { return slices.Contains(h.lines, one.Client) })
		if !waits {
			l.pass(h.Leave, h.tag)
		}
		return !waits
	})
}

// leaves reports whether the server was asked to let us out of a room, and not
// to let us in again.
func (l *loop) leaves(room string) bool {
	for _, q := range slices.Backward(l.asks.list) {
		switch r := q.req.(type) {
		case wire.Leave:
			if wire.Fold(r.Room) == wire.Fold(room) {
				return true
			}
		case wire.Join:
			if wire.Fold(r.Room) == wire.Fold(room) {
				return false
			}
		default:
		}
	}
	return false
}

// wants reports whether we are to be in a room: one that has been left since it was
// put into a list is not to be entered.
func (l *loop) wants(one *room) bool { return l.rooms.find(one.name) == one && !l.leaves(one.name) }

// departed takes a room as left that the server can't be asked about: the next
// connection does not enter it. Its lines fail, unless nobody is there any more
// to be told: then they do so in the next session.
func (l *loop) departed(r wire.Leave, tag string) {
	if !l.quit && !l.quitting {
		l.unsay(r.Room)
	}
	l.left(r.Room)
	l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActLeave})
}

// unsay fails the lines that wait for a room which a person leaves, whatever name
// they were typed under.
func (l *loop) unsay(room string) {
	for _, one := range slices.Clone(l.outbox.lines) {
		if one.isFor(room) && one != l.outbox.sent {
			before := " before it was sent."
			if one.lost {
				before = " before it was acknowledged."
			}
			l.failed(one, "You left #"+one.Room+before)
		}
	}
}

// leaveRefused answers a person who wants to leave a room that we are not in any
// more: they are rid of it.
func (l *loop) leaveRefused(e *wire.Refused, q *ask) {
	r, ok := q.req.(wire.Leave)
	if !ok || l.rooms.find(r.Room) == nil || e.Code != wire.CodeNotMember && e.Code != wire.CodeNoRoom {
		l.emit(e)
		return
	}
	l.left(r.Room)
	l.emit(&wire.Done{Re: e.Re, Of: wire.ActLeave})
}

// takenOut notes that a room is no longer ours though nobody here has asked to
// leave it, and says so.
func (l *loop) takenOut(room, reason string) {
	l.left(room)
	l.emit(&wire.Left{Room: room, Name: l.who.name, Reason: reason})
}
