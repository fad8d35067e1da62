package private

import (
	"slices"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// unsaved is what the disk has not taken of small things: keys, contacts, and how
// far lines have come. It is tried again until it is taken, in the order in which
// it happened. Owned by loop.
type unsaved struct {
	again  time.Time // after a failure: when the disk is tried again
	writes []unsavedWrite
	keys   []wire.KnownDevice // of writes: the disk's list of keys lacks them
	pump   bool               // lines wait to be noted before they go out
	claim  bool               // our own key could not be read
}

// unsavedWrite is one of them. A later one of the same name takes its place.
type unsavedWrite struct {
	name string
	act  string
	do   func() error
}

// waits reports whether anything is to be tried again.
func (u *unsaved) waits() bool { return len(u.writes) > 0 || u.pump || u.claim }

// write writes something small, later if the disk does not take it now.
func (l *loop) write(name, act string, do func() error) {
	u := &l.unsaved
	u.writes = slices.DeleteFunc(u.writes, func(w unsavedWrite) bool { return w.name == name })
	u.writes = append(u.writes, unsavedWrite{name, act, do})
	l.saveSmall()
}

// saveSmall writes what waits, unless the disk has just failed.
func (l *loop) saveSmall() {
	u := &l.unsaved
	for len(u.writes) > 0 && !time.Now().Before(u.again) {
		w := u.writes[0]
		if l.tryAgain(w.act, w.do()) {
			return
		}
		u.writes = u.writes[1:]
	}
	if len(u.writes) == 0 {
		u.keys = nil
	}
}

// goOn sends what has waited for the disk.
func (l *loop) goOn() {
	u := &l.unsaved
	if !u.pump && !u.claim || time.Now().Before(u.again) {
		return
	}
	if u.claim {
		u.claim = false
		l.claim()
	}
	if !u.pump {
		return
	}
	u.pump = false
	for _, c := range l.convs {
		if c.best() != nil {
			c.pump(l)
		}
	}
}

// tryAgain says whether the disk has failed: then what was to be written is tried
// again after a while.
func (l *loop) tryAgain(act string, err error) bool {
	l.diskFailed(act, err)
	if err != nil {
		l.unsaved.again = time.Now().Add(session.DiskWait)
	}
	return err != nil
}

// keepKey keeps what is known of a key.
func (l *loop) keepKey(d wire.KnownDevice) {
	u := &l.unsaved
	u.keys = append(slices.DeleteFunc(u.keys, func(k wire.KnownDevice) bool { return sameKey(k, d) }), d)
	l.names = nil
	if c := l.convs[wire.Fold(d.User)]; c != nil {
		c.know(d)
	}
	l.write("key "+d.Key+" of "+wire.Fold(d.User), "keep a key", func() error { return l.cfg.Store.SetDevice(d) })
}

// keysOf returns the keys that are known of somebody, on disk or on the way there.
func (l *loop) keysOf(user string) ([]wire.KnownDevice, error) {
	known, err := l.cfg.Store.Devices(user)
	if err != nil {
		l.diskFailed("read the keys", err)
		return nil, err
	}
	return l.unsaved.over(known, func(d wire.KnownDevice) bool { return wire.Fold(d.User) == wire.Fold(user) }), nil
}

// namesOf returns the names under which a key is known, on disk or on the way there.
func (l *loop) namesOf(key string) ([]wire.KnownDevice, error) {
	known, err := l.cfg.Store.NamesOf(key)
	if err != nil {
		l.diskFailed("read the keys", err)
		return nil, err
	}
	return l.unsaved.over(known, func(d wire.KnownDevice) bool { return d.Key == key }), nil
}

// over puts what has not reached the disk in the place of what it knows.
func (u *unsaved) over(known []wire.KnownDevice, concerns func(wire.KnownDevice) bool) []wire.KnownDevice {
	for _, d := range u.keys {
		if !concerns(d) {
			continue
		}
		if i := slices.IndexFunc(known, func(k wire.KnownDevice) bool { return sameKey(k, d) }); i >= 0 {
			known[i] = d
		} else {
			known = append(known, d)
		}
	}
	return known
}

func sameKey(a, b wire.KnownDevice) bool {
	return a.Key == b.Key && wire.Fold(a.User) == wire.Fold(b.User)
}
