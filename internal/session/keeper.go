package session

import (
	"fmt"
	"time"

	"labchat/internal/wire"
)

const (
	// MaxUnsaved is how many lines wait for a disk that fails. Then the oldest
	// half is let go of.
	MaxUnsaved = 10_000
	// DiskWait is when a disk that has failed is tried again.
	DiskWait = time.Second
)

// Store is what a Keeper writes to; archive.Archive is one.
type Store interface {
	// Keep stores *wire.Said and *wire.Whispered, each once.
	Keep(lines []wire.Event, rooms ...wire.Extent) error
}

// Keeper puts lines on disk that nobody would tell again. What a full disk does
// not take is tried again until it does. Owned by a loop.
type Keeper struct {
	waiting []wire.Event
	again   time.Time // while the disk fails: when it is tried again
	lost    int       // lines that were let go of
}

// Due is when Keep is to be called again, with no line; the zero time is never.
func (k *Keeper) Due() time.Time { return k.again }

// Keep stores lines, and those that wait. The notice is for people, "" where
// there is nothing new to say; the error is for the log.
func (k *Keeper) Keep(store Store, now time.Time, lines ...wire.Event) (notice string, err error) {
	k.waiting = append(k.waiting, lines...)
	if n := len(k.waiting); n > MaxUnsaved {
		k.lost += n / 2
		k.waiting = append([]wire.Event(nil), k.waiting[n/2:]...)
	}
	if now.Before(k.again) || len(k.waiting) == 0 {
		return "", nil
	}
	failed := !k.again.IsZero()
	if err = store.Keep(k.waiting); err != nil {
		if !failed {
			notice = fmt.Sprintf("This machine's disk does not take what is said (%v). It is shown, but may be lost when the program ends. Make room on the disk, or end what holds the file: it is tried again until it works.", err)
		}
		k.again = now.Add(DiskWait)
		return notice, err
	}
	if failed || k.lost > 0 {
		notice = DiskWorks(k.lost)
	}
	*k = Keeper{}
	return notice, nil
}

// DiskWorks says for people that the disk works again, and how many lines were
// let go of that nobody can tell again.
func DiskWorks(lost int) string {
	if lost == 0 {
		return "This machine's disk works again, and nothing that was said meanwhile gets lost."
	}
	return fmt.Sprintf("This machine's disk works again. %d lines that came meanwhile are missing in what it keeps, and nobody can be asked for them.", lost)
}
