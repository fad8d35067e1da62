package private

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// ownDevices are those of our account, of which this is one. Owned by loop.
type ownDevices struct {
	l     *loop
	list  []wire.Device
	since wire.Millis // when this one became one of them, as far as our disk knows
	shown comparison
}

// comparison is the number of two devices of our account that was shown last: a person's
// yes to the number of somebody else, whose name the server calls ours since, is none to
// vouch for.
type comparison struct{ own, name, other string }

// has reports whether a list of devices has one with this key.
func has(devices []wire.Device, key string) bool {
	return slices.ContainsFunc(devices, func(d wire.Device) bool { return d.Key == key })
}

// begin takes the list of a server at which this device holds our private
// conversations now.
func (o *ownDevices) begin(list []wire.Device) {
	o.list = list
	o.noteSince()
	o.tellNew()
}

// handleList follows the devices of our account.
func (o *ownDevices) handleList(e *wire.DeviceList) {
	was := o.list
	o.list = e.Devices
	for _, d := range was {
		if !has(e.Devices, d.Key) {
			o.l.notice("The device %s was removed from your account by another one of yours. If that was not you, change your password with /account password.", wire.DevicePrint(d.Key))
		}
	}
	if slices.ContainsFunc(e.Devices, func(d wire.Device) bool { return !has(was, d.Key) }) {
		o.tellNew()
	}
}

// tellNew tells the person of devices that nobody vouches for.
func (o *ownDevices) tellNew() {
	for _, d := range o.unsigned() {
		o.l.notice("A device of your account has no other that vouches for it: %s. If it is yours, /verify %s on both shows the same number; else change your password.",
			wire.DevicePrint(d.Key), o.l.server.me)
	}
}

// noteSince keeps on the disk since when this device is one of our account's.
func (o *ownDevices) noteSince() {
	o.since = 0
	own := func(key string) bool { return key == o.l.id.Key() }
	i := slices.IndexFunc(o.list, func(d wire.Device) bool { return own(d.Key) })
	if i < 0 || o.l.server.kind != wire.KindAccount {
		return
	}
	known, err := o.l.disk.keysOf(o.l.server.me)
	if err != nil {
		return
	}
	if j := slices.IndexFunc(known, func(d wire.KnownDevice) bool { return own(d.Key) }); j >= 0 {
		o.since = known[j].Since
		return
	}
	o.since = o.list[i].Since
	d := wire.KnownDevice{User: o.l.server.me, Key: o.l.id.Key(), State: wire.KeyKnown, Since: o.since}
	o.l.keepKey(d)
}

// unsigned are those of our account's devices that none of ours vouches for and that
// are not this one, the newest first. The first device is vouched for by being the
// first.
func (o *ownDevices) unsigned() []wire.Device {
	vouched := o.vouchedBy(o.first(), o.l.id.Key())
	all := slices.DeleteFunc(slices.Clone(o.list), func(d wire.Device) bool { return vouched[d.Key] })
	slices.SortStableFunc(all, func(a, b wire.Device) int { return cmp.Compare(b.Since, a.Since) })
	return all
}

// vouchedBy are those of our account's devices that can be believed where these can.
func (o *ownDevices) vouchedBy(roots ...string) map[string]bool {
	return wire.Vouched(o.list, o.l.server.node, o.l.server.me, roots...)
}

// first is the key of our account's first device, "" where that is not on the
// list any more: one that came after ours is not the first because ours was removed.
func (o *ownDevices) first() string {
	key := wire.FirstDevice(o.list)
	i := slices.IndexFunc(o.list, func(d wire.Device) bool { return d.Key == key })
	if i >= 0 && o.since != 0 && o.list[i].Since > o.since {
		return ""
	}
	return key
}

// comparable is the device that this one is compared with: one that nobody vouches
// for, or where that is this one, the first. Nil: there is none.
func (o *ownDevices) comparable() *wire.Device {
	if all := o.unsigned(); len(all) > 0 {
		return &all[0]
	}
	first := o.first()
	if o.vouchedBy(first)[o.l.id.Key()] {
		return nil
	}
	return o.find(func(d wire.Device) bool { return d.Key == first })
}

