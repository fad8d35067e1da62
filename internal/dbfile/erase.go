package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// eraseEvery lies between two erasures: what is deleted one row after the other
	// goes together.
	eraseEvery = time.Second
	// eraseRetry is when it is tried again while somebody reads the file.
	eraseRetry = time.Second
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
// empties it, for which they wait: a moment, as little has come meanwhile. It
// reports whether the journal is empty.
func (e *Eraser) erase(ctx context.Context) (done bool, err error) {
	for _, mode := range []string{"PASSIVE", "TRUNCATE"} {
		var busy, pages, copied int
		err = e.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &copied)
		if IsCode(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) {
			return false, nil
		}
		if err != nil {
			return false, errors.Join(errErase, err)
		}
		done = busy == 0
	}
	return done, nil
}

var errErase = errors.New("what was deleted could not be taken out of the journal")
