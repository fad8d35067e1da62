package archive

import (
	"context"
	"database/sql"
)

const (
	// trusted are the states of keys to which lines go.
	trusted = "('new', 'known', 'verified')"
	// strictness orders the states of keys: where two homes know one key, what
	// keeps more back holds, and a person's word stands above none.
	strictness = "WHEN 'rejected' THEN 5 WHEN 'withdrawn' THEN 4 WHEN 'verified' THEN 2 WHEN 'known' THEN 1 WHEN 'new' THEN 0 ELSE 3 END"
)

// carry has a home know of people and their keys what another one knows, so that
// nobody is spoken to with less caution there: whoever has had a key has one,
// who was rejected stays so, and of two keys that different homes know of
// somebody, one that nobody has compared is asked about, as one that two people
// have. Our own names keep their keys, by which people know us. consent reports whether the
// people are the same without a doubt; else those of whom no key is known have to
// be accepted anew.
func carry(ctx context.Context, tx *sql.Tx, from, to int64, consent bool) error {
	const demote = `UPDATE devices SET state = 'changed' WHERE home = ?2 AND state IN ('new', 'known')
		AND EXISTS (SELECT 1 FROM devices d WHERE d.home = ?1 AND d.user_key = devices.user_key AND d.state IN ` + trusted + `)
		AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.home = ?1 AND d.user_key = devices.user_key AND d.key = devices.key AND d.state IN ` + trusted + `)`
	const devices = `INSERT INTO devices (home, user_key, user, key, state, since, lines)
		SELECT ?2, user_key, user, key, CASE WHEN state IN ('new', 'known') AND EXISTS (SELECT 1 FROM devices d
			WHERE d.home = ?2 AND d.user_key = devices.user_key AND d.key <> devices.key AND d.state = 'verified') THEN 'changed' ELSE state END,
			since, lines FROM devices WHERE home = ?1 ORDER BY seq
		ON CONFLICT (home, user_key, key) DO UPDATE SET state =
			CASE WHEN (CASE excluded.state ` + strictness + `) > (CASE devices.state ` + strictness + `) THEN excluded.state ELSE devices.state END`
	const guarded = `EXISTS (SELECT 1 FROM devices d WHERE d.home = ?1 AND d.user_key = contacts.key AND d.state IN ` + trusted + `)`
	const contacts = `INSERT INTO contacts (home, key, user, accepted, met, rejected, secure, mode)
		SELECT ?2, key, user, accepted AND (?3 OR ` + guarded + `), met AND (?3 OR ` + guarded + `), rejected, secure OR ` + guarded + `, mode
			FROM contacts WHERE home = ?1 ORDER BY seq
		ON CONFLICT (home, key) DO UPDATE SET met = max(met, excluded.met), rejected = max(rejected, excluded.rejected),
			accepted = max(accepted, excluded.accepted) AND NOT max(rejected, excluded.rejected), secure = max(secure, excluded.secure),
			mode = CASE WHEN 'relay' IN (mode, excluded.mode) THEN 'relay' ELSE mode END`
	const share = `UPDATE devices SET state = 'shared' WHERE home = ?2 AND ?1 <> ?2 AND state IN ` + trusted + ` AND EXISTS (SELECT 1 FROM devices d
		WHERE d.home = ?2 AND d.key = devices.key AND d.user_key <> devices.user_key AND d.state <> 'rejected')`
	for _, s := range []struct {
		text string
		args []any
	}{
		{demote, []any{from, to}},
		{devices, []any{from, to}},
		{share, []any{from, to}},
		{contacts, []any{from, to, consent}},
		{"INSERT OR IGNORE INTO identities (home, guest, name_key, seed) SELECT ?2, guest, name_key, seed FROM identities WHERE home = ?1 ORDER BY seq", []any{from, to}},
	} {
		if _, err := tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// join makes one of two homes that are the same server. Where both have the same
// thing, that of the remaining one stays.
func join(ctx context.Context, tx *sql.Tx, from, to int64) error {
	const holes = "UPDATE OR IGNORE holes SET home = ?2 WHERE home = ?1 AND NOT EXISTS (SELECT 1 FROM rooms WHERE home = ?2 AND key = holes.key)"
	const strays = "DELETE FROM holes WHERE home = ?1 AND home <> ?2"
	const tables = "SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'home' ORDER BY t.name"
	if err := carry(ctx, tx, from, to, true); err != nil {
		return err
	}
	statements := []string{holes, strays} // a room that both know keeps the holes of one
	err := each(ctx, tx, tables, nil, func(rows *sql.Rows) error {
		var table string
		err := rows.Scan(&table)
		statements = append(statements,
			"UPDATE OR IGNORE "+table+" SET home = ?2 WHERE home = ?1",
			"DELETE FROM "+table+" WHERE home = ?1 AND home <> ?2")
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s, from, to); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM heard WHERE sender NOT IN (SELECT id FROM senders)"); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM homes WHERE id = ?", from)
	return err
}
