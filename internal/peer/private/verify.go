package private

import (
	"cmp"
	_ "embed" // the words
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"time"

	"labchat/internal/wire"
)

// verify shows the safety number of somebody, or takes a person's answer to it.
func (l *loop) verify(r wire.Verify, tag string) {
	if r.Name == "" || wire.Fold(r.Name) == wire.Fold(l.server.me) {
		l.verifyOwn(r, tag)
		return
	}
	c := l.conversation(r.Name)
	switch {
	case c.device == "":
		l.refuse(r, tag, wire.CodeNoUser, "No key of "+c.name+" is known yet. Write to each other first.")
	case r.Answer == wire.AnswerNone && (!l.server.welcomed || l.id.Key() == ""):
		l.refuse(r, tag, wire.CodeOffline, "The number covers which server this is and what it calls you: connect to it, then /verify "+c.name+" shows it.")
	case r.Answer == wire.AnswerNone:
		l.number(c, tag)
	case r.Print == "":
		l.refuse(r, tag, wire.CodeDenied, "Your answer is about a number that was not shown here. First compare what /verify "+c.name+" shows.")
	case r.Print != wire.DevicePrint(c.device) && !l.rejected(c, r):
		l.refuse(r, tag, wire.CodeDenied, c.name+" has another key by now, "+wire.DevicePrint(c.device)+": your answer was about "+r.Print+
			", and nothing is changed. Compare again: /verify "+c.name+".")
	case r.Print != wire.DevicePrint(c.device):
		l.done(r, tag)
	default:
		l.decide(c, r.Answer)
		l.done(r, tag)
	}
}

// rejected takes a person's no to a key that lines do not go to any more: it must not
// come back. False where it was no no, or the key is not known as theirs.
func (l *loop) rejected(c *conversation, r wire.Verify) bool {
	known, err := l.disk.keysOf(c.name)
	i := slices.IndexFunc(known, func(d wire.KnownDevice) bool { return wire.DevicePrint(d.Key) == r.Print })
	if err != nil || i < 0 || r.Answer != wire.AnswerDiffer {
		return false
	}
	d := known[i]
	d.State = wire.KeyRejected
	l.keepKey(d)
	c.closeTo(d.Key)
	l.emit(&wire.KeySeen{User: c.name, State: d.State, Print: r.Print})
	return true
}

// number shows what a person compares with somebody. The keys and names may be others
// when it is made: then another one is.
func (l *loop) number(c *conversation, tag string) {
	own, other := wire.Party{Name: l.server.me, Key: l.id.Key()}, wire.Party{Name: c.name, Key: c.device}
	l.numbers(own, other, func(e *wire.Safety) {
		if l.id.Key() != own.Key || c.device != other.Key || wire.Fold(c.name) != wire.Fold(other.Name) || wire.Fold(l.server.me) != wire.Fold(own.Name) {
			l.verify(wire.Verify{Name: c.name}, tag)
			return
		}
		e.Re, e.User, e.State, e.Guest = wire.Re{Re: tag}, c.name, c.state(), c.kind != wire.KindAccount
		if known, err := l.disk.keysOf(c.name); err == nil {
			for _, d := range known {
				if d.Key == c.device {
					e.Since, e.Lines = d.Since, d.Lines
				}
			}
		}
		if e.Since == 0 {
			e.Since = wire.MillisOf(time.Now())
		}
		l.emit(e)
	})
}

// numbers makes the safety number of two devices, in digits, words and for a QR
// code. That takes tens of milliseconds, and is done beside the loop.
func (l *loop) numbers(own, other wire.Party, then func(*wire.Safety)) {
	node := l.server.node
	l.work.Go(func() {
		digest := wire.SafetyDigest(node, own, other)
		groups := wire.SafetyNumber(digest)
		e := &wire.Safety{
			Groups: groups, Words: words(digest), Code: strings.Join(groups, ""),
			Print: wire.DevicePrint(other.Key), Own: wire.DevicePrint(own.Key),
		}
		l.box.Post(func(l *loop) {
			if l.server.node != node {
				l.numbers(own, other, then)
				return
			}
			then(e)
		})
	})
}

