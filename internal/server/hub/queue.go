package hub

import (
	"slices"

	"labchat/internal/wire"
)

// queue keeps a session first in, first out. Owned by the hub.
type queue struct {
	waiting []waiter // entries in the log, oldest first; from first on
	first   int
	behind  []queued // requests that are not handled yet
	bytes   int      // of both
	job     uint64   // the last one asked for
	blocked bool     // nothing else is handled until an entry or a job comes back
	tag     string   // of the request that blocks
	act     wire.Act
}

// waiter is a request whose entry is in the log.
type waiter struct {
	tag    string
	act    wire.Act
	client wire.ClientID
	size   int
	// then is what happens after commit, beside the record's own effect. It is
	// nil for lines, whose answer is part of their fan-out.
	then func(c call, e *Entry)
}

// queued is a request that waits for those before it, or an answer that does.
type queued struct {
	request wire.Request
	answer  wire.Event // not nil: only this is left to be said
	size    int
}

// requestOverhead is what a queued request counts beside its text.
const requestOverhead = 64

func (q *queue) pending() (requests, bytes int) {
	n := q.inLog() + len(q.behind)
	if q.blocked && q.inLog() == 0 {
		n++ // a job's
	}
	return n, q.bytes
}

// ready reports whether a request of this kind may be handled now.
func (q *queue) ready(line bool) bool {
	return !q.blocked && (line || q.inLog() == 0)
}

func (q *queue) push(w queued) {
	q.behind = append(q.behind, w)
	q.bytes += w.size
}

// next puts something before all that waits.
func (q *queue) next(w queued) {
	q.behind = slices.Insert(q.behind, 0, w)
	q.bytes += w.size
}

func (q *queue) pop() queued {
	w := q.behind[0]
	q.behind[0] = queued{}
	q.behind = q.behind[1:]
	if len(q.behind) == 0 {
		q.behind = nil
	}
	q.bytes -= w.size
	return w
}

func (q *queue) wait(w waiter) {
	q.waiting = append(q.waiting, w)
	q.bytes += w.size
}

// inLog counts the entries that the session waits for.
func (q *queue) inLog() int { return len(q.waiting) - q.first }

// settle takes the oldest waiter: the log hands a session's entries back in
// the order in which it got them.
func (q *queue) settle() waiter {
	if q.inLog() == 0 {
		return waiter{}
	}
	w := q.waiting[q.first]
	q.waiting[q.first] = waiter{}
	q.first++
	q.bytes -= w.size
	q.blocked = false // a request that blocks has one entry and nothing behind it
	switch {
	case q.inLog() > 0:
	case cap(q.waiting) > keepWaiting:
		q.waiting, q.first = nil, 0
	default:
		q.waiting, q.first = q.waiting[:0], 0
	}
	return w
}

// keepWaiting is how much room for waiters a quiet session may keep.
const keepWaiting = 8

func (q *queue) block(c call) {
	q.blocked, q.tag, q.act = true, c.tag, c.act
}

// size is what a request counts towards a session's bound.
func size(r wire.Request) int {
	switch r := r.(type) {
	case wire.Say:
		return requestOverhead + len(r.Text)
	case heard:
		return requestOverhead + len(r.Text)
	case wire.Private:
		return requestOverhead + len(r.Text)
	case wire.Relay:
		return requestOverhead + len(r.Data)
	case wire.Seal:
		return requestOverhead + len(r.Box)
	default:
		return requestOverhead
	}
}
