//go:build unix

package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNobodyElseCanWriteToADataDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if mended, err := Secure(dir); len(mended) > 0 || err != nil {
		t.Errorf("a directory that is still to be made: got %v, %v", mended, err)
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := map[string]os.FileMode{"": 0o755, "chat.db": 0o600, "chat.db-reached": 0o600, "tls.key": 0o600, "tls.crt": 0o644, "names": 0o666}
	for name, mode := range map[string]os.FileMode{"": 0o777, "chat.db": 0o606, "tls.key": 0o644, "tls.crt": 0o664, "names": 0o666} {
		file := filepath.Join(dir, name)
		if name != "" {
			f, err := os.OpenFile(file, os.O_CREATE, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	mended, err := Secure(dir)
	if err != nil || len(mended) != 4 || !strings.Contains(mended[0], "had mode 0777 and has 0755") {
		t.Errorf("got %q, %v, want four sentences, the first of the directory", mended, err)
	}
	for name, mode := range want {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%q: got %v, %v, want %v", name, info.Mode(), err, mode)
		}
	}
	if mended, err := Secure(dir); len(mended) > 0 || err != nil {
		t.Errorf("again: got %v, %v, want nothing", mended, err)
	}
}

func TestADataDirectoryOfAnotherUserIsRefused(t *testing.T) {
	dir := t.TempDir()
	somebody := os.Getuid() + 1
	if _, err := secureFor(somebody, dir); err == nil || !strings.Contains(err.Error(), "another user") || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v, want a refusal that names the directory", err)
	}
	if _, err := secureFor(0, dir); err != nil {
		t.Errorf("root may run chatd for anybody: got %v", err)
	}
}
