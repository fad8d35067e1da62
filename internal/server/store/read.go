package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Load implements Store.
func (s *SQLite) Load(ctx context.Context) (hub.State, error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one view of it all
	if err != nil {
		return hub.State{}, fmt.Errorf("load state: %w", explain(s.file, err))
	}
	defer func() { _ = tx.Rollback() }() // it only read
	var (
		st    hub.State
		boxed []item
		keys  []owned
	)
	err = errors.Join(
		tx.QueryRowContext(ctx, "SELECT last FROM log").Scan((*id)(&st.LastID)),
		all(ctx, tx, &st.Accounts, scanAccount, "SELECT name, legacy, banned, copied, made FROM accounts ORDER BY name"),
		all(ctx, tx, &boxed, scanItem, `SELECT account, id, sender, kind, network,
			EXISTS (SELECT 1 FROM notes WHERE notes.account = inbox.account AND notes.id = inbox.id) FROM inbox ORDER BY account, id`),
		all(ctx, tx, &keys, scanPrekey, prekeysOf, s.now()),
		all(ctx, tx, &st.Rooms, scanRoom, `SELECT name, topic, owner, multicast, network, made,
			(SELECT coalesce(max(id), 0) FROM lines WHERE room = rooms.id) FROM rooms ORDER BY name`),
		all(ctx, tx, &st.Tokens, scanToken, "SELECT account, hash, expires, device, family, turn FROM tokens WHERE expires > ? ORDER BY hash", s.now()),
		all(ctx, tx, &st.Marks, scanMark, `SELECT account, rooms.name, last FROM marks JOIN rooms ON rooms.id = room
			ORDER BY account, rooms.name`),
		all(ctx, tx, &st.Talked, scanTalked, "SELECT account, peer FROM talked ORDER BY account, id"),
		all(ctx, tx, &st.Visits, scanVisit, "SELECT account, device, network, at FROM visits ORDER BY account, id"),
		all(ctx, tx, &st.Devices, scanDevice, "SELECT account, key, signer, signature, made FROM devices ORDER BY account, id"),
	)
	if err != nil {
		return hub.State{}, fmt.Errorf("load state: %w", explain(s.file, err))
	}
	fill(st.Accounts, boxed)
	shelve(st.Accounts, keys)
	return st, nil
}

// item is what waits in an account's inbox.
type item struct {
	account string
	hub.InboxItem
}

// fill puts the items into their accounts; both are sorted by account.
func fill(accounts []hub.Account, boxed []item) {
	for i := range accounts {
		a := &accounts[i]
		for len(boxed) > 0 && boxed[0].account == a.Name {
			a.Inbox = append(a.Inbox, boxed[0].InboxItem)
			boxed = boxed[1:]
		}
		a.Waiting = len(a.Inbox)
	}
}

// id scans a wire.ID, which database/sql would refuse beyond 63 bits anyway.
type id wire.ID

// Scan implements sql.Scanner.
func (i *id) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("id is %T", v)
	}
	*i = id(n)
	return nil
}

// asker is the part of a pool and of a transaction that reads.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// all appends every row of a query to dest.
func all[T any](ctx context.Context, from asker, dest *[]T, scan func(*sql.Rows) (T, error), query string, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		*dest = append(*dest, v)
	}
	return rows.Err()
}

func scanAccount(rows *sql.Rows) (a hub.Account, err error) {
	return a, rows.Scan(&a.Name, &a.Legacy, &a.Banned, &a.Copied, &a.Made)
}

func scanItem(rows *sql.Rows) (i item, err error) {
	var kind wire.Kind
	err = rows.Scan(&i.account, (*id)(&i.ID), &i.From, &kind, &i.Network, &i.Sealed)
	i.Guest = kind != wire.KindAccount
	return i, err
}

func scanRoom(rows *sql.Rows) (r hub.Room, err error) {
	return r, rows.Scan(&r.Name, &r.Topic, &r.Owner, &r.Group, &r.Network, &r.Made, (*id)(&r.Last))
}

