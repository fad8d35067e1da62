package client

import (
	"cmp"
	"slices"

	"labchat/internal/wire"
)

// maxEarly is how many private lines are remembered that may come again, because
// the server may not know that they were taken. What is more may come out twice.
const maxEarly = 10_000

// inbox is what waits for the session's account at the server. Owned by loop.
type inbox struct {
	left int     // lines of the answer that are still to come
	last wire.ID // of those that have come
	more bool    // there are more than one answer holds
	// asked says that what waits is not all here. early are private lines that
	// have come in the meantime: they are told behind it.
	asked bool
	early []wire.Event
	// told are private lines that have come out, while the server may not know
	// that they are stored here: it tells them again.
	told map[wire.ID]bool
	// passed are the newest private lines that have come out and wait nowhere: a
	// server that was killed may hand them on again.
	passed []wire.ID
}

// maxPassed is how many private lines are remembered that may come again: what is
// sent again is so when the connection is back, and lines go out one by one.
const maxPassed = 1000

// again reports whether a line that waits nowhere has come out before, and
// remembers it.
func (i *inbox) again(id wire.ID) bool {
	if slices.Contains(i.passed, id) {
		return true
	}
	if i.passed = append(i.passed, id); len(i.passed) > maxPassed {
		i.passed = i.passed[1:]
	}
	return false
}

// lost forgets what a connection's end takes.
func (i *inbox) lost() { i.left, i.last, i.more, i.asked, i.early = 0, 0, false, false, nil }

// holds keeps a line back that has come before all older ones have.
func (i *inbox) holds(line wire.Event) bool {
	if !i.asked || i.left > 0 || len(i.early) >= maxEarly {
		return false
	}
	i.early = append(i.early, line)
	return true
}

// count counts one line of an answer.
func (i *inbox) count(id wire.ID) {
	if i.left > 0 {
		i.left--
		i.last = id
	}
}

// waited reports whether a line of an older dialect, which has no word for it, is
// one of those that an answer has counted.
func (i *inbox) waited(tagged bool) bool {
	if tagged || i.left == 0 {
		return false
	}
	i.left--
	return true
}

// done notes that the server knows which lines are here.
func (i *inbox) done(r wire.Request) {
	if taken, ok := r.(wire.Taken); ok {
		for _, id := range taken.IDs {
			delete(i.told, id)
		}
	}
}

// whispered takes a private line.
func (l *loop) whispered(e *wire.Whispered) {
	if e.Inbox || !l.inbox.holds(e) {
		l.keepWhispered(e)
		l.inboxRead()
	}
}

// keepWhispered keeps a private line. The server keeps an account's until it
// hears that they are here.
func (l *loop) keepWhispered(e *wire.Whispered) {
	if e.ID == 0 {
		e.ID, e.At = l.stamp("")
		e.To = cmp.Or(e.To, l.who.name)
	}
	if l.who.name != "" && wire.Fold(e.From) == wire.Fold(l.who.name) {
		e.State = wire.ReceiptSent // by another device of ours: who we are now is known now only
	}
	e.Via.Earlier = e.Inbox || l.inbox.waited(l.asks.tagged)
	l.disk.keep(e)
	if e.Inbox {
		l.inbox.count(e.ID)
	}
	waits := e.Inbox || (l.who.kind == wire.KindAccount && wire.Fold(e.To) == wire.Fold(l.who.name))
	if waits {
		l.disk.taken = append(l.disk.taken, e.ID)
	}
	if l.inbox.told[e.ID] || !waits && l.asks.tagged && l.inbox.again(e.ID) {
		return
	}
	if waits && !l.cfg.LeaveInbox && len(l.inbox.told) < maxEarly {
		if l.inbox.told == nil {
			l.inbox.told = map[wire.ID]bool{}
		}
		l.inbox.told[e.ID] = true
	}
	l.emit(e)
}

// sealed lets out a line that only a device can read. Whose it is keeps it, and
// tells the server so.
func (l *loop) sealed(e *wire.Sealed) {
	if !l.inbox.holds(e) {
		l.inbox.count(e.ID)
		l.emit(e)
		l.inboxRead()
	}
}

// inboxRead lets out what came too early, when all that waited has come or will
// not come now.
func (l *loop) inboxRead() {
	i := &l.inbox
	if !i.asked || i.left > 0 || i.more {
		return
	}
	early := i.early
	i.asked, i.early = false, nil
	for _, line := range early {
		switch e := line.(type) {
		case *wire.Whispered:
			l.keepWhispered(e)
		case *wire.Sealed:
			if e.ID > i.last { // else it was among those that waited
				l.emit(e)
			}
		default:
		}
	}
}

// inboxRefused leaves what waits, and does not come now, to the next login.
func (l *loop) inboxRefused() {
	l.inbox.left, l.inbox.more = 0, false
	l.inboxRead()
}

// askInbox asks for what waits behind a line.
func (l *loop) askInbox(after wire.ID) {
	if l.cfg.LeaveInbox {
		return
	}
	if _, err := l.ask(wire.Inbox{After: after}, byInbox); err != nil {
		l.cfg.Log.Warn("inbox not asked for", "err", err)
		return
	}
	l.inbox.asked = true
}

// askMore goes on where the inbox had more than one answer holds. Lines that are
// left to others may be in front of those that come now.
func (l *loop) askMore() {
	i := &l.inbox
	if !i.more || i.left > 0 || l.disk.failing || l.phase < resuming || !l.asks.tagged {
		return
	}
	i.more = false
	l.askInbox(i.last)
}

// inboxCounted comes before the lines that waited.
func (l *loop) inboxCounted(e *wire.InboxCount, q *ask) {
	l.inbox.left, l.inbox.more = e.Count, e.More && e.Count > 0
	if q == nil || q.why != byInbox || e.Dropped > 0 {
		l.emit(e)
	}
	l.inboxRead()
}

// tellTaken tells the server which private lines are stored here.
func (l *loop) tellTaken(ids []wire.ID) {
	if len(ids) == 0 || l.cfg.LeaveInbox || l.phase < resuming || !l.asks.tagged {
		return
	}
	if _, err := l.ask(wire.Taken{IDs: ids}, byTaken); err != nil {
		l.cfg.Log.Warn("taken not told", "err", err)
	}
}
