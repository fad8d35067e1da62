package private

import (
	"slices"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/session"
	"labchat/internal/wire"
)

const (
	// comesWithin is how long a client takes at most to tell its key after its
	// name.
	comesWithin = 700 * time.Millisecond
	// plainFor is how long somebody is taken for one without a key.
	plainFor = time.Minute
	// maxConversations bounds what strangers can make us remember.
	maxConversations = 2000
)

// partner is what is known of somebody: by our disk, from this run, and by the server's
// word. It owns what the gate is asked with. Owned by loop.
type partner struct {
	l         *loop
	name, key string // key: folded
	kind      wire.Kind
	contact   wire.Contact

	device string             // its key, "" before it is known
	past   string             // a guest's, while device is not known: the key that what is on the disk was exchanged with; see guestKey
	ofDisk bool               // contact is what the disk has of an account
	keys   []wire.KnownDevice // all that were seen: of an account those on disk, of a guest those of this run
	unread bool               // the disk is to be read, once more or at all: contact and keys are not all
	read   bool               // it was read in this run: what a person has said since is not there to be read
	listed gate.List          // as the server lists its devices
	says   gate.Word          // what the server says of its key
	fresh  time.Time          // until when that need not be asked again
}

// outgoing are our lines to somebody that are not confirmed, and how they are numbered.
// Owned by loop.
type outgoing struct {
	lines []*line    // by number
	next  int        // in lines: the first that may not have been sent on the best path
	epoch wire.Epoch // in which this run numbers lines to them, "" before the first
	count wire.ID    // the last of these numbers
}

// conversation is somebody, the ways to them, and what is said. Owned by loop.
type conversation struct {
	partner
	search
	outgoing
	paths  []*path
	reason string    // why lines wait, or go no better way; for people
	relist time.Time // when the server is asked for its devices, zero: nothing was said since

	asked   *wire.Punched  // its call, which a person has not answered
	askedAt wire.Millis    // when it first called so, until its line is here; 0: it has not
	wrote   bool           // it has left sealed lines, and no person has answered
	asker   string         // the key of whom the person was told last that it asks, while asked or wrote
	calls   session.Budget // of theirs that are answered
	met     string         // the id of the last one that became a link
	naming  bool           // the server is being asked whether it has another name
	invited bool           // its person was asked for the conversation, and has not answered

	heard  *wire.Heard // their newest line: its number (0: unknown, it came through the server) and device; nil: none has come
	barred barred
	typing time.Time // when it was last said that they are
	noted  note
}

// conversation returns what is known of somebody, also if that is nothing.
func (l *loop) conversation(name string) *conversation {
	key := wire.Fold(name)
	c := l.convs[key]
	if c == nil {
		if l.server.foreign != nil {
			name = l.server.spelled.of(name)
		}
		c = &conversation{partner: partner{l: l, name: name, key: key}, calls: session.Budget{Rate: callsASecond, Burst: callsAtOnce}}
		c.recall()
		if !l.server.online {
			c.reason = noServer
		}
		var err error
		if c.heard, err = l.cfg.Store.LastFrom(name, maxID); err != nil {
			l.disk.check("read the newest line", err)
			c.heard = &wire.Heard{}
		}
		// Who left lines before this run and was not answered asks still.
		if c.wrote = c.heard != nil && c.heard.Seq != 0 && c.contact.Secure && !c.contact.Accepted && !c.contact.Rejected; c.wrote {
			c.asker = c.heard.Device
		}
		l.convs[key] = c
	}
	return c
}

// spell writes somebody's name as the server does: a person may have typed it in
// another way.
func (c *conversation) spell(name string) {
	if name == c.name || wire.Fold(name) != c.key {
		return
	}
	c.l.emit(&wire.TalkRenamed{Old: c.name, Name: name, Kind: c.kind})
	c.name, c.contact.User, c.noted.changed = name, name, true
}

// keepContact changes what is known of somebody, on disk where that is an account:
// a guest's name belongs to nobody, and may be somebody else's next time.
func (p *partner) keepContact(change func(*wire.Contact)) {
	p.reread()
	was := p.contact
	change(&p.contact)
	if p.contact != was && p.kind == wire.KindAccount && !p.unread { // else the disk would forget what it could not tell
		contact := p.contact
		p.l.disk.write("contact "+p.key, "keep a contact", func() error { return p.l.cfg.Store.SetContact(contact) })
	}
}

// accept is a person's word that this somebody may talk to us.
func (c *conversation) accept() {
	c.keepContact(func(k *wire.Contact) { k.Accepted, k.Rejected = true, false })
	c.wrote = false
	if p := c.asked; p != nil {
		c.asked = nil
		c.answer(p)
	}
	c.noted.changed = true
}

// waits says whether there is a reason to look for somebody: a line that was
// typed under the name we have, or a person's wish.
func (c *conversation) isWanted() bool {
	wanted := func(one *line) bool { return !one.passed && c.l.isMine(one) }
	return c.says == gate.Unasked && (c.poked || c.l.files.IsMoving(c.filePeer()) || slices.ContainsFunc(c.lines, wanted))
}

// show says why lines wait, or go no better way.
func (c *conversation) show(reason string) {
	c.noted.changed = c.noted.changed || c.reason != reason
	c.reason = reason
}

// due is the earliest time at which something is to be done.
func (c *conversation) due() time.Time {
	var earliest time.Time
	consider := func(t time.Time) {
		if !t.IsZero() && (earliest.IsZero() || t.Before(earliest)) {
			earliest = t
		}
	}
	consider(c.earliest())
	consider(c.relist)
	if c.call != nil {
		consider(c.call.due())
	}
	for _, p := range c.paths {
		consider(p.due())
	}
	return earliest
}

