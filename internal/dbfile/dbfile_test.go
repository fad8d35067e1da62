package dbfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	sqlite3 "modernc.org/sqlite/lib"
)

func TestAPoolHasItsPragmasWhateverTheFileIsCalled(t *testing.T) {
	for _, name := range []string{"plain.db", "a b.db", "50%.db", "what?mode=ro&x.db", "#1.db", "æøå.db"} {
		file := filepath.Join(t.TempDir(), name)
		w, err := Open(t.Context(), file, "rwc", 1, WriterPragmas(true))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer w.Close()
		if _, err := w.ExecContext(t.Context(), "CREATE TABLE t (a)"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
		r, err := Open(t.Context(), file, "ro", 2, ReaderPragmas())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer r.Close()
		if _, err := r.ExecContext(t.Context(), "CREATE TABLE u (a)"); err == nil {
			t.Errorf("%s: a reader could write", name)
		}
	}
}

func TestAPragmaThatDoesNotHoldIsSeen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(t.Context(), file, "rwc", 1, []Pragma{{Name: "synchronous", Value: "FULL", Reads: "1"}})
	if db != nil || err == nil || !strings.Contains(err.Error(), "sqlite has synchronous = 2, want 1") {
		t.Errorf("got %v, %v", db, err)
	}
}

func TestScriptsComeInOrderWithoutAGap(t *testing.T) {
	files := func(names ...string) fstest.MapFS {
		all := fstest.MapFS{}
		for _, name := range names {
			all["schema/"+name] = &fstest.MapFile{Data: []byte("text of " + name)}
		}
		return all
	}
	got, err := Scripts(files("0002.sql", "0001.sql"))
	if diff := cmp.Diff([]string{"text of 0001.sql", "text of 0002.sql"}, got); err != nil || diff != "" {
		t.Errorf("%v -want +got\n%s", err, diff)
	}
	for want, from := range map[string]fstest.MapFS{
		"schema script 0003.sql is not 0002.sql": files("0001.sql", "0003.sql"),
		"schema script notes.md is not 0002.sql": files("0001.sql", "notes.md"),
		"schema":                                 {},
	} {
		if _, err := Scripts(from); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAFileIsRecognisedByItsHeader(t *testing.T) {
	const application = 77
	tests := []struct {
		name, script string
		version      int
		kind         Kind
	}{
		{"nothing in it", "", 0, Blank},
		{"ours", "PRAGMA application_id = 77; PRAGMA user_version = 2", 2, Ours},
		{"an older one of ours", "PRAGMA application_id = 77; PRAGMA user_version = 1", 1, Ours},
		{"a newer one", "PRAGMA application_id = 77; PRAGMA user_version = 3", 3, Newer},
		{"ours without a version", "PRAGMA application_id = 77", 0, Foreign},
		{"another program's", "PRAGMA application_id = 7; PRAGMA user_version = 1", 1, Foreign},
		{"another program's, still empty", "PRAGMA user_version = 1", 1, Foreign},
		{"tables of nobody", "CREATE TABLE t (a)", 0, Foreign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), "rwc", 1, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), tt.script); err != nil {
				t.Fatal(err)
			}
			version, kind, err := Identify(Number(t.Context(), db), application, 2, "SELECT count(*) FROM sqlite_schema")
			if version != tt.version || kind != tt.kind || err != nil {
				t.Errorf("got version %d, kind %d, %v, want %d, %d", version, kind, err, tt.version, tt.kind)
			}
		})
	}
}

func TestOnlyDamageIsCalledDamage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), file, "rw", 1, WriterPragmas(true))
	if !Damaged(err) || !IsCode(fmt.Errorf("open: %w", err), sqlite3.SQLITE_NOTADB) {
		t.Errorf("got %v, want damage", err)
	}
	_, err = Open(t.Context(), file+".missing", "rw", 1, WriterPragmas(true))
	if Damaged(err) || !IsCode(err, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN) {
		t.Errorf("got %v, want a file that can't be opened", err)
	}
}

func TestALockFileWithoutANumberIsNoFault(t *testing.T) {
	for _, text := range []string{"", "what?\n", strings.Repeat("9", 100)} {
		file := filepath.Join(t.TempDir(), "lock")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := holder(file); got != 0 {
			t.Errorf("%.10q: got process %d", text, got)
		}
	}
}
