package store

import (
	"bytes"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// told is all that a store says to the one who starts it.
type told struct {
	State hub.State
	Lines []*wire.Said
	Inbox []wire.Event
	Hash  string
}

func tell(t *testing.T, s Store) told {
	t.Helper()
	all := told{State: loaded(t, s)}
	page, err := s.Lines(t.Context(), hub.ReadLines{Room: "den", Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	all.Lines = page.Lines
	if all.Inbox, err = s.Inbox(t.Context(), hub.ReadInbox{Name: "bob", Limit: 1 << 20, Bytes: 1 << 30, Sealed: true}); err != nil {
		t.Fatal(err)
	}
	if all.Hash, err = s.PasswordHash(t.Context(), "bob"); err != nil {
		t.Fatal(err)
	}
	return all
}

// compact is full without a page or a part of one that is not in use.
func compact(t *testing.T) (dir string, whole []byte) {
	t.Helper()
	from, _ := full(t)
	dir = t.TempDir()
	if err := backup(t.Context(), filepath.Join(from, fileName), filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	return dir, []byte(content(t, filepath.Join(dir, fileName)))
}

// TestABitThatFlipsIsNoticedOrChangesNothing flips random bits: each is found by
// a check, or lies where nothing is kept. LABCHAT_FLIPS says how many.
func TestABitThatFlipsIsNoticedOrChangesNothing(t *testing.T) {
	flips := 20
	if n, err := strconv.Atoi(os.Getenv("LABCHAT_FLIPS")); err == nil {
		flips = n
	}
	dir, whole := compact(t)
	want := tell(t, opened(t, dir, Options{}))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	noticed := 0
	for range flips {
		at, bit := random.IntN(len(whole)), random.IntN(8)
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1 << bit
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Check(t.Context(), dir); err != nil {
			noticed++
			if noticed%10 == 0 && openAndClose(dir) == nil {
				t.Errorf("byte %d, bit %d: a check finds it, and a start does not", at, bit)
			}
			continue
		}
		s, err := Open(dir, Options{})
		if err != nil {
			t.Errorf("byte %d, bit %d: a start finds what a check does not: %v", at, bit, err)
			continue
		}
		if diff := cmp.Diff(want, tell(t, s), cmpopts.IgnoreUnexported(wire.Said{}, wire.Whispered{})); diff != "" {
			t.Errorf("byte %d, bit %d: nobody noticed that\n%s", at, bit, diff)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d of %d were noticed, the others changed nothing", noticed, flips)
	if noticed == 0 {
		t.Errorf("none of %d was noticed: that is not a full database", flips)
	}
}

// TestABitThatFlipsInARowIsNoticed flips bits of what people wrote, of names, and
// of what passwords are known by.
func TestABitThatFlipsInARowIsNoticed(t *testing.T) {
	dir, whole := compact(t)
	file := filepath.Join(dir, fileName)
	for _, text := range []string{"a line of some length", "psst", "hash of bob", "cccc", "den"} {
		other := []byte(text)
		other[1] ^= 1
		// Everywhere: SQLite leaves copies in parts of pages that are not in use.
		flipped := bytes.ReplaceAll(whole, []byte(text), other)
		if err := os.WriteFile(file, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Check(t.Context(), dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: check: got %v, want damage", text, err)
		}
		if err := openAndClose(dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: open: got %v, want damage", text, err)
		}
	}
}

// TestDamagedRowsCanBeTakenAsTheyAre is for who has no backup.
func TestDamagedRowsCanBeTakenAsTheyAre(t *testing.T) {
	dir, whole := compact(t)
	file := filepath.Join(dir, fileName)
	if err := os.WriteFile(file, bytes.ReplaceAll(whole, []byte("a line of some"), []byte("a lime of some")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openAndClose(dir); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "check --accept") {
		t.Errorf("got %v, want the way on", err)
	}
	held, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Accept(t.Context(), dir); !errors.As(err, &locked) {
		t.Errorf("got %v, want no change below a daemon", err)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	if n, err := Accept(t.Context(), dir); n != 300 || err != nil {
		t.Errorf("got %d rows, %v, want 300", n, err)
	}
	if err := errors.Join(Check(t.Context(), dir), openAndClose(dir)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestEveryTableHasAChecksum looks for tables that somebody has added without.
func TestEveryTableHasAChecksum(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	found, err := shapes(t.Context(), s.read)
	if err != nil {
		t.Fatal(err)
	}
	if tables := ask(t, s.file, "SELECT name FROM sqlite_schema WHERE type = 'table'"); len(found) != len(tables) {
		t.Errorf("got checksums in %d of %v", len(found), tables)
	}
}

// TestAWalkFindsEveryRowWhateverItsStep goes through tables in steps that end
// within, at and behind their ends.
func TestAWalkFindsEveryRowWhateverItsStep(t *testing.T) {
	dir, _ := full(t)
	s := opened(t, dir, Options{})
	edit(t, s.file, "UPDATE lines SET sum = sum + 1; UPDATE inbox SET sum = 0; UPDATE rooms SET sum = 7; UPDATE log SET sum = 1")
	for _, rows := range []int{1, 2, 7, 100, 150, 300, 10_000} {
		var w walk
		var found []string
		for done := false; !done; {
			var wrong []string
			var err error
			if wrong, done, err = w.step(t.Context(), s.read, rows); err != nil {
				t.Fatal(err)
			}
			found = append(found, wrong...)
		}
		if want := 300 + 300 + 2 + 1; len(found) != want {
			t.Errorf("steps of %d rows: found %d rows, want %d", rows, len(found), want)
		}
	}
}

// TestDamageIsNoticedWhileADaemonRuns changes a row below a running store.
func TestDamageIsNoticedWhileADaemonRuns(t *testing.T) {
	dir, _ := full(t)
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		s, err := Open(dir, Options{Log: slog.New(slog.NewTextHandler(&logged, nil))})
		if err != nil {
			t.Fatal(err)
		}
		edit(t, s.file, "UPDATE lines SET sum = sum + 1 WHERE id = (SELECT max(id) FROM lines)")
		stop := running(t, s)
		<-time.After(walkSoon + time.Minute)
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if got := logged.String(); !bytes.Contains(logged.Bytes(), []byte("in lines is not as it was written")) || !bytes.Contains(logged.Bytes(), []byte("level=ERROR")) {
			t.Errorf("got the log %q, want an error that names the row", got)
		}
	})
}
