package archive

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// Joined names the rooms that the next session should be in.
func (a *Archive) Joined() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.memo.joined()
}

// Marks returns up to where each room was read.
func (a *Archive) Marks() map[string]wire.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	marks := map[string]wire.ID{}
	for _, r := range a.memo.rooms {
		if r.read != 0 {
			marks[r.room] = r.read
		}
	}
	return marks
}

// SetMark moves the read marker of a room forward.
func (a *Archive) SetMark(room string, id wire.ID) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, known := a.memo.rooms[fold(room)]; known && r.read >= id {
		return nil
	}
	err := a.change("note what was read", func(ctx context.Context, tx *sql.Tx) error {
		return writeRoom(ctx, tx, a.home, room, "read", id)
	})
	if err == nil {
		a.room(room).read = id
	}
	return err
}

// Place returns the place that was shown last, "#room" or "@user"; "" where
// none is known, or it is a room that we have left.
func (a *Archive) Place() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if room, is := strings.CutPrefix(a.memo.place, "#"); is {
		if r, known := a.memo.rooms[fold(room)]; !known || !r.extent.In {
			return ""
		}
	}
	return a.memo.place
}

// SetPlace notes which place is shown.
func (a *Archive) SetPlace(place string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.memo.place == place {
		return nil
	}
	err := a.exec("note what is shown", "UPDATE homes SET place = ? WHERE id = ?", place, a.home)
	if err == nil {
		a.memo.place = place
	}
	return err
}

// roomColumns are the columns of rooms that are written one by one; marks
// only ever move forward.
var roomColumns = map[string]string{
	"closed": "INSERT INTO rooms (home, key, room, closed) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET closed = excluded.closed",
	"read":   "INSERT INTO rooms (home, key, room, read) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET read = max(read, excluded.read)",
}

func writeRoom(ctx context.Context, tx *sql.Tx, home int64, room, column string, value any) error {
	if id, ok := value.(wire.ID); ok {
		value = number(id)
	}
	_, err := tx.ExecContext(ctx, roomColumns[column], home, fold(room), room, value)
	return err
}

// room returns the memo of a room. The caller holds mu.
func (a *Archive) room(name string) *roomRecord {
	key := fold(name)
	r, known := a.memo.rooms[key]
	if !known {
		r = &roomRecord{room: name, extent: wire.Extent{Room: name}}
		a.memo.rooms[key] = r
	}
	return r
}

// Ignored names the people whose lines are not shown, in order.
func (a *Archive) Ignored() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := make([]string, 0, len(a.memo.ignored))
	for _, name := range a.memo.ignored {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// SetIgnored hides somebody's lines from now on, or shows them again.
func (a *Archive) SetIgnored(name string, on bool) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := fold(name)
	if !on {
		if err = a.exec("stop ignoring", "DELETE FROM ignored WHERE key = ?", key); err == nil {
			delete(a.memo.ignored, key)
		}
		return err
	}
	if err = a.exec("ignore", "INSERT INTO ignored (key, name) VALUES (?, ?) ON CONFLICT DO NOTHING", key, name); err == nil {
		a.memo.ignored[key] = name
	}
	return err
}
