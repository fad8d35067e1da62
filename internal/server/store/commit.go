package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"labchat/internal/dbfile"
	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

const (
	// checkpointPages is how many pages of 4 KiB the journal gets before they
	// are copied to the database and it is written from its start again. A
	// short journal is overwritten in the page cache and gives more lines a
	// second, a long one stops a commit less often.
	checkpointPages = 1000
	// walLimit is to what the journal is cut after it has grown, as it does
	// while a backup reads: 16 MiB.
	walLimit = 16 << 20
)

// errRecord refuses a record that the store has no place for.
var errRecord = errors.New("no such record")

// committer is the part of SQLite that only Run touches.
type committer struct {
	w     *writer
	ids   sequence
	rooms map[string]int64 // their numbers, as far as they have been asked for
	run   []*hub.Entry     // lines that wait to be written together
	keyed []*hub.Entry     // entries of the batch that have a key
	at    driver.Value     // the time of the batch
	// pruned is the key up to which the round under way has come.
	pruned   hub.Key
	failures int // in a row
	erase    *dbfile.Eraser
}

// Run implements Store.
func (s *SQLite) Run(ctx context.Context) error {
	aside, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	beside.Go(func() { s.patrol(aside) })
	beside.Go(func() { s.attend(aside) })
	beside.Go(func() { s.retire(aside) })
	s.startErasing(aside, &beside)
	prune := time.NewTimer(pruneSoon)
	defer prune.Stop()
	for {
		select {
		case batch := <-s.in:
			s.commit(batch) //nolint:contextcheck // a commit under way is never interrupted
			s.out <- batch
		case o := <-s.olds:
			o.gone <- s.forget(o) //nolint:contextcheck // likewise
		case <-prune.C:
			prune.Reset(s.prune()) //nolint:contextcheck // likewise
		case <-ctx.Done():
			s.rest(s.commit)
			return nil
		}
	}
}

// commit stores a batch in one transaction, or marks it as failed.
func (s *SQLite) commit(batch []hub.Entry) {
	if len(batch) == 0 {
		return
	}
	err := s.reconnect()
	ids := s.ids
	if err == nil {
		err = s.w.transaction(func() error { return s.store(batch) })
	}
	if err == nil {
		s.logRecovery()
		s.comeTo(s.ids.last)
		if slices.ContainsFunc(batch, erases) {
			s.erase.Asked()
		}
		return
	}
	s.ids = ids
	fail(batch)
	what := "batch"
	if dbfile.IsCode(err, sqlite3.SQLITE_CONSTRAINT) || errors.Is(err, errRecord) {
		what = "batch, because chatd asked for what can't be"
	}
	s.broken(what, err)
}

// store writes a batch within a transaction: first the keys, which tell the
// entries that are there already, then the records in order.
func (s *SQLite) store(batch []hub.Entry) error {
	at := s.now()
	s.at = int64(at)
	s.keyed, s.run = s.keyed[:0], s.run[:0]
	for i := range batch {
		e := &batch[i]
		e.ID, e.At = s.ids.next(at), at
		if e.Key != (hub.Key{}) {
			s.keyed = append(s.keyed, e)
		}
	}
	if err := s.keys(); err != nil {
		return fmt.Errorf("store keys: %w", err)
	}
	for i := range batch {
		if batch[i].Dup {
			continue
		}
		if err := s.record(&batch[i]); err != nil {
			return fmt.Errorf("store %T: %w", batch[i].Record, err)
		}
	}
	if err := s.flush(); err != nil {
		return fmt.Errorf("store lines: %w", err)
	}
	return s.moveLast()
}

// moveLast writes down the newest id that was given out.
func (s *SQLite) moveLast() error {
	for _, v := range []driver.Value{int64(1), int64(s.ids.last), s.node} {
		s.w.sums.add(v)
	}
	_, err := s.w.exec("UPDATE log SET last = ?, sum = ?", int64(s.ids.last), s.w.sums.take())
	return err
}

// broken logs an error, the first of a row for the operator, and gives up a
// connection that may be of no more use: the next transaction opens a new one.
func (s *SQLite) broken(what string, err error) {
	clear(s.rooms)
	level := slog.LevelError
	if s.failures++; s.failures > 1 {
		level = slog.LevelDebug
	}
	s.log.Log(context.Background(), level, "the store could not write", "what", what, "err", explain(s.file, err))
	if s.w == nil || dbfile.IsCode(err, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT) {
		return
	}
	if err := s.w.close(); err != nil {
		s.log.Debug("close a broken connection", "err", err)
	}
	s.w = nil
}

// logRecovery tells the operator that a row of errors is over.
func (s *SQLite) logRecovery() {
	if s.failures > 0 {
		s.log.Info("batches are stored again", "failures", s.failures)
		s.failures = 0
	}
}

// reconnect opens the connection anew where an error has cost it. Where that
// error hid a commit that was done, the ids go on behind it.
func (s *SQLite) reconnect() error {
	if s.w != nil {
		return nil
	}
	if err := s.connect(); err != nil {
		return err
	}
	last, err := s.w.number("SELECT last FROM log")
	s.ids.last = max(s.ids.last, wire.ID(last))
	return err
}