func scanToken(rows *sql.Rows) (t hub.Token, err error) {
	var hash, family []byte
	if err := rows.Scan(&t.Name, &hash, &t.Expires, &t.Device, &family, &t.Turn); err != nil {
		return t, err
	}
	if n := copy(t.Family[:], family); n != 0 && n != len(t.Family) {
		return t, fmt.Errorf("%w: a token's family has %d bytes", ErrDamaged, len(family))
	}
	if copy(t.Hash[:], hash) != len(t.Hash) {
		return t, fmt.Errorf("%w: a token's hash has %d bytes", ErrDamaged, len(hash))
	}
	return t, nil
}

func scanMark(rows *sql.Rows) (m hub.MarkMoved, err error) {
	return m, rows.Scan(&m.Name, &m.Room, (*id)(&m.Last))
}

func scanTalked(rows *sql.Rows) (t hub.Talked, err error) {
	return t, rows.Scan(&t.Name, &t.To)
}

func scanVisit(rows *sql.Rows) (v hub.Visit, err error) {
	return v, rows.Scan(&v.Of.Name, &v.Of.Device, &v.Of.Network, &v.At)
}

func scanDevice(rows *sql.Rows) (d hub.Device, err error) {
	err = rows.Scan(&d.Name, &d.Key, &d.By, &d.Sig, &d.Since)
	if len(d.Sig) == 0 {
		d.Sig = nil
	}
	return d, err
}

const (
	linesOf = "SELECT id, at, sender, kind, action, text FROM lines WHERE room = (SELECT id FROM rooms WHERE name = ?) AND id > ? AND id < ?"
	newest  = linesOf + " ORDER BY id DESC LIMIT ?"
	oldest  = linesOf + " ORDER BY id LIMIT ?"
	hashOf  = "SELECT hash FROM accounts WHERE name = ?"
)

// Lines implements Store.
func (s *SQLite) Lines(ctx context.Context, want hub.ReadLines) (hub.Page, error) {
	if want.Limit <= 0 {
		return hub.Page{}, nil
	}
	before := int64(maxID)
	if want.Before > 0 {
		before = int64(min(want.Before, maxID))
	}
	after := int64(min(want.After, maxID))
	query := newest
	if want.Oldest {
		query = oldest
	}
	bound := boundOf(want)
	scan := func(rows *sql.Rows) (*wire.Said, error) {
		l := &wire.Said{Room: want.Room}
		if err := rows.Scan((*id)(&l.ID), &l.At, &l.From, &l.Kind, &l.Action, &l.Text); err != nil {
			return nil, err
		}
		if !bound.takes(l) {
			return nil, errBound
		}
		return l, nil
	}
	var page hub.Page
	err := all(ctx, s.read, &page.Lines, scan, query, want.Room, after, before, want.Limit+1)
	if page.More = errors.Is(err, errBound); err != nil && !page.More {
		return hub.Page{}, fmt.Errorf("read lines: %w", explain(s.file, err))
	}
	if !want.Oldest {
		slices.Reverse(page.Lines)
	}
	return page, nil
}

// errBound ends a reading in front of the first line that is beyond its bound.
var errBound = errors.New("more than is to be read")

// bound is how much of a room is still to be read.
type bound struct {
	lines, bytes int
	some         bool // a line was taken
}

func boundOf(want hub.ReadLines) bound {
	return bound{lines: want.Limit, bytes: cmp.Or(want.Bytes, math.MaxInt)}
}

// takes counts one more line, and reports whether it is within the bound.
func (b *bound) takes(l *wire.Said) bool {
	b.lines--
	b.bytes -= hub.LineCost(l.Text)
	within := b.lines >= 0 && (b.bytes >= 0 || !b.some)
	b.some = true
	return within
}

// PasswordHash implements Store.
func (s *SQLite) PasswordHash(ctx context.Context, name string) (string, error) {
	var hash string
	err := s.read.QueryRowContext(ctx, hashOf, name).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read password hash: %w", explain(s.file, err))
	}
	return hash, nil
}
