package private

import (
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// may asks the gate what may leave for somebody by a way, under a key.
func (p *partner) may(way gate.Way, key string) gate.Verdict {
	s := &p.l.server
	f := gate.Facts{
		Person: gate.Person{Name: p.name, Unread: p.unread, Contact: p.contact, Keys: p.keys, Met: p.device},
		Server: gate.Server{
			Kind: p.kind, Mine: p.key == wire.Fold(s.me), Says: p.says, Listed: p.listed,
			Inbox: s.seals && s.claimed && s.kind == wire.KindAccount,
		},
		Own: p.l.id.Key(), Way: way, Key: key,
	}
	if key != "" && p.keyStateOf(key) == wire.KeyNone {
		f.Person.Owner = p.otherOwner(key)
		f.Person.Unread = p.unread
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
func (p *partner) inPlain() gate.Verdict { return p.may(gate.InPlain, "") }

// blocked reports whether nothing goes to the key at hand, whatever the server says
// next.
func (p *partner) isBlocked() bool {
	return p.device != "" && p.may(gate.ToKnow, p.device).Blocks()
}

// hasKey reports whether somebody has, or has had, a key.
func (p *partner) hasKey() bool { return p.unread || p.contact.Secure || p.device != "" }

// isKeyless follows the server's word that there is no key to speak to.
func (c *conversation) handleWord(word gate.Word) {
	c.says, c.fresh = word, time.Now().Add(plainFor)
	if c.passAll() {
		return
	}
	c.show(c.inPlain().Text())
	c.says = gate.Unasked
	c.findLater(time.Now())
}

// passAll leaves all that waits to the session, if the gate lets it go in plain text.
func (c *conversation) passAll() bool {
	v := c.inPlain()
	if !v.InPlain(c.name) {
		return false
	}
	c.move(onRest)
	c.invited, c.poked = false, false
	c.show(c.whyPlain())
	c.failBound("")
	c.l.files.GiveUp(c.filePeer(), "files go encrypted only, and lines to "+c.name+" do not")
	for _, one := range c.lines {
		if !one.passed && c.l.isMine(one) && v.Carries(one.Device) {
			one.passed = true
			c.l.Pass(v, c.l.forServer(one))
		}
	}
	return true
}

// whyPlain says why lines go in plain text.
func (c *conversation) whyPlain() string {
	switch {
	case c.key == wire.Fold(c.l.server.me):
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
func (l *loop) handleSettled(e *wire.Receipt) {
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
func (l *loop) handleReturned(e *wire.Returned) {
	c, one := l.passedLine(e.Client)
	if one == nil {
		return
	}
	one.passed, one.InDoubt, one.noted = false, one.InDoubt || e.InDoubt, one.noted || e.InDoubt
	c.says, c.unread = gate.Unasked, true // it was another connection, or the disk knows more
	if l.server.online {
		c.findLater(time.Now()) // not at once: the session may return it again
	}
	c.tellWaiting()
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
