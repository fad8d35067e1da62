package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"labchat/internal/dbfile"
)

// Backup implements Store. The copy is one moment of the database, is checked
// before it gets its name, and only its owner can read it: it holds hashes of
// passwords. A file that is there already is not touched.
func (s *SQLite) Backup(ctx context.Context, file string) error {
	return backup(ctx, s.file, file)
}

func backup(ctx context.Context, from, file string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("back up: %w", explain(from, err))
		}
	}()
	if err := refuseExisting(file); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".chatd-backup-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name()) // the first error counts
		}
	}()
	if err := errors.Join(vacuum(ctx, from, temp.Name()), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := inspectFile(ctx, temp.Name(), nil); err != nil {
		return err
	}
	if err := refuseExisting(file); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return err
	}
	return dbfile.SyncDir(filepath.Dir(file))
}

// vacuum writes one view of a database to an empty file. It needs a
// connection of its own: query_only would forbid it.
func vacuum(ctx context.Context, from, to string) error {
	db, err := dbfile.Open(ctx, from, "ro", 1, nil)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, db.Close())
}

func refuseExisting(file string) error {
	_, err := os.Lstat(file)
	if err == nil {
		return fmt.Errorf("%s is there already: give a new name or move it away (%w)", file, fs.ErrExist)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
