package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// findings is how many faults a check names.
const findings = 10

// checkRows is how many rows a check reads at a time.
const checkRows = 10_000

// Check reads the whole database of a data directory without changing it, and
// says what is wrong with it. A daemon may be at work meanwhile, in another
// process.
func Check(ctx context.Context, dir string) error {
	file := filepath.Join(dir, fileName)
	if err := check(ctx, file); err != nil {
		return fmt.Errorf("check: %w", explain(file, err))
	}
	return nil
}

func check(ctx context.Context, file string) error {
	was, err := readMark(file) // first: the database is never behind it
	if err != nil {
		return err
	}
	if err := requireFile(file, was); err != nil {
		return err
	}
	if err := ownJournal(file); err != nil {
		return err
	}
	return inspectFile(ctx, file, was)
}

func requireFile(file string, was *mark) error {
	_, err := os.Stat(file)
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case was != nil:
		return was.missing(file)
	}
	return fmt.Errorf("%s is not there: give the daemon's --data directory (%w)", file, ErrMissing)
}

// inspectFile checks a file from end to end; was is the mark that it must hold,
// if there is one.
func inspectFile(ctx context.Context, file string, was *mark) error {
	db, err := dbfile.Open(ctx, file, "ro", 1, dbfile.ReaderPragmas())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it only read
	return inspect(ctx, db, file, was)
}

// inspect checks one view of a database.
func inspect(ctx context.Context, db *sql.DB, file string, was *mark) error {
	list, err := migrations()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	version, err := identify(dbfile.Number(ctx, tx), file, len(list))
	if err != nil {
		return err
	}
	wrong, err := faults(ctx, tx, list, version)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s: %s: restore a backup (%w)", file, strings.Join(wrong, "; "), ErrDamaged)
	}
	if wrong, err = wrongRows(ctx, tx); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s: %s: restore a backup; where there is none, `chatd check --accept` takes the rows as they are (%w)",
			file, strings.Join(wrong, "; "), ErrDamaged)
	}
	if was == nil {
		return nil
	}
	var found mark
	if err := tx.QueryRowContext(ctx, "SELECT node, last FROM log").Scan(&found.node, (*id)(&found.last)); err != nil {
		return err
	}
	return was.holds(file, found)
}

// promises are questions whose every row is a fault: what the tables of
// today's version promise to each other and SQLite can't know.
func promises() []string {
	return []string{
		"SELECT 'the row of the last id is missing' WHERE NOT EXISTS (SELECT 1 FROM log)",
		"SELECT 'the room " + wire.Lobby + " is missing' WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE name = '" + wire.Lobby + "')",
		"SELECT 'line ' || id || ' has an id beyond the last' FROM lines WHERE id > (SELECT last FROM log)",
		"SELECT 'whisper ' || id || ' has an id beyond the last' FROM inbox WHERE id > (SELECT last FROM log)",
		"SELECT 'key of ' || id || ' has an id beyond the last' FROM keys WHERE id > (SELECT last FROM log)",
		"SELECT 'a device of ' || account || ' has an id beyond the last' FROM devices WHERE id > (SELECT last FROM log)",
		"SELECT 'a token of ' || account || ' is no SHA-256' FROM tokens WHERE length(hash) <> 32",
		"SELECT 'a prekey of ' || account || ' is no X25519 key' FROM prekeys WHERE length(key) <> 32",
		"SELECT 'two lines have the id ' || id FROM lines GROUP BY id HAVING count(*) > 1",
	}
}

// faults returns at most so many sentences as findings.
func faults(ctx context.Context, tx *sql.Tx, list []string, version int) ([]string, error) {
	steps := []func() ([]string, error){
		func() ([]string, error) { return foundBySQLite(ctx, tx) },
		func() ([]string, error) { return strangeTables(ctx, tx, list[:version]) },
		func() ([]string, error) {
			if version < len(list) {
				return nil, nil
			}
			return broken(ctx, tx)
		},
	}
	for _, step := range steps {
		// What one step finds makes the next one stumble.
		if wrong, err := step(); err != nil || len(wrong) > 0 {
			return wrong[:min(len(wrong), findings)], err
		}
	}
	return nil, nil
}

