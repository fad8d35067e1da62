package dbfile

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
)

// Scripts returns schema/NNNN.sql in order, the first at index 0: number N
// brings a database from version N-1 to N.
func Scripts(from fs.FS) ([]string, error) {
	files, err := fs.ReadDir(from, "schema")
	if err != nil {
		return nil, err
	}
	all := make([]string, len(files))
	for i, f := range files {
		if want := fmt.Sprintf("%04d.sql", i+1); f.Name() != want {
			return nil, fmt.Errorf("schema script %s is not %s", f.Name(), want)
		}
		text, err := fs.ReadFile(from, "schema/"+f.Name())
		if err != nil {
			return nil, err
		}
		all[i] = string(text)
	}
	return all, nil
}

// Upgrade runs the scripts above a version and marks the database as ours, in
// the caller's transaction. Its errors begin with the version not reached.
func Upgrade(exec func(script string) error, scripts []string, version, application int) error {
	for i, text := range scripts[version:] {
		if err := exec(text); err != nil {
			return fmt.Errorf("version %d: %w", version+i+1, err)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", application, len(scripts))
	if err := exec(mark); err != nil {
		return fmt.Errorf("version %d: %w", len(scripts), err)
	}
	return nil
}

// Kind says what a file is to the program that asks.
type Kind uint8

// The kinds of files. Only the first may be used as it is.
const (
	Ours    Kind = iota
	Blank        // nothing is in it, and it is nobody's
	Foreign      // another program's
	Newer        // of a version that the program does not know
)

// Identify tells the kind of a database by its header, and its version. Content
// is the query that counts what a blank one has none of.
func Identify(number func(query string) (int64, error), application, newest int, content string) (version int, kind Kind, err error) {
	var header [3]int64
	for i, query := range []string{"PRAGMA application_id", "PRAGMA user_version", content} {
		if header[i], err = number(query); err != nil {
			return 0, Ours, err
		}
	}
	version = int(header[1])
	switch {
	case header == [3]int64{}:
		kind = Blank
	case header[0] != int64(application) || version < 1:
		kind = Foreign
	case version > newest:
		kind = Newer
	}
	return version, kind, nil
}

// asker is the part of a pool and of a transaction that Number needs.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Number returns the function that reads one integer from a pool or a
// transaction.
func Number(ctx context.Context, from asker) func(query string) (int64, error) {
	return func(query string) (n int64, err error) {
		err = from.QueryRowContext(ctx, query).Scan(&n)
		return n, err
	}
}
