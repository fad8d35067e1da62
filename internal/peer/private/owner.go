package private

import (
	"fmt"
	"slices"

	"labchat/internal/wire"
)

// otherOwner is another name than that of a conversation under which a key is known,
// our own among them, "" where there is none. A name that a person has said is not
// the key's does not count. What the disk does not tell is asked for again.
func (p *partner) otherOwner(key string) string {
	if p.key != wire.Fold(p.l.server.me) && has(p.l.devices.list, key) {
		return p.l.server.me
	}
	all, err := p.l.disk.namesOf(key)
	if err != nil {
		p.unread = true
		return ""
	}
	i := slices.IndexFunc(all, func(d wire.KnownDevice) bool { return wire.Fold(d.User) != p.key && d.State != wire.KeyRejected })
	if i < 0 {
		return ""
	}
	return all[i].User
}

// sharedWith asks a person about a key that is known as somebody else's.
func sharedWith(name, other string) string {
	return fmt.Sprintf("This key is known as %[2]s's, too: either %[1]s and %[2]s are one person, or one of them claims the other's key. Nothing is sent to %[1]s until you have answered: /verify %[1]s.", name, other)
}

// disown takes the trust that nobody has checked from all other names of a key that a
// person has compared with somebody: it is that somebody's.
func (l *loop) disown(name, key string) {
	all, _ := l.disk.namesOf(key) // what can't be read now is found when that name is judged
	for _, d := range all {
		if wire.Fold(d.User) == wire.Fold(name) || d.State != wire.KeyNew && d.State != wire.KeyKnown {
			continue
		}
		d.State = wire.KeyShared
		l.keepKey(d)
		l.emit(&wire.KeySeen{User: d.User, State: d.State, Print: wire.DevicePrint(key), Text: sharedWith(d.User, name)})
		if c := l.convs[wire.Fold(d.User)]; c != nil && c.device == key {
			c.hangUp()
			c.adopt(key)
		}
	}
}
