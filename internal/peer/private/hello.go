package private

import (
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// barredFor is how long nothing is tried with somebody whose program could not be
// spoken to: it may have been updated since.
const barredFor = time.Minute

// barred is somebody whose program could not be spoken to.
type barred struct {
	until   time.Time // nothing is tried until then, zero: it could
	alarmed bool      // the person was told that it is somebody else's
}

// hello is what is said first on a link with somebody: who speaks to whom, and where.
func (c *conversation) hello() *peer1.Hello {
	return &peer1.Hello{
		Version: peer1.Version, Program: c.l.cfg.Program,
		Node: c.l.server.node, From: c.l.server.me, To: c.name, Epoch: c.numbers(), Low: c.lowest(),
	}
}

// greeted takes the other side's hello, and puts a link to use whose two sides mean
// each other. Nothing else was said on it.
func (p *path) handleHello(m *peer1.Hello) {
	c := p.c
	_, known := m.Epoch.Bytes()
	switch {
	case m.Version < peer1.Version:
		p.Close(false) // older programs try again ever more rarely after that
		c.putOff(c.name + "'s program is too old for encrypted conversations: it has to be updated. Lines wait until then")
	case m.Version > peer1.Version:
		p.Refuse(link.CodeVersion)
		c.putOff(c.name + "'s program is newer than this one: update this one. Lines wait until then")
	case !known:
		p.Close(true)
	case m.Node != c.l.server.node || !p.means(m.From, c.name, p.theirs) || !p.means(m.To, c.l.server.me, p.named):
		p.Refuse(link.CodeMistake)
		c.handleMistaken()
	default:
		c.barred = barred{}
		p.promote(m)
	}
}

// means reports whether a name in a hello is somebody's, now or when the link began: a
// guest may have taken another one meanwhile, of which named tells.
func (p *path) means(said, now, then string) bool {
	return said != "" && (wire.Fold(said) == wire.Fold(now) || wire.Fold(said) == wire.Fold(then))
}

// notGreeted is the end of a link before the other side's hello has come.
func (p *path) handleNoHello(err error) {
	c := p.c
	switch code, refused := link.Refused(err); {
	case !refused:
	case code == link.CodeVersion:
		c.putOff(c.name + "'s program is newer than this one: update this one. Lines wait until then")
	case code == link.CodeMistake:
		c.handleMistaken()
	case code == link.CodeFailed:
		c.putOff(c.name + "'s program has not understood this one. If it is older, it has to be updated. Lines wait until then")
	}
}

// mistaken is the end of a link with a device that the server gives for somebody's,
// and that is somebody else's: its key was registered under a name that is not its.
// The names of guests change, and calls may cross with that.
func (c *conversation) handleMistaken() {
	if c.kind != wire.KindAccount || c.l.server.kind != wire.KindAccount {
		c.move(onEnd)
		c.show("the program that answered as " + c.name + " says another name, or means somebody else")
		if c.isWanted() {
			c.findLater(time.Now())
		}
		return
	}
	if !c.barred.alarmed {
		c.l.notice("The program with the key that is given for %s's says that it is not %s's, or that it means somebody else. Nothing was sent to it. Ask %s by another way before you write.", c.name, c.name, c.name)
	}
	c.barred.alarmed = true
	c.putOff("the program with the key that is given for " + c.name + "'s says that it is not " + c.name + "'s, or that it means somebody else")
}

// putOff lets lines to somebody wait for a while, and shows why.
func (c *conversation) putOff(why string) {
	c.barred.until = time.Now().Add(barredFor)
	c.move(onEnd)
	c.urgent = false
	c.uninvite()
	c.show(why)
	if c.isWanted() {
		c.wait(c.barred.until)
	}
	c.noted.changed = true
}

// isBarred reports whether somebody's program could not be spoken to just now.
func (c *conversation) isBarred() bool { return time.Now().Before(c.barred.until) }
