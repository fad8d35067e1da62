package archive

import (
	"context"
	"database/sql"

	"labchat/internal/wire"
)

// maxTokens is how many resume tokens are kept: guests get a new name, and a
// token for it, at each start.
const maxTokens = 64

// Pin returns what is known of a server: tls says that it was once spoken to
// over TLS, key is the print of its key then, "" where its certificate was
// valid for its name.
func (a *Archive) Pin(server string) (key string, tls bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key, tls = a.memo.pins[server]
	return key, tls
}

// SetPin notes that a server was spoken to over TLS, and with which key.
func (a *Archive) SetPin(server, key string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old, known := a.memo.pins[server]; known && old == key {
		return nil
	}
	err := a.exec("pin the server's key", "INSERT INTO pins (server, print) VALUES (?, ?) ON CONFLICT DO UPDATE SET print = excluded.print", server, key)
	if err == nil {
		a.memo.pins[server] = key
	}
	return err
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
	delete(a.memo.tokens, key)
	if t != "" {
		a.memo.tokens[key] = t.Reveal()
	}
	if len(a.memo.tokens) > maxTokens {
		return a.load(context.Background())
	}
	return nil
}