// wordList is the English word list of BIP 39, a word a line, as the module
// github.com/tyler-smith/go-bip39 has it (words.LICENSE). Two people read the
// same words only where both have the same list, in the same order: it is
// never changed.
//
//go:embed words.txt
var wordList string

// words spells the last 24 bytes of a digest as 12 of the 2,048 words of BIP 39:
// two bytes each, big endian, modulo 2,048.
func words(digest []byte) []string {
	const count = 12
	if len(digest) < 2*count {
		return nil
	}
	tail, known := digest[len(digest)-2*count:], strings.Fields(wordList)
	list := make([]string, count)
	for i := range list {
		n := binary.BigEndian.Uint16(tail[2*i:])
		list[i] = known[int(n)%len(known)]
	}
	return list
}

// unsigned are those of our account's devices that none of ours vouches for and that
// are not this one, the newest first. The first device is vouched for by being the
// first.
func (l *loop) unsigned() []wire.Device {
	vouched := l.vouchedBy(l.firstDevice(), l.id.Key())
	all := slices.DeleteFunc(slices.Clone(l.server.devices), func(d wire.Device) bool { return vouched[d.Key] })
	slices.SortStableFunc(all, func(a, b wire.Device) int { return cmp.Compare(b.Since, a.Since) })
	return all
}

// vouchedBy are those of our account's devices that can be believed where these can.
func (l *loop) vouchedBy(roots ...string) map[string]bool {
	return wire.Vouched(l.server.devices, l.server.node, l.server.me, roots...)
}

// firstDevice is the key of our account's first device, "" where that is not on the
// list any more: one that came after ours is not the first because ours was removed.
func (l *loop) firstDevice() string {
	key := wire.FirstDevice(l.server.devices)
	i := slices.IndexFunc(l.server.devices, func(d wire.Device) bool { return d.Key == key })
	if i >= 0 && l.server.since != 0 && l.server.devices[i].Since > l.server.since {
		return ""
	}
	return key
}

// comparable is the device that this one is compared with: one that nobody vouches
// for, or where that is this one, the first. Nil: there is none.
func (l *loop) comparable() *wire.Device {
	if all := l.unsigned(); len(all) > 0 {
		return &all[0]
	}
	first := l.firstDevice()
	if l.vouchedBy(first)[l.id.Key()] {
		return nil
	}
	return l.ownDevice(func(d wire.Device) bool { return d.Key == first })
}

// ownDevice is one of our account's devices, nil where there is none such.
func (l *loop) ownDevice(is func(wire.Device) bool) *wire.Device {
	i := slices.IndexFunc(l.server.devices, is)
	if i < 0 {
		return nil
	}
	return &l.server.devices[i]
}

// noteOwn keeps on the disk since when this device is one of our account's.
func (l *loop) noteOwn() {
	l.server.since = 0
	own := func(key string) bool { return key == l.id.Key() }
	i := slices.IndexFunc(l.server.devices, func(d wire.Device) bool { return own(d.Key) })
	if i < 0 || l.server.kind != wire.KindAccount {
		return
	}
	known, err := l.disk.keysOf(l.server.me)
	if err != nil {
		return
	}
	if j := slices.IndexFunc(known, func(d wire.KnownDevice) bool { return own(d.Key) }); j >= 0 {
		l.server.since = known[j].Since
		return
	}
	l.server.since = l.server.devices[i].Since
	d := wire.KnownDevice{User: l.server.me, Key: l.id.Key(), State: wire.KeyKnown, Since: l.server.since}
	l.keepKey(d)
}

