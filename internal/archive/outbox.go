package archive

import (
	"context"
	"database/sql"
	"fmt"

	"labchat/internal/wire"
)

// maxSettled is how many lines of the outbox are remembered after they were
// sent or refused; sent ones are among the lines too.
const maxSettled = 1000

// Queue writes lines that were typed, in the order in which they are to go
// out. When it returns they survive kill -9 and the loss of power. Of a line that
// is there already only InDoubt is noted.
func (a *Archive) Queue(lines ...*wire.Receipt) error {
	home := a.here()
	return a.change("queue lines", func(ctx context.Context, tx *sql.Tx) error {
		const insert = `INSERT INTO outbox (home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, in_doubt)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, '', ?) ON CONFLICT DO UPDATE SET in_doubt = max(in_doubt, excluded.in_doubt)`
		for _, l := range lines {
			if _, err := tx.ExecContext(ctx, insert, home, l.Client, l.As, fold(l.As), l.Room, l.To, l.Text, l.Action,
				wire.ReceiptQueued, l.At, l.InDoubt); err != nil {
				return err
			}
		}
		return nil
	})
}

// Outbox returns the lines that were typed under a name for the server at
// hand and wait to be sent to it, in order; those for encrypted conversations
// are in PrivateOutbox.
func (a *Archive) Outbox(as string) ([]*wire.Receipt, error) {
	home := a.here()
	const query = `SELECT client, typed_as, room, receiver, text, action, at, in_doubt FROM outbox
		WHERE state = 'queued' AND home = ? AND as_key = ? AND private = 0 ORDER BY seq`
	var lines []*wire.Receipt
	err := each(context.Background(), a.read, query, []any{home, fold(as)}, func(rows *sql.Rows) error {
		l := &wire.Receipt{State: wire.ReceiptQueued}
		lines = append(lines, l)
		return rows.Scan(&l.Client, &l.As, &l.Room, &l.To, &l.Text, &l.Action, &l.At, &l.InDoubt)
	})
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return lines, nil
}

// Settle notes how far lines have come: State, At, Inbox, Reason and InDoubt of each,
// and the ID of those that wait no more. A line that is not in the outbox is passed
// over.
func (a *Archive) Settle(lines ...*wire.Receipt) error {
	return a.change("settle lines", func(ctx context.Context, tx *sql.Tx) error {
		const update = `UPDATE outbox SET state = ?1, id = CASE WHEN ?1 = 'queued' THEN id ELSE ?2 END, at = ?3, inbox = ?4, reason = ?5,
			in_doubt = ?6 WHERE client = ?7 AND state = 'queued'`
		for _, l := range lines {
			if _, err := tx.ExecContext(ctx, update, l.State, number(l.ID), l.At, l.Inbox, l.Reason, l.InDoubt, l.Client); err != nil {
				return err
			}
		}
		return forgetSettled(ctx, tx)
	})
}

// forgetSettled deletes what is no longer of use; what waits stays.
func forgetSettled(ctx context.Context, tx *sql.Tx) error {
	const forget = `DELETE FROM outbox WHERE state <> 'queued' AND seq <=
		(SELECT seq FROM outbox WHERE state <> 'queued' ORDER BY seq DESC LIMIT 1 OFFSET ?)`
	_, err := tx.ExecContext(ctx, forget, maxSettled)
	return err
}
