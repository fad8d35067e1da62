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

// Seed returns the private half of this device's key, made at first opening:
// the 32 bytes of an ed25519 seed. It is never logged and never leaves the
// program.
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

// Shares says whether others are told that we are typing, and what we have
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
