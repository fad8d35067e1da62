package private

import (
	"cmp"
	"slices"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// A guest's name belongs to nobody: whoever has it next is somebody else. What was
// typed for a guest goes to one device only, and what a person has agreed to counts
// for that device only: the one that has the name, or the one that what the person
// sees was exchanged with. Where neither is known, it is whoever is found first
// while the connection lasts on which the line was typed.

// guestKey is the device that a guest's name stands for here, "" where none is known
// or the name is an account's.
func (p *partner) guestKey() string {
	if p.contact.Secure || p.kind == wire.KindAccount {
		return ""
	}
	return cmp.Or(p.device, p.past)
}

// typedIn is the number of the connection that what is typed now belongs to. Before the
// first one a person has seen nobody: it is for whoever is there then.
func (s *server) typedIn() int { return max(s.stay, 1) }

// setKind notes of which kind somebody is, and of which devices the server says so. Who has
// been an account with a key stays one: a server that calls it a guest must not get
// another key past a person. A name that goes from a guest to an account, or back, is
// somebody else's, unless it is the device that has it.
func (c *conversation) setKind(kind wire.Kind, device string, devices []wire.Device) {
	if c.contact.Secure {
		return
	}
	was, key := c.kind, c.guestKey()
	c.kind = kind
	switch {
	case kind == wire.KindAccount && key == "":
	case kind == wire.KindAccount && (len(devices) == 0 && device == key || slices.ContainsFunc(devices, func(d wire.Device) bool { return d.Key == key })):
		c.sameDevice(key)
	case kind == wire.KindAccount:
		c.newOwner(device, c.name+" is an account now, and not of the guest who was called so: nothing that was for the guest goes to it, and it is asked for anew what it may")
	case was == wire.KindAccount || c.ofDisk:
		c.newOwner(device, c.name+" is a guest now, and not the account of that name: nothing that was for the account goes to the guest, and it is asked for anew what it may")
	}
}

// sameDevice goes on with a guest who has registered the name: its lines are the
// account's, whose key is known from now on, whatever else the server says of it. A
// key that is known as somebody else's, too, is asked about, as any account's is.
func (c *conversation) sameDevice(key string) {
	c.device, c.past = key, ""
	if c.keyStateOf(key) == wire.KeyNone {
		state := wire.KeyNew
		if other := c.otherOwner(key); other != "" {
			state = wire.KeyShared
			c.l.emit(&wire.KeySeen{User: c.name, State: state, Print: wire.DevicePrint(key), Text: sharedWith(c.name, other)})
		}
		c.know(wire.KnownDevice{User: c.name, Key: key, State: state, Since: wire.MillisOf(time.Now())})
	}
	c.keepContact(func(k *wire.Contact) { k.Secure = true })
	for _, d := range c.keys {
		c.l.keepKey(d) // what a person has said of it
	}
	var free []wire.ClientID
	for _, one := range c.lines {
		if one.Device == key {
			one.Device = ""
			free = append(free, one.Client)
		}
	}
	c.l.bind("", free...)
}

// handleKeyless is for a name that somebody has whose program does not encrypt.
func (c *conversation) handleKeyless() {
	switch {
	case c.kind == wire.KindAccount:
	case c.past != "":
		c.newOwner("", "somebody else is called "+c.name+" now, whose program does not encrypt: nothing that was for the one before goes to them")
	case !c.l.server.ages: // else the server goes by since when the name is theirs
		c.failStale()
	}
}

// judgeGuest takes any key that no person has rejected, as a guest's name belongs to
// nobody. Nothing that was for another one under the name goes to it.
func (c *conversation) judgeGuest(key string) {
	if was := c.guestKey(); was != "" && was != key {
		c.newOwner(key, "somebody else is called "+c.name+" now: nothing that was for the one before goes to them")
	}
	c.bindTyped(key)
	c.adopt(key)
}

// newOwner is for a name that is somebody else's now, whose key may be known: they
// inherit nothing. What was for the one before fails, the ways to that one end, and
// what a person has agreed to does not count any more.
func (c *conversation) newOwner(key string, text string) {
	old := cmp.Or(c.device, c.past)
	for _, p := range c.paths {
		p.lost = true
		p.retire = time.Now().Add(time.Hour) // it is gone when its reader says so
	}
	c.hangUp()
	c.invited, c.naming, c.met = false, false, ""
	c.asked, c.askedAt, c.wrote = nil, 0, false
	c.device, c.past, c.ofDisk, c.listed, c.says = "", "", false, gate.List{}, gate.Unasked
	c.keys = slices.DeleteFunc(c.keys, func(d wire.KnownDevice) bool { return d.State != wire.KeyRejected })
	c.fail(somebodyElse(c), slices.DeleteFunc(slices.Clone(c.lines), func(one *line) bool { return one.passed })...)
	c.l.files.Abandon(c.filePeer(), somebodyElse(c))
	c.keepContact(func(k *wire.Contact) { k.Accepted, k.Rejected = false, false })
	c.noted.changed = true
	c.l.emit(&wire.KeySeen{User: c.name, State: wire.KeyNew, Print: wire.DevicePrint(key), Old: wire.DevicePrint(old), Text: text})
	c.l.expect()
}

// somebodyElse is why what was for a guest fails.
func somebodyElse(c *conversation) string {
	return "somebody else is called " + c.name + " now: this was for the one before"
}

// bindTyped binds what was typed before a guest's device was known to the one that is
// found. What was typed before this connection fails: whoever it was for may be gone.
func (c *conversation) bindTyped(key string) {
	var typed []wire.ClientID
	for _, one := range c.lines {
		if one.Device == "" && !one.passed && one.stay == c.l.server.stay {
			one.Device = key
			typed = append(typed, one.Client)
		}
	}
	c.l.files.Bind(c.filePeer(), c.l.server.stay, key)
	c.l.bind(key, typed...)
	c.failBound(key)
	c.failStale()
}

// failStale fails what nobody knows who it was for.
func (c *conversation) failStale() {
	var stale []*line
	for _, one := range c.lines {
		if one.Device == "" && !one.passed && one.stay != c.l.server.stay {
			stale = append(stale, one)
		}
	}
	why := c.name + " is a guest, and may be somebody else than when this was typed: send it again if it is for who has the name now"
	c.fail(why, stale...)
	c.l.files.GiveUpUnbound(c.filePeer(), c.l.server.stay, why)
	if len(stale) > 0 && !c.isWanted() {
		c.keepContact(func(k *wire.Contact) { k.Accepted = false }) // the line was our word, and nobody knows to whom
	}
}

// bind notes on the disk that lines go to one device only; to any, where that is "".
func (l *loop) bind(device string, lines ...wire.ClientID) {
	if len(lines) == 0 {
		return
	}
	l.disk.write("bind "+string(lines[0]), "bind lines", func() error { return l.cfg.Store.Bind(device, lines...) })
}
