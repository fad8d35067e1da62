package store

import (
	"embed"
	"errors"
	"fmt"
	"os"

	"labchat/internal/dbfile"
)

// applicationID marks our databases in SQLite's header: "lcsd".
const applicationID = 0x6c637364

// scripts holds schema/NNNN.sql: number N brings a database from version N-1
// to N. A script that has been released is never changed.
//
//go:embed schema/*.sql
var scripts embed.FS

// migrations returns the scripts in order, the first at index 0.
func migrations() ([]string, error) { return dbfile.Scripts(scripts) }

// migrate brings a database to the version of the last script, in one
// transaction: after a crash it is either as before or done.
func migrate(w *writer, file string, list []string) error {
	version, err := identify(w.number, file, len(list))
	if err != nil || version == len(list) {
		return err
	}
	return w.transaction(func() error { return upgrade(w, list, version) })
}

// upgrade runs the scripts above a version.
func upgrade(w *writer, list []string, version int) error {
	if err := dbfile.Upgrade(w.script, list, version, applicationID); err != nil {
		return fmt.Errorf("migrate to %w", err)
	}
	return nil
}

// recognise asks a file whose it is before anything is written to it: but for
// the rollback of a process that was killed, without which nobody can read it.
func recognise(file string, newest int) error {
	mode := "ro"
	if _, err := os.Lstat(file + "-journal"); err == nil {
		mode = "rw"
	}
	r, err := openWriter(dbfile.DSN(file, mode, dbfile.ReaderPragmas()))
	if err != nil {
		return err
	}
	_, err = identify(r.number, file, newest)
	return errors.Join(err, r.close())
}

// identify returns the version of a database, and refuses what is not ours to
// write.
func identify(number func(query string) (int64, error), file string, newest int) (int, error) {
	version, kind, err := dbfile.Identify(number, applicationID, newest, "PRAGMA page_count")
	switch kind {
	case dbfile.Ours:
	case dbfile.Blank:
		err = fmt.Errorf("%s is empty: restore a backup, or remove the file to begin anew (%w)", file, ErrDamaged)
	case dbfile.Foreign:
		err = fmt.Errorf("%s belongs to another program: move it away or give another --data directory (%w)", file, ErrNotOurs)
	case dbfile.Newer:
		err = fmt.Errorf("%s has version %d, this chatd knows up to %d: use the newer chatd, or restore a backup made by this one (%w)",
			file, version, newest, ErrNewer)
	}
	return version, err
}
