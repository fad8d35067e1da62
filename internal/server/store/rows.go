package store

import (
	"database/sql/driver"
	"math/bits"
	"strings"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// insert is an INSERT statement in six sizes: 1, 2, 4, 8, 16 and 32 rows.
// Beyond 32 rows a statement nothing is saved any more.
type insert [6]string

func newInsert(into, row, tail string) *insert {
	var in insert
	for i := range in {
		in[i] = "INSERT OR ROLLBACK INTO " + into + " VALUES " + strings.Repeat(row+",", 1<<i-1) + row + tail
	}
	return &in
}

var (
	insertLines = newInsert("lines (room, id, at, sender, kind, action, text, sum)", "(?,?,?,?,?,?,?,?)", "")
	insertKeys  = newInsert("keys (profile, client, id, at, sum)", "(?,?,?,?,?)", " ON CONFLICT DO NOTHING")
)

// rows inserts entries with as few statements as can be, and says how many
// rows came to be. bind binds the values of one row.
func (w *writer) rows(in *insert, entries []*hub.Entry, bind func(*hub.Entry)) (int64, error) {
	var changed int64
	for len(entries) > 0 {
		size := min(bits.Len(uint(len(entries))), len(in)) - 1
		for _, e := range entries[:1<<size] {
			bind(e)
		}
		n, err := w.run(in[size])
		if err != nil {
			return 0, err
		}
		changed += n
		entries = entries[1<<size:]
	}
	return changed, nil
}

// keys stores the keys of a batch and finds those that were there before, in
// the database or earlier in the batch.
func (s *SQLite) keys() error {
	changed, err := s.w.rows(insertKeys, s.keyed, s.bindKey)
	if err != nil || changed == int64(len(s.keyed)) {
		return err
	}
	for _, e := range s.keyed {
		var first [2]driver.Value
		_, err := s.w.row(first[:], "SELECT id, at FROM keys WHERE profile = ? AND client = ?", e.Key.Profile, string(e.Key.Client))
		if err != nil {
			return err
		}
		id, at := first[0].(int64), first[1].(int64)
		if wire.ID(id) != e.ID {
			e.ID, e.At, e.Dup = wire.ID(id), wire.Millis(at), true
		}
	}
	return nil
}

func (s *SQLite) bindKey(e *hub.Entry) {
	first := len(s.w.args)
	s.w.bind(e.Key.Profile)
	s.w.bind(string(e.Key.Client))
	s.w.bind(int64(e.ID))
	s.w.bind(s.at)
	s.w.bindSum(first)
}

// line keeps an entry until it can be written together with its neighbours.
func (s *SQLite) line(e *hub.Entry, l hub.Line) error {
	if _, ok := s.rooms[l.Room]; !ok {
		if err := s.findRoom(l.Room); err != nil {
			return err
		}
	}
	if s.rooms[l.Room] == 0 {
		return s.logMissing(0, nil, "line")
	}
	s.run = append(s.run, e)
	return nil
}

// findRoom asks for a room's number; 0 is none.
func (s *SQLite) findRoom(name string) error {
	var id [1]driver.Value
	ok, err := s.w.row(id[:], "SELECT id FROM rooms WHERE name = ?", name)
	if ok {
		s.rooms[name] = id[0].(int64)
	}
	return err
}

// flush writes the lines that were kept.
func (s *SQLite) flush() error {
	_, err := s.w.rows(insertLines, s.run, s.bindLine)
	clear(s.run)
	s.run = s.run[:0]
	return err
}

func (s *SQLite) bindLine(e *hub.Entry) {
	l := e.Record.(hub.Line)
	first := len(s.w.args)
	s.w.bind(s.rooms[l.Room])
	s.w.bind(int64(e.ID))
	s.w.bind(s.at)
	s.w.bind(l.From)
	s.w.bind(kindValue(l.Kind))
	s.w.bind(l.Action)
	s.w.bind(l.Text)
	s.w.bindSum(first)
}

// kindValue is a kind as a value that need not be made for each line.
func kindValue(k wire.Kind) driver.Value {
	switch k {
	case wire.KindAccount:
		return string(wire.KindAccount)
	case wire.KindGuest:
		return string(wire.KindGuest)
	case wire.KindOld:
		return string(wire.KindOld)
	case wire.KindDatagram:
		return string(wire.KindDatagram)
	}
	return string(k)
}
