package private

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// recall takes from the disk what is known of somebody, and which key lines went to
// last. What can't be read is tried again before anything goes out.
func (p *partner) recall() {
	contact, err := p.l.cfg.Store.Contact(p.name)
	if err != nil {
		p.l.disk.check("read a contact", err)
	}
	ofDisk, errKeys := p.l.disk.keysOf(p.name)
	nobodyYet := p.l.id.Key() == "" && p.key == wire.Fold(p.l.server.me) // which of its keys is ours is known later
	if p.unread = err != nil || errKeys != nil || nobodyYet; p.unread {
		p.contact.User = p.name
		return
	}
	if p.read {
		p.contact.Secure = p.contact.Secure || contact.Secure
	} else {
		said := p.contact // meanwhile
		p.ofDisk = contact.Accepted || contact.Rejected
		p.contact = contact
		p.contact.User = p.name
		p.contact.Accepted = said.Accepted || contact.Accepted && !said.Rejected
		p.contact.Rejected = said.Rejected || contact.Rejected && !said.Accepted
		p.contact.Mode = cmp.Or(said.Mode, contact.Mode)
	}
	keys := slices.Clone(ofDisk)
	for _, d := range p.keys { // those of a guest are on no disk
		if !slices.ContainsFunc(keys, func(k wire.KnownDevice) bool { return k.Key == d.Key }) {
			keys = append(keys, d)
		}
	}
	p.keys = keys
	last := ""
	for _, d := range ofDisk {
		if d.Key == p.l.id.Key() {
			continue
		}
		p.contact.Secure = true
		if d.State != wire.KeyRejected && d.State != wire.KeyWithdrawn {
			last = d.Key
		}
	}
	p.device = cmp.Or(p.device, last)
	switch {
	case p.contact.Secure:
		p.kind = wire.KindAccount
	case p.device == "" && !p.read:
		if p.past, err = p.l.cfg.Store.LastDevice(p.name); err != nil {
			p.l.disk.check("read the newest device", err)
			p.unread = true
		}
	}
	p.read = !p.unread
}

// reread tries again to read what the disk did not tell.
func (p *partner) reread() {
	if p.unread {
		p.recall()
	}
}

// judge says whether lines may go to a key, which the server or a device itself
// gives for somebody's, and notes and tells what is new of it. Nobody who is not
// asked can put another key in place of one that was seen before: for that a person
// has to answer.
func (c *conversation) judge(key string) bool {
	c.reread()
	v := c.may(gate.ToKnow, key)
	switch {
	case v.State() == gate.Wait && !v.Blocks(), v.Why() == gate.Removed:
		c.show(v.Text())
		return false
	case c.kind != wire.KindAccount:
		c.judgeGuest(key)
		if v.Note() != "" {
			c.know(wire.KnownDevice{User: c.name, Key: key, State: v.Note()})
			c.adopt(key)
			c.l.emit(&wire.KeySeen{User: c.name, State: v.Note(), Print: wire.DevicePrint(key), Text: c.aboutKey(v, false)})
		}
		return v.Trusts()
	}
	was, before := c.device, c.keyState()
	c.keepContact(func(k *wire.Contact) { k.Secure = true })
	if v.Note() != "" {
		c.l.keepKey(wire.KnownDevice{User: c.name, Key: key, State: v.Note(), Since: wire.MillisOf(time.Now())})
	}
	c.adopt(key)
	lost := was != key && before == wire.KeyVerified && c.keyState() != wire.KeyVerified
	if v.Note() != "" || lost {
		c.l.emit(&wire.KeySeen{User: c.name, State: c.keyState(), Print: wire.DevicePrint(key), Old: wire.DevicePrint(was), Text: c.aboutKey(v, lost)})
	}
	return v.Trusts()
}

// aboutKey is what a person is told of a key that was not spoken to before.
func (p *partner) aboutKey(v gate.Verdict, lost bool) string {
	switch {
	case v.Why() == gate.Shared:
		return sharedWith(p.name, p.otherOwner(p.device))
	case v.Why() == gate.CameBack:
		return fmt.Sprintf("%[1]s had removed this device, and it is in the account again. Nothing is sent to it until you have answered: /verify %[1]s.", p.name)
	case v.Why() == gate.Unvouched:
		return fmt.Sprintf("This is not the key of %[1]s that you have compared, and that one does not vouch for it. Nothing is sent to it until you have answered: /verify %[1]s.", p.name)
	case !v.Trusts():
		return fmt.Sprintf("This is not the key that %[1]s had before. It may be a new device, or somebody who reads along. Nothing is sent to it until you have answered: /verify %[1]s.", p.name)
	case lost:
		return fmt.Sprintf("%[1]s is at another device, which you have not compared. One that you have compared vouches for it; /verify %[1]s compares it, too.", p.name)
	case v.Note() == wire.KeyKnown:
		return "one of " + p.name + "'s devices that you know vouches for this new one"
	default:
		return ""
	}
}

// withdrawn takes the trust from a key whose device its owner has removed. The
// server's word is enough for that: it can keep lines back anyway.
func (l *loop) handleWithdrawn(name, key string) {
	if wire.Fold(name) == wire.Fold(l.server.me) {
		return // the list of our devices says so
	}
	known, err := l.disk.keysOf(name)
	i := slices.IndexFunc(known, func(d wire.KnownDevice) bool { return d.Key == key })
	if err != nil || i < 0 || known[i].State == wire.KeyWithdrawn || known[i].State == wire.KeyRejected {
		return
	}
	d := known[i]
	d.State = wire.KeyWithdrawn
	l.keepKey(d)
	l.emit(&wire.KeySeen{
		User: name, State: d.State, Print: wire.DevicePrint(key),
		Text: fmt.Sprintf("key withdrawn: %s has removed the device %s from the account, and nothing is sent to it any more", name, wire.DevicePrint(key)),
	})
	c := l.convs[wire.Fold(name)]
	if c == nil {
		return
	}
	c.closeTo(key)
	if c.device == key {
		c.hangUp()
		c.adopt(key)
		l.look() // for another device of theirs
	}
}

