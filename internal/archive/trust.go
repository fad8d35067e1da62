package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// maxTokens is how many resume tokens are kept: guests get a new name, and a
// token for it, at each start.
const maxTokens = 64

// Pins reads which servers the profile in dir knew by their keys, before that
// was noted for all profiles in one place: an empty key is a certificate that
// was valid for its name. The profile may be in use; nothing in it changes.
func Pins(dir string) (pins map[string]string, err error) {
	ctx := context.Background()
	db, err := dbfile.Open(ctx, filepath.Join(dir, fileName), "ro", 1, dbfile.ReaderPragmas())
	if err != nil {
		return nil, fmt.Errorf("open profile: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	pins = map[string]string{}
	err = each(ctx, db, "SELECT server, print FROM pins", nil, func(rows *sql.Rows) error {
		var server, key string
		err := rows.Scan(&server, &key)
		pins[server] = key
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the keys of servers: %w", err)
	}
	return pins, nil
}

// Token returns the resume token of a name at a server, "" if there is none.
func (a *Archive) Token(server, name string) wire.Secret {
	a.mu.Lock()
	defer a.mu.Unlock()
	return wire.Secret(a.memo.tokens[[2]string{server, fold(name)}])
}

// SetToken stores the resume token of a name at a server; an empty one is
// forgotten.
func (a *Archive) SetToken(server, name string, t wire.Secret) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]string{server, fold(name)}
	err := a.change("store the token", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE server = ? AND name_key = ?", key[0], key[1]); err != nil || t == "" {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO tokens (server, name_key, token) VALUES (?, ?, ?)", key[0], key[1], t.Reveal()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE seq <= (SELECT seq FROM tokens ORDER BY seq DESC LIMIT 1 OFFSET ?)", maxTokens)
		return err
	})
	if err != nil {
		return err
	}
	a.erase.Asked() // of the one before
	delete(a.memo.tokens, key)
	if t != "" {
		a.memo.tokens[key] = t.Reveal()
	}
	if len(a.memo.tokens) > maxTokens {
		return a.load(context.Background())
	}
	return nil
}
