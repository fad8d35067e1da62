package client

import (
	"cmp"

	"labchat/internal/wire"
)

// inbox is what waits for the session's account at the server. Owned by loop.
type inbox struct {
	left int     // lines of the answer that are still to come
	last wire.ID // of those that have come
	more bool    // there are more than one answer holds
	// told are private lines that have come out, while the server may not know
	// that they are stored here: it tells them again.
	told map[wire.ID]bool
}

// lost forgets what a connection's end takes.
func (i *inbox) lost() { i.left, i.last, i.more = 0, 0, false }

// count counts one line of an answer.
func (i *inbox) count(id wire.ID) {
	if i.left > 0 {
		i.left--
		i.last = id
	}
}

// done notes that the server knows which lines are here.
func (i *inbox) done(r wire.Request) {
	if taken, ok := r.(wire.Taken); ok {
		for _, id := range taken.IDs {
			delete(i.told, id)
		}
	}
}

// whispered keeps a private line. The server keeps an account's until it hears
// that they are here.
func (l *loop) whispered(e *wire.Whispered) {
	if e.ID == 0 {
		e.ID, e.At = l.stamp("")
		e.To = cmp.Or(e.To, l.who.name)
	}
	l.disk.keep(e)
	if e.Inbox {
		l.inbox.count(e.ID)
	}
	waits := e.Inbox || (l.who.kind == wire.KindAccount && wire.Fold(e.To) == wire.Fold(l.who.name))
	if waits {
		l.disk.taken = append(l.disk.taken, e.ID)
	}
	if l.inbox.told[e.ID] {
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
	l.inbox.count(e.ID)
	l.emit(e)
}

// askInbox asks for what waits behind a line.
func (l *loop) askInbox(after wire.ID) {
	if l.cfg.LeaveInbox {
		return
	}
	if _, err := l.ask(wire.Inbox{After: after}, byInbox); err != nil {
		l.cfg.Log.Warn("inbox not asked for", "err", err)
	}
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
