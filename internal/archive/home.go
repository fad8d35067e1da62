package archive

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"labchat/internal/wire"
)

// home is a server as this disk tells it from others. Lines, rooms, the outbox,
// drafts, typed lines, and what is known of people and their keys are those of a
// home.
type home struct {
	id   int64
	node string // as what it has named itself, "" before its first welcome
	key  string // that it showed then, "" where that is not known
}

// Home is Meet for a server that has shown no key, or has not been reached yet.
func (a *Archive) Home(server, node string) error { return a.Meet(server, node, "", nil) }

// Meet says which server the profile is used with from now on: by its address
// before the first welcome (node ""), then also by the node that it names
// itself and the key that it has shown.
//
// Another node at an address that had one is a *wire.NodeError, and nothing
// changes: only a person can say that it is a new server (Renew). What is kept
// of a node at other addresses belongs to this one as well if the key is the
// same. Of homes whose key was not noted when they were met, had reports whether
// that of the server at an address was this one; nil is never.
//
// To say what was said last time writes nothing.
func (a *Archive) Meet(server, node, key string, had func(server string) bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	ctx := context.Background()
	at, err := homeAt(ctx, a.read, server)
	switch {
	case err != nil:
		return explainWrite("read which server this is", err)
	case node != "" && at.node != "" && at.node != node:
		return &wire.NodeError{Had: at.node, Names: node}
	case at.id != 0 && at.id == a.home && (node == "" || at.node == node && at.key == key):
		return nil
	}
	id := at.id
	err = a.change("note the server", func(ctx context.Context, tx *sql.Tx) (err error) {
		if id == 0 {
			if id, err = makeHome(ctx, tx, home{}); err != nil {
				return err
			}
			if err = leads(ctx, tx, server, id); err != nil {
				return err
			}
		}
		if node != "" {
			if id, err = welcome(ctx, tx, home{id, node, key}, had); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE profile SET home = ?1 WHERE home <> ?1", id)
		return err
	})
	if err != nil {
		return err
	}
	m := a.memo
	if err := a.loadHome(ctx, id, &m); err != nil {
		return err
	}
	a.home, a.memo = id, m
	return nil
}

// welcome notes what a home is called and shows, and joins with it what was kept
// of the same server at other addresses. It returns the home that all of that is
// in.
func welcome(ctx context.Context, tx *sql.Tx, at home, had func(server string) bool) (int64, error) {
	if _, err := tx.ExecContext(ctx, "UPDATE homes SET node = ?, key = ? WHERE id = ?", at.node, at.key, at.id); err != nil || at.key == "" {
		return at.id, err
	}
	same, err := sameAs(ctx, tx, at, had)
	if err != nil {
		return 0, err
	}
	for _, other := range same {
		from, to := max(at.id, other), min(at.id, other) // the older one has more to move
		if err := join(ctx, tx, from, to); err != nil {
			return 0, err
		}
		at.id = to
	}
	_, err = tx.ExecContext(ctx, "UPDATE homes SET key = ? WHERE id = ?", at.key, at.id)
	return at.id, err
}

// sameAs returns the other homes that are the same server, by node and key.
func sameAs(ctx context.Context, tx *sql.Tx, at home, had func(server string) bool) (same []int64, err error) {
	var unsure []home
	const query = "SELECT id, key FROM homes WHERE node = ? AND node <> '' AND id <> ? AND key IN (?, '') ORDER BY id"
	err = each(ctx, tx, query, []any{at.node, at.id, at.key}, func(rows *sql.Rows) error {
		var other home
		err := rows.Scan(&other.id, &other.key)
		if other.key != "" {
			same = append(same, other.id)
		} else {
			unsure = append(unsure, other)
		}
		return err
	})
	for _, other := range unsure {
		if err != nil || had == nil {
			break
		}
		var servers []string
		err = each(ctx, tx, "SELECT server FROM addresses WHERE home = ?", []any{other.id}, func(rows *sql.Rows) error {
			var server string
			err := rows.Scan(&server)
			servers = append(servers, server)
			return err
		})
		if slices.ContainsFunc(servers, had) {
			same = append(same, other.id)
		}
	}
	return same, err
}

// Renew is a person's word that the server at an address is another one from now
// on, which names itself node and has shown key. It takes effect when the profile
// is opened the next time: until then it is used with the one before.
//
// What is known of people and their keys is known of those of the new one, too,
// so that whoever has another key there is asked about. A person whom no key
// tells from others has to be accepted anew. All else stays with the server
// before: left is the number of lines that wait for it. Its tokens are deleted.
func (a *Archive) Renew(server, node, key string) (left int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	err = a.change("note the new server", func(ctx context.Context, tx *sql.Tx) error {
		before, err := homeAt(ctx, tx, server)
		if err != nil || before.id != 0 && before.node == node && before.key == key {
			return err
		}
		to, err := homeOf(ctx, tx, home{node: node, key: key})
		if err != nil {
			return err
		}
		if err := carry(ctx, tx, before.id, to, false); err != nil {
			return err
		}
		if err := leads(ctx, tx, server, to); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE server = ?", server); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE profile SET home = ?1 WHERE home = ?2", to, before.id); err != nil {
			return err
		}
		const waits = "SELECT count(*) FROM outbox WHERE home = ? AND state = 'queued'"
		return tx.QueryRowContext(ctx, waits, before.id).Scan(&left)
	})
	if err != nil {
		return 0, err
	}
	maps.DeleteFunc(a.memo.tokens, func(of [2]string, _ string) bool { return of[0] == server })
	return left, nil
}

// here returns the server that the profile is used with now.
func (a *Archive) here() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.home
}

// row answers a query with one row: a pool, or a transaction.
type row interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// homeAt returns the home that an address leads to, one without id if there is
// none.
func homeAt(ctx context.Context, db row, server string) (home, error) {
	const query = "SELECT h.id, h.node, h.key FROM addresses a JOIN homes h ON h.id = a.home WHERE a.server = ?"
	var at home
	err := db.QueryRowContext(ctx, query, server).Scan(&at.id, &at.node, &at.key)
	if errors.Is(err, sql.ErrNoRows) {
		return home{}, nil
	}
	return at, err
}

// homeOf finds or makes the home of a node that has shown a key.
func homeOf(ctx context.Context, tx *sql.Tx, h home) (id int64, err error) {
	const query = "SELECT id FROM homes WHERE node = ? AND key = ? AND node <> '' AND key <> ''"
	err = tx.QueryRowContext(ctx, query, h.node, h.key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return makeHome(ctx, tx, h)
	}
	return id, err
}

func makeHome(ctx context.Context, tx *sql.Tx, h home) (int64, error) {
	made, err := tx.ExecContext(ctx, "INSERT INTO homes (node, key) VALUES (?, ?)", h.node, h.key)
	if err != nil {
		return 0, err
	}
	return made.LastInsertId()
}

// leads has an address lead to a home.
func leads(ctx context.Context, tx *sql.Tx, server string, id int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO addresses (server, home) VALUES (?, ?) ON CONFLICT DO UPDATE SET home = excluded.home", server, id)
	return err
}