func foundBySQLite(ctx context.Context, tx *sql.Tx) ([]string, error) {
	var wrong []string
	err := errors.Join(
		all(ctx, tx, &wrong, scanFinding, fmt.Sprintf("PRAGMA integrity_check(%d)", findings)),
		all(ctx, tx, &wrong, scanFinding, `SELECT 'a row of ' || "table" || ' belongs to nothing in ' || parent FROM pragma_foreign_key_check`),
	)
	return slices.DeleteFunc(wrong, func(text string) bool { return text == "ok" }), err
}

// Accept gives rows that are not as they were written new checksums, so that a
// daemon starts on them where there is no backup, and returns how many there
// were. What SQLite itself finds wrong it leaves. It returns a *LockedError while
// a daemon has the directory.
func Accept(ctx context.Context, dir string) (rows int64, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("accept rows as they are: %w", explain(filepath.Join(dir, fileName), err))
		}
	}()
	lock, err := Lock(dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	s := &SQLite{file: filepath.Join(dir, fileName)}
	if err := requireFile(s.file, nil); err != nil {
		return 0, err
	}
	if err := s.connect(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.w.close()) }()
	tables, err := tablesWithSums(ctx, s.file)
	if err != nil {
		return 0, err
	}
	err = s.w.transaction(func() error { //nolint:contextcheck // as of a commit: it is never interrupted
		for _, t := range tables {
			sum := "checksum(" + strings.Join(t.columns, ", ") + ")"
			n, err := s.w.exec(fmt.Sprintf("UPDATE %s SET sum = %s WHERE sum <> %s", t.name, sum, sum))
			if err != nil {
				return err
			}
			rows += n
		}
		return nil
	})
	return rows, err
}

func tablesWithSums(ctx context.Context, file string) ([]shape, error) {
	db, err := dbfile.Open(ctx, file, "ro", 1, dbfile.ReaderPragmas())
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // it only read
	return shapes(ctx, db)
}

// wrongRows finds rows whose checksums are wrong.
func wrongRows(ctx context.Context, tx *sql.Tx) ([]string, error) {
	var (
		w     walk
		found []string
	)
	for {
		wrong, done, err := w.step(ctx, tx, checkRows)
		found = append(found, wrong...)
		if err != nil || done || len(found) >= findings {
			return found[:min(len(found), findings)], err
		}
	}
}

// broken finds promises that do not hold.
func broken(ctx context.Context, tx *sql.Tx) (wrong []string, err error) {
	for _, query := range promises() {
		if err := all(ctx, tx, &wrong, scanFinding, fmt.Sprintf("%s LIMIT %d", query, findings)); err != nil {
			return nil, err
		}
	}
	return wrong, nil
}

func scanFinding(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) }

// tablesOf asks for the texts that a database's tables are made from.
const tablesOf = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name"

// strangeTables finds tables that are not what the scripts make: a name there
// that the disk has changed makes a table that no question finds.
func strangeTables(ctx context.Context, tx *sql.Tx, list []string) ([]string, error) {
	want, err := madeBy(list) //nolint:contextcheck // in memory, and at once
	if err != nil {
		return nil, err
	}
	var found, wrong []string
	err = all(ctx, tx, &found, scanFinding, tablesOf)
	for _, text := range found {
		if !slices.Contains(want, text) {
			wrong = append(wrong, fmt.Sprintf("the table %.60q is none of ours", text))
		}
	}
	if len(wrong) == 0 && len(found) < len(want) {
		wrong = []string{"a table is missing"}
	}
	return wrong, err
}

// madeTables has what scripts make, by their text: it is always the same, and making
// it takes as long as all else of an opening.
var madeTables sync.Map // of []string, which nobody changes

// madeBy returns the texts of the tables that scripts make.
func madeBy(list []string) (texts []string, err error) {
	script := strings.Join(list, "\n")
	if known, ok := madeTables.Load(script); ok {
		return known.([]string), nil
	}
	w, err := openWriter(":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.script(script); err != nil {
		return nil, err
	}
	if texts, err = w.texts(tablesOf); err == nil {
		madeTables.Store(script, texts)
	}
	return texts, err
}
