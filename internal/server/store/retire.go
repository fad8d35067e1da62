package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"labchat/internal/wire"
)

// Keep says how much of what was said is kept. The zero value keeps everything.
type Keep struct {
	MaxSize int64         // bytes that the rows may take, 0: no limit
	Retain  time.Duration // how long lines are kept, 0: for ever
}

const (
	// retireSoon and retireEvery are when old lines are looked for first, and then.
	retireSoon  = 10 * time.Second
	retireEvery = time.Minute
	// retireGap lies between two steps, of so many lines each: a batch waits a few
	// milliseconds at most, and twenty thousand lines go in a second.
	retireGap  = 50 * time.Millisecond
	retireRows = 1000
	// sizeGoal is the part of the largest size, in percent, down to which lines go
	// once it is reached.
	sizeGoal = 95
	// retireSlices is how finely the time of all lines is cut where the oldest are
	// to go: what goes first may be older than what stays by one such part.
	retireSlices = 64
	// leastSlice is the shortest of these parts, in ids.
	leastSlice = wire.ID(1000) << 20 // a second
)

// old are lines of one room that are to go: those below an id. The newest line of
// a room stays, by which its people know how far they have read.
type old struct {
	room  int64
	below wire.ID
	gone  chan int64 // how many went, below 0: the disk has failed
}

var errForget = errors.New("the disk has failed")

// retire has old lines go for as long as the store runs. It looks for them itself
// and leaves the deleting to Run, step by step.
func (s *SQLite) retire(ctx context.Context) {
	if s.keep == (Keep{}) {
		return
	}
	for wait := retireSoon; sleep(ctx, wait); wait = retireEvery {
		if err := s.retireAll(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("old lines could not be deleted", "err", explain(s.file, err))
		}
	}
}

// sleep waits; false: ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retireAll deletes what is too old, then the oldest until the rest is small
// enough.
func (s *SQLite) retireAll(ctx context.Context) error {
	if s.keep.Retain > 0 {
		if err := s.retireBelow(ctx, wire.FirstID(max(0, s.now()-wire.Millis(s.keep.Retain.Milliseconds())))); err != nil {
			return err
		}
	}
	if s.keep.MaxSize <= 0 {
		return nil
	}
	used, err := usedBytes(ctx, s.read)
	if err != nil || used <= s.keep.MaxSize {
		return err
	}
	s.log.Warn("the database has reached its largest size: the oldest lines go", "max_size", inBytes(uint64(s.keep.MaxSize)))
	for used > s.keep.MaxSize/100*sizeGoal {
		below, err := s.oldestSlice(ctx)
		if err != nil {
			return err
		}
		if below == 0 {
			s.log.Warn("the database is larger than it may be, and no lines are left to delete", "used", inBytes(uint64(max(0, used))))
			return nil
		}
		if err := s.retireBelow(ctx, below); err != nil {
			return err
		}
		if used, err = usedBytes(ctx, s.read); err != nil {
			return err
		}
	}
	return nil
}

// span is a room's oldest and newest line.
type span struct {
	room           int64
	oldest, newest wire.ID
}

// spans asks for the rooms that have lines to give, oldest first.
func (s *SQLite) spans(ctx context.Context) (rooms []span, err error) {
	scan := func(rows *sql.Rows) (r span, err error) {
		return r, rows.Scan(&r.room, (*id)(&r.oldest), (*id)(&r.newest))
	}
	return rooms, all(ctx, s.read, &rooms, scan, `SELECT * FROM (SELECT id,
		(SELECT min(id) FROM lines WHERE room = rooms.id) AS oldest,
		(SELECT max(id) FROM lines WHERE room = rooms.id) AS newest FROM rooms) WHERE oldest < newest ORDER BY oldest`)
}

// oldestSlice returns an id below which a small part of all lines is, the oldest;
// 0: no lines are left to go.
func (s *SQLite) oldestSlice(ctx context.Context) (wire.ID, error) {
	rooms, err := s.spans(ctx)
	if err != nil || len(rooms) == 0 {
		return 0, err
	}
	var newest wire.ID
	for _, r := range rooms {
		newest = max(newest, r.newest)
	}
	return rooms[0].oldest + max(leastSlice, (newest-rooms[0].oldest)/retireSlices), nil
}

// retireBelow deletes the lines of all rooms below an id.
func (s *SQLite) retireBelow(ctx context.Context, below wire.ID) error {
	rooms, err := s.spans(ctx)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		if r.oldest >= below {
			return nil
		}
		for gone := int64(retireRows); gone == retireRows; {
			step := old{room: r.room, below: min(below, r.newest), gone: make(chan int64, 1)}
			select {
			case s.olds <- step:
				if gone = <-step.gone; gone < 0 {
					return errForget
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			if !sleep(ctx, retireGap) {
				return ctx.Err()
			}
		}
	}
	return nil
}

// forget deletes some lines of a room, in one transaction, and says how many: see
// old. The newest of them when it was looked for stays.
func (s *SQLite) forget(o old) (gone int64) {
	err := s.reconnect()
	if err == nil {
		err = s.w.transaction(func() (err error) {
			gone, err = s.w.exec(`DELETE FROM lines WHERE room = ? AND id IN
				(SELECT id FROM lines WHERE room = ? AND id < ? ORDER BY id LIMIT ?)`, o.room, o.room, int64(o.below), int64(retireRows))
			return err
		})
	}
	if err != nil {
		s.broken("deleting old lines", err)
		return -1
	}
	s.erase.Asked()
	return gone
}
