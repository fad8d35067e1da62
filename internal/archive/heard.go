package archive

import (
	"context"
	"database/sql"
	"errors"

	"labchat/internal/wire"
)

// What strangers can fill with numbers.
const (
	maxNumbers = 4096   // heard of one epoch
	maxEpochs  = 512    // of one device: each run of its program makes one
	maxSenders = 10_000 // epochs of all devices
)

// Hear takes in lines that came over encrypted ways, each once by whatever way
// and however often it comes: fresh says which were new. In one step it
// remembers the numbers, stores the lines, each with the Line's ID set to the
// one under which it is stored, and deletes the prekeys they were sealed to.
//
// A line without After is stored under its ID. One with it goes below our line of
// that number and below all that its sender has said before; beyond that its ID,
// which stands for the time, says where it goes.
//
// A device numbers its lines from 1 in each of its epochs. What counts as heard of
// one: each number that has come, and all up to a floor, which only rises. It rises to
// below Low, but never above the number that Low came with; and where more than
// maxNumbers above it have come, so that the smallest of them are forgotten, to the
// largest that was. So a line that comes again is never fresh, and a device whose
// numbers have gaps and whose Low never rises costs no more than that. The price: a
// line that comes for the first time after maxNumbers later ones is taken for heard.
// Where there are too many epochs, of one device or of all, the one that has been
// silent for longest is forgotten with all its numbers, among all first those of
// devices of which Devices knows nothing.
func (a *Archive) Hear(heard ...wire.Heard) (fresh []bool, err error) {
	home, due := a.count(len(heard))
	fresh = make([]bool, len(heard))
	ids := make([]wire.ID, len(heard))
	err = a.add("store heard lines", due, func(ctx context.Context, tx *sql.Tx) (err error) {
		h := &hearing{a: a, tx: tx, home: home, senders: map[epochOf]*sender{}}
		if err := h.prepare(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, h.close()) }()
		for i := range heard {
			if fresh[i], ids[i], err = h.take(ctx, &heard[i]); err != nil {
				return err
			}
		}
		return h.finish(ctx)
	})
	if err != nil {
		return nil, err
	}
	for i, one := range heard {
		if fresh[i] && one.Line != nil {
			one.Line.ID = ids[i]
		}
		if one.Prekey != "" {
			a.erase.Asked()
		}
	}
	return fresh, nil
}

// hearing is one transaction of Hear.
type hearing struct {
	a       *Archive
	tx      *sql.Tx
	home    int64
	senders map[epochOf]*sender
	number  *sql.Stmt
	keeper  *keeper
	grown   bool // there are epochs that were not heard before
}

// epochOf is an epoch of a device, by its key.
type epochOf struct {
	device string
	epoch  wire.Epoch
}

// sender is what is known of the numbers of an epoch of a device.
type sender struct {
	epochOf

	id, floor int64
	numbers   int64          // remembered, some of them below floor before write
	lines     map[string]int // fresh ones, by who has said them
}

func (h *hearing) prepare(ctx context.Context) (err error) {
	h.number, err = h.tx.PrepareContext(ctx, "INSERT INTO heard (sender, number) VALUES (?, ?) ON CONFLICT DO NOTHING")
	if err != nil {
		return err
	}
	if h.keeper, err = newKeeper(ctx, h.tx); err != nil {
		return errors.Join(err, h.number.Close())
	}
	return nil
}

func (h *hearing) close() error { return errors.Join(h.number.Close(), h.keeper.close()) }

// take takes in one line. The floor is for those that come after it.
func (h *hearing) take(ctx context.Context, one *wire.Heard) (fresh bool, id wire.ID, err error) {
	s, err := h.sender(ctx, epochOf{one.Device, one.Epoch})
	if err != nil {
		return false, 0, err
	}
	n := number(one.Seq)
	if n > s.floor {
		added, err := rowsChanged(h.number.ExecContext(ctx, s.id, n))
		if err != nil {
			return false, 0, err
		}
		s.numbers += added
		fresh = added > 0
	}
	if fresh && one.Line != nil {
		line := *one.Line
		if line.ID, err = h.place(ctx, one); err != nil {
			return false, 0, err
		}
		if id, err = h.keeper.keep(ctx, h.home, &line, numbered{one.Epoch, one.Seq, one.Device}); err != nil {
			return false, 0, err
		}
		s.lines[one.Line.From]++
		if err := reopen(ctx, h.tx, h.home, one.Line.From); err != nil {
			return false, 0, err
		}
	}
	if one.Prekey != "" {
		if _, err := h.tx.ExecContext(ctx, "DELETE FROM prekeys WHERE home = ? AND id = ?", h.home, one.Prekey); err != nil {
			return false, 0, err
		}
	}
	s.floor = max(s.floor, min(number(one.Low), n)-1)
	return fresh, id, nil
}

// place returns the ID from which on a line finds its place: below the line of
// ours that After names, and below all that its sender has said before. Our lines'
// IDs rise with their numbers and from epoch to epoch, so that the newest up to After
// stands for all of them.
func (h *hearing) place(ctx context.Context, one *wire.Heard) (wire.ID, error) {
	if one.After == nil {
		return one.Line.ID, nil
	}
	const above = `SELECT max(
		coalesce((SELECT max(id) FROM lines WHERE home = ?1 AND place = '@' AND from_key = ?2 AND state = ''), 0),
		coalesce((SELECT id FROM lines WHERE home = ?1 AND place = '@' AND state <> '' AND seq > 0 AND epoch = ?4 AND seq <= ?3 ORDER BY seq DESC LIMIT 1), 0),
		coalesce((SELECT max(id) FROM outbox WHERE home = ?1 AND private = 1 AND state = 'queued' AND epoch = ?4 AND ` + ownNumber + ` <= ?3), 0))`
	var newest wire.ID
	if err := h.tx.QueryRowContext(ctx, above, h.home, fold(one.Line.From), number(*one.After), one.AfterEpoch).Scan(&newest); err != nil {
		return 0, err
	}
	return max(one.Line.ID, theirs(newest)), nil
}

