package archive

import (
	"context"
	"database/sql"

	"labchat/internal/wire"
)

// Rename gives a device that was called by one name another one, in all that was
// exchanged with it in private: lines, those that wait for it among them, files,
// remarks and what was typed. It is false, and nothing is changed, where lines were exchanged under
// that name in another way: two people's conversations never become one.
func (a *Archive) Rename(device, old, name string) (done bool, err error) {
	home := a.here()
	err = a.change("rename a conversation", func(ctx context.Context, tx *sql.Tx) error {
		const others = `SELECT EXISTS (SELECT 1 FROM lines WHERE home = ?1 AND place = '@' AND from_key = ?2 AND device <> ?3 AND state = '')
			OR EXISTS (SELECT 1 FROM lines WHERE home = ?1 AND place = '@' AND to_key = ?2 AND device <> ?3 AND state <> '')`
		var taken bool
		if err := tx.QueryRowContext(ctx, others, home, fold(name), device).Scan(&taken); err != nil || taken {
			return err
		}
		for _, s := range []string{
			"UPDATE lines SET sender = ?, from_key = ? WHERE home = ? AND place = '@' AND from_key = ? AND device = ? AND state = ''",
			"UPDATE lines SET receiver = ?, to_key = ? WHERE home = ? AND place = '@' AND to_key = ? AND device = ? AND state <> ''",
			"UPDATE transfers SET user = ?, user_key = ? WHERE home = ? AND user_key = ? AND device = ?",
		} {
			if _, err := tx.ExecContext(ctx, s, name, fold(name), home, fold(old), device); err != nil {
				return err
			}
		}
		for _, s := range []string{
			"UPDATE OR REPLACE remarks SET place = ? WHERE home = ? AND place = ?",
			"UPDATE inputs SET place = ? WHERE home = ? AND place = ?",
		} {
			if _, err := tx.ExecContext(ctx, s, fold("@"+name), home, fold("@"+old)); err != nil {
				return err
			}
		}
		done = true
		return nil
	})
	if err != nil || !done {
		return false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if from, to := fold("@"+old), fold("@"+name); a.home == home && from != to {
		a.memo.inputs[to] = append(a.memo.inputs[to], a.memo.inputs[from]...)
		delete(a.memo.inputs, from)
	}
	return true, nil
}

// Readdress has lines that wait go to another name.
func (a *Archive) Readdress(name string, lines ...wire.ClientID) error {
	return a.change("readdress lines", func(ctx context.Context, tx *sql.Tx) error {
		for _, line := range lines {
			if _, err := tx.ExecContext(ctx, "UPDATE outbox SET receiver = ?"+stillWaits, name, line); err != nil {
				return err
			}
		}
		return nil
	})
}
