package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// halfMade begins the names of databases that are not whole yet.
const halfMade = ".chat-new-"

const (
	// journalAt is where SQLite's header says how a database is written and,
	// behind that, read; rollback is what it says of one that has no write-ahead
	// log, writeAhead of one that has.
	journalAt  = 18
	rollback   = 1
	writeAhead = 2
)

// ensure makes the database where there is none. It gets its name when it is
// whole: a file that is empty or half was not left behind by us.
// Was is the directory's mark, if it has one.
func (s *SQLite) ensure(list []string, was *mark) error {
	_, err := os.Stat(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		if was != nil {
			return was.missing(s.file)
		}
		return s.create(list)
	}
	if err != nil {
		return err
	}
	return ownJournal(s.file)
}

// ownJournal refuses the journal of another database: SQLite would play it
// into a backup that was put in the place of a database whose daemon was
// killed. Our databases are in WAL mode from their first start on, copies are
// not. To be called before SQLite has the file open in this process: to close
// it gives up SQLite's locks.
func ownJournal(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it only read
	var version [2]byte
	if _, err := f.ReadAt(version[:], journalAt); err != nil {
		return ignoreEOF(err)
	}
	switch version {
	case [2]byte{writeAhead, writeAhead}:
		return nil
	case [2]byte{rollback, rollback}:
	default: // SQLite would read it, and refuse each line
		return fmt.Errorf("%s has a damaged header: run `chatd check`, then restore a backup (%w)", file, ErrDamaged)
	}
	if _, err := os.Lstat(file + "-wal"); err != nil {
		return nil
	}
	return fmt.Errorf("%s-wal is the journal of another database than %s: move the journal away, then start again (%w)", file, file, ErrDamaged)
}

// ignoreEOF leaves a file that is too short to those who know more about it.
func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// create makes a database under another name and renames it.
func (s *SQLite) create(list []string) error {
	dir := filepath.Dir(s.file)
	if err := dbfile.MakeDir(dir); err != nil {
		return err
	}
	if _, err := os.Lstat(s.file + "-wal"); err == nil {
		// SQLite would play the journal of another database into the new one.
		return fmt.Errorf("%s is missing, but its journal %s-wal is there: "+beginAnew, s.file, s.file, ErrDamaged)
	}
	if err := sweep(dir); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, halfMade+"*") // 0600, and SQLite gives its journals the same rights
	if err != nil {
		return err
	}
	err = errors.Join(temp.Close(), s.build(temp.Name(), list))
	if err == nil {
		err = os.Rename(temp.Name(), s.file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return dbfile.SyncDir(dir)
}

// sweep removes what a killed process had not finished.
func sweep(dir string) error {
	files, err := os.ReadDir(dir)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), halfMade) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, f.Name())))
		}
	}
	return err
}

// build fills a new file: the tables of today's version, and the lobby.
func (s *SQLite) build(file string, list []string) error {
	w, err := openWriter(dbfile.DSN(file, "rw", nil)) // not yet WAL: everything is in the one file
	if err != nil {
		return err
	}
	err = w.transaction(func() error {
		if err := upgrade(w, list, 0); err != nil {
			return err
		}
		_, err := w.exec("INSERT INTO rooms (name, topic, owner, made) VALUES (?, '', '', ?)", wire.Lobby, int64(s.now()))
		return err
	})
	return errors.Join(err, w.close())
}
