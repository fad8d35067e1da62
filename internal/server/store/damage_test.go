package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/dbfile"
	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// ask returns the one column that a query finds in a file.
func ask(t *testing.T, file, query string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", dbfile.DSN(file, "ro", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got []string
	if err := all(t.Context(), db, &got, scanFinding, query); err != nil {
		t.Fatal(err)
	}
	return got
}

// full makes a database of some pages and returns its bytes.
func full(t *testing.T) (dir string, whole []byte) {
	t.Helper()
	dir = t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	batch := []hub.Entry{account("bob"), entry(hub.RoomMade{Name: "den"})}
	for i := range 300 {
		id := wire.ClientID(strings.Repeat("c", 1+i%30) + wire.ID(i).String())
		batch = append(batch, keyed("p", id, line("den", "bob", "a line of some length, as they are")), whisper("ann", "bob", "psst"))
	}
	stored(t, s, batch...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, []byte(content(t, filepath.Join(dir, fileName)))
}

func TestDamageIsFoundAndNamed(t *testing.T) {
	dir, whole := full(t)
	file := filepath.Join(dir, fileName)
	damages := map[string]func(b []byte) []byte{
		"empty":                  func(b []byte) []byte { return b[:0] },
		"a part of the header":   func(b []byte) []byte { return b[:50] },
		"half of it":             func(b []byte) []byte { return b[:len(b)/8192*4096] },
		"torn within a page":     func(b []byte) []byte { return b[:len(b)-1000] },
		"a page short":           func(b []byte) []byte { return b[:len(b)-4096] },
		"not a database":         func([]byte) []byte { return []byte(strings.Repeat("hello ", 2000)) },
		"a bit in the magic":     func(b []byte) []byte { b[3] ^= 1; return b },
		"a bit in the page size": func(b []byte) []byte { b[16] ^= 2; return b },
		"zeros in the middle":    func(b []byte) []byte { clear(b[len(b)/2/4096*4096:][:4096]); return b },
	}
	for page := 4096; page < len(whole); page += 4096 {
		damages["a bit in page "+wire.ID(page/4096+1).String()] = func(b []byte) []byte { b[page] ^= 0x10; return b }
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, damage(append([]byte{}, whole...)), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(dir, Options{})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "restore a backup") {
				t.Errorf("open: got %v, want a sentence about the damage", err)
			}
			if err := Check(t.Context(), dir); !errors.Is(err, ErrDamaged) {
				t.Errorf("check: got %v, want damage", err)
			}
			if err := backup(t.Context(), file, filepath.Join(t.TempDir(), "copy")); err == nil {
				t.Error("the damaged file was copied")
			}
		})
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), dir); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

// resum gives the rows that have no triggers their checksums.
const resum = `; UPDATE lines SET sum = checksum(room, id, at, sender, kind, action, text);
	UPDATE keys SET sum = checksum(profile, client, id, at)`

func TestBrokenPromisesAreFound(t *testing.T) {
	tests := []struct{ script, says string }{
		{"DELETE FROM log", "the row of the last id is missing"},
		{"DELETE FROM rooms WHERE name = 'lobby'", "the room lobby is missing"},
		{"UPDATE lines SET id = id + (1 << 40) WHERE text = 'meow'", "has an id beyond the last"},
		{"UPDATE inbox SET id = id + 1 WHERE account = 'bob'", "has an id beyond the last"},
		{"UPDATE keys SET id = id + 9", "has an id beyond the last"},
		{"UPDATE tokens SET hash = x'01'", "a token of bob is no SHA-256"},
		{"INSERT INTO lines SELECT 1, id, at, sender, kind, action, text, 0 FROM lines WHERE text = 'meow'", "two lines have the id"},
		{"UPDATE devices SET id = id + 9", "has an id beyond the last"},
		{"UPDATE prekeys SET key = x'01'", "a prekey of ann is no X25519 key"},
		{"DELETE FROM devices", "belongs to nothing in devices"},
		{"DELETE FROM inbox", "belongs to nothing in inbox"},
		{"DELETE FROM accounts", "belongs to nothing in accounts"},
	}
	list, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			dir := restored(t, dump(t, len(list)))
			edit(t, filepath.Join(dir, fileName), tt.script+resum)
			if err := Check(t.Context(), dir); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestAJournalWithoutItsDatabaseIsNotTakenForANewOne(t *testing.T) {
	dir, _ := full(t)
	file := filepath.Join(dir, fileName)
	if err := os.Rename(file, file+"-wal"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("got %v, want a sentence about the database", err)
	}
	if err := Check(t.Context(), dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("check: got %v, want %v", err, ErrDamaged)
	}
	if err := os.Remove(file + reachedSuffix); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "journal") {
		t.Errorf("without a mark: got %v, want a sentence about the journal", err)
	}
	if err := Check(t.Context(), dir); !errors.Is(err, ErrMissing) {
		t.Errorf("check: got %v, want %v", err, ErrMissing)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want no new database", err)
	}
}

// TestABackupIsNotMixedWithAnOldJournal puts a copy in the place of a killed
// daemon's database.
func TestABackupIsNotMixedWithAnOldJournal(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	stored(t, s, entry(line(wire.Lobby, "bob", "before the backup")))
	dir := t.TempDir()
	file := filepath.Join(dir, fileName)
	if err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	stored(t, s, entry(line(wire.Lobby, "bob", "after the backup")))
	if err := os.WriteFile(file+"-wal", []byte(content(t, s.file+"-wal")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "move the journal away") {
		t.Errorf("got %v, want a sentence about the journal", err)
	}
	if err := os.Remove(file + "-wal"); err != nil {
		t.Fatal(err)
	}
	restored := opened(t, dir, Options{})
	stored(t, restored, entry(line(wire.Lobby, "bob", "again")))
	if err := restored.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"before the backup", "again"}, texts(t, opened(t, dir, Options{}), wire.Lobby)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestAKillBeforeTheFirstCommitIsRolledBack looks at what a daemon leaves that
// is killed before its database has a write-ahead log: a journal to play back.
func TestAKillBeforeTheFirstCommitIsRolledBack(t *testing.T) {
	file := filepath.Join(restored(t, dump(t, 1)), fileName)
	w, err := openWriter(dbfile.DSN(file, "rw", nil))
	if err != nil {
		t.Fatal(err)
	}
	err = w.script(`PRAGMA cache_size = 1; BEGIN; DELETE FROM lines;
		INSERT INTO lines (room, id, at, sender, kind, action, text)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		SELECT 1, i, 1, 'bob', 'account', 0, 'half of a batch' FROM n`)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{fileName, fileName + "-journal"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content(t, filepath.Join(filepath.Dir(file), name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.script("ROLLBACK"), w.close()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"meow", "barks"}, texts(t, opened(t, dir, Options{}), "den")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestACheckChangesNothing looks at what a killed daemon leaves: lines that
// are in the journal only.
func TestACheckChangesNothing(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	stored(t, s, entry(line(wire.Lobby, "bob", "in the journal")))
	dir := t.TempDir()
	names := []string{fileName, fileName + "-wal"}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content(t, filepath.Join(filepath.Dir(s.file), name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Check(t.Context(), dir); err != nil {
		t.Error(err)
	}
	for _, name := range names {
		if content(t, filepath.Join(dir, name)) != content(t, filepath.Join(filepath.Dir(s.file), name)) {
			t.Errorf("%s was changed", name)
		}
	}
	if diff := cmp.Diff([]string{"in the journal"}, texts(t, opened(t, dir, Options{}), wire.Lobby)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
