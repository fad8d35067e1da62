package archive

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"labchat/internal/wire"
)

// memo holds the small things in memory. Guarded by Archive.mu; the file is
// written first, so the memo never says more than the disk.
type memo struct {
	tokens  map[[2]string]string   // server and folded name to token
	ignored map[string]string      // folded name to name
	drafts  map[string]string      // place to text, of the current home
	inputs  map[string][]string    // by place, oldest first, of the current home
	rooms   map[string]*roomRecord // folded room, of the current home
	place   string                 // shown last, of the current home

	typing, reading bool // what others are told
}

// roomRecord is what is known of a room.
type roomRecord struct {
	room   string
	read   wire.ID
	extent wire.Extent
}

// load fills the memo: at opening, and after the disk forgot what was too much.
func (a *Archive) load(ctx context.Context) error {
	m := memo{tokens: map[[2]string]string{}, ignored: map[string]string{}}
	err := a.read.QueryRowContext(ctx, "SELECT typing, reading FROM profile").Scan(&m.typing, &m.reading)
	if err != nil {
		return err
	}
	for _, table := range []struct {
		query string
		take  func(row [3]string)
	}{
		{"SELECT server, name_key, token FROM tokens", func(r [3]string) { m.tokens[[2]string{r[0], r[1]}] = r[2] }},
		{"SELECT key, name, '' FROM ignored", func(r [3]string) { m.ignored[r[0]] = r[1] }},
	} {
		if err := each(ctx, a.read, table.query, nil, func(rows *sql.Rows) error {
			var r [3]string
			err := rows.Scan(&r[0], &r[1], &r[2])
			table.take(r)
			return err
		}); err != nil {
			return err
		}
	}
	err = a.loadHome(ctx, a.home, &m)
	a.memo = m
	return err
}

// loadHome fills in what is kept of one home.
func (a *Archive) loadHome(ctx context.Context, home int64, m *memo) (err error) {
	m.drafts, m.inputs = map[string]string{}, map[string][]string{}
	for _, table := range []struct {
		query string
		take  func(place, line string)
	}{
		{"SELECT place, text FROM drafts WHERE home = ?", func(place, text string) { m.drafts[place] = text }},
		{"SELECT place, line FROM inputs WHERE home = ? ORDER BY seq", func(place, line string) { m.inputs[place] = append(m.inputs[place], line) }},
	} {
		if err := each(ctx, a.read, table.query, []any{home}, func(rows *sql.Rows) error {
			var place, line string
			err := rows.Scan(&place, &line)
			table.take(place, line)
			return err
		}); err != nil {
			return err
		}
	}
	if m.rooms, err = loadRooms(ctx, a.read, home); err != nil {
		return err
	}
	err = a.read.QueryRowContext(ctx, "SELECT place FROM homes WHERE id = ?", home).Scan(&m.place)
	if errors.Is(err, sql.ErrNoRows) {
		m.place, err = "", nil // no server yet
	}
	return err
}

// loadRooms reads what is known of a home's rooms, by their keys.
func loadRooms(ctx context.Context, db asked, home int64) (map[string]*roomRecord, error) {
	known := map[string]*roomRecord{}
	const query = "SELECT key, room, joined, read, since, first, seen FROM rooms WHERE home = ?"
	err := each(ctx, db, query, []any{home}, func(rows *sql.Rows) error {
		var key string
		var r roomRecord
		x := &r.extent
		err := rows.Scan(&key, &r.room, &x.In, &r.read, &x.Since, &x.First, &x.Last)
		x.Room = r.room
		known[key] = &r
		return err
	})
	if err == nil {
		err = loadHoles(ctx, db, home, known)
	}
	return known, err
}

// asked answers queries: a pool, or a transaction.
type asked interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each runs a query and calls take for each row.
func each(ctx context.Context, db asked, query string, args []any, take func(*sql.Rows) error) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// joined names the rooms that we are in, in the order of their names.
func (m *memo) joined() []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(m.rooms)) {
		if r := m.rooms[key]; r.extent.In {
			names = append(names, r.room)
		}
	}
	return names
}
