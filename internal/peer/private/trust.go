package private

import (
	"fmt"
	"slices"
	"time"

	"labchat/internal/wire"
)

// judge says whether lines may go to a key, which the server or a device itself
// gives for somebody's. Nobody who is not asked can put another key in place of
// one that was seen before: for that a person has to answer.
func (l *loop) judge(c *conversation, key string) bool {
	if _, err := wire.ParseDeviceKey(key); err != nil {
		c.show("the server gives no proper key of " + c.name)
		return false
	}
	if c.kind != wire.KindAccount {
		return l.judgeGuest(c, key)
	}
	known, err := l.keysOf(c.name)
	if err != nil {
		return false
	}
	l.keepContact(c, func(k *wire.Contact) { k.Secure = true })
	if i := slices.IndexFunc(known, func(d wire.KnownDevice) bool { return d.Key == key }); i >= 0 && known[i].State == wire.KeyWithdrawn {
		l.cameBackAs(c, known[i])
		return false
	} else if i >= 0 {
		l.adopt(c, known[i].Key, known[i].State)
		return !c.blocked()
	}
	d := wire.KnownDevice{User: c.name, Key: key, State: wire.KeyChanged, Since: wire.MillisOf(time.Now())}
	text := ""
	switch {
	case len(known) == 0:
		d.State = wire.KeyNew
	case l.vouched(c, key, known):
		d.State = wire.KeyKnown
		text = "one of " + c.name + "'s devices that you know vouches for this new one"
	default:
		text = fmt.Sprintf("This is not the key that %s had before. It may be a new device, or somebody who reads along. Nothing is sent to it until you have answered: /verify %s.", c.name, c.name)
	}
	l.keepKey(d)
	old := c.device
	l.adopt(c, key, d.State)
	l.emit(&wire.KeySeen{User: c.name, State: d.State, Print: wire.DevicePrint(key), Old: wire.DevicePrint(old), Text: text})
	return !c.blocked()
}

// cameBackAs asks about a key that was withdrawn and is used again: whoever had the
// removed device may have got in with it.
func (l *loop) cameBackAs(c *conversation, d wire.KnownDevice) {
	d.State = wire.KeyChanged
	l.keepKey(d)
	l.adopt(c, d.Key, d.State)
	l.emit(&wire.KeySeen{
		User: c.name, State: d.State, Print: wire.DevicePrint(d.Key),
		Text: fmt.Sprintf("%s had removed this device, and it is in the account again. Nothing is sent to it until you have answered: /verify %s.", c.name, c.name),
	})
}

// withdrawn takes the trust from a key whose device its owner has removed. The
// server's word is enough for that: it can keep lines back anyway.
func (l *loop) withdrawn(name, key string) {
	if wire.Fold(name) == wire.Fold(l.server.me) {
		return // the list of our devices says so
	}
	known, err := l.keysOf(name)
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
	for _, p := range slices.Clone(c.paths) {
		if p.Key == key {
			p.Close(false)
		}
	}
	if c.device == key {
		c.hangUp(l)
		l.adopt(c, key, d.State)
		l.look() // for another device of theirs
	}
}

// list notes which devices an account has. Those that we know and that are not
// among them were removed while nobody told us.
func (l *loop) list(c *conversation, devices []wire.Device) {
	c.devices = devices
	if c.kind != wire.KindAccount || len(devices) == 0 {
		return
	}
	known, err := l.keysOf(c.name)
	if err != nil {
		return
	}
	for _, d := range known {
		if !slices.ContainsFunc(devices, func(one wire.Device) bool { return one.Key == d.Key }) {
			l.withdrawn(c.name, d.Key)
		}
	}
}

// adopt makes a key the one that lines go to.
func (l *loop) adopt(c *conversation, key string, state wire.KeyState) {
	if c.device != key {
		c.resend()
	}
	c.noted.changed = c.noted.changed || c.device != key || c.state != state
	c.device, c.state = key, state
	switch {
	case state == wire.KeyRejected:
		c.show("you have said that this key is not " + c.name + "'s")
	case state == wire.KeyWithdrawn:
		c.show(c.name + " has removed this device: its key is withdrawn")
	case c.blocked():
		c.show("the key has changed: /verify " + c.name)
	}
	l.expect()
}

// vouched says whether one of the devices that we know has signed a new one of
// the same account.
func (l *loop) vouched(c *conversation, key string, known []wire.KnownDevice) bool {
	i := slices.IndexFunc(c.devices, func(d wire.Device) bool { return d.Key == key })
	if i < 0 {
		return false
	}
	d := c.devices[i]
	by := slices.IndexFunc(known, func(k wire.KnownDevice) bool {
		return k.Key == d.By && !distrusted(k.State)
	})
	return by >= 0 && wire.Signed(d.By, wire.EndorsementText(l.server.node, c.name, key), d.Sig)
}

// expect brings the list of devices up to date that links are taken from.
func (l *loop) expect() {
	keys := map[string]bool{}
	for _, c := range l.convs {
		if c.device != "" && c.contact.Accepted && !c.blocked() {
			keys[c.device] = true
		}
	}
	l.expected.set(keys)
}

// decide is a person's word on a key.
func (l *loop) decide(c *conversation, answer wire.Answer) {
	state := wire.KeyVerified
	if answer == wire.AnswerDiffer {
		state = wire.KeyRejected
	}
	if c.kind == wire.KindAccount {
		known, err := l.keysOf(c.name)
		d := wire.KnownDevice{User: c.name, Key: c.device, Since: wire.MillisOf(time.Now())}
		if i := slices.IndexFunc(known, func(k wire.KnownDevice) bool { return k.Key == c.device }); err == nil && i >= 0 {
			d = known[i]
		}
		d.State = state
		l.keepKey(d)
	}
	l.adopt(c, c.device, state)
	l.emit(&wire.KeySeen{User: c.name, State: state, Print: wire.DevicePrint(c.device)})
	l.release(c)
	if state == wire.KeyRejected {
		c.hangUp(l)
		return
	}
	c.show("")
	if p := c.asked; p != nil && c.contact.Accepted {
		c.asked = nil
		l.answer(c, p)
		return
	}
	if c.best() == nil && l.waits(c) {
		c.soon()
	}
	c.pump(l)
}
