package archive

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"labchat/internal/dbfile"
)

// applicationID marks our databases in SQLite's header: "lcar".
const applicationID = 0x6c636172

// The files that Open refuses.
var (
	ErrNewer   = errors.New("written by a newer chat-tui")
	ErrNotOurs = errors.New("not a labchat profile")
	ErrDamaged = errors.New("damaged")
)

// scripts holds schema/NNNN.sql: number N brings a database from version N-1
// to N. A script that has been released is never changed.
//
//go:embed schema/*.sql
var scripts embed.FS

// migrate brings a database to the version of the last script, in one
// transaction: after a crash it is either as before or done.
func migrate(ctx context.Context, db *sql.DB, file string) error {
	list, err := dbfile.Scripts(scripts)
	if err != nil {
		return err
	}
	version, err := identify(ctx, db, file, len(list))
	if err != nil || version == len(list) {
		return err
	}
	return transact(ctx, db, func(tx *sql.Tx) error {
		exec := func(script string) error {
			_, err := tx.ExecContext(ctx, script)
			return err
		}
		if err := dbfile.Upgrade(exec, list, version, applicationID); err != nil {
			return fmt.Errorf("migrate %s to %w", file, err)
		}
		return nil
	})
}

// identify returns the version of a database, 0 for one that is empty, and
// refuses what is not ours to write.
func identify(ctx context.Context, db *sql.DB, file string, newest int) (int, error) {
	version, kind, err := dbfile.Identify(dbfile.Number(ctx, db), applicationID, newest, "SELECT count(*) FROM sqlite_schema")
	switch kind {
	case dbfile.Ours, dbfile.Blank:
	case dbfile.Foreign:
		err = fmt.Errorf("%s belongs to another program: move it away, or choose another profile with --profile NAME (%w)", file, ErrNotOurs)
	case dbfile.Newer:
		err = fmt.Errorf("%s has version %d, this chat-tui knows up to %d: use the newer chat-tui, or another profile with --profile NAME (%w)",
			file, version, newest, ErrNewer)
	}
	return version, err
}

// transact runs change in one transaction and takes it back after an error.
func transact(ctx context.Context, db *sql.DB, change func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
