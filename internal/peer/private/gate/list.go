package gate

import (
	"slices"

	"labchat/internal/wire"
)

// List is which devices an account has, as a server lists them, and which of them
// vouches for which: only signatures that hold are in it. The zero List is none.
type List struct{ devices []listed }

// listed is one device.
type listed struct{ key, by string } // by: "" where no signature holds

// NewList checks the signatures of a list of somebody's devices.
func NewList(node, user string, devices []wire.Device) List {
	var l List
	for _, d := range devices {
		one := listed{key: d.Key}
		if d.By != "" && d.By != d.Key && wire.Signed(d.By, wire.EndorsementText(node, user, d.Key), d.Sig) {
			one.by = d.By
		}
		l.devices = append(l.devices, one)
	}
	return l
}

// Empty reports whether the server names no device.
func (l List) Empty() bool { return len(l.devices) == 0 }

// Has reports whether a key is in the list.
func (l List) Has(key string) bool {
	return slices.ContainsFunc(l.devices, func(d listed) bool { return d.key == key })
}

// Denies reports whether there is a list, and a key is not in it.
func (l List) Denies(key string) bool { return !l.Empty() && !l.Has(key) }

// leads reports whether vouchers lead to a key from a root that is listed. No step
// goes by a device that is barred.
func (l List) leads(key string, root, barred func(key string) bool) bool {
	reached := map[string]bool{}
	for more := true; more && !reached[key]; {
		more = false
		for _, d := range l.devices {
			if d.by == "" || reached[d.key] || barred(d.key) || !l.Has(d.by) || !reached[d.by] && !root(d.by) {
				continue
			}
			reached[d.key], more = true, true
		}
	}
	return reached[key]
}
