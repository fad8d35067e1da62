package plain

import (
	"cmp"
	"maps"
	"slices"

	"labchat/internal/wire"
)

// ledger keeps what is owed to us: acknowledgements of lines, answers to
// requests, and the lines that an answer announced.
type ledger struct {
	unsent   map[wire.ClientID]*unsent
	typed    int                        // lines so far, to number them
	patient  int                        // of unsent: those that wait for somebody
	asked    map[string]wire.Request    // by tag
	late     map[string]wire.Request    // likewise: nothing waits for their answers any more, which may come
	dropping map[wire.ClientID]struct{} // a person wants them dropped
	announce int                        // lines that are still to follow
	failed   int                        // lines that were refused for good
}

// unsent is a typed line that has no acknowledgement.
type unsent struct {
	n    int           // its place among all
	last *wire.Receipt // nil until there is one
}

// waits reports whether the line waits for somebody or something, by name.
func (u *unsent) waits() bool {
	return u.last != nil && u.last.State == wire.ReceiptQueued && u.last.Reason != ""
}

func newLedger() ledger {
	return ledger{unsent: map[wire.ClientID]*unsent{}, asked: map[string]wire.Request{}, late: map[string]wire.Request{}, dropping: map[wire.ClientID]struct{}{}}
}

// lines is how many typed lines have no acknowledgement.
func (l *ledger) lines() int { return len(l.unsent) }

// underWay is how many of them are on their way: those that wait for somebody
// who is away are no reason to read less.
func (l *ledger) underWay() int { return len(l.unsent) - l.patient }

// undelivered is how many of them only their receiver can acknowledge.
func (l *ledger) undelivered() int {
	n := 0
	for _, u := range l.unsent {
		if u.last != nil && u.last.Seq != 0 {
			n++
		}
	}
	return n
}

// answers reports whether a request has no answer, or not all of it.
func (l *ledger) answers() bool { return len(l.asked) > 0 || l.announce > 0 }

func (l *ledger) settled() bool { return l.lines() == 0 && !l.answers() }

// waitNoMore gives up waiting for answers, which may come yet: what was asked at
// the moment in which the connection was lost is answered by the session itself.
func (l *ledger) waitNoMore() {
	maps.Copy(l.late, l.asked)
	clear(l.asked)
	l.announce = 0
}

// sent counts a line from the moment it was typed: its receipt may be late.
func (l *ledger) sent(id wire.ClientID) *unsent {
	if l.unsent[id] == nil {
		l.typed++
		l.unsent[id] = &unsent{n: l.typed}
	}
	return l.unsent[id]
}

// receipt notes how far a line has come, and returns what was known of it so
// far; lines of an earlier run come up too.
func (l *ledger) receipt(e *wire.Receipt) (before *wire.Receipt) {
	if u := l.unsent[e.Client]; u != nil {
		before = u.last
	}
	switch {
	case e.State == wire.ReceiptFailed:
		if _, wanted := l.dropping[e.Client]; !wanted {
			l.failed++
		}
		delete(l.dropping, e.Client)
		l.settle(e.Client)
	case acknowledged(e):
		l.settle(e.Client)
	default:
		l.note(e)
	}
	return before
}

// acknowledged reports whether a line is safe somewhere else than here. An
// encrypted one is when its receiver has it, or when it is sealed and waits at
// the server: sent alone says only that it is on its way.
func acknowledged(e *wire.Receipt) bool {
	switch e.State {
	case wire.ReceiptDelivered, wire.ReceiptRead:
		return true
	case wire.ReceiptSent:
		return e.Seq == 0 || e.Inbox
	default:
		return false
	}
}

func (l *ledger) note(e *wire.Receipt) {
	u := l.sent(e.Client)
	if u.waits() {
		l.patient--
	}
	if u.last = e; u.waits() {
		l.patient++
	}
}

func (l *ledger) settle(id wire.ClientID) {
	if u := l.unsent[id]; u != nil && u.waits() {
		l.patient--
	}
	delete(l.unsent, id)
}

// waiting lists what is known of the lines without an acknowledgement, as they
// were typed.
func (l *ledger) waiting() []*wire.Receipt {
	all := slices.SortedFunc(maps.Values(l.unsent), func(a, b *unsent) int { return cmp.Compare(a.n, b.n) })
	var list []*wire.Receipt
	for _, u := range all {
		if u.last != nil {
			list = append(list, u.last)
		}
	}
	return list
}

// answered returns the request that an event answers, nil where it answers
// none of ours.
func (l *ledger) answered(re string) wire.Request {
	r, waited := l.asked[re]
	if !waited {
		r = l.late[re]
	}
	delete(l.asked, re)
	delete(l.late, re)
	return r
}

// lineCame counts a line, and reports whether an answer may have announced it.
func (l *ledger) lineCame() (announced bool) {
	announced = l.announce > 0
	l.announce = max(l.announce-1, 0)
	return announced
}