// act does what is due, and says how things stand if that has changed.
func (c *conversation) act(now time.Time) {
	for _, p := range slices.Clone(c.paths) {
		p.act(now)
	}
	if c.call != nil {
		c.call.act(now)
	}
	if due := c.at; !due.IsZero() && !now.Before(due) {
		c.find()
	}
	if due := c.search.improve; !due.IsZero() && !now.Before(due) {
		c.search.improve = time.Time{}
		c.improve()
	}
	if due := c.relist; !due.IsZero() && !now.Before(due) {
		c.askDevices()
	}
	if c.noted.changed {
		c.report()
	}
}

// find asks the server how somebody can be reached.
func (c *conversation) find() {
	s := &c.l.server
	if !c.l.farewell.IsZero() {
		c.move(onRest)
		return
	}
	c.reread()
	if p := c.asked; p != nil && c.contact.Accepted && !c.isBlocked() {
		c.asked = nil
		if c.answer(p); c.call != nil || c.asked != nil {
			return
		}
	}
	if c.isWanted() && c.passAll() {
		return
	}
	if c.isBarred() {
		c.wait(c.barred.until)
		return
	}
	if c.call != nil || c.best() != nil || !s.online || !s.able || !s.claimed || !c.isWanted() && !c.urgent {
		c.move(onRest) // it is looked for when that has changed
		return
	}
	if !c.l.place.isReady() {
		c.wait(time.Now().Add(registerAgain / 4))
		return
	}
	c.move(onDue)
	c.l.ask(wire.Find{Name: c.name}, func(e wire.Event) {
		sure := c.state == confirming
		c.move(onAnswer)
		switch e := e.(type) {
		case *wire.Found:
			c.handleFound(e, sure)
		case *wire.Refused:
			c.handleNotFound(e)
		default:
		}
	})
}

// handleFound knows whom lines are for. A client tells its key a moment after its name:
// so that there is none is only sure when it is said twice.
func (c *conversation) handleFound(e *wire.Found, sure bool) {
	c.spell(e.Name)
	c.setKind(e.Kind, e.Device, e.Devices)
	c.setDevices(e.Devices)
	switch {
	case e.Device == c.l.id.Key():
		c.handleWord(gate.OwnKey)
	case e.Device == "" && len(e.Devices) == 0 && !c.hasKey() && !sure && e.Online && (e.Kind == wire.KindAccount || e.Kind == wire.KindGuest):
		c.move(onKeyless)
		c.wait(time.Now().Add(comesWithin))
	case e.Device == "" && len(e.Devices) == 0 && !c.hasKey():
		c.handleKeyless()
		c.handleWord(gate.Keyless)
	case e.Device != "":
		if c.judge(e.Device) {
			if !c.invited {
				c.show("") // whatever it was: they are here, and are called
			}
			if c.isWanted() || c.urgent { // what waited may have been for somebody else
				c.begin()
			}
		}
	default:
		c.waitAway(c.name + " is away")
	}
}

// notFound is the server's no.
func (c *conversation) handleNotFound(e *wire.Refused) {
	switch {
	case e.Code != wire.CodeNoUser:
		c.wait(time.Now().Add(max(findBackoff.First, time.Duration(e.RetryMS)*time.Millisecond)))
	case c.hasKey():
		c.waitAway(c.name + " is not here")
	default:
		c.poked = false
		c.show(e.Text)
		c.failAll(e.Text)
		c.l.files.GiveUp(c.filePeer(), e.Text)
	}
}

// away waits for somebody, and leaves sealed copies where that can be.
func (c *conversation) waitAway(why string) {
	c.invited = false
	c.show(why)
	c.findLater(time.Now())
	c.seal()
}

// invite says that a person over there has to answer first.
func (c *conversation) invite() {
	c.invited, c.noted.changed = true, true
	c.show(c.name + " was asked; lines go when " + c.name + " accepts")
}

// uninvite forgets that somebody was asked: they have answered, or are not there.
func (c *conversation) uninvite() {
	if c.invited {
		c.invited = false
		c.show("")
	}
}

// noServer is why there is no way while the connection is gone.
const noServer = "there is no connection to the server"

// cut is the loss of the server: what went through it is no more.
func (c *conversation) handleOffline() {
	c.move(onOffline)
	for _, p := range slices.Clone(c.paths) {
		if p.Relayed {
			p.Close(false)
		}
	}
	c.says = gate.Unasked // another server may know better
	c.invited = false
	if c.best() == nil {
		c.show(noServer)
	}
	c.noted.changed = true
}

// part ends all ways to somebody in order: what was said still arrives.
func (c *conversation) part(now time.Time) {
	c.uninvite()
	c.move(onStop)
	c.poked, c.urgent = false, false
	for _, p := range c.paths {
		p.finish()
		p.retire = now.Add(retireAfter)
	}
	c.noted.changed = true
}

// hangUp ends all ways to somebody at once.
func (c *conversation) hangUp() {
	c.uninvite()
	c.move(onStop)
	c.poked, c.urgent = false, false
	for _, p := range slices.Clone(c.paths) {
		p.Close(false)
	}
	c.noted.changed = true
	c.l.expect()
}

// addressChanged looks for a direct way anew.
func (c *conversation) addressChanged() {
	if len(c.paths) > 0 {
		c.search.improve, c.improves = time.Now(), 0
	}
}
