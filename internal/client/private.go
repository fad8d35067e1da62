package client

import (
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// passedOn takes a private line that somebody else keeps, for the connection at hand.
func (l *loop) passedOn(v gate.Verdict, r *wire.Receipt) {
	if l.phase < resuming || !v.InPlain(r.To) {
		l.emit(&wire.Returned{Client: r.Client, InDoubt: r.InDoubt})
		return
	}
	l.outbox.lines = append(l.outbox.lines, &line{Receipt: r, lost: r.InDoubt, passed: v})
	l.emit(receipt(r))
}

// isPassed reports whether somebody else keeps a line.
func (one *line) isPassed() bool { return one.passed.InPlain(one.To) }

// private is what a private line asks of the server, which can read it. The gate is
// asked when it goes out: what it may have waited for is long ago. Nil: it does not
// let it out, and the line is done with.
func (l *loop) private(one *line) wire.Request {
	v := gate.Unaided(l.cfg.Store, one.To, one.passed.Own(), wire.Fold(one.To) == wire.Fold(l.who.name))
	switch {
	case v.InPlain(one.To):
		return wire.Private{To: one.To, Text: one.Text, Action: one.Action, Client: one.Client, Age: one.age()}
	case one.isPassed():
		l.giveBack(one)
	default:
		l.failed(one, "Not sent: "+v.Text()+". Write to "+one.To+" with chat-tui.")
	}
	return nil
}

// giveBack leaves a line to whoever has passed it.
func (l *loop) giveBack(one *line) {
	l.outbox.done(one)
	l.emit(&wire.Returned{Client: one.Client, InDoubt: one.lost})
}

// giveAllBack is for the end of a connection: who is spoken to in plain text is decided
// anew on the next.
func (l *loop) giveAllBack() {
	for _, one := range append([]*line(nil), l.outbox.lines...) {
		if one.isPassed() {
			l.giveBack(one)
		}
	}
}