// closeTo ends the links with a key.
func (c *conversation) closeTo(key string) {
	for _, p := range slices.Clone(c.paths) {
		if p.Key == key {
			p.Close(false)
		}
	}
}

// list notes which devices an account has. Those that we know and that are not
// among them were removed while nobody told us.
func (c *conversation) setDevices(devices []wire.Device) {
	c.listed = gate.NewList(c.l.server.node, c.name, devices)
	if c.kind != wire.KindAccount || len(devices) == 0 {
		return
	}
	known, err := c.l.disk.keysOf(c.name)
	if err != nil {
		return
	}
	for _, d := range known {
		if c.listed.Denies(d.Key) {
			c.l.handleWithdrawn(c.name, d.Key)
		}
	}
}

// listEvery is how long something may be said on a link until its device is looked for
// in the account's list: a server tells who shares a room of a device that is removed.
const listEvery = time.Minute

// stir notes that something is said on a link, by either side.
func (c *conversation) stir() {
	if c.relist.IsZero() && c.kind == wire.KindAccount {
		c.relist = time.Now().Add(listEvery)
	}
}

// listAnew asks for the devices of somebody to whom there is a link: what was said of
// them while there was no connection was not heard.
func (c *conversation) askDevices() {
	c.relist = time.Time{}
	if len(c.paths) == 0 || c.kind != wire.KindAccount {
		return
	}
	c.l.ask(wire.Find{Name: c.name}, func(e wire.Event) {
		if found, ok := e.(*wire.Found); ok {
			c.setDevices(found.Devices)
		}
	})
}

// adopt makes a key the one that lines go to.
func (c *conversation) adopt(key string) {
	if c.device != key {
		c.resend()
	}
	c.device, c.noted.changed = key, true
	switch v := c.may(gate.ToKnow, key); {
	case c.keyState() == wire.KeyWithdrawn:
		c.show(c.name + " has removed this device: its key is withdrawn")
	case v.Blocks():
		c.show(v.Text())
	}
	c.l.expect()
}

// stateOf is what is known of a key, KeyNone where nothing is.
func (p *partner) keyStateOf(key string) wire.KeyState {
	i := slices.IndexFunc(p.keys, func(d wire.KnownDevice) bool { return d.Key == key })
	if i < 0 {
		return wire.KeyNone
	}
	return p.keys[i].State
}

// state is that of the key at hand.
func (p *partner) keyState() wire.KeyState { return p.keyStateOf(p.device) }

// know notes what is known of a key.
func (p *partner) know(d wire.KnownDevice) {
	if i := slices.IndexFunc(p.keys, func(k wire.KnownDevice) bool { return k.Key == d.Key }); i >= 0 {
		p.keys[i].State = d.State
		return
	}
	p.keys = append(p.keys, d)
}

// expect brings the list of devices up to date that links are taken from: those of
// the calls that both sides have agreed to just now.
func (l *loop) expect() {
	var keys map[string]bool
	for _, c := range l.convs {
		if c.call != nil && c.may(gate.ByLink, c.device).Links(c.device) {
			if keys == nil {
				keys = map[string]bool{}
			}
			keys[c.device] = true
		}
	}
	l.sockets.expected.set(keys)
}

// decide is a person's word on a key.
func (c *conversation) decide(answer wire.Answer) {
	state := wire.KeyVerified
	if answer == wire.AnswerDiffer {
		state = wire.KeyRejected
	}
	d := wire.KnownDevice{User: c.name, Key: c.device, State: state, Since: wire.MillisOf(time.Now())}
	if c.kind == wire.KindAccount {
		c.l.keepKey(d)
	} else {
		c.know(d)
	}
	if state == wire.KeyVerified {
		c.l.disown(c.name, c.device)
	}
	c.adopt(c.device)
	c.l.emit(&wire.KeySeen{User: c.name, State: state, Print: wire.DevicePrint(c.device)})
	if state == wire.KeyVerified {
		c.demote()
	}
	c.l.inbox.release(c)
	if state == wire.KeyRejected {
		c.hangUp()
		return
	}
	c.show("")
	if p := c.asked; p != nil && c.contact.Accepted {
		c.asked = nil
		c.answer(p)
		return
	}
	if c.best() == nil && c.isWanted() {
		c.findSoon()
	}
	c.pump()
}

// demote takes the trust from keys that nobody has compared and that none is known to
// vouch for which a person has. Else such a key would be trusted again as soon as the
// server says that the compared one was removed.
func (c *conversation) demote() {
	for _, d := range slices.Clone(c.keys) {
		switch why := c.may(gate.ToKnow, d.Key).Why(); {
		case gate.Distrusted(d.State):
			continue
		case why != gate.Unvouched && why != gate.NotAsked && why != gate.Removed:
			continue
		}
		d.State = wire.KeyChanged
		c.l.keepKey(d)
		c.closeTo(d.Key)
		c.l.notice("%[1]s has had another key, %[2]s, which nobody has compared: nothing is sent to that any more. If it is used again, you are asked; /verify %[1]s compares it.", c.name, wire.DevicePrint(d.Key))
	}
}
