package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

const (
	// walkSoon, walkEvery and walkGap are when the first walk over the rows
	// begins, the next one, and its next step.
	walkSoon  = 5 * time.Minute
	walkEvery = 24 * time.Hour
	walkGap   = 200 * time.Millisecond
	// walkRows is how many rows a step reads: some milliseconds, which makes
	// about one percent of a core, and two million lines in seven minutes.
	walkRows = 1000
)

// shape is a table whose rows carry a checksum.
type shape struct {
	name    string
	columns []string // without sum
	key     []string // some of columns
	keyAt   []int    // where they are in columns
}

// shapes returns the tables with checksums: none in a database that is older
// than these.
func shapes(ctx context.Context, from asker) ([]shape, error) {
	type column struct {
		table, name string
		key         int // its place in the key, 0: none
	}
	scan := func(rows *sql.Rows) (c column, err error) { return c, rows.Scan(&c.table, &c.name, &c.key) }
	var columns []column
	err := all(ctx, from, &columns, scan, `SELECT t.name, c.name, c.pk FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
		WHERE t.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'sum') ORDER BY t.name, c.cid`)
	var found []shape
	for _, c := range columns {
		if len(found) == 0 || found[len(found)-1].name != c.table {
			found = append(found, shape{name: c.table})
		}
		s := &found[len(found)-1]
		if c.name == "sum" {
			continue
		}
		if c.key > 0 { // our keys have their columns in the table's order
			s.key, s.keyAt = append(s.key, c.name), append(s.keyAt, len(s.columns))
		}
		s.columns = append(s.columns, c.name)
	}
	return found, err
}

// query asks for the rows behind a key, or with first from the beginning on.
func (s *shape) query(first bool) string {
	columns, key := strings.Join(s.columns, ", "), strings.Join(s.key, ", ")
	where := ""
	if !first {
		where = fmt.Sprintf(" WHERE (%s) > (%s)", key, strings.TrimSuffix(strings.Repeat("?, ", len(s.key)), ", "))
	}
	return fmt.Sprintf("SELECT %s, sum FROM %s%s ORDER BY %s LIMIT ?", columns, s.name, where, key)
}

// walk goes through all rows with checksums, step by step. The zero value
// stands before the first row.
type walk struct {
	shapes []shape // nil: not asked for yet
	table  int     // of shapes
	behind []any   // the key of the last row that was read; nil: none of this table
	sums   sums
}

// step reads some rows, and returns a sentence for each that is not as it was
// written. Done reports that they were the last ones.
func (w *walk) step(ctx context.Context, from asker, rows int) (wrong []string, done bool, err error) {
	if w.shapes == nil {
		if w.shapes, err = shapes(ctx, from); err != nil {
			return nil, false, err
		}
	}
	if w.table == len(w.shapes) {
		return nil, true, nil
	}
	s := &w.shapes[w.table]
	var (
		row  = make([]any, len(s.columns)+1)
		into = make([]any, len(row))
		read int
	)
	for i := range row {
		into[i] = &row[i]
	}
	scan := func(rows *sql.Rows) (string, error) {
		read++
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		return w.judge(s, row), nil
	}
	var said []string
	err = all(ctx, from, &said, scan, s.query(w.behind == nil), append(w.behind, rows)...)
	if err != nil {
		return nil, false, fmt.Errorf("table %s: %w", s.name, err)
	}
	for _, text := range said {
		if text != "" {
			wrong = append(wrong, text)
		}
	}
	w.behind = nil
	if read < rows {
		w.table++
		return wrong, w.table == len(w.shapes), nil
	}
	for _, at := range s.keyAt {
		w.behind = append(w.behind, row[at])
	}
	return wrong, false, nil
}

// judge says what is wrong with a row, whose last value is the checksum, "" if
// nothing is.
func (w *walk) judge(s *shape, row []any) string {
	last := len(row) - 1
	for _, v := range row[:last] {
		w.sums.add(v)
	}
	if want := w.sums.take(); row[last] == want {
		return ""
	}
	var key []string
	for i, at := range s.keyAt {
		key = append(key, fmt.Sprintf("%s %.64q", s.key[i], fmt.Sprint(row[at])))
	}
	return fmt.Sprintf("the row of %s in %s is not as it was written", strings.Join(key, ", "), s.name)
}

// patrol walks over the rows for as long as the store runs, slowly, and logs
// what it finds: a disk that goes bad is noticed while there are backups.
func (s *SQLite) patrol(ctx context.Context) {
	wait := time.NewTimer(walkSoon)
	defer wait.Stop()
	var (
		w     walk
		found int // in this round
	)
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		wrong, done, err := w.step(ctx, s.read, walkRows)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			wrong = append(wrong, explain(s.file, err).Error())
		}
		for _, text := range wrong {
			if found++; found <= findings {
				s.log.Error("damage was found in the database: run `chatd check`, then restore a backup", "what", text)
			}
		}
		next := walkGap
		if done || err != nil {
			s.log.Debug("the rows of the database were read", "wrong", found)
			w, found, next = walk{}, 0, walkEvery
		}
		wait.Reset(next)
	}
}
