package private

import (
	"log/slog"
	"slices"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// disk is what is kept on this machine, and what it has not taken yet of small things:
// keys, contacts, and how far lines have come. That is tried again until it is taken, in
// the order in which it happened. Owned by loop.
type disk struct {
	store  Store
	log    *slog.Logger
	notice func(format string, args ...any)

	told   bool      // the person knows that it fails
	again  time.Time // after a failure: when it is tried again
	writes []unsaved
	keys   []wire.KnownDevice            // of writes: the disk's list of keys lacks them
	names  map[string][]wire.KnownDevice // a key under each name, as far as it was asked for; nil when one is noted
	pump   bool                          // lines wait to be noted before they go out
	claim  bool                          // our own key could not be read
}

// unsaved is a small thing that was not written. A later one of the same name takes its
// place.
type unsaved struct {
	name string
	act  string
	do   func() error
}

// maxNames bounds the keys whose names are kept from the disk.
const maxNames = 1000

// waits reports whether anything is to be tried again.
func (d *disk) waits() bool { return len(d.writes) > 0 || d.pump || d.claim }

// isResting reports whether it has failed just now, and is not tried yet.
func (d *disk) isResting() bool { return time.Now().Before(d.again) }

// check tells the person once that the disk fails, and what comes of that; a nil error
// says that it works.
func (d *disk) check(act string, err error) {
	if err == nil {
		d.told = false
		return
	}
	d.log.Error("the archive failed", "act", act, "err", err)
	if !d.told {
		d.told = true
		d.notice("This machine's disk does not take private lines: %v. They are not sent, and not confirmed, until it does.", err)
	}
}

// retry reports whether the disk has failed: then what was to be written is tried again
// after a while.
func (d *disk) retry(act string, err error) bool {
	d.check(act, err)
	if err != nil {
		d.again = time.Now().Add(session.DiskWait)
	}
	return err != nil
}

// write writes something small, later if the disk does not take it now.
func (d *disk) write(name, act string, do func() error) {
	d.writes = slices.DeleteFunc(d.writes, func(w unsaved) bool { return w.name == name })
	d.writes = append(d.writes, unsaved{name, act, do})
	d.flush()
}

// flush writes what waits, unless the disk has just failed.
func (d *disk) flush() {
	for len(d.writes) > 0 && !d.isResting() {
		w := d.writes[0]
		if d.retry(w.act, w.do()) {
			return
		}
		d.writes = d.writes[1:]
	}
	if len(d.writes) == 0 {
		d.keys = nil
	}
}

// keepKey keeps what is known of a key.
func (d *disk) keepKey(k wire.KnownDevice) {
	d.keys = append(slices.DeleteFunc(d.keys, func(o wire.KnownDevice) bool { return sameKey(o, k) }), k)
	d.names = nil
	d.write("key "+k.Key+" of "+wire.Fold(k.User), "keep a key", func() error { return d.store.SetDevice(k) })
}

// keysOf returns the keys that are known of somebody, on disk or on the way there.
func (d *disk) keysOf(user string) ([]wire.KnownDevice, error) {
	known, err := d.store.Devices(user)
	if err != nil {
		d.check("read the keys", err)
		return nil, err
	}
	return d.over(known, func(k wire.KnownDevice) bool { return wire.Fold(k.User) == wire.Fold(user) }), nil
}

// namesOf returns the names under which a key is known, on disk or on the way there.
func (d *disk) namesOf(key string) ([]wire.KnownDevice, error) {
	if all, cached := d.names[key]; cached {
		return all, nil
	}
	known, err := d.store.NamesOf(key)
	if err != nil {
		d.check("read the keys", err)
		return nil, err
	}
	if d.names == nil || len(d.names) >= maxNames {
		d.names = map[string][]wire.KnownDevice{}
	}
	d.names[key] = d.over(known, func(k wire.KnownDevice) bool { return k.Key == key })
	return d.names[key], nil
}

// over puts what has not reached the disk in the place of what it knows.
func (d *disk) over(known []wire.KnownDevice, concerns func(wire.KnownDevice) bool) []wire.KnownDevice {
	for _, k := range d.keys {
		if !concerns(k) {
			continue
		}
		if i := slices.IndexFunc(known, func(o wire.KnownDevice) bool { return sameKey(o, k) }); i >= 0 {
			known[i] = k
		} else {
			known = append(known, k)
		}
	}
	return known
}

func sameKey(a, b wire.KnownDevice) bool {
	return a.Key == b.Key && wire.Fold(a.User) == wire.Fold(b.User)
}

// keepKey keeps what is known of a key, on disk and where it is at hand.
func (l *loop) keepKey(k wire.KnownDevice) {
	if c := l.convs[wire.Fold(k.User)]; c != nil {
		c.know(k)
	}
	l.disk.keepKey(k)
}
