package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

const (
	// fileName is the database in the data directory.
	fileName = "chat.db"
	// readers is how many pages of history are read at the same time.
	readers = 4
	// skimTime is how long the start looks for damage: some hundred MiB.
	skimTime = 2 * time.Second
)

// SQLite is a Store in a file of the data directory. Open makes one.
type SQLite struct {
	belt

	file  string
	node  string
	clock func() time.Time
	log   *slog.Logger
	read  *sql.DB // never writes
	mode  Durability
	// reached is how far the directory knows that the database has come.
	reached *reached
	keep    Keep
	space   func(dir string) (free, whole uint64, known bool)
	full    atomic.Bool // see Full; written by attend
	olds    chan old    // lines that are to go, for Run

	committer // Owned by Run while it runs.
}

// Open opens the database of a data directory, making both where they are
// missing, and brings it to today's version. It returns ErrNewer, ErrNotOurs
// or ErrDamaged for a file that it must not write to. The caller holds Lock.
func Open(dir string, o Options) (*SQLite, error) {
	s := &SQLite{belt: newBelt(), file: filepath.Join(dir, fileName), clock: o.Clock, log: o.Log, mode: o.Durability, keep: o.Keep, space: spaceOf, olds: make(chan old)}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", explain(s.file, err)), s.Close())
	}
	return s, nil
}

func (s *SQLite) open() error {
	list, err := migrations()
	if err != nil {
		return err
	}
	was, err := readMark(s.file)
	if err != nil {
		return err
	}
	if err := s.ensure(list, was); err != nil {
		return err
	}
	if err := recognise(s.file, len(list)); err != nil {
		return err
	}
	if err := os.Chmod(s.file, 0o600); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	if err := migrate(s.w, s.file, list); err != nil {
		return err
	}
	last, err := s.w.number("SELECT last FROM log")
	if err != nil {
		return err
	}
	if s.node, err = s.w.text("SELECT node FROM log"); err != nil {
		return err
	}
	s.ids.last = wire.ID(last)
	s.rooms = map[string]int64{}
	now := mark{s.node, s.ids.last}
	if was != nil {
		if err := was.holds(s.file, now); err != nil {
			return err
		}
	}
	if err := s.openReaders(); err != nil {
		return err
	}
	if err := syncFile(s.file + "-wal"); err != nil { // an earlier start may have written it with normal durability
		return err
	}
	s.reached, err = openReached(s.file, now)
	return err
}

// openReaders opens the pool that all questions go to, and looks for damage
// for as long as a start may take.
func (s *SQLite) openReaders() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), skimTime)
	defer cancel()
	if s.read, err = dbfile.Open(ctx, s.file, "ro", readers, dbfile.ReaderPragmas()); err != nil {
		return err
	}
	err = inspect(ctx, s.read, s.file, nil)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Info("the database is too large to be read whole at start: it is read bit by bit, run `chatd check` from time to time, too")
		return nil
	}
	return err
}

func writerPragmas(d Durability) []dbfile.Pragma {
	return append(dbfile.WriterPragmas(d != Normal),
		dbfile.Set("foreign_keys", 1),
		dbfile.Set("wal_autocheckpoint", checkpointPages),
		dbfile.Set("journal_size_limit", walLimit),
		dbfile.Set("secure_delete", 1),
	)
}

// explain turns what SQLite says about a file into a sentence for people.
func explain(file string, err error) error {
	if dbfile.Damaged(err) {
		return fmt.Errorf("%s can't be read: run `chatd check`, then restore a backup (%w: %w)", file, ErrDamaged, err)
	}
	return err
}

// Node implements Store.
func (s *SQLite) Node() string { return s.node }

// Close implements Store. What the journal holds goes into the database.
func (s *SQLite) Close() error {
	var all []error
	if s.read != nil {
		all = append(all, s.read.Close())
		s.read = nil
	}
	if s.w != nil {
		all = append(all, s.w.close())
		s.w = nil
	}
	if s.reached != nil {
		if s.mode != Full {
			all = append(all, s.makeMarkLast())
		}
		all = append(all, s.reached.f.Close())
		s.reached = nil
	}
	return errors.Join(all...)
}

// now is the time of a commit.
func (s *SQLite) now() wire.Millis { return wire.MillisOf(s.clock()) }

// connect opens the connection that writes.
func (s *SQLite) connect() error {
	pragmas := writerPragmas(s.mode)
	w, err := openWriter(dbfile.DSN(s.file, "rw", pragmas))
	if err != nil {
		return err
	}
	if err := dbfile.Verify(pragmas, w.text); err != nil {
		return errors.Join(err, w.close())
	}
	s.w = w
	return nil
}
