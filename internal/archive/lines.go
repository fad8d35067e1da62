package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// What strangers can fill: a place keeps its newest lines, and so do all
// places together (at most about 1 GiB of texts that are all as long as can
// be). Pruning looks at every line, so it is done now and then only.
const (
	maxPlaceLines = 100_000
	maxLines      = 250_000
	pruneEvery    = 5_000
)

// bounds are those limits, and those of what belongs to private conversations;
// tests set smaller ones.
type bounds struct {
	place, all, every                                int
	numbers, epochs, senders                         int // heard of one epoch; epochs of one device; all epochs
	devicesOf, devices, contacts, prekeys, transfers int
	remarks, allRemarks                              int
	guests                                           int // names that we had as a guest
}

var usualBounds = bounds{
	place: maxPlaceLines, all: maxLines, every: pruneEvery,
	numbers: maxNumbers, epochs: maxEpochs, senders: maxSenders,
	devicesOf: maxDevicesOf, devices: maxDevices, contacts: maxContacts, prekeys: maxPrekeys, transfers: maxTransfers,
	remarks: maxRemarks, allRemarks: maxAllRemarks,
	guests: maxGuests,
}

// private is the place of all private lines.
const private = "@"

const insertLine = `INSERT INTO lines (home, place, id, at, room, sender, receiver, from_key, to_key, kind, action, text, client, epoch, seq, device, state)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// Keep stores lines (*wire.Said and *wire.Whispered; other events are passed
// over), each once however often it comes, and together with them which lines of
// rooms are here then. Either all of that is on disk afterwards, or nothing.
func (a *Archive) Keep(lines []wire.Event, rooms ...wire.Extent) error {
	if len(lines) == 0 && len(rooms) == 0 {
		return nil
	}
	home, due := a.count(len(lines))
	before := make([]wire.Extent, len(rooms))
	for i, e := range rooms {
		before[i] = a.Extent(e.Room)
	}
	err := a.add("keep lines", due, func(ctx context.Context, tx *sql.Tx) (err error) {
		insert, err := tx.PrepareContext(ctx, insertLine)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, insert.Close()) }()
		for _, line := range lines {
			if err := keep(ctx, insert, home, line); err != nil {
				return err
			}
			if w, ok := line.(*wire.Whispered); ok {
				if err := reopen(ctx, tx, home, w.From, w.To); err != nil {
					return err
				}
			}
		}
		for i, e := range rooms {
			if err := writeExtent(ctx, tx, home, before[i], e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || due { // then all was read again
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range rooms {
		r := a.room(e.Room)
		e.Last = max(e.Last, r.extent.Last)
		r.room, r.extent = e.Room, e
	}
	return nil
}

// count adds to the lines written, and says where they go and whether it is
// time to prune.
func (a *Archive) count(lines int) (home int64, due bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.written += lines
	if due = a.written >= a.bounds.every; due {
		a.written = 0
	}
	return a.home, due
}

func keep(ctx context.Context, insert *sql.Stmt, home int64, line wire.Event) (err error) {
	switch l := line.(type) {
	case *wire.Said:
		_, err = insert.ExecContext(ctx, home, placeOfRoom(l.Room), number(l.ID), l.At, l.Room, l.From, "", fold(l.From), "",
			l.Kind, l.Action, l.Text, l.Client, "", 0, "", "")
	case *wire.Whispered:
		_, err = insertPrivate(ctx, insert, home, l, numbered{})
	default:
	}
	return err
}

// numbered is what a line of an encrypted conversation has beside its words: its
// number, and the other side's device.
type numbered struct {
	epoch  wire.Epoch
	seq    wire.ID
	device string
}

func insertPrivate(ctx context.Context, insert *sql.Stmt, home int64, l *wire.Whispered, n numbered) (sql.Result, error) {
	return insert.ExecContext(ctx, home, private, number(l.ID), l.At, "", l.From, l.To, fold(l.From), fold(l.To),
		l.Kind, l.Action, l.Text, "", n.epoch, number(n.seq), n.device, l.State)
}

// number is an id as SQLite has it. A server that names ids beyond that, which
// no clock will reach, gets the largest one.
func number(id wire.ID) int64 { return int64(min(id, math.MaxInt64)) }

func placeOfRoom(room string) string { return "#" + fold(room) }

// add runs a transaction that adds lines, and forgets the oldest ones where that
// is due.
func (a *Archive) add(act string, due bool, do func(ctx context.Context, tx *sql.Tx) error) error {
	if !due {
		return a.change(act, do)
	}
	home := a.here()
	var left map[string]*roomRecord
	err := a.change(act, func(ctx context.Context, tx *sql.Tx) (err error) {
		if err = do(ctx, tx); err != nil {
			return err
		}
		if err = a.prune(ctx, tx); err != nil {
			return err
		}
		left, err = loadRooms(ctx, tx, home)
		return err
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.home == home {
		for _, r := range left {
			a.room(r.room).extent = r.extent
		}
	}
	return nil
}

// prune forgets the oldest lines where there are too many.
func (a *Archive) prune(ctx context.Context, tx *sql.Tx) error {
	const perPlace = `DELETE FROM lines WHERE (home, place, id) IN
		(SELECT home, place, id FROM (SELECT home, place, id, row_number() OVER (PARTITION BY home, place ORDER BY id DESC) AS n FROM lines) WHERE n > ?)`
	const together = `DELETE FROM lines WHERE (home, place, id) IN
		(SELECT home, place, id FROM lines ORDER BY id DESC LIMIT -1 OFFSET ?)`
	if err := a.pruneExtents(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, perPlace, a.bounds.place); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, together, a.bounds.all)
	return err
}

const lineColumns = "id, at, room, sender, receiver, kind, action, text, client, state"

// Recent returns the newest lines of a place before an id (0: the newest of
// all), oldest first: *wire.Said of a "#room", *wire.Whispered with a "@user": theirs,
// and our own to them, which are those with a State. A name may have been ours.
func (a *Archive) Recent(place string, before wire.ID, limit int) ([]wire.Event, error) {
	last := number(before)
	if before == 0 {
		last = math.MaxInt64
	}
	lines, err := a.stretch(place, "id < ?3", "DESC", last, limit)
	slices.Reverse(lines)
	return lines, err
}

// After returns the oldest lines of a place after an id, as Recent does.
func (a *Archive) After(place string, after wire.ID, limit int) ([]wire.Event, error) {
	return a.stretch(place, "id > ?3", "ASC", number(after), limit)
}

// stretch returns lines of a place on one side of an id, in the order of ids.
func (a *Archive) stretch(place, side, order string, id int64, limit int) (lines []wire.Event, err error) {
	const from = "SELECT " + lineColumns + " FROM lines WHERE home = ?1 AND place = "
	query, key := from+"?2 AND "+side, placeOfRoom(strings.TrimPrefix(place, "#"))
	if name, isUser := strings.CutPrefix(place, "@"); isUser {
		query = from + "'@' AND from_key = ?2 AND state = '' AND " + side + " UNION " + from + "'@' AND to_key = ?2 AND state <> '' AND " + side
		key = fold(name)
	}
	query += " ORDER BY id " + order + " LIMIT ?4"
	err = each(context.Background(), a.read, query, []any{a.here(), key, id, limit}, func(rows *sql.Rows) error {
		line, err := scanLine(rows)
		lines = append(lines, line)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	return lines, nil
}

func scanLine(rows *sql.Rows) (wire.Event, error) {
	var w wire.Whispered
	var room string
	var client wire.ClientID
	if err := rows.Scan(&w.ID, &w.At, &room, &w.From, &w.To, &w.Kind, &w.Action, &w.Text, &client, &w.State); err != nil {
		return nil, err
	}
	if room == "" {
		return &w, nil
	}
	return &wire.Said{Room: room, ID: w.ID, At: w.At, From: w.From, Kind: w.Kind, Action: w.Action, Text: w.Text, Client: client}, nil
}
