package registry_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// disk is a Store that can be full.
type disk struct {
	mu   sync.Mutex
	full bool
	kept []string
	keys map[string][]wire.KnownDevice
}

func (d *disk) Home(string, string) error    { return nil }
func (d *disk) LastSeen(room string) wire.ID { return 0 }

func (d *disk) Contact(user string) (wire.Contact, error)       { return wire.Contact{User: user}, nil }
func (d *disk) Devices(user string) ([]wire.KnownDevice, error) { return d.keys[user], nil }

func (d *disk) Keep(lines []wire.Event, _ ...wire.Extent) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return errors.New("no space left on device")
	}
	for _, e := range lines {
		if said, ok := e.(*wire.Said); ok {
			d.kept = append(d.kept, said.Text)
		}
	}
	return nil
}

func (d *disk) setFull(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

func TestWhatAFullDiskDidNotTakeOfARoomIsKeptLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.tobi("lobby")
		d := &disk{}
		a := w.sessionOn("tobi", "anna", "10.0.0.2:4000", d)
		until(a, "anna enters", func(e *wire.Entered) bool { return e.Room == "lobby" })
		b := w.session("tobi", "bobby", "10.0.0.3:4000")
		until(b, "bobby enters", func(e *wire.Entered) bool { return e.Room == "lobby" })
		d.setFull(true)
		b.Say("lobby", "one", false)
		until(a, "the reason", func(e *wire.Notice) bool { return e.Own && strings.Contains(e.Text, "no space left") })
		until(a, "a line", func(e *wire.Said) bool { return e.Text == "one" })
		d.setFull(false)
		<-time.After(2 * time.Second)
		until(a, "the end of it", func(e *wire.Notice) bool { return strings.Contains(e.Text, "works again") })
		if len(d.kept) != 1 || d.kept[0] != "one" {
			t.Errorf("got %q on disk", d.kept)
		}
	})
}
