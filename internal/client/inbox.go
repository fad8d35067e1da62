package client

import (
	"cmp"

	"labchat/internal/wire"
)

// inbox is what waits for the session's account at the server. Owned by loop.
type inbox struct {
	left int  // lines of the answer that are still to come
	more bool // there are more than one answer holds
	// told are private lines that have come out, while the server may not know
	// that they are stored here: it tells them again.
	told map[wire.ID]bool
}

// lost forgets what a connection's end takes.
func (i *inbox) lost() { i.left, i.more = 0, false }

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
	if e.Inbox && l.inbox.left > 0 {
		l.inbox.left--
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

func (l *loop) askInbox() {
	if l.cfg.LeaveInbox {
		return
	}
	if _, err := l.ask(wire.Inbox{}, byInbox); err != nil {
		l.cfg.Log.Warn("inbox not asked for", "err", err)
	}
}

// inboxCounted comes before the lines that waited.
func (l *loop) inboxCounted(e *wire.InboxCount, q *ask) {
	l.inbox.left, l.inbox.more = e.Count, e.More
	if q == nil || q.why != byInbox || e.Dropped > 0 {
		l.emit(e)
	}
}

// tellTaken tells the server which private lines are stored here, and asks for
// more where the inbox had more than one answer holds.
func (l *loop) tellTaken(ids []wire.ID) {
	if len(ids) == 0 || l.cfg.LeaveInbox || l.phase < resuming || !l.asks.tagged {
		return
	}
	if _, err := l.ask(wire.Taken{IDs: ids}, byTaken); err != nil {
		l.cfg.Log.Warn("taken not told", "err", err)
		return
	}
	if l.inbox.more && l.inbox.left == 0 {
		l.inbox.more = false
		l.askInbox()
	}
}
