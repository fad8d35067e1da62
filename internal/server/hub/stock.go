package hub

import (
	"slices"

	"labchat/internal/wire"
)

// Stock is what an account's devices have handed over to be sealed to; the
// device that did so last is at the end. A Stock is a value: what changes it
// returns another one.
type Stock []Shelf

// Shelf is what one device has handed over, oldest first, with its Last one
// among them.
type Shelf struct {
	Device string
	Keys   []wire.Prekey
}

// With adds prekeys of one device. They replace those of the same ID, and a
// Last one the one before.
func (s Stock) With(keys []wire.Prekey) Stock {
	if len(keys) == 0 {
		return s
	}
	shelf := Shelf{Device: keys[0].Device}
	all := make(Stock, 0, len(s)+1)
	for _, other := range s {
		if other.Device == shelf.Device {
			shelf.Keys = other.without(keys)
		} else {
			all = append(all, other)
		}
	}
	shelf.Keys = append(shelf.Keys, keys...)
	return append(all, shelf)
}

// without returns a copy of the shelf's keys that keys don't replace.
func (s Shelf) without(keys []wire.Prekey) []wire.Prekey {
	return slices.DeleteFunc(slices.Clone(s.Keys), func(old wire.Prekey) bool {
		return slices.ContainsFunc(keys, func(k wire.Prekey) bool { return k.ID == old.ID || k.Last && old.Last })
	})
}

// Without forgets the device's prekey of an ID, or with "" all of the device.
func (s Stock) Without(device, id string) Stock {
	return s.filter(func(k *wire.Prekey) bool { return k.Device != device || id != "" && k.ID != id })
}

// Fresh forgets what has expired.
func (s Stock) Fresh(now wire.Millis) Stock {
	return s.filter(func(k *wire.Prekey) bool { return k.Expires > now })
}

// filter returns the prekeys that are kept, and s itself where all are.
func (s Stock) filter(keep func(*wire.Prekey) bool) Stock {
	drop := func(k wire.Prekey) bool { return !keep(&k) }
	if !slices.ContainsFunc(s, func(shelf Shelf) bool { return slices.ContainsFunc(shelf.Keys, drop) }) {
		return s
	}
	var kept Stock
	for _, shelf := range s {
		if keys := slices.DeleteFunc(slices.Clone(shelf.Keys), drop); len(keys) > 0 {
			kept = append(kept, Shelf{Device: shelf.Device, Keys: keys})
		}
	}
	return kept
}

// Count is how many one-time prekeys of a device there are.
func (s Stock) Count(device string) (n int) {
	for _, shelf := range s {
		if shelf.Device != device {
			continue
		}
		for i := range shelf.Keys {
			if !shelf.Keys[i].Last {
				n++
			}
		}
	}
	return n
}
