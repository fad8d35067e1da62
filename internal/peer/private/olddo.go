package private

import (
	"net/netip"

	"labchat/internal/wire"
)

// meant is whom a request is about, "" nobody.
func meant(r wire.Request) string {
	switch r := r.(type) {
	case wire.Typing:
		return r.To
	case wire.Poke:
		return r.Name
	case wire.Accept:
		return r.Name
	case wire.Reject:
		return r.Name
	case wire.Verify:
		return r.Name
	case wire.SendFile:
		return r.To
	case wire.StopFile:
		return r.Name
	case wire.Route:
		return r.Name
	case wire.Seen:
		return r.Name
	case wire.HangUp:
		return r.Name
	default:
		return ""
	}
}

// doOlder does what a person asks of somebody with an older program.
func (l *loop) doOlder(r wire.Request, tag string) {
	b := &l.older.book
	name := meant(r)
	c := b.Contact(name)
	addr, _ := b.ByLabel(name)
	s := b.Stranger(addr)
	switch r.(type) {
	case wire.Typing, wire.Seen: // their programs know nothing of it
	case wire.Accept:
		l.answerOlder(r, tag, s != nil && l.acceptOlder(name) != nil)
	case wire.Reject:
		if s != nil {
			s.Refuse()
			l.emit(l.olderPath(b.Label(addr, "", "", false)))
		}
		l.answerOlder(r, tag, s != nil)
	case wire.HangUp:
		if c != nil {
			l.forgetOlder(c.Addr)
		}
		l.answerOlder(r, tag, c != nil)
	case wire.Poke, wire.Route:
		if c == nil && s == nil {
			l.answerOlder(r, tag, false)
			return
		}
		e := l.olderPath(name)
		e.Re = wire.Re{Re: tag}
		l.emit(e)
	default:
		l.refuse(r, tag, wire.CodeUnsupported, name+" has an older program: it has no key, and takes no files.")
	}
}

func (l *loop) answerOlder(r wire.Request, tag string, done bool) {
	if done {
		l.done(r, tag)
		return
	}
	text := "Nobody of that name asks for anything."
	if r.Act() != wire.ActAccept && r.Act() != wire.ActReject {
		text = "Nobody of that name has written to this program since it was started."
	}
	l.refuse(r, tag, wire.CodeNoUser, text)
}

// forgetOlder ends a conversation: their next word is a request again.
func (l *loop) forgetOlder(addr netip.AddrPort) {
	c := l.older.book.At(addr)
	l.older.book.Forget(c)
	delete(l.older.tallies, addr)
	l.emit(l.olderPath(c.Name))
}

// olderPath says how things stand with somebody.
func (l *loop) olderPath(label string) *wire.Path {
	b := &l.older.book
	e := &wire.Path{User: label, Way: wire.WayPlain, Reason: olderReason}
	addr, _ := b.ByLabel(label)
	c, s := b.Contact(label), b.Stranger(addr)
	switch {
	case c != nil:
		t := l.older.tallies[c.Addr]
		e.User, e.Addr, e.Since, e.Sent = c.Name, c.Addr.String(), t.since, t.sent
	case s != nil:
		e.Addr, e.Request = addr.String(), !s.Refused()
	default:
		e.Way, e.Reason = wire.WayNone, "the conversation is ended: they have to write again"
	}
	return e
}
