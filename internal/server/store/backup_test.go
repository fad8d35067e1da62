package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/server/hub"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

func TestABackupUnderLoadIsOneMoment(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	stop := running(t, s)
	defer stop()
	done := make(chan error, 1)
	out := filepath.Join(t.TempDir(), "backup.db")
	// Every batch says each number twice, in two rooms: a copy of one moment
	// has as many of one as of the other, and no gap.
	next, copied := 0, false
	for batches := 0; batches < 200 || !copied; batches++ {
		var batch []hub.Entry
		switch batches {
		case 0:
			batch = append(batch, entry(hub.RoomMade{Name: "den"}))
		case 100:
			go func() { done <- s.Backup(context.WithoutCancel(t.Context()), out) }() // the loop waits for it
		}
		for range 50 {
			text := strconv.Itoa(next)
			batch = append(batch, entry(line(wire.Lobby, "bob", text)), entry(line("den", "bob", text)))
			next++
		}
		s.Append(batch)
		if got := <-s.Committed(); got[0].Fail {
			t.Fatal("a batch failed during the backup")
		}
		select {
		case err := <-done:
			if copied = true; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a file for its owner only", info, err)
	}
	dir := t.TempDir()
	if err := os.Rename(out, filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if len(everything(t, s, wire.Lobby)) != next {
		t.Errorf("lines were lost during the backup")
	}
	restored := opened(t, dir, Options{})
	lobby := everything(t, restored, wire.Lobby)
	if diff := cmp.Diff(lobby, everything(t, restored, "den")); diff != "" {
		t.Errorf("-lobby +den\n%s", diff)
	}
	for i, text := range lobby {
		if text != strconv.Itoa(i) {
			t.Fatalf("line %d is %q", i, text)
		}
	}
	if len(lobby) < 5000 {
		t.Errorf("the copy has %d lines, and 5000 were there before it", len(lobby))
	}
	if restored.Node() != s.Node() {
		t.Error("the copy is of another directory")
	}
	last := loaded(t, restored).LastID
	if got := stored(t, restored, entry(line(wire.Lobby, "bob", "goes on"))); got[0].ID <= last {
		t.Errorf("got id %d after %d", got[0].ID, last)
	}
	t.Logf("%d of %d lines were there at the moment of the copy", len(lobby), next)
}

func everything(t *testing.T, s Store, room string) []string {
	t.Helper()
	page, err := s.Lines(t.Context(), hub.ReadLines{Room: room, Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range page.Lines {
		got = append(got, l.Text)
	}
	return got
}

func TestABackupNeverOverwritesNorLeavesHalf(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	stored(t, s, entry(line(wire.Lobby, "bob", "hi")))
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), taken); !errors.Is(err, fs.ErrExist) || content(t, taken) != "precious" {
		t.Errorf("got %v, want a refusal", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Backup(ended, filepath.Join(dir, "ended")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "no", "such", "file")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("got %v, %v, want only the file that was there", files, err)
	}
	if err := storetest.New(nil).Backup(t.Context(), filepath.Join(dir, "memory")); err == nil {
		t.Error("a store in memory was copied to a file")
	}
}
