package archive

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"

	"labchat/internal/wire"
)

// SettlePrivate notes how far private lines have come. A line that is delivered
// or read leaves the outbox and comes among the lines in one step, so that after
// a crash it is in one of them; its Kind is the sender's, and it counts as
// exchanged with Device, or with the device that it is bound to. The ID of each
// is set to the one under which it is stored.
//
// Nothing goes backwards: what is delivered stays so. A line that is queued, or
// sent and no more, waits: without the other side's word it must go out again.
// One that is not in the outbox is passed over.
func (a *Archive) SettlePrivate(lines ...*wire.Receipt) error {
	_, due := a.count(len(lines))
	ids := make([]wire.ID, len(lines))
	err := a.add("settle private lines", due, func(ctx context.Context, tx *sql.Tx) (err error) {
		k, err := newKeeper(ctx, tx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, k.close()) }()
		for i, l := range lines {
			if ids[i], err = settlePrivate(ctx, tx, k, l); err != nil {
				return err
			}
		}
		return forgetSettled(ctx, tx)
	})
	if err != nil {
		return err
	}
	for i, l := range lines {
		l.ID = ids[i]
	}
	return nil
}

// settlePrivate settles one line, and returns its ID.
func settlePrivate(ctx context.Context, tx *sql.Tx, k *keeper, r *wire.Receipt) (wire.ID, error) {
	const query = "SELECT seq, epoch, " + ownNumber + ", home, state, id, typed_as, receiver, text, action, device FROM outbox WHERE client = ? AND private = 1"
	const update = "UPDATE outbox SET state = ?, id = ?, at = ?, reason = ? WHERE seq = ?"
	var seq, home int64
	var was wire.Receipt
	err := tx.QueryRowContext(ctx, query, r.Client).Scan(&seq, &was.Epoch, &was.Seq, &home, &was.State, &was.ID, &was.As, &was.To, &was.Text, &was.Action, &was.Device)
	if errors.Is(err, sql.ErrNoRows) {
		return r.ID, nil
	}
	if err != nil {
		return 0, err
	}
	id, reached := cmp.Or(r.ID, was.ID), r.State == wire.ReceiptDelivered || r.State == wire.ReceiptRead
	switch {
	case was.State == wire.ReceiptDelivered && r.State == wire.ReceiptRead:
		id = was.ID
		_, err = tx.ExecContext(ctx, "UPDATE lines SET state = 'read' WHERE home = ? AND place = '@' AND id = ?", home, number(id))
	case was.State == wire.ReceiptDelivered || was.State == wire.ReceiptRead:
		return was.ID, nil
	case reached:
		device := cmp.Or(r.Device, was.Device)
		line := &wire.Whispered{
			ID: id, At: r.At, From: was.As, To: was.To, Kind: r.Kind, Action: was.Action, Text: was.Text, State: r.State,
		}
		if id, err = k.keep(ctx, home, line, numbered{was.Epoch, was.Seq, device}); err == nil {
			err = countLines(ctx, tx, home, was.To, device, 1)
		}
	case r.State != wire.ReceiptFailed:
		return r.ID, nil
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, update, r.State, number(id), r.At, r.Reason, seq)
	}
	return id, err
}

// lastPrivate bounds the ids of private lines, so that above each there is a
// free one, whatever others say.
const lastPrivate = math.MaxInt64 - 1<<40

// keeper stores private lines that are known to be new.
type keeper struct{ insert, free *sql.Stmt }

func newKeeper(ctx context.Context, tx *sql.Tx) (*keeper, error) {
	const free = `SELECT l.id + 2 FROM lines l WHERE l.home = ?1 AND l.place = '@' AND l.id >= ?2 AND l.id % 2 = ?2 % 2
		AND NOT EXISTS (SELECT 1 FROM lines n WHERE n.home = l.home AND n.place = l.place AND n.id = l.id + 2) ORDER BY l.id LIMIT 1`
	var k keeper
	var err error
	if k.insert, err = tx.PrepareContext(ctx, insertLine); err != nil {
		return nil, err
	}
	if k.free, err = tx.PrepareContext(ctx, free); err != nil {
		return nil, errors.Join(err, k.insert.Close())
	}
	return &k, nil
}

func (k *keeper) close() error { return errors.Join(k.insert.Close(), k.free.Close()) }

// keep stores a line under its ID or, where another line has that, the next
// free one that is odd or even like it, and returns it: two people may name the
// same.
func (k *keeper) keep(ctx context.Context, home int64, l *wire.Whispered, n numbered) (wire.ID, error) {
	one := *l
	one.ID = min(l.ID, lastPrivate)
	for {
		stored, err := rowsChanged(insertPrivate(ctx, k.insert, home, &one, n))
		if err != nil || stored > 0 {
			return one.ID, err
		}
		if err := k.free.QueryRowContext(ctx, home, number(one.ID)).Scan(&one.ID); err != nil {
			return 0, err
		}
	}
}
