package archive

import (
	"context"
	"database/sql"
	"slices"

	"labchat/internal/wire"
)

// LastSeen returns the newest line of a room up to which it is known what is
// here and what is missing, 0 if there is none.
func (a *Archive) LastSeen(room string) wire.ID { return a.Extent(room).Last }

// Extent returns which lines of a room are here. Those that a Keep has stored
// without an extent count for nothing.
func (a *Archive) Extent(room string) wire.Extent {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, known := a.memo.rooms[fold(room)]
	if !known {
		return wire.Extent{Room: room}
	}
	return r.extent
}

// writeExtent notes whether we are in a room, and what of it is here; was is what
// the disk says.
func writeExtent(ctx context.Context, tx *sql.Tx, home int64, was, e wire.Extent) error {
	const room = `INSERT INTO rooms (home, key, room, joined, since, first, seen) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET room = excluded.room, joined = excluded.joined, since = excluded.since, first = excluded.first,
			seen = max(seen, excluded.seen)`
	const hole = "INSERT INTO holes (home, key, first, last, gone) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING" // see number
	key := fold(e.Room)
	if _, err := tx.ExecContext(ctx, room, home, key, e.Room, e.In, number(e.Since), number(e.First), number(e.Last)); err != nil {
		return err
	}
	if slices.Equal(was.Holes, e.Holes) {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM holes WHERE home = ? AND key = ?", home, key); err != nil {
		return err
	}
	for _, h := range e.Holes {
		if _, err := tx.ExecContext(ctx, hole, home, key, number(h.From), number(h.To), h.Gone); err != nil {
			return err
		}
	}
	return nil
}

// pruneExtents lets the rooms begin with the oldest lines that stay when those
// that are too many are forgotten.
func (a *Archive) pruneExtents(ctx context.Context, tx *sql.Tx) error {
	const perPlace = `UPDATE rooms SET first = min(seen + 1, max(first, coalesce((SELECT id FROM lines
		WHERE home = rooms.home AND place = '#' || rooms.key ORDER BY id DESC LIMIT 1 OFFSET ?), 0))) WHERE seen > 0`
	const together = `UPDATE rooms SET first = min(seen + 1, max(first, coalesce((SELECT id FROM lines
		ORDER BY id DESC LIMIT 1 OFFSET ?), 0))) WHERE seen > 0`
	const beginning = "SELECT first FROM rooms WHERE rooms.home = holes.home AND rooms.key = holes.key"
	for _, s := range []struct {
		text string
		args []any
	}{
		{perPlace, []any{a.bounds.place - 1}},
		{together, []any{a.bounds.all - 1}},
		{"DELETE FROM holes WHERE last < (" + beginning + ")", nil},
		{"UPDATE holes SET first = max(first, (" + beginning + "))", nil},
	} {
		if _, err := tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// loadHoles fills in the holes of a home's rooms.
func loadHoles(ctx context.Context, db asked, home int64, known map[string]*roomRecord) error {
	const query = "SELECT key, first, last, gone FROM holes WHERE home = ? ORDER BY key, first"
	return each(ctx, db, query, []any{home}, func(rows *sql.Rows) error {
		var key string
		var h wire.Hole
		if err := rows.Scan(&key, &h.From, &h.To, &h.Gone); err != nil {
			return err
		}
		if r := known[key]; r != nil {
			r.extent.Holes = append(r.extent.Holes, h)
		}
		return nil
	})
}