// find returns one of our account's devices, nil where there is none such.
func (o *ownDevices) find(is func(wire.Device) bool) *wire.Device {
	i := slices.IndexFunc(o.list, is)
	if i < 0 {
		return nil
	}
	return &o.list[i]
}

// do lists our account's devices, and removes one that a person names by
// the beginning of its print.
func (o *ownDevices) do(r wire.Devices, tag string) {
	if r.Remove != "" {
		key, why := o.byPrint(r.Remove)
		if why != "" {
			o.l.refuse(r, tag, wire.CodeNoDevice, why)
			return
		}
		r.Remove = key
	}
	o.l.ask(wire.Devices{Remove: r.Remove}, func(e wire.Event) {
		switch e := e.(type) {
		case *wire.DeviceList:
			o.list = e.Devices
			vouched := slices.Sorted(maps.Keys(o.vouchedBy(o.first(), o.l.id.Key())))
			o.l.emit(&wire.DeviceList{Re: wire.Re{Re: tag}, Devices: e.Devices, Own: o.l.id.Key(), Vouched: vouched})
		case *wire.Refused:
			o.l.refuse(r, tag, e.Code, e.Text)
		default:
		}
	})
}

// byPrint finds the one device whose print begins so.
func (o *ownDevices) byPrint(begins string) (key, why string) {
	const hash = "SHA256:"
	begins = strings.TrimPrefix(begins, hash)
	for _, d := range o.list {
		if !strings.HasPrefix(strings.TrimPrefix(wire.DevicePrint(d.Key), hash), begins) {
			continue
		}
		if key != "" {
			return "", "Several devices begin so: type more of it."
		}
		key = d.Key
	}
	if key == "" {
		return "", "Your account has no such device. /devices lists them."
	}
	return key, ""
}

// verify compares this device with another of the same account, and vouches
// for that: for the one that the person was shown, whatever has come since.
func (o *ownDevices) verify(r wire.Verify, tag string) {
	if r.Answer == wire.AnswerNone {
		o.showNumber(tag)
		return
	}
	d := o.find(func(d wire.Device) bool { return d.Key != o.l.id.Key() && wire.DevicePrint(d.Key) == r.Print })
	switch {
	case r.Print == "", d != nil && o.shown != (comparison{own: o.l.id.Key(), name: wire.Fold(o.l.server.me), other: d.Key}):
		o.l.refuse(r, tag, wire.CodeDenied, "Your answer is about a number that was not shown here. First compare what /verify "+o.l.server.me+" shows.")
	case d == nil:
		o.l.refuse(r, tag, wire.CodeDenied, "Your account has no device with the key "+r.Print+" any more, and nothing is vouched for. Compare again: /verify "+o.l.server.me+".")
	case r.Answer == wire.AnswerDiffer:
		o.l.refuse(r, tag, wire.CodeDenied, "Then somebody else may be in your account: change the password with /account password. The device is not vouched for.")
	default:
		text := wire.EndorsementText(o.l.server.node, o.l.server.me, d.Key)
		o.l.ask(wire.Endorse{Key: d.Key, By: o.l.id.Key(), Sig: o.l.id.Sign(text)}, func(e wire.Event) {
			if no, refused := e.(*wire.Refused); refused {
				o.l.refuse(r, tag, no.Code, no.Text)
				return
			}
			o.l.done(r, tag)
		})
	}
}

// showNumber shows what a person compares on two devices of the account.
func (o *ownDevices) showNumber(tag string) {
	d := o.comparable()
	if d == nil {
		o.l.emit(&wire.Safety{Re: wire.Re{Re: tag}, Own: wire.DevicePrint(o.l.id.Key())})
		return
	}
	me, own, device := o.l.server.me, o.l.id.Key(), *d
	o.l.makeNumber(wire.Party{Name: me, Key: own}, wire.Party{Name: me, Key: device.Key}, func(e *wire.Safety) {
		if now := o.comparable(); now == nil || now.Key != device.Key || o.l.server.me != me || o.l.id.Key() != own {
			o.showNumber(tag)
			return
		}
		e.Re, e.State, e.Since = wire.Re{Re: tag}, wire.KeyNew, device.Since
		o.shown = comparison{own: own, name: wire.Fold(me), other: device.Key}
		o.l.emit(e)
	})
}
