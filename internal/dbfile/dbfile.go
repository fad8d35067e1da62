// Package dbfile is what our files have in common. Of those of SQLite: how the
// driver is told of them, whose they are, how they come to today's version, and
// the lock that keeps other programs away; of small ones: the same lock, and how
// they are replaced. What people are told is their owners' to say.
package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long SQLite waits for another process, as a backup tool
// that holds a lock; our own connections never wait for each other.
const busyTimeout = 5 * time.Second

// Pragma is a setting of a connection and what SQLite says once it holds.
type Pragma struct{ Name, Value, Reads string }

// Set returns the pragma that sets a number.
func Set(name string, value int64) Pragma {
	text := strconv.FormatInt(value, 10)
	return Pragma{name, text, text}
}

// WriterPragmas are those of a connection that writes. What it commits outlives
// the process; where it is durable, also the loss of power.
func WriterPragmas(durable bool) []Pragma {
	synchronous := Pragma{"synchronous", "NORMAL", "1"}
	if durable {
		synchronous = Pragma{"synchronous", "FULL", "2"}
	}
	return []Pragma{
		Set("busy_timeout", busyTimeout.Milliseconds()),
		{"journal_mode", "WAL", "wal"},
		synchronous,
		Set("fullfsync", 1), // darwin's fsync alone does not reach the disk
	}
}

// ReaderPragmas are those of a connection that never writes.
func ReaderPragmas() []Pragma {
	return []Pragma{Set("busy_timeout", busyTimeout.Milliseconds()), Set("query_only", 1)}
}

// Verify reads back that the pragmas hold: SQLite takes a misspelt one without
// a word. Read returns the one value that a query finds.
func Verify(pragmas []Pragma, read func(query string) (string, error)) error {
	for _, p := range pragmas {
		got, err := read("PRAGMA " + p.Name)
		if err != nil {
			return err
		}
		if got != p.Reads {
			return fmt.Errorf("sqlite has %s = %s, want %s", p.Name, got, p.Reads)
		}
	}
	return nil
}

// DSN names a file for the driver, with SQLite's mode (ro, rw or rwc) and the
// pragmas of each connection. A transaction that may write takes the lock at
// its beginning: half-way it could be refused.
func DSN(file, mode string, pragmas []Pragma) string {
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}}
	for _, p := range pragmas {
		q.Add("_pragma", p.Name+"("+p.Value+")")
	}
	path := filepath.ToSlash(file)
	if runtime.GOOS == "windows" && filepath.IsAbs(file) {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// Open opens a pool of so many connections, whose pragmas hold.
func Open(ctx context.Context, file, mode string, size int, pragmas []Pragma) (*sql.DB, error) {
	db, err := sql.Open("sqlite", DSN(file, mode, pragmas))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	err = Verify(pragmas, func(query string) (got string, err error) {
		err = db.QueryRowContext(ctx, query).Scan(&got)
		return got, err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// IsCode reports whether err is one of SQLite's primary result codes.
func IsCode(err error, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&0xff)
}

// Damaged reports whether err is SQLite's word for a file that can't be right.
func Damaged(err error) bool { return IsCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) }
