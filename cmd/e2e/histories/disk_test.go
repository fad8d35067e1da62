package histories_test

import (
	"errors"
	"sync"

	"labchat/internal/client"
	"labchat/internal/wire"
)

var errDisk = errors.New("the model's disk fails")

// disk is a profile on which writes fail, and behind which the process dies in
// the middle of one. It writes down what is really on it.
type disk struct {
	client.Store

	died func() // the process has died: nothing leaves it any more

	mu      sync.Mutex
	fault   fault
	left    int  // writes until the process dies, -1: it lives on
	through bool // the last one gets through
	dead    bool
	odd     bool                     // while it wavers: this write is refused
	dirty   map[string]bool          // the last write of this kind has failed
	queued  map[wire.ClientID]string // the name that it was typed under
	settled map[wire.ClientID]wire.ReceiptState
	doubts  map[wire.ClientID]bool // lines that are noted as maybe gone out
}

func newDisk(inner client.Store, died func()) *disk {
	return &disk{
		Store: inner, died: died, left: -1, dirty: map[string]bool{},
		queued: map[wire.ClientID]string{}, settled: map[wire.ClientID]wire.ReceiptState{}, doubts: map[wire.ClientID]bool{},
	}
}

func (d *disk) setFault(f fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = f
}

// dieAfter lets the process die in its n-th write from now, which gets through
// or not.
func (d *disk) dieAfter(n int, through bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.through = n, through
}

// die ends the process now.
func (d *disk) die() {
	d.mu.Lock()
	dead := d.dead
	d.dead = true
	d.mu.Unlock()
	if !dead {
		d.died()
	}
}

func (d *disk) isDead() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead
}

// state reports whether the process lives, and whether something may be in its
// memory only because a write has failed.
func (d *disk) state() (dead, dirty bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead, len(d.dirty) > 0
}

// change makes one write as it is due.
func (d *disk) change(kind string, write func() error) error {
	d.mu.Lock()
	if d.dead {
		d.mu.Unlock()
		return errDisk
	}
	if d.left > 0 {
		d.left--
	}
	f, dies := d.fault, d.left == 0
	if f == wavers {
		if d.odd = !d.odd; d.odd {
			f = refuses
		} else {
			f = works
		}
	}
	if dies {
		f, d.dead = refuses, true
		if d.through {
			f = misleads
		}
	}
	d.mu.Unlock()
	if dies {
		d.died()
	}
	var err error
	if f != refuses {
		err = write()
	}
	if f != works && err == nil {
		err = errDisk
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if delete(d.dirty, kind); err != nil {
		d.dirty[kind] = true
	}
	return err
}

// Queue implements client.Store.
func (d *disk) Queue(lines ...*wire.Receipt) error {
	return d.change("queue", func() error {
		err := d.Store.Queue(lines...)
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, l := range lines {
			if err == nil {
				d.queued[l.Client] = l.As
				d.doubts[l.Client] = d.doubts[l.Client] || l.InDoubt
			}
		}
		return err
	})
}

// Settle implements client.Store.
func (d *disk) Settle(lines ...*wire.Receipt) error {
	return d.change("settle", func() error {
		err := d.Store.Settle(lines...)
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, l := range lines {
			switch {
			case err != nil:
			case l.State == wire.ReceiptQueued: // that only says that the line goes out
				d.doubts[l.Client] = d.doubts[l.Client] || l.InDoubt
			default:
				d.settled[l.Client] = l.State
			}
		}
		return err
	})
}

// Keep implements client.Store.
func (d *disk) Keep(lines []wire.Event, rooms ...wire.Extent) error {
	return d.change("keep", func() error { return d.Store.Keep(lines, rooms...) })
}

// SetToken implements client.Store.
func (d *disk) SetToken(server, name string, t wire.Secret) error {
	return d.change("token", func() error { return d.Store.SetToken(server, name, t) })
}

// wasQueued reports whether a line is on the disk, and under which name it was
// typed.
func (d *disk) wasQueued(id wire.ClientID) (as string, is bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	as, is = d.queued[id]
	return as, is
}

// settledAs is what the disk knows of the end of a line, "" for nothing.
func (d *disk) settledAs(id wire.ClientID) wire.ReceiptState {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settled[id]
}

// inDoubt reports whether the disk knows that a line may have gone out.
func (d *disk) inDoubt(id wire.ClientID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.doubts[id]
}
