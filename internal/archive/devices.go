package archive

import (
	"context"
	"database/sql"
	"fmt"

	"labchat/internal/wire"
)

// What strangers can fill with keys.
const (
	maxDevicesOf = 64     // of one user
	maxDevices   = 10_000 // of all
)

// Devices returns the devices of a user that are known, oldest first.
func (a *Archive) Devices(user string) ([]wire.KnownDevice, error) {
	return a.devices("user_key = ?", fold(user))
}

// NamesOf returns a device under each name that it is known by at the server, the
// one it was known by first before the others.
func (a *Archive) NamesOf(device string) ([]wire.KnownDevice, error) {
	return a.devices("key = ?", device)
}

// devices returns those of the server at hand for which a condition holds.
func (a *Archive) devices(condition, value string) ([]wire.KnownDevice, error) {
	query := "SELECT user, key, state, since, lines FROM devices WHERE home = ? AND " + condition + " ORDER BY since, seq"
	var devices []wire.KnownDevice
	err := each(context.Background(), a.read, query, []any{a.here(), value}, func(rows *sql.Rows) error {
		var d wire.KnownDevice
		err := rows.Scan(&d.User, &d.Key, &d.State, &d.Since, &d.Lines)
		devices = append(devices, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read devices: %w", err)
	}
	return devices, nil
}

// SetDevice notes a device of a user, or the State of one that is known. Where
// there are too many, others go: first those whose key came in the place of
// another or is somebody else's, too, then those that nobody has compared, and last those of which a person
// has said what they are; among each, those first that no line was exchanged
// with, and the oldest.
func (a *Archive) SetDevice(d wire.KnownDevice) error {
	const set = `INSERT INTO devices (home, user_key, user, key, state, since, lines) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (home, user_key, key) DO UPDATE SET state = excluded.state RETURNING seq`
	const worth = `CASE state WHEN 'changed' THEN 0 WHEN 'shared' THEN 0 WHEN 'verified' THEN 2 WHEN 'rejected' THEN 2 ELSE 1 END, lines > 0, seq`
	const trimUser = `DELETE FROM devices WHERE seq IN (SELECT seq FROM devices WHERE home = ?1 AND user_key = ?2 AND seq <> ?3
		ORDER BY ` + worth + ` LIMIT max(0, (SELECT count(*) FROM devices WHERE home = ?1 AND user_key = ?2) - ?4))`
	const trim = `DELETE FROM devices WHERE seq IN (SELECT seq FROM devices WHERE seq <> ?1
		ORDER BY ` + worth + ` LIMIT max(0, (SELECT count(*) FROM devices) - ?2))`
	home, key := a.here(), fold(d.User)
	return a.change("note the device", func(ctx context.Context, tx *sql.Tx) error {
		var seq int64
		if err := tx.QueryRowContext(ctx, set, home, key, d.User, d.Key, d.State, d.Since, d.Lines).Scan(&seq); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, trimUser, home, key, seq, a.bounds.devicesOf); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, trim, seq, a.bounds.devices)
		return err
	})
}

// countLines counts lines that a user's device has sent or got.
func countLines(ctx context.Context, tx *sql.Tx, home int64, user, device string, lines int) error {
	const count = "UPDATE devices SET lines = lines + ? WHERE home = ? AND user_key = ? AND key = ?"
	_, err := tx.ExecContext(ctx, count, lines, home, fold(user), device)
	return err
}
