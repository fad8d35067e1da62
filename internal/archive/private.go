package archive

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"labchat/internal/wire"
)

// ownNumber is the number of a line of the outbox in its epoch. Lines without one of
// their own have that of their row: it rises over all that was typed here.
const ownNumber = "iif(number > 0, number, seq)"

// QueuePrivate writes lines for encrypted conversations, in the order in which
// they are to go out, each with its ID and number. Where Seq is 0 it is set: such
// numbers only rise, and none is ever used again. When it returns the lines survive
// kill -9 and the loss of power. A line that is there already stays as it is.
func (a *Archive) QueuePrivate(lines ...*wire.Receipt) error {
	home := a.here()
	numbers := make([]wire.ID, len(lines))
	err := a.change("queue private lines", func(ctx context.Context, tx *sql.Tx) (err error) {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO outbox
			(home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, private, device, after, after_of, after_epoch, in_doubt, epoch, number)
			VALUES (?, ?, ?, ?, '', ?, ?, ?, 'queued', ?, ?, 0, '', 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seq = seq RETURNING `+ownNumber)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, insert.Close()) }()
		for i, l := range lines {
			if err := insert.QueryRowContext(ctx, home, l.Client, l.As, fold(l.As), l.To, l.Text, l.Action,
				number(l.ID), l.At, l.Device, optional(l.After), l.AfterOf, l.AfterEpoch, l.InDoubt, l.Epoch, number(l.Seq)).Scan(&numbers[i]); err != nil {
				return err
			}
			if err := reopen(ctx, tx, home, l.To); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, l := range lines {
		l.Seq = numbers[i]
	}
	return nil
}

// PrivateOutbox returns the lines for encrypted conversations that wait at the
// server at hand, under whatever name they were typed, in order.
func (a *Archive) PrivateOutbox() ([]*wire.Receipt, error) {
	const query = "SELECT epoch, " + ownNumber + `, client, typed_as, receiver, text, action, id, at, inbox, device, after, after_of, after_epoch, in_doubt
		FROM outbox WHERE private = 1 AND state = 'queued' AND home = ? ORDER BY seq`
	var lines []*wire.Receipt
	err := each(context.Background(), a.read, query, []any{a.here()}, func(rows *sql.Rows) error {
		l := &wire.Receipt{State: wire.ReceiptQueued}
		lines = append(lines, l)
		return rows.Scan(&l.Epoch, &l.Seq, &l.Client, &l.As, &l.To, &l.Text, &l.Action, &l.ID, &l.At, &l.Inbox, &l.Device,
			&l.After, &l.AfterOf, &l.AfterEpoch, &l.InDoubt)
	})
	if err != nil {
		return nil, fmt.Errorf("read the private outbox: %w", err)
	}
	return lines, nil
}

// TakeBack makes lines for people private that a session would send readable: earlier
// versions left them so, at whatever server. They get new numbers, in an epoch for each
// person, as below their own the other side may not listen any more. Call it before a
// session reads its Outbox.
func (a *Archive) TakeBack() error {
	const left = " FROM outbox WHERE private = 0 AND receiver <> '' AND state = 'queued'"
	const columns = "home, client, typed_as, as_key, room, receiver, text, action, state, id, at, inbox, reason, device, in_doubt"
	var n int
	if err := a.read.QueryRowContext(context.Background(), "SELECT count(*)"+left).Scan(&n); err != nil || n == 0 {
		return err
	}
	return a.change("take lines back", func(ctx context.Context, tx *sql.Tx) error {
		for _, step := range []string{
			"CREATE TEMP TABLE taken_back AS SELECT seq AS place, " + columns + left,
			"CREATE TEMP TABLE taken_from AS SELECT DISTINCT home AS at_home, receiver AS person, '' AS epoch FROM taken_back",
			"UPDATE taken_from SET epoch = lower(hex(randomblob(16)))", // once for each
			"DELETE" + left,
			"INSERT INTO outbox (" + columns + ", private, epoch, number) SELECT " + columns + `, 1, epoch, row_number() OVER (PARTITION BY home, receiver ORDER BY place)
				FROM taken_back JOIN taken_from ON at_home = home AND person = receiver ORDER BY place`,
			"DROP TABLE taken_back",
			"DROP TABLE taken_from",
		} {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return err
			}
		}
		return nil
	})
}

// stillWaits is the condition of what changes a line before it is delivered.
const stillWaits = " WHERE client = ? AND private = 1 AND state = 'queued'"

// Bind says that lines may go to this key only; "" lets go of them.
func (a *Archive) Bind(device string, lines ...wire.ClientID) error {
	return a.change("bind lines", func(ctx context.Context, tx *sql.Tx) error {
		for _, line := range lines {
			if _, err := tx.ExecContext(ctx, "UPDATE outbox SET device = ?"+stillWaits, device, line); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkSealed notes that a sealed copy of lines waits at the server. The lines
// wait here, too, until they are delivered.
func (a *Archive) MarkSealed(lines ...wire.ClientID) error {
	return a.change("note sealed lines", func(ctx context.Context, tx *sql.Tx) error {
		for _, line := range lines {
			if _, err := tx.ExecContext(ctx, "UPDATE outbox SET inbox = 1"+stillWaits, line); err != nil {
				return err
			}
		}
		return nil
	})
}

// Doubt notes that lines are about to go out, so that they may have arrived
// whatever happens next.
func (a *Archive) Doubt(lines ...wire.ClientID) error {
	return a.change("note lines that go out", func(ctx context.Context, tx *sql.Tx) error {
		for _, line := range lines {
			if _, err := tx.ExecContext(ctx, "UPDATE outbox SET in_doubt = 1"+stillWaits, line); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropPrivate deletes a line that still waits, and reports whether it did.
func (a *Archive) DropPrivate(line wire.ClientID) (dropped bool, err error) {
	err = a.change("drop the line", func(ctx context.Context, tx *sql.Tx) error {
		n, err := rowsChanged(tx.ExecContext(ctx, "DELETE FROM outbox"+stillWaits, line))
		dropped = n > 0
		return err
	})
	a.erase.Asked()
	return dropped && err == nil, err
}

// optional is a number as SQLite has it, NULL where there is none.
func optional(id *wire.ID) any {
	if id == nil {
		return nil
	}
	return number(*id)
}

// rowsChanged returns how many rows a statement has changed.
func rowsChanged(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// ReadBy notes that the person at a device has read our lines up to one, by its number
// in an epoch, and returns those of which that is news, oldest first. Lines of earlier
// epochs stand above it.
func (a *Archive) ReadBy(device string, epoch wire.Epoch, upTo wire.ID) ([]*wire.Receipt, error) {
	const set = `UPDATE lines SET state = 'read' WHERE home = ?1 AND place = '@' AND state = 'delivered' AND seq > 0 AND device = ?2
		AND id <= (SELECT id FROM lines WHERE home = ?1 AND place = '@' AND state <> '' AND seq > 0 AND epoch = ?3 AND seq <= ?4 ORDER BY seq DESC LIMIT 1)
		RETURNING id, at, sender, receiver, action, text, epoch, seq`
	home := a.here()
	var lines []*wire.Receipt
	err := a.change("note what was read", func(ctx context.Context, tx *sql.Tx) error {
		return each(ctx, tx, set, []any{home, device, epoch, number(upTo)}, func(rows *sql.Rows) error {
			r := &wire.Receipt{State: wire.ReceiptRead, Device: device}
			lines = append(lines, r)
			return rows.Scan(&r.ID, &r.At, &r.As, &r.To, &r.Action, &r.Text, &r.Epoch, &r.Seq)
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(lines, func(a, b *wire.Receipt) int { return cmp.Compare(a.ID, b.ID) })
	return lines, nil
}

// LastDevice returns the device that the newest private line was exchanged with
// under a name, whoever wrote it: "" where there is none, or it went through the
// server.
func (a *Archive) LastDevice(user string) (device string, err error) {
	const query = `SELECT device FROM (
		SELECT * FROM (SELECT id, device FROM lines WHERE home = ?1 AND place = '@' AND from_key = ?2 AND state = '' ORDER BY id DESC LIMIT 1)
		UNION ALL
		SELECT * FROM (SELECT id, device FROM lines WHERE home = ?1 AND place = '@' AND to_key = ?2 AND state <> '' ORDER BY id DESC LIMIT 1)
		) ORDER BY id DESC LIMIT 1`
	err = a.read.QueryRowContext(context.Background(), query, a.here(), fold(user)).Scan(&device)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the newest device: %w", err)
	}
	return device, nil
}

// LastFrom returns what is known of the newest line of somebody that is not above
// an ID: its number and the device that it came from, which is nothing for one that
// came through the server. Nil: there is no line.
func (a *Archive) LastFrom(user string, upTo wire.ID) (*wire.Heard, error) {
	const query = `SELECT device, epoch, seq FROM lines WHERE home = ? AND place = '@' AND from_key = ? AND state = '' AND id <= ? ORDER BY id DESC LIMIT 1`
	var h wire.Heard
	err := a.read.QueryRowContext(context.Background(), query, a.here(), fold(user), number(upTo)).Scan(&h.Device, &h.Epoch, &h.Seq)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the newest line: %w", err)
	}
	return &h, nil
}
