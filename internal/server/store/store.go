// Package store keeps what must last: accounts, rooms, the message log and
// the inbox. The log is the only way in: a batch of entries is appended, one
// transaction makes it last, and it comes back with its ids. What is read
// outside that stream (a page of a room's lines, an inbox, a password's hash)
// is read by other goroutines at any time and never delays a commit.
//
// The engine is SQLite, a file in the data directory. Others can stand behind the
// same interface: storetest.Memory, for tests, is one.
//
// Names are compared as they are: the hub has made them canonical.
package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Log takes entries and hands them back in the order in which they last.
type Log interface {
	// Append hands a batch over and returns at once. One batch is in flight at
	// most, and the log owns it until it comes back.
	Append(batch []hub.Entry)
	// Committed hands each batch back, filled in: ID, At and Dup of its
	// entries, or Fail of all of them. Nothing of a failed batch is stored.
	Committed() <-chan []hub.Entry
}

// Store is a log and what it has made so far.
type Store interface {
	Log
	// Run stores what is appended until ctx ends, then what has been appended
	// before, hands it back and returns. A batch that can't be stored fails
	// and the next one is tried again: Run itself goes on.
	Run(ctx context.Context) error
	// Load reads what a hub starts from. The lobby is always there; tokens that
	// have expired are left out.
	Load(ctx context.Context) (hub.State, error)
	// Lines reads a page of a room; an unknown room has none.
	Lines(ctx context.Context, want hub.ReadLines) (hub.Page, error)
	// Inbox reads what waits for an account, oldest first: *wire.Whispered and
	// *wire.Sealed.
	Inbox(ctx context.Context, want hub.ReadInbox) ([]wire.Event, error)
	// PasswordHash returns an account's PHC string, "" where there is no account.
	PasswordHash(ctx context.Context, name string) (string, error)
	// Backup writes a consistent copy to a new file while the store is at work.
	Backup(ctx context.Context, file string) error
	// Full reports whether the disk has no room for new lines. Others may still be
	// written, and all may be read.
	Full() bool
	// Node tells this data directory from any other: 32 hex digits, made once.
	Node() string
	// Close ends a store whose Run has returned or was never called.
	Close() error
}

var _ Store = (*SQLite)(nil)

// Durability says what an acknowledged line survives.
type Durability uint8

// The durabilities. Both survive the death of the process.
const (
	Full   Durability = iota // and power loss: one fdatasync a batch
	Normal                   // after power loss the newest lines may be missing, none is damaged
)

// Options says how to open a store. The zero value is good.
type Options struct {
	Durability Durability
	Keep       Keep
	Clock      func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: says nothing
}

// What a database can be refused for. Each comes wrapped in a sentence that
// names the file and says what to do.
var (
	ErrNewer   = errors.New("the database was written by a newer chatd")
	ErrNotOurs = errors.New("the file is not a chatd database")
	ErrDamaged = errors.New("the database is damaged")
	ErrMissing = errors.New("there is no database")
)

// maxTime is the last millisecond whose ids fit into SQLite's signed integers:
// in the year 2248. A clock beyond it counts on from the last id.
const maxTime wire.Millis = 1<<43 - 1

// maxID is beyond all ids that are given out: SQLite's greatest integer.
const maxID wire.ID = 1<<63 - 1

// sequence gives out ids.
type sequence struct{ last wire.ID }

// next returns an id that is greater than all before it and bears the time
// at, where the clock has not jumped back.
func (s *sequence) next(at wire.Millis) wire.ID {
	s.last = max(s.last+1, wire.FirstID(min(at, maxTime)))
	return s.last
}

// fail marks a batch that was not stored.
func fail(batch []hub.Entry) {
	for i := range batch {
		e := &batch[i]
		e.ID, e.At, e.Dup, e.Fail = 0, 0, false, true
	}
}

// belt carries batches between the loop and the goroutine that stores them.
// Each side holds one batch at most, so neither ever blocks in a send.
type belt struct {
	in, out chan []hub.Entry
}

func newBelt() belt {
	return belt{in: make(chan []hub.Entry, 1), out: make(chan []hub.Entry, 1)}
}

// Append implements Log.
func (b belt) Append(batch []hub.Entry) { b.in <- batch }

// Committed implements Log.
func (b belt) Committed() <-chan []hub.Entry { return b.out }

// rest stores the batch that was appended before the end, if there is one.
func (b belt) rest(commit func([]hub.Entry)) {
	select {
	case batch := <-b.in:
		commit(batch)
		b.out <- batch
	default:
	}
}
