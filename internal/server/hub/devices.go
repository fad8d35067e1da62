package hub

import (
	"bytes"
	"slices"

	"labchat/internal/wire"
)

// devices owns the sets of keys by which accounts hold private conversations, and
// what was proved of them.
type devices struct {
	*core

	names      *names
	tokens     *tokens
	presence   *presence
	rooms      *rooms
	rendezvous *rendezvous
}

// deviceSet is the devices of one account.
type deviceSet struct {
	list     []wire.Device // that it holds private conversations with, the newest last
	arriving int           // on their way to the log
	// proved are the keys that this account's sessions have proved to have since the
	// start: nobody claims them without from then on.
	proved map[string]bool
}

// notesOf is the version of the notes that one of the account's devices reads: those
// that prove their keys read bound ones only.
func (d *deviceSet) notesOf(key string) int {
	if d.proved[key] {
		return wire.NotesBound
	}
	return wire.NotesUnbound
}

// find returns the device of that key, or nil.
func (d *deviceSet) find(key string) *wire.Device {
	i := slices.IndexFunc(d.list, func(d wire.Device) bool { return d.Key == key })
	if i < 0 {
		return nil
	}
	return &d.list[i]
}

// all returns them as an event may keep them.
func (d *deviceSet) all() []wire.Device { return slices.Clone(d.list) }

// listOrRemove lists the account's devices, or removes one.
func (ds *devices) listOrRemove(c call, r wire.Devices) {
	acct := c.s.user.account
	switch {
	case r.Remove == "":
		ds.answerDevices(c, acct)
	case acct.devices.find(r.Remove) == nil:
		c.refuseNoDevice()
	default:
		c.log(DeviceGone{Name: acct.name, Key: r.Remove}, func(c call, _ *Entry) {
			ds.answerDevices(c, acct)
			if c.s.device == r.Remove {
				ds.presence.end(c, byeRemoved, "")
			}
		})
	}
}

func (ds *devices) answerDevices(c call, acct *account) {
	c.reply(&wire.DeviceList{Re: wire.Re{Re: c.tag}, Devices: acct.devices.all()})
}

func (c call) refuseNoDevice() {
	c.refuse(wire.CodeNoDevice, "Your account has no such device. Look at the list of devices.")
}

// endorse stores the signature of one of the account's devices on another.
func (ds *devices) endorse(c call, r wire.Endorse) {
	acct := c.s.user.account
	d := acct.devices.find(r.Key)
	switch {
	case d == nil || acct.devices.find(r.By) == nil:
		c.refuseNoDevice()
	case r.Key == r.By || !wire.Signed(r.By, wire.EndorsementText(ds.cfg.Node, acct.name, r.Key), r.Sig):
		c.refuse(wire.CodeDenied, "The signature is not one of the account's other devices over this one. Sign it anew.")
	case d.By == r.By && bytes.Equal(d.Sig, r.Sig):
		c.done()
	default:
		signed := DeviceEndorsed{Name: acct.name, Key: r.Key, By: r.By, Sig: r.Sig}
		c.log(signed, func(c call, _ *Entry) { c.done() })
	}
}

// applyDeviceMade adds a device to its account's set.
func (ds *devices) applyDeviceMade(c call, e *Entry, r DeviceMade) {
	acct := ds.names.account(r.Name)
	if acct == nil {
		return
	}
	acct.devices.arriving--
	if acct.devices.find(r.Key) != nil {
		return // two sessions of one device came at once
	}
	acct.devices.list = append(acct.devices.list, wire.Device{Key: r.Key, Since: e.At})
	ds.names.own(r.Key, 1)
	ds.tellDevices(c, acct)
}

// undoDeviceMade gives back the place that was kept for a device.
func (ds *devices) undoDeviceMade(r DeviceMade) {
	if acct := ds.names.account(r.Name); acct != nil {
		acct.devices.arriving--
	}
}

