package hub

import (
	"container/heap"
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

// deadline is something that is due at a time. It names its object instead of
// pointing at it: what has gone or changed since is left alone when it fires.
type deadline struct {
	time    time.Time
	what    due
	session SessionID
	room    string
	job     uint64
	network Network
	name    string
}

// noTime is before all times: at once.
var noTime time.Time

// due says what a deadline is about.
type due uint8

const (
	dueHeld     due = iota // lines that an undecided session holds
	dueHello               // a native session's beginning
	dueName                // an older program's dialogue about its name
	dueRoom                // the end of an empty room
	dueJob                 // work that was put off
	dueStart               // what New could not do
	dueMembers             // a list of a room's members that has changed again
	dueGuise               // how a user is known, that its rooms were not told at once
	duePeers               // a list of prompt programs' people that has changed again
	dueNews                // what a room was not told at once
	dueAnnounce            // an AnonymousN that is announced later
	dueTurn                // a request that its session's budget was not enough for
	dueRest                // the end of a rest for who has sent too much for nothing
	dueShare               // those that their network's was not enough for
	dueAbsent              // a name that is kept for a guest
	dueSweep               // expired tokens and attempts
)

// deadlines is a heap; the earliest is its first.
type deadlines []deadline

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].time.Before(d[j].time) }
func (d deadlines) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }

// Push is for package heap.
func (d *deadlines) Push(x any) { *d = append(*d, x.(deadline)) }

// Pop is for package heap.
func (d *deadlines) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	*d = (*d)[:last]
	return x
}

func (d *deadlines) at(t time.Time, what deadline) {
	what.time = t
	heap.Push(d, what)
}

// Next returns when Tick is due, if ever.
func (h *Hub) Next() (time.Time, bool) {
	if len(h.due) == 0 {
		return time.Time{}, false
	}
	return h.due[0].time, true
}

// Tick does what is due.
func (h *Hub) Tick(now time.Time, out *Out) {
	for len(h.due) > 0 && !h.due[0].time.After(now) {
		d := heap.Pop(&h.due).(deadline)
		h.handleDeadline(call{now: now, s: h.sessions[d.session], out: out}, d)
	}
}

func (h *Hub) handleDeadline(c call, d deadline) {
	switch d.what {
	case dueHeld:
		h.onHeldDue(c)
	case dueHello:
		h.onHelloDue(c)
	case dueName:
		h.onNameDue(c)
	case dueRoom:
		h.rooms.onRoomDue(c, d.room)
	case dueJob:
		h.onJobDue(c, d.job)
	case dueMembers:
		h.registrants.onMembersDue(c)
	case dueGuise:
		h.presence.onGuiseDue(c)
	case duePeers:
		h.peers.onPeersDue(c)
	case dueNews:
		h.news.onNewsDue(c, d.room)
	case dueAnnounce:
		h.presence.onAnnounceDue(c)
	case dueTurn:
		h.budgets.onTurnDue(c)
	case dueRest:
		h.budgets.onRestDue(c)
	case dueShare:
		h.budgets.onShareDue(c, d.network)
	case dueAbsent:
		h.guests.onAbsentDue(c, d.name)
	case dueSweep:
		h.onSweepDue(c)
		h.due.at(c.now.Add(sweepEvery), deadline{what: dueSweep})
	case dueStart:
		h.onStart(c)
	}
}

// onStart begins what needs the time, which New is not told: the rooms of the
// log that don't stay wait for somebody to come back, and those whose owner was
// removed just before the end are handed on.
func (h *Hub) onStart(c call) {
	orphans := map[string]bool{}
	for _, rm := range h.rooms.ordered {
		if rm.conns == 0 {
			h.rooms.scheduleEnd(c.now, rm, newRoomFor)
		}
		if rm.owner != "" && h.rooms.ownerOf(rm) == nil {
			orphans[rm.owner] = true
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(orphans)) {
		h.rooms.handOn(c, owner)
	}
	h.due.at(c.now.Add(sweepEvery), deadline{what: dueSweep})
}

// onSweepDue forgets what has expired.
func (h *Hub) onSweepDue(c call) {
	t := &h.accounts.guesses
	forget(t.tries, c.now)
	forget(t.accounts, c.now)
	h.accounts.quotas.sweep(c.now)
	c.logTokensGone(h.tokens.sweep(c.now))
	h.rendezvous.sweepPrekeys(c.now)
	h.budgets.shares.sweep(c.now)
}

// onHelloDue ends a native session that has not said hello.
func (h *Hub) onHelloDue(c call) {
	if c.s == nil || c.s.greeted || c.s.isOld() && c.s.user != nil {
		return
	}
	h.presence.end(c, &wire.Goodbye{Code: wire.CodeTimeout, Text: "No hello within 30 s. Connect again."}, "")
}

// onNameDue ends a dialogue that has come to no name, unless a password is just
// being compared.
func (h *Hub) onNameDue(c call) {
	switch {
	case c.s == nil || c.s.user != nil:
	case c.s.queue.blocked:
		h.awaitName(c)
	default:
		h.presence.end(c, &wire.Goodbye{Code: wire.CodeTimeout, Text: "No name within 30 s. Connect again."}, "")
	}
}

// onHeldDue gives an old program, or a connection that has said nothing and is
// taken for one now, the lines that waited for it.
func (h *Hub) onHeldDue(c call) {
	if c.s == nil || c.s.held == nil {
		return
	}
	switch c.s.held.why {
	case holdFirst:
		h.rooms.release(c.s, c.out)
	case holdUndecided:
		c.s.origin.Dialect = oldDialect
		c.out.Effects = append(c.out.Effects, Effect{Op: OpDecided, Session: c.s.id})
		h.presence.announce(c)
		h.rooms.release(c.s, c.out)
	case holdSync, holdResume, holdNone:
	}
}

// oldDialect is what a silent connection is taken for.
const oldDialect = "a3"
