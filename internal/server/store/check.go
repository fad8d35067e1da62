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

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// findings is how many faults a check names.
const findings = 10

// Check reads the whole database of a data directory without changing it, and
// says what is wrong with it. A daemon may be at work meanwhile.
func Check(ctx context.Context, dir string) error {
	file := filepath.Join(dir, fileName)
	if err := present(file); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if err := inspect(ctx, file); err != nil {
		return fmt.Errorf("check: %w", explain(file, err))
	}
	return nil
}

func present(file string) error {
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there: give the daemon's --data directory (%w)", file, ErrMissing)
	}
	return err
}

// inspect checks a file from end to end.
func inspect(ctx context.Context, file string) error {
	db, err := dbfile.Open(ctx, file, "ro", 1, dbfile.ReaderPragmas())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it only read
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
	wrong, err := faults(ctx, tx, version == len(list))
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s: %s: restore a backup (%w)", file, strings.Join(wrong, "; "), ErrDamaged)
	}
	return nil
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
func faults(ctx context.Context, tx *sql.Tx, today bool) ([]string, error) {
	var wrong []string
	err := errors.Join(
		all(ctx, tx, &wrong, scanFinding, fmt.Sprintf("PRAGMA integrity_check(%d)", findings)),
		all(ctx, tx, &wrong, scanFinding, `SELECT 'a row of ' || "table" || ' belongs to nothing in ' || parent FROM pragma_foreign_key_check`),
	)
	wrong = slices.DeleteFunc(wrong, func(text string) bool { return text == "ok" })
	if err != nil || !today || len(wrong) > 0 {
		return wrong[:min(len(wrong), findings)], err
	}
	for _, query := range promises() {
		if err := all(ctx, tx, &wrong, scanFinding, fmt.Sprintf("%s LIMIT %d", query, findings)); err != nil {
			return nil, err
		}
	}
	return wrong[:min(len(wrong), findings)], nil
}

func scanFinding(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) }
