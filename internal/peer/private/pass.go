package private

import (
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// may asks the gate what may leave for somebody by a way, under a key.
func (l *loop) may(c *conversation, way gate.Way, key string) gate.Verdict {
	s := &l.server
	f := gate.Facts{
		Person: gate.Person{Name: c.name, Unread: c.unread, Contact: c.contact, Keys: c.keys, Met: c.device},
		Server: gate.Server{
			Kind: c.kind, Mine: c.key == wire.Fold(s.me), Says: c.says, Listed: c.listed,
			Inbox: s.seals && s.claimed && s.kind == wire.KindAccount,
		},
		Own: l.id.Key(), Way: way, Key: key,
	}
	if key != "" && c.stateOf(key) == wire.KeyNone {
		f.Person.Owner = l.otherOwner(c, key)
		f.Person.Unread = c.unread
	}
	switch {
	case !s.online || !s.welcomed:
	case s.able:
		f.Server.Help = gate.Keys
	default:
		f.Server.Help = gate.NoKeys
	}
	return gate.Decide(f)
}

// inPlain is what the gate says of plain text.
func (l *loop) inPlain(c *conversation) gate.Verdict { return l.may(c, gate.InPlain, "") }

// blocked reports whether nothing goes to the key at hand, whatever the server says
// next.
func (l *loop) blocked(c *conversation) bool {
	return c.device != "" && l.may(c, gate.ToKnow, c.device).Blocks()
}

// hasKey reports whether somebody has, or has had, a key.
func (l *loop) hasKey(c *conversation) bool { return c.unread || c.contact.Secure || c.device != "" }

// isKeyless follows the server's word that there is no key to speak to.
func (l *loop) isKeyless(c *conversation, word gate.Word) {
	c.says, c.fresh = word, time.Now().Add(plainFor)
	if l.passAll(c) {
		return
	}
	c.show(l.inPlain(c).Text())
	c.says = gate.Unasked
	c.later(time.Now())
}

// passAll leaves all that waits to the session, if the gate lets it go in plain text.
func (l *loop) passAll(c *conversation) bool {
	v := l.inPlain(c)
	if !v.InPlain(c.name) {
		return false
	}
	c.invited, c.again, c.poked = false, time.Time{}, false
	c.show(l.whyPlain(c))
	l.failBound(c, "")
	l.files.GiveUp(l.filePeer(c), "files go encrypted only, and lines to "+c.name+" do not")
	for _, one := range c.lines {
		if !one.passed && l.mine(one) && v.Carries(one.Device) {
			one.passed = true
			l.Pass(v, l.forServer(one))
		}
	}
	return true
}

// whyPlain says why lines go in plain text.
func (l *loop) whyPlain(c *conversation) string {
	switch {
	case c.key == wire.Fold(l.server.me):
		return "this is you"
	case c.says == gate.Keyless:
		return "through the server, which can read it: " + c.name + " has no program that encrypts"
	default:
		return "through the server, which can read it"
	}
}

// forServer is a line as the server is told it: nobody but the server acknowledges it.
func (l *loop) forServer(one *line) *wire.Receipt {
	r := copied(one.Receipt)
	r.As, r.State, r.Reason = l.server.me, wire.ReceiptQueued, ""
	r.Epoch, r.Seq, r.ID, r.Device, r.After, r.AfterOf, r.AfterEpoch = "", 0, 0, "", nil, "", ""
	return r
}

// settledBy follows the session's word on a line that was passed to it.
func (l *loop) settledBy(e *wire.Receipt) {
	if e.State == wire.ReceiptQueued {
		return
	}
	if c, one := l.passedLine(e.Client); one != nil {
		c.take(one)
		c.noted.changed = true
	}
}

// returned takes back a line that the session does not send any more: it is decided
// anew how it goes.
func (l *loop) returned(e *wire.Returned) {
	c, one := l.passedLine(e.Client)
	if one == nil {
		return
	}
	one.passed, one.InDoubt, one.noted = false, one.InDoubt || e.InDoubt, one.noted || e.InDoubt
	c.says, c.unread = gate.Unasked, true // it was another connection, or the disk knows more
	if l.server.online {
		c.later(time.Now()) // not at once: the session may return it again
	}
	l.hold(c)
}

// passedLine finds a line that the session has, nil where it is none of those.
func (l *loop) passedLine(id wire.ClientID) (*conversation, *line) {
	for _, c := range l.convs {
		for _, one := range c.lines {
			if one.passed && one.Client == id {
				return c, one
			}
		}
	}
	return nil, nil
}
