package plain

import (
	"labchat/internal/wire"
)

// ledger keeps what the server owes us: acknowledgements of lines, answers to
// requests, and the lines that an answer announced.
type ledger struct {
	unsent   map[wire.ClientID]struct{}
	asked    map[string]wire.Request // by tag
	announce int                     // lines that are still to follow
	failed   int                     // lines that were refused for good
}

func newLedger() ledger {
	return ledger{unsent: map[wire.ClientID]struct{}{}, asked: map[string]wire.Request{}}
}

// lines is how many typed lines have no acknowledgement.
func (l *ledger) lines() int { return len(l.unsent) }

// answers says whether a request has no answer, or not all of it.
func (l *ledger) answers() bool { return len(l.asked) > 0 || l.announce > 0 }

func (l *ledger) settled() bool { return l.lines() == 0 && !l.answers() }

func (l *ledger) forgetAnswers() {
	clear(l.asked)
	l.announce = 0
}

// sent counts a line from the moment it was typed: its receipt may be late.
func (l *ledger) sent(id wire.ClientID) { l.unsent[id] = struct{}{} }

// receipt notes how far a line has come; lines of an earlier run come up too.
func (l *ledger) receipt(e *wire.Receipt) {
	switch e.State {
	case wire.ReceiptQueued:
		l.sent(e.Client)
	case wire.ReceiptFailed:
		delete(l.unsent, e.Client)
		l.failed++
	default:
		delete(l.unsent, e.Client)
	}
}

// answered returns the request that an event answers, nil where it answers
// none of ours.
func (l *ledger) answered(re string) wire.Request {
	r := l.asked[re]
	delete(l.asked, re)
	return r
}

// lineCame counts a line that an answer may have announced.
func (l *ledger) lineCame() { l.announce = max(l.announce-1, 0) }
