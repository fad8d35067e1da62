package private

import (
	_ "embed" // the words
	"encoding/binary"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// numbers are the safety number of two keys, in digits, words and for a QR
// code: the same on both sides.
func numbers(own, other string) *wire.Safety {
	digest := wire.SafetyDigest(own, other)
	groups := wire.SafetyNumber(digest)
	return &wire.Safety{
		Groups: groups, Words: words(digest), Code: strings.Join(groups, ""),
		Print: wire.DevicePrint(other), Own: wire.DevicePrint(own),
	}
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

// unsigned is the newest of our account's devices that none of ours vouches for and
// is not this one, nil where there is none. The first device is vouched for by being
// the first.
func (l *loop) unsigned() *wire.Device {
	first := l.firstDevice()
	var newest *wire.Device
	for i := range l.server.devices {
		d := &l.server.devices[i]
		if d.Key != l.id.Key() && d.Key != first && d.By == "" && (newest == nil || d.Since > newest.Since) {
			newest = d
		}
	}
	return newest
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
// for, or where that is this one, the first.
func (l *loop) comparable() *wire.Device {
	if d := l.unsigned(); d != nil {
		return d
	}
	first := l.firstDevice()
	for i := range l.server.devices {
		if d := &l.server.devices[i]; d.Key == l.id.Key() && (d.By != "" || d.Key == first) {
			return nil
		}
	}
	i := slices.IndexFunc(l.server.devices, func(d wire.Device) bool { return d.Key == first && first != l.id.Key() })
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
	known, err := l.keysOf(l.server.me)
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
// for that.
func (l *loop) verifyOwn(r wire.Verify, tag string) {
	d := l.comparable()
	switch {
	case d == nil:
		l.emit(&wire.Safety{Re: wire.Re{Re: tag}, Own: wire.DevicePrint(l.id.Key())})
	case r.Answer == wire.AnswerNone:
		e := numbers(l.id.Key(), d.Key)
		e.Re, e.State, e.Since = wire.Re{Re: tag}, wire.KeyNew, d.Since
		l.emit(e)
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
			l.emit(&wire.DeviceList{Re: wire.Re{Re: tag}, Devices: e.Devices, Own: l.id.Key()})
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
		if !slices.ContainsFunc(e.Devices, func(one wire.Device) bool { return one.Key == d.Key }) {
			l.notice("The device %s was removed from your account by another one of yours. If that was not you, change your password with /account password.", wire.DevicePrint(d.Key))
		}
	}
	if len(e.Devices) > len(was) {
		l.tellNewDevices(e.Devices)
	}
}

// tellNewDevices tells the person of a device that nobody vouches for.
func (l *loop) tellNewDevices(all []wire.Device) {
	if d := l.unsigned(); d != nil && len(all) > 1 {
		l.notice("A device of your account has no other that vouches for it: %s. If it is yours, /verify %s on both shows the same number; else change your password.",
			wire.DevicePrint(d.Key), l.server.me)
	}
}
