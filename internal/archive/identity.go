package archive

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"labchat/internal/wire"
)

var errNoSeed = errors.New("the profile has none: choose another profile with --profile NAME")

// Seed returns the secret of this profile, made at first opening: 32 bytes. It is
// never logged and never leaves the program.
func (a *Archive) Seed() (wire.Secret, error) {
	var seed []byte
	err := a.read.QueryRowContext(context.Background(), "SELECT seed FROM profile").Scan(&seed)
	if err == nil && len(seed) != ed25519.SeedSize {
		err = errNoSeed
	}
	if err != nil {
		return "", fmt.Errorf("read the device's key: %w", err)
	}
	return wire.Secret(seed), nil
}

// makeSeed gives a key to a profile that has none. The database's own random
// bytes are not meant for keys, so that the schema script can't do it.
func makeSeed(ctx context.Context, db *sql.DB) error {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, "UPDATE profile SET seed = ? WHERE seed = x''", seed)
	return err
}

// maxGuests is how many names of guests keep their keys. Those of accounts all do:
// people ask about an account that comes with another one.
const maxGuests = 256

// Identity returns the private half of the device key that a name of ours has at
// the server, the 32 bytes of an ed25519 seed, made where there is none. An account
// has that of the guest who registered the name here, and a guest never that of an
// account. It is never logged and never leaves the program.
func (a *Archive) Identity(name string, guest bool) (wire.Secret, error) {
	home, key := a.here(), fold(name)
	seed, err := readIdentity(context.Background(), a.read, home, guest, key)
	if errors.Is(err, sql.ErrNoRows) {
		err = a.change("make a device key", func(ctx context.Context, tx *sql.Tx) (err error) {
			seed, err = makeIdentity(ctx, tx, home, guest, key, a.bounds.guests)
			return err
		})
	}
	if err == nil && len(seed) != ed25519.SeedSize {
		err = errNoSeed
	}
	if err != nil {
		return "", fmt.Errorf("read the device's key: %w", err)
	}
	return wire.Secret(seed), nil
}

func makeIdentity(ctx context.Context, tx *sql.Tx, home int64, guest bool, key string, guests int) ([]byte, error) {
	const insert = "INSERT INTO identities (home, guest, name_key, seed) VALUES (?, ?, ?, ?)"
	const excess = "DELETE FROM identities WHERE guest = 1 AND seq <= (SELECT seq FROM identities WHERE guest = 1 ORDER BY seq DESC LIMIT 1 OFFSET ?)"
	seed, err := readIdentity(ctx, tx, home, true, key)
	if errors.Is(err, sql.ErrNoRows) {
		seed = make([]byte, ed25519.SeedSize)
		_, err = rand.Read(seed)
	}
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, insert, home, guest, key, seed); err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, excess, guests)
	return seed, err
}

// TakeIdentity has a guest's name have the device key of another one: who is a guest
// under both is known by it.
func (a *Archive) TakeIdentity(name, from string) error {
	const take = "INSERT OR REPLACE INTO identities (home, guest, name_key, seed) VALUES (?, 1, ?, ?)"
	home := a.here()
	if fold(name) == fold(from) {
		return nil
	}
	return a.change("keep a device key", func(ctx context.Context, tx *sql.Tx) error {
		seed, err := readIdentity(ctx, tx, home, true, fold(from))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, take, home, fold(name), seed)
		}
		return err
	})
}

func readIdentity(ctx context.Context, db row, home int64, guest bool, key string) (seed []byte, err error) {
	const query = "SELECT seed FROM identities WHERE home = ? AND guest = ? AND name_key = ?"
	err = db.QueryRowContext(ctx, query, home, guest, key).Scan(&seed)
	return seed, err
}

// Shares reports whether others are told that we are typing, and what we have
// read: yes, unless a person has said no.
func (a *Archive) Shares() (typing, reading bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.memo.typing, a.memo.reading
}

// SetShares notes what others are told.
func (a *Archive) SetShares(typing, reading bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.memo.typing == typing && a.memo.reading == reading {
		return nil
	}
	err := a.exec("note what is shared", "UPDATE profile SET typing = ?, reading = ?", typing, reading)
	if err == nil {
		a.memo.typing, a.memo.reading = typing, reading
	}
	return err
}
