package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"labchat/internal/wire"
)

const (
	// maxTransfers is how many files are remembered.
	maxTransfers = 1000
	// endedKept is how long a transfer is remembered that has ended.
	endedKept = 30 * 24 * time.Hour
)

var errOtherTransfer = errors.New("its ID is that of another transfer")

// SaveTransfer notes how far a file has come. The ID is told by the side that
// offers: one that is taken by another person's transfer, or for the other
// direction, is an error and changes nothing. Where there are too many, others
// go: first those that have ended, then those that were offered to us, and last
// the rest; the oldest first.
func (a *Archive) SaveTransfer(t *wire.Transfer) error {
	const set = `INSERT INTO transfers (home, id, user_key, user, device, out, name, size, done, sha256, state, reason, file, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (home, id) DO UPDATE SET user = excluded.user, device = excluded.device,
		name = excluded.name, size = excluded.size, done = excluded.done, sha256 = excluded.sha256, state = excluded.state,
		reason = excluded.reason, file = excluded.file, at = excluded.at WHERE user_key = excluded.user_key AND out = excluded.out RETURNING seq`
	const ended = "state IN ('done', 'refused', 'failed')"
	const old = "DELETE FROM transfers WHERE " + ended + " AND at < ?"
	const trim = `DELETE FROM transfers WHERE seq IN (SELECT seq FROM transfers WHERE seq <> ?1
		ORDER BY NOT ` + ended + `, out OR state <> 'offered', seq LIMIT max(0, (SELECT count(*) FROM transfers) - ?2))`
	home := a.here()
	return a.change("note the transfer", func(ctx context.Context, tx *sql.Tx) error {
		var seq int64
		err := tx.QueryRowContext(ctx, set, home, t.ID, fold(t.User), t.User, t.Device, t.Out, t.Name, t.Size, t.Done, t.SHA256,
			t.State, t.Reason, t.File, t.At).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) {
			return errOtherTransfer
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, old, a.millis()-wire.Millis(endedKept.Milliseconds())); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, trim, seq, a.bounds.transfers)
		return err
	})
}

// Transfers returns those that are remembered, oldest first. Ended ones are among
// them: the other side may not have heard of the end.
func (a *Archive) Transfers() ([]*wire.Transfer, error) {
	const query = `SELECT id, user, device, out, name, size, done, sha256, state, reason, file, at FROM transfers
		WHERE home = ? ORDER BY seq`
	var all []*wire.Transfer
	err := each(context.Background(), a.read, query, []any{a.here()}, func(rows *sql.Rows) error {
		t := &wire.Transfer{}
		all = append(all, t)
		return rows.Scan(&t.ID, &t.User, &t.Device, &t.Out, &t.Name, &t.Size, &t.Done, &t.SHA256, &t.State, &t.Reason, &t.File, &t.At)
	})
	if err != nil {
		return nil, fmt.Errorf("read transfers: %w", err)
	}
	return all, nil
}
