package session

import (
	"errors"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// disk is a Store that can be full.
type disk struct {
	full bool
	kept []wire.Event
}

func (d *disk) Keep(lines []wire.Event, _ ...wire.Extent) error {
	if d.full {
		return errors.New("no space left on device")
	}
	d.kept = append(d.kept, lines...)
	return nil
}

func TestALineThatAFullDiskDoesNotTakeIsTriedAgain(t *testing.T) {
	var k Keeper
	d := &disk{full: true}
	now := time.Unix(1000, 0)
	if notice, err := k.Keep(d, now, said(1)); err == nil || !strings.Contains(notice, "no space left") {
		t.Errorf("got %q and %v, want the reason", notice, err)
	}
	if notice, _ := k.Keep(d, now, said(2)); notice != "" {
		t.Errorf("got %q, want it said once", notice)
	}
	if due := k.Due(); !due.After(now) {
		t.Errorf("it is tried again at %v", due)
	}
	d.full = false
	notice, err := k.Keep(d, k.Due())
	if err != nil || len(d.kept) != 2 || !strings.Contains(notice, "works again") || !k.Due().IsZero() {
		t.Errorf("got %d lines, %q and %v", len(d.kept), notice, err)
	}
}

func TestWhatIsTooMuchForAFullDiskIsCounted(t *testing.T) {
	var k Keeper
	d := &disk{full: true}
	now := time.Unix(1000, 0)
	for id := wire.ID(1); id <= 3*MaxUnsaved; id++ {
		_, _ = k.Keep(d, now, said(id))
	}
	d.full = false
	notice, _ := k.Keep(d, k.Due())
	if len(d.kept) > MaxUnsaved || !strings.Contains(notice, "missing") {
		t.Errorf("kept %d lines, and said %q", len(d.kept), notice)
	}
}
