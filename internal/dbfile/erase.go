package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// eraseEvery lies between two erasures: what is deleted row by row goes together.
	eraseEvery = time.Second
	// eraseRetry is when it is tried again while somebody reads the file.
	eraseRetry = time.Second
	// erasePause and eraseTries are how long it is waited for a moment in which nobody
	// writes: a second in all.
	erasePause = 25 * time.Millisecond
	eraseTries = 40
)

// Eraser takes what was deleted out of a database's files. With secure_delete a
// page is overwritten in the database, but the journal (the file beside it that
// ends in -wal) keeps the page as it was until later writes pass over it, which may
// be never. NewEraser makes one; Asked may be called by any goroutine.
type Eraser struct {
	db    *sql.DB
	asked chan struct{}
}

// NewEraser opens a connection of its own to a database in WAL mode. It waits for
// nobody who uses the file, so that nobody waits long for it.
func NewEraser(ctx context.Context, file string) (*Eraser, error) {
	db, err := Open(ctx, file, "rw", 1, []Pragma{Set("busy_timeout", 0), Set("fullfsync", 1)})
	if err != nil {
		return nil, err
	}
	return &Eraser{db: db, asked: make(chan struct{}, 1)}, nil
}

// Asked says that something was deleted that must not come back. It never waits. Of no
// eraser nothing is asked.
func (e *Eraser) Asked() {
	if e == nil {
		return
	}
	select {
	case e.asked <- struct{}{}:
	default:
	}
}

// Run erases when it is asked to, until ctx ends, and closes the connection. What an
// earlier run may have left is erased first. Failed is told each error of the disk;
// it is tried again.
func (e *Eraser) Run(ctx context.Context, failed func(error)) {
	defer func() { _ = e.db.Close() }() // it has nothing that could get lost
	e.Asked()
	for {
		select {
		case <-e.asked:
		case <-ctx.Done():
			return
		}
		wait := eraseEvery
		done, err := e.erase(ctx)
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
		if !done {
			e.Asked()
			wait = eraseRetry
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// erase copies the journal into the database, while others go on writing, and then
// empties it, for which they wait: a moment, where nothing has come since it was
// copied. It reports whether the journal is empty.
func (e *Eraser) erase(ctx context.Context) (done bool, err error) {
	before := -1
	for range eraseTries {
		pages, copied, _, err := e.checkpoint(ctx, "PASSIVE")
		if err != nil {
			return false, err
		}
		if pages == copied && pages == before {
			break
		}
		before = pages
		select {
		case <-time.After(erasePause):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	_, _, done, err = e.checkpoint(ctx, "TRUNCATE")
	return done, err
}

// checkpoint returns how many pages the journal has, how many of them are in the
// database, and whether all is done that the mode wants.
func (e *Eraser) checkpoint(ctx context.Context, mode string) (pages, copied int, done bool, err error) {
	var busy int
	err = e.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &copied)
	switch {
	case IsCode(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
		return 0, 0, false, nil
	case err != nil:
		return 0, 0, false, errors.Join(errErase, err)
	}
	return pages, copied, busy == 0, nil
}

var errErase = errors.New("what was deleted could not be taken out of the journal")
