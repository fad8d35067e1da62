package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"
)

// The disk has a reserve: with less than that free, new lines are refused while
// everything else can still be written.

const (
	// reserveShare is the part of the disk that is its reserve, one of twenty, and
	// reserveMost what it is at most: a big disk at 95 % has room for years.
	reserveShare = 20
	reserveMost  = 1 << 30
	// watchEvery is how often the disk is looked at, and how much a power cut may
	// make the directory forget of how far it was: a flood that the budgets let
	// through writes some ten megabytes meanwhile. measureEach of these times the
	// size of the database is looked at.
	watchEvery  = time.Second
	measureEach = 60
	// againNum and againDen are how much more than a threshold must be free before
	// it counts as left behind, so that a disk about there is told of once.
	againNum, againDen = 11, 10
	// sizeWarning and sizeUrgent are the parts of the largest size, in percent,
	// at which the log says so.
	sizeWarning, sizeUrgent = 80, 90
)

// room is how much room there is for lines.
type room uint8

// The rooms: of a disk of up to 20 GiB 80, 90 and 95 percent are in use.
const (
	roomEnough room = iota
	roomLow         // a warning
	roomLittle      // a warning
	roomNone        // new lines are refused
)

// roomOf is the room of a disk, which was told to be was before.
func roomOf(free, whole uint64, was room) room {
	reserve := min(whole/reserveShare, reserveMost)
	now := roomEnough
	for _, t := range []struct {
		room room
		most uint64
	}{{roomLow, 4 * reserve}, {roomLittle, 2 * reserve}, {roomNone, reserve}} {
		if was >= t.room {
			t.most = t.most / againDen * againNum
		}
		if free < t.most {
			now = t.room
		}
	}
	return now
}

// watch keeps an eye on the disk and the size of the database.
type watch struct {
	room room // of the disk, as it was told
	size int  // percent of the largest size that were told of
}

// Full implements Store.
func (s *SQLite) Full() bool { return s.full.Load() }

// measure looks at the disk once.
func (w *watch) check(ctx context.Context, s *SQLite) {
	dir := filepath.Dir(s.file)
	free, whole, known := s.space(dir)
	if !known {
		return
	}
	was := w.room
	w.room = roomOf(free, whole, was)
	s.full.Store(w.room == roomNone)
	if w.room == was {
		return
	}
	attrs := []any{"directory", dir, "free", inBytes(free), "in_use", fmt.Sprintf("%d %%", 100-free*100/whole)}
	switch {
	case w.room == roomNone:
		s.log.Error("the disk is almost full: new lines are refused until there is room", attrs...)
	case w.room < was && was == roomNone:
		s.log.Info("there is room on the disk again: new lines are taken", attrs...)
	case w.room > was:
		s.log.Log(ctx, slog.LevelWarn, "the disk fills up: make room, or have chatd keep less with --max-size and --retain", attrs...)
	}
}

// measure says in the log when the database nears its largest size.
func (w *watch) measure(ctx context.Context, s *SQLite) {
	if s.keep.MaxSize <= 0 {
		return
	}
	used, err := usedBytes(ctx, s.read)
	if err != nil {
		return // whoever reads next says it
	}
	percent := 0
	for _, p := range []int{sizeWarning, sizeUrgent} {
		if used >= s.keep.MaxSize/100*int64(p) {
			percent = p
		}
	}
	if percent > w.size {
		s.log.Warn("the database nears its largest size: then the oldest lines go",
			"used", inBytes(uint64(max(0, used))), "max_size", inBytes(uint64(s.keep.MaxSize)), "percent", percent)
	}
	if percent > w.size || used < s.keep.MaxSize/100*(sizeWarning-10) {
		w.size = percent
	}
}

// usedBytes is what the rows of a database take, without its free pages.
func usedBytes(ctx context.Context, db *sql.DB) (used int64, err error) {
	return used, db.QueryRowContext(ctx, `SELECT (pages.page_count - free.freelist_count) * size.page_size
		FROM pragma_page_count AS pages, pragma_freelist_count AS free, pragma_page_size AS size`).Scan(&used)
}

// inBytes writes a number of bytes for people.
func inBytes(n uint64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
