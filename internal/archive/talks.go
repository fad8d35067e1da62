package archive

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"labchat/internal/wire"
)

const (
	// maxTalks is how many private conversations come back.
	maxTalks = 500
	// maxNews is of how many unread lines of one it is said which they are.
	maxNews = 1000
	// maxRemarks is how many remarks of one conversation are kept, and
	// maxAllRemarks how many of all.
	maxRemarks    = 200
	maxAllRemarks = 20_000
)

// Talks returns the private conversations that there have been at the server at
// hand with lines or files, those first in which something was said last, and behind
// them those without that were closed.
func (a *Archive) Talks() ([]wire.Talk, error) {
	ctx, home := context.Background(), a.here()
	talks, err := a.spokenWith(ctx, home)
	if err == nil {
		err = a.sharedWith(ctx, home, talks)
	}
	closed := map[string]wire.Millis{}
	var silent []wire.Talk
	if err == nil {
		err = each(ctx, a.read, "SELECT room, closed FROM rooms WHERE home = ? AND closed > 0", []any{home}, func(rows *sql.Rows) error {
			var place string
			var at wire.Millis
			err := rows.Scan(&place, &at)
			closed[fold(place)] = at
			if user := strings.TrimPrefix(place, "@"); talks[fold(user)] == nil {
				silent = append(silent, wire.Talk{User: user, At: at, Closed: true})
			}
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	all := make([]wire.Talk, 0, len(talks))
	for _, t := range talks {
		at, closed := closed[fold("@"+t.User)]
		t.Closed = closed && at >= t.At
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b wire.Talk) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.User, b.User)) })
	all = all[:min(len(all), maxTalks)]
	for i := range all {
		if err := a.countUnread(ctx, home, &all[i]); err != nil {
			return nil, fmt.Errorf("count unread lines: %w", err)
		}
	}
	return append(all, silent...), nil
}

// spokenWith are those with lines, by folded name.
func (a *Archive) spokenWith(ctx context.Context, home int64) (map[string]*wire.Talk, error) {
	const query = `SELECT sender, receiver, kind, at, state <> '' AS own, max(id) FROM lines
		WHERE home = ? AND place = '@' GROUP BY from_key, to_key, own ORDER BY max(id)`
	talks := map[string]*wire.Talk{}
	err := each(ctx, a.read, query, []any{home}, func(rows *sql.Rows) error {
		var w wire.Whispered
		var own bool
		if err := rows.Scan(&w.From, &w.To, &w.Kind, &w.At, &own, &w.ID); err != nil {
			return err
		}
		t := &wire.Talk{User: w.From, Kind: w.Kind, Last: w.ID, At: w.At}
		if own {
			t = &wire.Talk{User: w.To, Last: w.ID, At: w.At}
		}
		if was := talks[fold(t.User)]; was != nil {
			if own { // they know how they are written
				t.User = was.User
			}
			t.Kind, t.At = cmp.Or(t.Kind, was.Kind), max(t.At, was.At)
		}
		talks[fold(t.User)] = t
		return nil
	})
	return talks, err
}

// sharedWith adds those with files.
func (a *Archive) sharedWith(ctx context.Context, home int64, talks map[string]*wire.Talk) error {
	const query = "SELECT user, max(at) FROM transfers WHERE home = ? GROUP BY user_key"
	return each(ctx, a.read, query, []any{home}, func(rows *sql.Rows) error {
		t := &wire.Talk{}
		if err := rows.Scan(&t.User, &t.At); err != nil {
			return err
		}
		if was := talks[fold(t.User)]; was != nil {
			was.At = max(was.At, t.At)
			return nil
		}
		talks[fold(t.User)] = t
		return nil
	})
}

// countUnread counts the lines of somebody that nobody has looked at.
func (a *Archive) countUnread(ctx context.Context, home int64, t *wire.Talk) error {
	a.mu.Lock()
	var mark wire.ID
	if r, known := a.memo.rooms[fold("@"+t.User)]; known {
		mark = r.read
	}
	a.mu.Unlock()
	const query = "SELECT id FROM lines WHERE home = ? AND place = '@' AND from_key = ? AND state = '' AND id > ? ORDER BY id DESC"
	return each(ctx, a.read, query, []any{home, fold(t.User), number(mark)}, func(rows *sql.Rows) error {
		var id wire.ID
		err := rows.Scan(&id)
		if t.Unread++; len(t.News) < maxNews {
			t.News = append(t.News, id)
		}
		return err
	})
}

// CloseTalk takes a private conversation off the list, until the next line or file.
func (a *Archive) CloseTalk(user string) error {
	home := a.here()
	return a.change("close the conversation", func(ctx context.Context, tx *sql.Tx) error {
		return writeRoom(ctx, tx, home, "@"+user, "closed", a.millis())
	})
}

// reopen puts a conversation on the list again that was closed.
func reopen(ctx context.Context, tx *sql.Tx, home int64, users ...string) error {
	for _, user := range users {
		if _, err := tx.ExecContext(ctx, "UPDATE rooms SET closed = 0 WHERE home = ? AND key = ? AND closed > 0", home, fold("@"+user)); err != nil {
			return err
		}
	}
	return nil
}

// AddRemark keeps what the program said in a private conversation. instead is the
// ID of a remark that it takes the place of, 0 for none. One that says the same as
// the newest takes its place, too, unless a line or a file stands between them: each run may
// say it anew.
func (a *Archive) AddRemark(user string, r wire.Remark, instead wire.ID) error {
	const insert = `INSERT INTO remarks (home, place, id, at, alarm, text) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at, alarm = excluded.alarm, text = excluded.text`
	const again = `DELETE FROM remarks AS r WHERE home = ?1 AND place = ?2 AND text = ?3 AND alarm = ?4
		AND id = (SELECT max(id) FROM remarks WHERE home = ?1 AND place = ?2)
		AND NOT EXISTS (SELECT 1 FROM lines WHERE home = ?1 AND place = '@' AND from_key = ?5 AND state = '' AND id > r.id)
		AND NOT EXISTS (SELECT 1 FROM lines WHERE home = ?1 AND place = '@' AND to_key = ?5 AND state <> '' AND id > r.id)
		AND NOT EXISTS (SELECT 1 FROM transfers WHERE home = ?1 AND user_key = ?5 AND at > r.at)`
	const trim = `DELETE FROM remarks WHERE home = ?1 AND place = ?2 AND id <=
		(SELECT id FROM remarks WHERE home = ?1 AND place = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)`
	const trimAll = "DELETE FROM remarks WHERE seq <= (SELECT seq FROM remarks ORDER BY seq DESC LIMIT 1 OFFSET ?)"
	home, place := a.here(), fold("@"+user)
	return a.change("keep a remark", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM remarks WHERE home = ? AND place = ? AND id = ?", home, place, number(instead)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, again, home, place, r.Text, r.Alarm, fold(user)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, home, place, number(r.ID), r.At, r.Alarm, r.Text); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, trim, home, place, a.bounds.remarks); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, trimAll, a.bounds.allRemarks)
		return err
	})
}

// Remarks returns those of a private conversation, in order.
func (a *Archive) Remarks(user string) ([]wire.Remark, error) {
	const query = "SELECT id, at, alarm, text FROM remarks WHERE home = ? AND place = ? ORDER BY id"
	var all []wire.Remark
	err := each(context.Background(), a.read, query, []any{a.here(), fold("@" + user)}, func(rows *sql.Rows) error {
		var r wire.Remark
		err := rows.Scan(&r.ID, &r.At, &r.Alarm, &r.Text)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read remarks: %w", err)
	}
	return all, nil
}
