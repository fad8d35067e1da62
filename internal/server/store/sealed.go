package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// note stores a sealed line: a line of the inbox without a text, and what it
// holds instead.
func (s *SQLite) note(e *hub.Entry, r hub.SealedNote) error {
	n, err := s.w.exec(`INSERT INTO inbox (account, id, at, sender, kind, action, text, network)
		SELECT name, ?, ?, ?, ?, 0, '', ? FROM accounts WHERE name = ?`,
		int64(e.ID), int64(e.At), r.From, string(r.Kind), r.Network, r.To)
	if err != nil || n == 0 {
		return s.logMissing(n, err, "sealed_note")
	}
	_, err = s.w.exec("INSERT INTO notes (account, id, device, prekey, signer, seq, box, sig) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		r.To, int64(e.ID), r.Note.Device, r.Note.Prekey, r.Note.By, int64(r.Note.Seq), r.Note.Box, r.Note.Sig)
	return err
}

// prekeysMade is hub.Stock.With in SQL, for devices that the account has.
func (s *SQLite) prekeysMade(e *hub.Entry, r hub.PrekeysMade) error {
	if len(r.Keys) == 0 {
		return nil
	}
	if _, err := s.w.exec("DELETE FROM prekeys WHERE account = ? AND expires <= ?", r.Name, int64(e.At)); err != nil {
		return err
	}
	for i := range r.Keys {
		if err := s.prekey(e, r, i); err != nil {
			return err
		}
	}
	_, err := s.w.exec("UPDATE prekeys SET given = ? WHERE account = ? AND device = ?", int64(e.ID), r.Name, r.Keys[0].Device)
	return err
}

// prekey replaces the one of the same ID, or where it is a Last one that.
func (s *SQLite) prekey(e *hub.Entry, r hub.PrekeysMade, i int) error {
	k := &r.Keys[i]
	_, err := s.w.exec("DELETE FROM prekeys WHERE account = ? AND device = ? AND (id = ? OR ? AND last)", r.Name, k.Device, k.ID, k.Last)
	if err != nil {
		return err
	}
	n, err := s.w.exec(`INSERT INTO prekeys (account, device, id, key, expires, last, sig, given, added, place)
		SELECT account, key, ?, ?, ?, ?, ?, ?, ?, ? FROM devices WHERE account = ? AND key = ?`,
		k.ID, k.Key, int64(k.Expires), k.Last, k.Sig, int64(e.ID), int64(e.ID), int64(i), r.Name, k.Device)
	return s.logMissing(n, err, "prekeys_made")
}

// prekeyGone is hub.Stock.Without in SQL. Those of a device that is removed go
// with its row.
func (s *SQLite) prekeyGone(r hub.PrekeyGone) error {
	_, err := s.w.exec("DELETE FROM prekeys WHERE account = ? AND device = ? AND id = ?", r.Name, r.Device, r.ID)
	return err
}

func (s *SQLite) prunePrekeys() error {
	_, err := s.w.exec("DELETE FROM prekeys WHERE expires <= ?", int64(s.now()))
	return err
}

const prekeysOf = "SELECT account, device, id, key, expires, last, sig FROM prekeys WHERE expires > ? ORDER BY account, given, added, place"

// owned is a prekey of an account.
type owned struct {
	account string
	wire.Prekey
}

func scanPrekey(rows *sql.Rows) (k owned, err error) {
	return k, rows.Scan(&k.account, &k.Device, &k.ID, &k.Key, &k.Expires, &k.Last, &k.Sig)
}

// shelve puts the prekeys into their accounts; both are sorted by account.
func shelve(accounts []hub.Account, keys []owned) {
	for i := range accounts {
		a := &accounts[i]
		for len(keys) > 0 && keys[0].account == a.Name {
			k := keys[0].Prekey
			if n := len(a.Prekeys); n == 0 || a.Prekeys[n-1].Device != k.Device {
				a.Prekeys = append(a.Prekeys, hub.Shelf{Device: k.Device})
			}
			shelf := &a.Prekeys[len(a.Prekeys)-1]
			k.Device = shelf.Device // one string for all
			shelf.Keys = append(shelf.Keys, k)
			keys = keys[1:]
		}
	}
}

const (
	inboxFrom = `SELECT inbox.id, at, sender, kind, action, text, device, prekey, signer, seq, box, sig
		FROM inbox LEFT JOIN notes ON notes.account = inbox.account AND notes.id = inbox.id WHERE inbox.account = ? AND inbox.id > ?`
	inboxAll  = inboxFrom + " ORDER BY inbox.id LIMIT ?"
	inboxOpen = inboxFrom + " AND device IS NULL ORDER BY inbox.id LIMIT ?"
)

// Inbox implements Store.
func (s *SQLite) Inbox(ctx context.Context, want hub.ReadInbox) ([]wire.Event, error) {
	query := inboxOpen
	if want.Sealed {
		query = inboxAll
	}
	room := want.Bytes
	scan := func(rows *sql.Rows) (wire.Event, error) {
		if room <= 0 {
			return nil, io.EOF
		}
		e, size, err := scanMail(rows, want.Name)
		room -= size
		return e, err
	}
	var waiting []wire.Event
	err := all(ctx, s.read, &waiting, scan, query, want.Name, int64(min(want.After, maxID)), max(want.Limit, 0))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read inbox: %w", explain(s.file, err))
	}
	return waiting, nil
}

// scanMail reads a line of an account's inbox, and says how much it holds.
func scanMail(rows *sql.Rows, to string) (wire.Event, int, error) {
	var (
		w                      = &wire.Whispered{To: to, Inbox: true}
		device, prekey, signer sql.NullString
		seq                    sql.NullInt64
		n                      wire.Note
	)
	err := rows.Scan((*id)(&w.ID), &w.At, &w.From, &w.Kind, &w.Action, &w.Text, &device, &prekey, &signer, &seq, &n.Box, &n.Sig)
	if err != nil || !device.Valid {
		return w, len(w.Text), err
	}
	n.Device, n.Prekey, n.By, n.Seq = device.String, prekey.String, signer.String, wire.ID(seq.Int64)
	return &wire.Sealed{ID: w.ID, At: w.At, From: w.From, To: to, Kind: w.Kind, Note: n}, len(n.Box), nil
}
