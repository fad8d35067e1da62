package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

const (
	// prekeyGrace is how long a prekey is kept after nobody should seal to it any
	// more: a line may wait at the server for as long.
	prekeyGrace = 30 * 24 * time.Hour
	// maxPrekeys bounds what strangers can have us make by taking them.
	maxPrekeys = 10_000
)

// AddPrekeys stores private halves of prekeys by their ids: before they are
// told to anybody. None is stored if there is one of the same id. Those that
// have long expired are forgotten, and the oldest where there are too many.
func (a *Archive) AddPrekeys(keys map[string]wire.Secret, expires wire.Millis) error {
	const insert = "INSERT INTO prekeys (home, id, key, expires) VALUES (?, ?, ?, ?)"
	const excess = "DELETE FROM prekeys WHERE seq IN (SELECT seq FROM prekeys ORDER BY seq LIMIT max(0, (SELECT count(*) FROM prekeys) - ?))"
	home := a.here()
	defer a.erase.Asked()
	return a.change("store prekeys", func(ctx context.Context, tx *sql.Tx) error {
		if err := a.forgetPrekeys(ctx, tx); err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(keys)) {
			if _, err := tx.ExecContext(ctx, insert, home, id, []byte(keys[id].Reveal()), expires); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, excess, a.bounds.prekeys)
		return err
	})
}

// RetirePrekeys has the prekeys whose ids begin so deleted at a time, or before that if
// they would be: all but one, which has replaced them.
func (a *Archive) RetirePrekeys(prefix, but string, at wire.Millis) error {
	const retire = "UPDATE prekeys SET expires = min(expires, ?) WHERE home = ? AND substr(id, 1, length(?)) = ? AND id <> ?"
	expires := at - wire.Millis(prekeyGrace.Milliseconds()) // see forgetPrekeys
	return a.exec("retire prekeys", retire, expires, a.here(), prefix, prefix, but)
}

// ForgetPrekeys deletes those whose time is over, of whatever server.
func (a *Archive) ForgetPrekeys() error {
	defer a.erase.Asked()
	return a.change("delete prekeys", a.forgetPrekeys)
}

func (a *Archive) forgetPrekeys(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM prekeys WHERE expires < ?", a.millis()-wire.Millis(prekeyGrace.Milliseconds()))
	return err
}

// Prekey returns the private half of a prekey, "" if there is none.
func (a *Archive) Prekey(id string) (wire.Secret, error) {
	var key []byte
	err := a.read.QueryRowContext(context.Background(), "SELECT key FROM prekeys WHERE home = ? AND id = ?", a.here(), id).Scan(&key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the prekey: %w", err)
	}
	return wire.Secret(key), nil
}
