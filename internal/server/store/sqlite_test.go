package store

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"labchat/internal/dbfile"
	"labchat/internal/server/hub"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

func TestEverythingIsThereAfterAReopen(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	s := opened(t, dir, Options{Clock: c.time})
	last := stored(t, s, account("bob"), whisper("ann", "bob", "psst"), keyed("p", "1", line(wire.Lobby, "bob", "hi")),
		entry(hub.RoomMade{Name: "den", Owner: "bob"}), entry(hub.MarkMoved{Name: "bob", Room: "den", Last: 1}),
		entry(hub.TokenMade{Name: "bob", Hash: token(1), Expires: c.millis() + 1}), entry(hub.RoomMade{Name: "gone"}),
		entry(line("gone", "bob", "x")), entry(hub.RoomGone{Name: "gone"}))
	want, node := loaded(t, s), s.Node()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	c.now = c.now.AddDate(-1, 0, 0) // ids go on although the clock is behind
	s = opened(t, dir, Options{Clock: c.time})
	if diff := cmp.Diff(want, loaded(t, s)); diff != "" || s.Node() != node {
		t.Errorf("node %s, want %s; -want +got\n%s", s.Node(), node, diff)
	}
	got := stored(t, s, keyed("p", "1", line(wire.Lobby, "bob", "hi")), entry(line(wire.Lobby, "bob", "ho")))
	if !got[0].Dup || got[0].ID != last[2].ID || got[1].ID <= last[len(last)-1].ID {
		t.Errorf("got %+v, want the copy of %d and an id after %d", got, last[2].ID, last[len(last)-1].ID)
	}
}

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes there")
	}
	dir := filepath.Join(t.TempDir(), "new", "[data]")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, halfMade+"1"), nil, 0o600); err != nil { // of a killed process
		t.Fatal(err)
	}
	s := opened(t, dir, Options{})
	stored(t, s, entry(line(wire.Lobby, "bob", "hi")))
	if _, err := Lock(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "chat.db": 0o600, "chat.db-wal": 0o600, "chat.db-shm": 0o600, "chat.db-reached": 0o600, "lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: got %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 5 {
		t.Errorf("got %v, %v, want nothing else left behind", files, err)
	}
}

func TestPragmasHold(t *testing.T) {
	for mode, want := range map[Durability]string{Full: "2", Normal: "1"} {
		s := opened(t, t.TempDir(), Options{Durability: mode})
		if err := dbfile.Verify([]dbfile.Pragma{{Name: "synchronous", Reads: want}}, s.w.text); err != nil {
			t.Error(err)
		}
		for _, p := range writerPragmas(mode) {
			p.Reads = "another value"
			if err := dbfile.Verify([]dbfile.Pragma{p}, s.w.text); err == nil {
				t.Errorf("%s: a wrong value was not seen", p.Name)
			}
		}
		if _, err := s.read.ExecContext(t.Context(), "UPDATE log SET last = 0"); err == nil {
			t.Error("a reader could write")
		}
	}
}

