// Package archive is the client's disk: one SQLite file a profile, with the
// lines that were said, the lines that were typed and are not sent yet, resume
// tokens, what private conversations need (this device's own key, the keys of
// others, which lines were heard, files on their way), and what the screen
// wants to find again.
//
// A profile belongs to one program at a time (archive.lock). Small things are
// held in memory and written through, so that reading them never fails; lines
// and what belongs to private conversations are read from the file. Everything
// written is durable when the call returns. What is deleted is overwritten in the
// database; keys, tokens and lines that were taken back are in the journal no more
// a second or two later. What strangers can fill is bounded.
package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

const (
	fileName = "archive.db"
	// readers is how many questions are answered at the same time: the
	// session's and the screen's.
	readers = 2
	// writeWait is how long a write waits for another program that holds the file,
	// as one that makes a backup. The loops of sessions wait with it, so it must not
	// be noticed by who types; they keep what was not written, and try again.
	writeWait = 100 * time.Millisecond
)

// Archive is one profile's disk. Its methods may be called by several
// goroutines: the session writes lines, the screen reads them.
type Archive struct {
	lock  *dbfile.Lock
	write *sql.DB // one connection
	read  *sql.DB // never writes
	erase *dbfile.Eraser
	stop  func() // ends the eraser, and waits for it; nil: there is none

	mu      sync.Mutex
	profile string
	home    int64 // of the server that the profile is used with now; at opening, the one to be used next
	memo    memo
	written int // lines since the last pruning
	bounds  bounds
	now     func() time.Time
}

// Open opens the profile in dir, making it where it is missing, and brings it
// to today's version. It returns a *LockedError while another program uses it,
// and ErrNewer, ErrNotOurs or ErrDamaged for a file it must not write to.
func Open(dir string) (*Archive, error) {
	a := &Archive{bounds: usualBounds, now: time.Now}
	if err := a.open(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("open profile: %w", explain(dir, err)), a.Close())
	}
	return a, nil
}

func (a *Archive) open(dir string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory needs its x bits
		return err
	}
	if a.lock, err = lock(dir); err != nil {
		return err
	}
	file := filepath.Join(dir, fileName)
	if err := ensure(file); err != nil {
		return err
	}
	ctx := context.Background()
	pragmas := append(dbfile.WriterPragmas(true), dbfile.Set("secure_delete", 1))
	if a.write, err = dbfile.Open(ctx, file, "rw", 1, pragmas); err != nil {
		return err
	}
	if err := migrate(ctx, a.write, file); err != nil {
		return err
	}
	if err := makeSeed(ctx, a.write); err != nil {
		return err
	}
	if a.read, err = dbfile.Open(ctx, file, "ro", readers, dbfile.ReaderPragmas()); err != nil {
		return err
	}
	if err := a.read.QueryRowContext(ctx, "SELECT id, home FROM profile").Scan(&a.profile, &a.home); err != nil {
		return err
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	if err := a.startEraser(ctx, file); err != nil {
		return err
	}
	return a.exec("wait less from now on", fmt.Sprintf("PRAGMA busy_timeout = %d", writeWait.Milliseconds()))
}

// startEraser has a goroutine take what is deleted out of the journal, until Close:
// the loops of sessions don't wait for it.
func (a *Archive) startEraser(ctx context.Context, file string) (err error) {
	if a.erase, err = dbfile.NewEraser(ctx, file); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { a.erase.Run(ctx, func(error) {}) }) // whatever the disk has, the session's own writes say it
	a.stop = func() {
		cancel()
		running.Wait()
	}
	return nil
}

// Profile returns the id of this disk, 32 hex digits made at first opening:
// the half of the de-duplication key that tells it from other clients.
func (a *Archive) Profile() string { return a.profile }

// Close gives the profile back. It may be called again.
func (a *Archive) Close() error {
	var all []error
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
	for _, db := range []*sql.DB{a.read, a.write} {
		if db != nil {
			all = append(all, db.Close())
		}
	}
	if a.lock != nil {
		all = append(all, a.lock.Release())
	}
	a.read, a.write, a.lock = nil, nil, nil
	return errors.Join(all...)
}

// change runs one transaction. Nothing of it is there after an error.
func (a *Archive) change(act string, do func(ctx context.Context, tx *sql.Tx) error) error {
	ctx := context.Background()
	if err := transact(ctx, a.write, func(tx *sql.Tx) error { return do(ctx, tx) }); err != nil {
		return explainWrite(act, err)
	}
	return nil
}

// explainWrite says why something is not on disk.
func explainWrite(act string, err error) error {
	if dbfile.IsCode(err, sqlite3.SQLITE_BUSY) {
		return fmt.Errorf("%s: another program holds the profile's file: %w", act, err)
	}
	return fmt.Errorf("%s: %w", act, err)
}

// exec runs one statement as a transaction.
func (a *Archive) exec(act, statement string, args ...any) error {
	if _, err := a.write.ExecContext(context.Background(), statement, args...); err != nil {
		return explainWrite(act, err)
	}
	return nil
}

// millis is the time.
func (a *Archive) millis() wire.Millis { return wire.MillisOf(a.now()) }

// ensure makes an empty file that only its owner can read: SQLite gives its
// journals the same rights.
func ensure(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.Chmod(file, 0o600)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// explain turns what SQLite says about a file into a sentence for people.
func explain(dir string, err error) error {
	if !dbfile.Damaged(err) {
		return err
	}
	return fmt.Errorf("%s can't be read: move it away, or choose another profile with --profile NAME (%w: %w)",
		filepath.Join(dir, fileName), ErrDamaged, err)
}

// fold is what names are found by.
func fold(name string) string { return wire.Fold(name) }
