package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// killed makes what a daemon leaves that is killed: the files of a store that
// is at work.
func killed(t *testing.T, s *SQLite) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, suffix := range []string{"", "-wal", reachedSuffix} {
		copyFile(t, s.file+suffix, filepath.Join(dir, fileName+suffix))
	}
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.WriteFile(to, []byte(content(t, from)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestADirectoryRefusesADatabaseThatLacksWhatItHad(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	stored(t, s, entry(line(wire.Lobby, "bob", "one")))
	older := filepath.Join(t.TempDir(), "older")
	if err := s.Backup(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	stored(t, s, entry(line(wire.Lobby, "bob", "two")))
	other := opened(t, t.TempDir(), Options{})
	foreign := filepath.Join(t.TempDir(), "foreign")
	if err := other.Backup(t.Context(), foreign); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		damage func(file string) error
		says   string
	}{
		{"the journal is missing", func(file string) error { return os.Remove(file + "-wal") }, "its journal"},
		{"the journal is cut", func(file string) error {
			info, err := os.Stat(file + "-wal")
			return errors.Join(err, os.Truncate(file+"-wal", info.Size()-1))
		}, "its journal"},
		{"the journal is empty", func(file string) error { return os.Truncate(file+"-wal", 0) }, "its journal"},
		{"a bit in the journal", func(file string) error {
			b, err := os.ReadFile(file + "-wal")
			b[len(b)-100] ^= 4
			return errors.Join(err, os.WriteFile(file+"-wal", b, 0o600))
		}, "its journal"},
		{"the database is missing", func(file string) error { return errors.Join(os.Remove(file), os.Remove(file+"-wal")) }, "is missing, which had come as far as"},
		{"an older copy", func(file string) error { return errors.Join(os.Remove(file+"-wal"), os.Rename(older, file)) }, "older copy"},
		{"another directory's", func(file string) error { return errors.Join(os.Remove(file+"-wal"), os.Rename(foreign, file)) }, "another directory's database"},
		{"what it remembers is damaged", func(file string) error {
			return os.WriteFile(file+reachedSuffix, []byte(strings.Repeat("?", 2*reachedSlot)), 0o600)
		}, "can't be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := killed(t, s)
			file := filepath.Join(dir, fileName)
			if err := Check(t.Context(), dir); err != nil {
				t.Fatalf("before: %v", err)
			}
			if err := tt.damage(file); err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"open": openAndClose(dir), "check": Check(t.Context(), dir)} {
				if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "move") {
					t.Errorf("%s: got %v, want %q and how to go on", what, err, tt.says)
				}
			}
			// The way on that the sentence names.
			if err := os.Remove(file + reachedSuffix); err != nil {
				t.Fatal(err)
			}
			if err := openAndClose(dir); err != nil {
				t.Errorf("after the file was moved away: %v", err)
			}
		})
	}
}

func openAndClose(dir string) error {
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	return s.Close()
}

func TestADirectoryGoesOnAfterEveryEnd(t *testing.T) {
	for _, mode := range []Durability{Full, Normal} {
		dir := t.TempDir()
		var want []string
		for _, text := range []string{"one", "two"} {
			s := opened(t, dir, Options{Durability: mode})
			stored(t, s, entry(line(wire.Lobby, "bob", text)))
			want = append(want, text)
			dir = killed(t, s)
			if err := Check(t.Context(), dir); err != nil {
				t.Errorf("after a kill: %v", err)
			}
			if err := openAndClose(dir); err != nil {
				t.Fatal(err)
			}
			if err := Check(t.Context(), dir); err != nil {
				t.Errorf("after a good end: %v", err)
			}
		}
		if diff := cmp.Diff(want, texts(t, opened(t, dir, Options{}), wire.Lobby)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

// TestHalfOfAWriteLeavesTheMarkBefore cuts what a power cut may cut: the record
// that was being written.
func TestHalfOfAWriteLeavesTheMarkBefore(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	var last []wire.ID
	for range 3 {
		last = append(last, stored(t, s, entry(line(wire.Lobby, "bob", "x")))[0].ID)
	}
	whole := content(t, s.file+reachedSuffix)
	for at := range [2]int{} {
		dir := t.TempDir()
		file := filepath.Join(dir, fileName)
		torn := []byte(whole)
		copy(torn[at*reachedSlot+40:], "half a record")
		if err := os.WriteFile(file+reachedSuffix, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := readMark(file)
		if err != nil || m == nil || m.node != s.Node() || m.last != last[2] && m.last != last[1] {
			t.Errorf("record %d is torn: got %+v, %v, want one of the two newest ids", at, m, err)
		}
	}
	m, err := readMark(s.file)
	if err != nil || m.last != last[2] {
		t.Errorf("got %+v, %v, want the last id %d", m, err, last[2])
	}
	if err := os.WriteFile(s.file+reachedSuffix, make([]byte, reachedSlot), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := readMark(s.file); m != nil || err != nil {
		t.Errorf("a file that never was whole: got %+v, %v, want none", m, err)
	}
}

// TestNormalDurabilityRemembersWhatIsOnDisk: what a power cut may take must not
// be missed afterwards.
func TestNormalDurabilityRemembersWhatIsOnDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir, Options{Durability: Normal})
		if err != nil {
			t.Fatal(err)
		}
		stop := running(t, s)
		s.Append([]hub.Entry{entry(line(wire.Lobby, "bob", "x"))})
		id := (<-s.Committed())[0].ID
		if m, err := readMark(s.file); err != nil || m.last >= id {
			t.Errorf("at once: got %+v, %v, want less than %d", m, err, id)
		}
		<-time.After(2 * watchEvery)
		if m, err := readMark(s.file); err != nil || m.last != id {
			t.Errorf("two seconds later: got %+v, %v, want %d", m, err, id)
		}
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestABackupIsRestoredAsThePageSays(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	stored(t, s, entry(line(wire.Lobby, "bob", "kept")))
	out := filepath.Join(t.TempDir(), "backup")
	if err := s.Backup(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	lost := stored(t, s, entry(line(wire.Lobby, "bob", "lost")))[0].ID
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	aside := t.TempDir()
	files, err := filepath.Glob(filepath.Join(dir, fileName+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.Rename(f, filepath.Join(aside, filepath.Base(f))); err != nil {
			t.Fatal(err)
		}
	}
	copyFile(t, out, filepath.Join(dir, fileName))
	if err := Check(t.Context(), dir); err != nil {
		t.Error(err)
	}
	s = opened(t, dir, Options{})
	if diff := cmp.Diff([]string{"kept"}, texts(t, s, wire.Lobby)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := stored(t, s, entry(line(wire.Lobby, "bob", "again")))[0].ID; got <= lost {
		t.Errorf("got id %d, want one after %d, which was given out before", got, lost)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName+reachedSuffix)); errors.Is(err, fs.ErrNotExist) {
		t.Error("the directory remembers nothing of the copy")
	}
}