// theirs is the smallest ID of somebody else's line above another. Those are odd,
// and ours even: so none takes the place of a line that waits in the outbox.
func theirs(above wire.ID) wire.ID { return (above + 1) | 1 }

// sender finds what is known of an epoch, or begins with nothing.
func (h *hearing) sender(ctx context.Context, e epochOf) (*sender, error) {
	if s, known := h.senders[e]; known {
		return s, nil
	}
	s := &sender{epochOf: e, lines: map[string]int{}}
	const query = "SELECT id, floor, numbers FROM senders WHERE home = ? AND device = ? AND epoch = ?"
	err := h.tx.QueryRowContext(ctx, query, h.home, e.device, e.epoch).Scan(&s.id, &s.floor, &s.numbers)
	if errors.Is(err, sql.ErrNoRows) {
		err = h.begin(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	h.senders[e] = s
	return s, nil
}

// begin adds an epoch.
func (h *hearing) begin(ctx context.Context, s *sender) error {
	const insert = "INSERT INTO senders (home, device, epoch, used) VALUES (?, ?, ?, ?) RETURNING id"
	h.grown = true
	return h.tx.QueryRowContext(ctx, insert, h.home, s.device, s.epoch, h.a.millis()).Scan(&s.id)
}

// write stores what became of an epoch.
func (h *hearing) write(ctx context.Context, s *sender) error {
	if err := h.forget(ctx, s); err != nil {
		return err
	}
	if excess := s.numbers - int64(h.a.bounds.numbers); excess > 0 {
		const smallest = "SELECT number FROM heard WHERE sender = ? ORDER BY number LIMIT 1 OFFSET ?"
		if err := h.tx.QueryRowContext(ctx, smallest, s.id, excess-1).Scan(&s.floor); err != nil {
			return err
		}
		if err := h.forget(ctx, s); err != nil {
			return err
		}
	}
	const update = "UPDATE senders SET floor = ?, numbers = ?, used = ? WHERE id = ?"
	if _, err := h.tx.ExecContext(ctx, update, s.floor, s.numbers, h.a.millis(), s.id); err != nil {
		return err
	}
	for user, lines := range s.lines {
		if err := countLines(ctx, h.tx, h.home, user, s.device, lines); err != nil {
			return err
		}
	}
	return nil
}

// forget deletes the numbers that the floor stands for.
func (h *hearing) forget(ctx context.Context, s *sender) error {
	n, err := rowsChanged(h.tx.ExecContext(ctx, "DELETE FROM heard WHERE sender = ? AND number <= ?", s.id, s.floor))
	s.numbers -= n
	return err
}

// finish writes all epochs, and forgets silent ones where there are too many.
func (h *hearing) finish(ctx context.Context) error {
	just := map[int64]bool{}
	for _, s := range h.senders {
		just[s.id] = true
		if err := h.write(ctx, s); err != nil {
			return err
		}
	}
	if !h.grown {
		return nil
	}
	silent, err := h.silentEpochs(ctx, just)
	if err != nil {
		return err
	}
	for e := range h.senders {
		earlier, err := h.earlier(ctx, e.device)
		if err != nil {
			return err
		}
		silent = append(silent, earlier...)
	}
	for _, id := range silent {
		for _, statement := range []string{"DELETE FROM heard WHERE sender = ?", "DELETE FROM senders WHERE id = ?"} {
			if _, err := h.tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// earlier returns the epochs of a device to forget, because it has had so many since.
func (h *hearing) earlier(ctx context.Context, device string) (ids []int64, err error) {
	const query = "SELECT id FROM senders WHERE home = ? AND device = ? ORDER BY used DESC, id DESC LIMIT -1 OFFSET ?"
	err = each(ctx, h.tx, query, []any{h.home, device, h.a.bounds.epochs}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// silentEpochs returns the epochs to forget: none that was heard just now.
func (h *hearing) silentEpochs(ctx context.Context, just map[int64]bool) (ids []int64, err error) {
	var count int
	if err := h.tx.QueryRowContext(ctx, "SELECT count(*) FROM senders").Scan(&count); err != nil || count <= h.a.bounds.senders {
		return nil, err
	}
	const query = `SELECT id FROM senders s ORDER BY
		EXISTS (SELECT 1 FROM devices d WHERE d.home = s.home AND d.key = s.device), used, id LIMIT ?`
	excess := count - h.a.bounds.senders
	err = each(ctx, h.tx, query, []any{excess + len(just)}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		if !just[id] && len(ids) < excess {
			ids = append(ids, id)
		}
		return err
	})
	return ids, err
}

// NewestPrivate is the greatest id among the private lines of the home, those that
// wait among them, 0 where there are none.
func (a *Archive) NewestPrivate() wire.ID {
	a.mu.Lock()
	home := a.home
	a.mu.Unlock()
	var newest wire.ID
	const query = `SELECT max(coalesce((SELECT max(id) FROM lines WHERE home = ?1 AND place = '@'), 0),
		coalesce((SELECT max(id) FROM outbox WHERE home = ?1 AND id > 0 AND private = 1 AND state = 'queued'), 0))`
	if err := a.read.QueryRowContext(context.Background(), query, home).Scan(&newest); err != nil {
		return 0 // ids begin with today's then, and those that are taken are not given again
	}
	return newest
}