// verifyOwn compares this device with another of the same account, and vouches
// for that: for the one that the person was shown, whatever has come since.
func (l *loop) verifyOwn(r wire.Verify, tag string) {
	if r.Answer == wire.AnswerNone {
		l.ownNumber(tag)
		return
	}
	d := l.ownDevice(func(d wire.Device) bool { return d.Key != l.id.Key() && wire.DevicePrint(d.Key) == r.Print })
	switch {
	case r.Print == "", d != nil && l.compared != (comparison{own: l.id.Key(), name: wire.Fold(l.server.me), other: d.Key}):
		l.refuse(r, tag, wire.CodeDenied, "Your answer is about a number that was not shown here. First compare what /verify "+l.server.me+" shows.")
	case d == nil:
		l.refuse(r, tag, wire.CodeDenied, "Your account has no device with the key "+r.Print+" any more, and nothing is vouched for. Compare again: /verify "+l.server.me+".")
	case r.Answer == wire.AnswerDiffer:
		l.refuse(r, tag, wire.CodeDenied, "Then somebody else may be in your account: change the password with /account password. The device is not vouched for.")
	default:
		text := wire.EndorsementText(l.server.node, l.server.me, d.Key)
		l.ask(wire.Endorse{Key: d.Key, By: l.id.Key(), Sig: l.id.Sign(text)}, func(e wire.Event) {
			if no, refused := e.(*wire.Refused); refused {
				l.refuse(r, tag, no.Code, no.Text)
				return
			}
			l.done(r, tag)
		})
	}
}

// comparison is the number of two devices of our account that was shown last: a person's
// yes to the number of somebody else, whose name the server calls ours since, is none to
// vouch for.
type comparison struct{ own, name, other string }

// ownNumber shows what a person compares on two devices of the account.
func (l *loop) ownNumber(tag string) {
	d := l.comparable()
	if d == nil {
		l.emit(&wire.Safety{Re: wire.Re{Re: tag}, Own: wire.DevicePrint(l.id.Key())})
		return
	}
	me, own, device := l.server.me, l.id.Key(), *d
	l.numbers(wire.Party{Name: me, Key: own}, wire.Party{Name: me, Key: device.Key}, func(e *wire.Safety) {
		if now := l.comparable(); now == nil || now.Key != device.Key || l.server.me != me || l.id.Key() != own {
			l.ownNumber(tag)
			return
		}
		e.Re, e.State, e.Since = wire.Re{Re: tag}, wire.KeyNew, device.Since
		l.compared = comparison{own: own, name: wire.Fold(me), other: device.Key}
		l.emit(e)
	})
}

// ownDevices lists our account's devices, and removes one that a person names by
// the beginning of its print.
func (l *loop) ownDevices(r wire.Devices, tag string) {
	if r.Remove != "" {
		key, why := l.namedDevice(r.Remove)
		if why != "" {
			l.refuse(r, tag, wire.CodeNoDevice, why)
			return
		}
		r.Remove = key
	}
	l.ask(wire.Devices{Remove: r.Remove}, func(e wire.Event) {
		switch e := e.(type) {
		case *wire.DeviceList:
			l.server.devices = e.Devices
			vouched := slices.Sorted(maps.Keys(l.vouchedBy(l.firstDevice(), l.id.Key())))
			l.emit(&wire.DeviceList{Re: wire.Re{Re: tag}, Devices: e.Devices, Own: l.id.Key(), Vouched: vouched})
		case *wire.Refused:
			l.refuse(r, tag, e.Code, e.Text)
		default:
		}
	})
}

// namedDevice finds the one device whose print begins so.
func (l *loop) namedDevice(begins string) (key, why string) {
	const hash = "SHA256:"
	begins = strings.TrimPrefix(begins, hash)
	for _, d := range l.server.devices {
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

// devicesListed follows the devices of our account.
func (l *loop) devicesListed(e *wire.DeviceList) {
	was := l.server.devices
	l.server.devices = e.Devices
	for _, d := range was {
		if !has(e.Devices, d.Key) {
			l.notice("The device %s was removed from your account by another one of yours. If that was not you, change your password with /account password.", wire.DevicePrint(d.Key))
		}
	}
	if slices.ContainsFunc(e.Devices, func(d wire.Device) bool { return !has(was, d.Key) }) {
		l.tellNewDevices()
	}
}

// has reports whether a list of devices has one with this key.
func has(devices []wire.Device, key string) bool {
	return slices.ContainsFunc(devices, func(d wire.Device) bool { return d.Key == key })
}

// tellNewDevices tells the person of devices that nobody vouches for.
func (l *loop) tellNewDevices() {
	for _, d := range l.unsigned() {
		l.notice("A device of your account has no other that vouches for it: %s. If it is yours, /verify %s on both shows the same number; else change your password.",
			wire.DevicePrint(d.Key), l.server.me)
	}
}