// byeRemoved is told to the sessions of a device that was removed.
var byeRemoved = &wire.Goodbye{
	Code: wire.CodeEnded, Text: "This device was removed from the account. Log in with the password to add it anew.",
}

// bind notes as which of its account's devices a session, and its token, is known
// from here on. Whoever has shown itself as one device does not become another one.
func (ds *devices) bind(c call, key string) {
	if c.s.device != "" {
		return
	}
	c.s.device = key
	if k := c.s.token; k != nil && k.account != nil {
		k.device = key
		c.out.note(TokenBound{Hash: k.hash, Device: key})
	}
}

// tokensOf are those of one of the account's devices, and those that nobody who is
// here has and no device has shown itself with: they may be of it, too.
func (a *account) tokensOf(key string) []*token {
	return slices.DeleteFunc(slices.Clone(a.tokens), func(k *token) bool {
		return k.device != key && (k.device != "" || a.claim.user.hasToken(k))
	})
}

// hasToken reports whether a session of the user was given the token, or the one that
// replaces it.
func (u *user) hasToken(k *token) bool {
	return u != nil && slices.ContainsFunc(u.sessions, func(s *session) bool {
		return s.token != nil && (s.token == k || s.token.before == k)
	})
}

// applyDeviceGone removes a device, and shuts out whoever has it: its sessions and tokens
// end, and what it has handed over goes. Those who may write to it are told.
func (ds *devices) applyDeviceGone(c call, r DeviceGone) {
	acct := ds.names.account(r.Name)
	if acct == nil || acct.devices.find(r.Key) == nil {
		return
	}
	acct.devices.list = slices.DeleteFunc(acct.devices.all(), func(d wire.Device) bool { return d.Key == r.Key })
	ds.names.own(r.Key, -1)
	delete(acct.devices.proved, r.Key)
	acct.sealing.stock = acct.sealing.stock.Without(r.Key, "")
	ds.tokens.revoke(c, acct.tokensOf(r.Key)...)
	u := acct.claim.user
	if u == nil {
		return
	}
	ds.tellWithdrawn(c, u, r.Key)
	ds.presence.endThose(c, u, func(s *session) bool { return s.device == r.Key }, byeRemoved, "")
	if e := u.endpoint(); e != nil && e.device == r.Key { // of a session that has shown itself as another one before
		if e.session != c.s {
			c.out.deliver(e.session, &wire.Displaced{})
		}
		ds.rendezvous.closeEndpoint(e.session)
	}
	ds.tellDevices(c, acct)
}

// tellWithdrawn tells those who share a room with an account, or have agreed with it
// on a private conversation, that one of its keys is not its key any more.
func (ds *devices) tellWithdrawn(c call, u *user, key string) {
	news := &wire.Withdrawn{Name: u.name, Device: key}
	rooms := u.rooms()
	ds.rooms.castRooms(c, rooms, news, c.s)
	e := u.endpoint()
	if e == nil {
		return
	}
	for other, p := range e.pairs {
		if s := other.session; p.open && !slices.ContainsFunc(s.rooms, func(rm *room) bool { return slices.Contains(rooms, rm) }) {
			c.out.deliver(s, news)
		}
	}
}

// applyDeviceEndorsed notes a device's signature on another one.
func (ds *devices) applyDeviceEndorsed(c call, r DeviceEndorsed) {
	acct := ds.names.account(r.Name)
	if acct == nil {
		return
	}
	if d := acct.devices.find(r.Key); d != nil {
		d.By, d.Sig = r.By, r.Sig
		ds.tellDevices(c, acct)
	}
}

// tellDevices tells the account's native sessions which devices it has, but
// for the one that waits for its answer.
func (ds *devices) tellDevices(c call, acct *account) {
	u := acct.claim.user
	if u == nil {
		return
	}
	list := &wire.DeviceList{Devices: acct.devices.all()}
	for _, s := range u.sessions {
		if s != c.s && !s.isOld() {
			c.out.deliver(s, list)
		}
	}
}
