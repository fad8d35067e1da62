package store

import (
	"bytes"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func TestTheDiskIsWarnedOfAt80And90AndFullAt95Percent(t *testing.T) {
	const gib = 1 << 30
	tests := []struct {
		free, whole uint64
		was, want   room
	}{
		{21, 100, roomEnough, roomEnough},
		{19, 100, roomEnough, roomLow},
		{9, 100, roomEnough, roomLittle},
		{4, 100, roomEnough, roomNone},
		{4, 100, roomLittle, roomNone},
		// About the same: it stays what it was told to be.
		{505 * 1000, 10_000 * 1000, roomNone, roomNone},
		{560 * 1000, 10_000 * 1000, roomNone, roomLittle},
		{1010 * 1000, 10_000 * 1000, roomLittle, roomLittle},
		{2100 * 1000, 10_000 * 1000, roomLow, roomLow},
		{2300 * 1000, 10_000 * 1000, roomLow, roomEnough},
		// A big one has room for years at 95 percent.
		{40 * gib, 1000 * gib, roomEnough, roomEnough},
		{3 * gib, 1000 * gib, roomEnough, roomLow},
		{3 * gib / 2, 1000 * gib, roomEnough, roomLittle},
		{gib - 1, 1000 * gib, roomEnough, roomNone},
	}
	for _, tt := range tests {
		if got := roomOf(tt.free, tt.whole, tt.was); got != tt.want {
			t.Errorf("%d of %d free, room %d before: got %d, want %d", tt.free, tt.whole, tt.was, got, tt.want)
		}
	}
}

func TestTheLogSaysOnceThatTheDiskFillsUpAndWhenThereIsRoom(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		s, err := Open(dir, Options{Log: slog.New(slog.NewTextHandler(&logged, nil))})
		if err != nil {
			t.Fatal(err)
		}
		var free atomic.Uint64
		free.Store(3000 << 20)
		s.space = func(string) (uint64, uint64, bool) { return free.Load(), 10_000 << 20, true }
		stop := running(t, s)
		full := func(mib uint64, want bool) {
			t.Helper()
			free.Store(mib << 20)
			<-time.After(5 * watchEvery)
			if s.Full() != want {
				t.Errorf("%d MiB free: full is %t, want %t", mib, s.Full(), want)
			}
		}
		for _, mib := range []uint64{2500, 1900, 1950, 1900, 900, 950} {
			full(mib, false)
		}
		full(400, true)
		full(510, true)
		full(700, false)
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		said := logged.String()
		for what, want := range map[string]int{"the disk fills up": 2, "almost full": 1, "there is room on the disk again": 1, `in_use="81 %"`: 1, `in_use="91 %"`: 1, `in_use="96 %"`: 1} {
			if got := strings.Count(said, what); got != want {
				t.Errorf("%q was said %d times, want %d:\n%s", what, got, want, said)
			}
		}
	})
}

func TestTheLogSaysThatTheDatabaseNearsItsLargestSize(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	var logged bytes.Buffer
	s.log = slog.New(slog.NewTextHandler(&logged, nil))
	stored(t, s, entry(line(wire.Lobby, "bob", strings.Repeat("x", 4000))))
	used, err := usedBytes(t.Context(), s.read)
	if err != nil {
		t.Fatal(err)
	}
	var w watch
	for _, percent := range []int64{50, 79, 81, 82, 91, 92, 81, 50, 81} {
		s.keep.MaxSize = used * 100 / percent
		w.measure(t.Context(), s)
	}
	if said := logged.String(); strings.Count(said, "percent=80") != 2 || strings.Count(said, "percent=90") != 1 {
		t.Errorf("got\n%s\nwant 80 percent twice, as it was small between, and 90 once", said)
	}
}

func TestTheDiskOfADirectoryHasASize(t *testing.T) {
	free, whole, known := spaceOf(t.TempDir())
	if !known {
		t.Skip("not known on this system")
	}
	if whole == 0 || free > whole {
		t.Errorf("got %d of %d bytes free", free, whole)
	}
}
