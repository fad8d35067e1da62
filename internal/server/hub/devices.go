package hub

import (
	"bytes"
	"slices"

	"labchat/internal/wire"
)

// device returns the account's device of that key, or nil.
func (a *account) device(key string) *wire.Device {
	i := slices.IndexFunc(a.devices, func(d wire.Device) bool { return d.Key == key })
	if i < 0 {
		return nil
	}
	return &a.devices[i]
}

// listDevices returns them as an event may keep them.
func (a *account) listDevices() []wire.Device { return slices.Clone(a.devices) }

// devices lists the account's devices, or removes one.
func (h *Hub) devices(c call, r wire.Devices) {
	acct := c.s.user.account
	switch {
	case r.Remove == "":
		h.answerDevices(c, acct)
	case acct.device(r.Remove) == nil:
		c.refuseNoDevice()
	default:
		c.log(DeviceGone{Name: acct.name, Key: r.Remove}, func(c call, _ *Entry) {
			h.answerDevices(c, acct)
			if c.s.device == r.Remove {
				h.end(c, byeRemoved, "")
			}
		})
	}
}

func (h *Hub) answerDevices(c call, acct *account) {
	c.reply(&wire.DeviceList{Re: wire.Re{Re: c.tag}, Devices: acct.listDevices()})
}

func (c call) refuseNoDevice() {
	c.refuse(wire.CodeNoDevice, "Your account has no such device. Look at the list of devices.")
}

// endorse stores the signature of one of the account's devices on another.
func (h *Hub) endorse(c call, r wire.Endorse) {
	acct := c.s.user.account
	d := acct.device(r.Key)
	switch {
	case d == nil || acct.device(r.By) == nil:
		c.refuseNoDevice()
	case r.Key == r.By || !wire.Signed(r.By, wire.EndorsementText(h.cfg.Node, acct.name, r.Key), r.Sig):
		c.refuse(wire.CodeDenied, "The signature is not one of the account's other devices over this one. Sign it anew.")
	case d.By == r.By && bytes.Equal(d.Sig, r.Sig):
		c.done()
	default:
		signed := DeviceEndorsed{Name: acct.name, Key: r.Key, By: r.By, Sig: r.Sig}
		c.log(signed, func(c call, _ *Entry) { c.done() })
	}
}

// deviceStored adds a device to its account's set.
func (h *Hub) deviceStored(c call, e *Entry, r DeviceMade) {
	acct := h.names.account(r.Name)
	if acct == nil {
		return
	}
	acct.arriving--
	if acct.device(r.Key) != nil {
		return // two sessions of one device came at once
	}
	acct.devices = append(acct.devices, wire.Device{Key: r.Key, Since: e.At})
	h.names.own(r.Key, 1)
	h.tellDevices(c, acct)
}

// deviceNotStored gives back the place that was kept for a device.
func (h *Hub) deviceNotStored(r DeviceMade) {
	if acct := h.names.account(r.Name); acct != nil {
		acct.arriving--
	}
}

// byeRemoved is told to the sessions of a device that was removed.
var byeRemoved = &wire.Goodbye{
	Code: wire.CodeEnded, Text: "This device was removed from the account. Log in with the password to add it anew.",
}

// show notes as which of its account's devices a session, and its token, is known
// from here on. Whoever has shown itself as one device does not become another one.
func (h *Hub) show(c call, key string) {
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
		return k.device != key && (k.device != "" || a.claim.user.holds(k))
	})
}

// holds reports whether a session of the user was given the token, or the one that
// replaces it.
func (u *user) holds(k *token) bool {
	return u != nil && slices.ContainsFunc(u.sessions, func(s *session) bool {
		return s.token != nil && (s.token == k || s.token.before == k)
	})
}

// deviceGone removes a device, and shuts out whoever has it: its sessions and tokens
// end, and what it has handed over goes. Those who may write to it are told.
func (h *Hub) deviceGone(c call, r DeviceGone) {
	acct := h.names.account(r.Name)
	if acct == nil || acct.device(r.Key) == nil {
		return
	}
	acct.devices = slices.DeleteFunc(acct.listDevices(), func(d wire.Device) bool { return d.Key == r.Key })
	h.names.own(r.Key, -1)
	delete(acct.proved, r.Key)
	acct.sealing.stock = acct.sealing.stock.Without(r.Key, "")
	h.revoke(c, acct.tokensOf(r.Key)...)
	u := acct.claim.user
	if u == nil {
		return
	}
	h.tellWithdrawn(c, u, r.Key)
	h.endThose(c, u, func(s *session) bool { return s.device == r.Key }, byeRemoved, "")
	if e := u.endpoint(); e != nil && e.device == r.Key { // of a session that has shown itself as another one before
		if e.session != c.s {
			c.out.deliver(e.session, &wire.Displaced{})
		}
		h.closeEndpoint(e.session)
	}
	h.tellDevices(c, acct)
}

// tellWithdrawn tells those who share a room with an account, or have agreed with it
// on a private conversation, that one of its keys is not its key any more.
func (h *Hub) tellWithdrawn(c call, u *user, key string) {
	news := &wire.Withdrawn{Name: u.name, Device: key}
	rooms := u.rooms()
	h.castRooms(c, rooms, news, c.s)
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

// endorsed notes a device's signature on another one.
func (h *Hub) endorsed(c call, r DeviceEndorsed) {
	acct := h.names.account(r.Name)
	if acct == nil {
		return
	}
	if d := acct.device(r.Key); d != nil {
		d.By, d.Sig = r.By, r.Sig
		h.tellDevices(c, acct)
	}
}

// tellDevices tells the account's native sessions which devices it has, but
// for the one that waits for its answer.
func (h *Hub) tellDevices(c call, acct *account) {
	u := acct.claim.user
	if u == nil {
		return
	}
	list := &wire.DeviceList{Devices: acct.listDevices()}
	for _, s := range u.sessions {
		if s != c.s && !s.old() {
			c.out.deliver(s, list)
		}
	}
}