func TestAFullDiskFailsTheBatchAndNothingElse(t *testing.T) {
	var logged bytes.Buffer
	s := opened(t, t.TempDir(), Options{Log: slog.New(slog.NewTextHandler(&logged, nil))})
	first := stored(t, s, entry(line(wire.Lobby, "bob", "kept")))
	pages, err := s.w.number("PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	setMaxPages(t, s, pages)
	long := strings.Repeat("x", wire.MaxText)
	for range 3 {
		batch := []hub.Entry{keyed("p", "1", line(wire.Lobby, "bob", "short")), entry(line(wire.Lobby, "bob", long)), entry(line(wire.Lobby, "bob", long))}
		for _, e := range commit(t, s, batch...) {
			if !e.Fail || e.ID != 0 {
				t.Errorf("got %+v, want a failure", e)
			}
		}
	}
	if diff := cmp.Diff([]string{"kept"}, texts(t, s, wire.Lobby)); diff != "" {
		t.Errorf("readers go on: -want +got\n%s", diff)
	}
	setMaxPages(t, s, 1<<30)
	got := stored(t, s, keyed("p", "1", line(wire.Lobby, "bob", "short")), entry(line(wire.Lobby, "bob", long)))
	if got[0].Dup || got[0].ID <= first[0].ID {
		t.Errorf("got %+v, want a new line after %d", got[0], first[0].ID)
	}
	if diff := cmp.Diff([]string{"kept", "short", long}, texts(t, s, wire.Lobby)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if said := logged.String(); strings.Count(said, "level=ERROR") != 1 || strings.Count(said, "stored again") != 1 || strings.Contains(said, long) {
		t.Errorf("want one error and one end of it, and no text, got\n%s", said)
	}
}

func setMaxPages(t *testing.T, s *SQLite, n int64) {
	t.Helper()
	if err := s.w.script("PRAGMA max_page_count = " + wire.ID(n).String()); err != nil {
		t.Fatal(err)
	}
}

// failing is a statement that reports an error, before or after its work.
type failing struct {
	statement

	after bool
}

var errFaulty = errors.New("input/output error")

func (f failing) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if f.after {
		if _, err := f.statement.ExecContext(ctx, args); err != nil {
			return nil, err
		}
	}
	return nil, errFaulty
}

func TestABrokenConnectionIsOpenedAnew(t *testing.T) {
	tests := []struct {
		name, statement string
		after           bool
	}{
		{"begin fails", "BEGIN IMMEDIATE", false},
		{"a transaction stays open", "BEGIN IMMEDIATE", true},
		{"a line fails", insertLines[0], false},
		{"commit fails", "COMMIT", false},
		{"commit hides that it was done", "COMMIT", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := opened(t, dir, Options{Clock: newClock().time}) // one moment: ids have only the last one to go by
			first := stored(t, s, entry(line(wire.Lobby, "bob", "one")))
			was := s.w
			st, err := s.w.prepared(tt.statement)
			if err != nil {
				t.Fatal(err)
			}
			s.w.stmts[tt.statement] = failing{st, tt.after}
			lost := keyed("p", "1", line(wire.Lobby, "bob", "lost"))
			if got := commit(t, s, lost); !got[0].Fail || s.w == was {
				t.Errorf("got %+v, want a failure and another connection", got[0])
			}
			got := stored(t, s, lost, entry(line(wire.Lobby, "bob", "two")))
			if got[0].Dup != (tt.statement == "COMMIT" && tt.after) || got[0].ID <= first[0].ID || got[1].ID <= got[0].ID {
				t.Errorf("got %+v after %d", got, first[0].ID)
			}
			if diff := cmp.Diff([]string{"one", "lost", "two"}, texts(t, s, wire.Lobby)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if err := Check(t.Context(), dir); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheJournalStaysShort(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	text := strings.Repeat("x", 1000)
	var longest int64
	for range 100 {
		batch := make([]hub.Entry, 100)
		for i := range batch {
			batch[i] = entry(line(wire.Lobby, "bob", text))
		}
		stored(t, s, batch...)
		info, err := os.Stat(s.file + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		longest = max(longest, info.Size())
	}
	if most := int64(8 << 20); longest > most {
		t.Errorf("the journal got %d bytes long, want at most %d", longest, most)
	}
}

func TestBothStoresGiveTheSameAnswers(t *testing.T) {
	base, runs := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		dir := filepath.Join(base, strconv.Itoa(runs))
		c := newClock()
		sqlite, err := Open(dir, Options{Clock: c.time, Durability: Normal})
		if err != nil {
			rt.Fatal(err)
		}
		defer func() {
			if err := errors.Join(sqlite.Close(), Check(t.Context(), dir), os.RemoveAll(dir)); err != nil {
				rt.Error(err)
			}
		}()
		memory := storetest.New(c.time)
		for range rapid.IntRange(1, 8).Draw(rt, "batches") {
			c.now = c.now.Add(rapid.SampledFrom([]time.Duration{0, time.Millisecond, -5 * time.Millisecond, 100 * time.Hour}).Draw(rt, "step"))
			batch := rapid.SliceOfN(anyEntry(), 0, 80).Draw(rt, "batch")
			a, b := append([]hub.Entry{}, batch...), append([]hub.Entry{}, batch...)
			sqlite.commit(a)
			memory.Commit(b)
			if diff := cmp.Diff(a, b); diff != "" {
				rt.Fatalf("-sqlite +memory\n%s", diff)
			}
			compare(rt, sqlite, memory)
		}
	})
}
