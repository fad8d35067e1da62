package archive

import (
	"context"
	"database/sql"
	"errors"
)

// Home says which server the profile is used with from now on: by its address
// before the first welcome (node ""), then also by the node that it names
// itself. Lines, rooms, the outbox, drafts and typed lines are those of that
// server.
//
// Lines wait for the address they were typed for: when a node is found behind
// another address than last time, what was typed for the new address goes to
// it; nothing ever goes to a node behind an address that was not asked for.
//
// To say what was said last time needs no disk.
func (a *Archive) Home(server, node string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if server == a.server && server != "" && (node == "" || node == a.node) {
		return nil
	}
	var home int64
	err := a.change("note the server", func(ctx context.Context, tx *sql.Tx) (err error) {
		if home, err = settle(ctx, tx, server, node); err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, "UPDATE profile SET home = ?1 WHERE home <> ?1", home); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT node FROM homes WHERE id = ?", home).Scan(&node)
	})
	if err != nil {
		return err
	}
	m := a.memo
	if err := a.loadHome(context.Background(), home, &m); err != nil {
		return err
	}
	a.home, a.memo, a.server, a.node = home, m, server, node
	return nil
}

// here returns the server that the profile is used with now.
func (a *Archive) here() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.home
}

// settle finds or makes the home of a server.
func settle(ctx context.Context, tx *sql.Tx, server, node string) (int64, error) {
	byServer, known, err := findHome(ctx, tx, "SELECT id, node FROM homes WHERE server = ?", server)
	switch {
	case err != nil:
		return 0, err
	case byServer != 0 && (node == "" || node == known):
		return byServer, nil
	case node == "":
		return makeHome(ctx, tx, server, "")
	}
	byNode, _, err := findHome(ctx, tx, "SELECT id, server FROM homes WHERE node = ?", node)
	if err != nil {
		return 0, err
	}
	if byNode == 0 && byServer != 0 && known == "" { // its first welcome
		_, err = tx.ExecContext(ctx, "UPDATE homes SET node = ? WHERE id = ?", node, byServer)
		return byServer, err
	}
	if byNode == 0 {
		if byNode, err = makeHome(ctx, tx, "", node); err != nil {
			return 0, err
		}
	}
	return byNode, move(ctx, tx, byServer, byNode, server)
}

// move gives an address, and what was typed for it, to another home. No sealed
// copy of a line waits there. Whom we wrote to before that home's first welcome
// comes along, and so do drafts and typed lines; people of another node are
// other people.
func move(ctx context.Context, tx *sql.Tx, from, to int64, server string) error {
	for _, s := range []struct {
		text string
		args []any
	}{
		{"UPDATE homes SET server = '' WHERE id = ?", []any{from}},
		{"UPDATE homes SET server = ? WHERE id = ?", []any{server, to}},
		{"UPDATE outbox SET home = ?, inbox = 0 WHERE home = ? AND state = 'queued'", []any{to, from}},
		{"UPDATE OR IGNORE contacts SET home = ?1 WHERE home = ?2 AND NOT EXISTS (SELECT 1 FROM homes WHERE id = ?2 AND node <> '')", []any{to, from}},
		{"DELETE FROM contacts WHERE home = ?1 AND NOT EXISTS (SELECT 1 FROM homes WHERE id = ?1 AND node <> '')", []any{from}},
		{"UPDATE OR IGNORE drafts SET home = ?1 WHERE home = ?2 AND NOT EXISTS (SELECT 1 FROM homes WHERE id = ?2 AND node <> '')", []any{to, from}},
		{"UPDATE inputs SET home = ?1 WHERE home = ?2 AND NOT EXISTS (SELECT 1 FROM homes WHERE id = ?2 AND node <> '')", []any{to, from}},
		{"DELETE FROM drafts WHERE home = ?1 AND NOT EXISTS (SELECT 1 FROM homes WHERE id = ?1 AND node <> '')", []any{from}},
		{"DELETE FROM homes WHERE server = '' AND node = ''", nil},
	} {
		if _, err := tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// findHome returns a home and its other name, 0 if there is none.
func findHome(ctx context.Context, tx *sql.Tx, query, arg string) (id int64, other string, err error) {
	err = tx.QueryRowContext(ctx, query, arg).Scan(&id, &other)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	return id, other, err
}

func makeHome(ctx context.Context, tx *sql.Tx, server, node string) (int64, error) {
	made, err := tx.ExecContext(ctx, "INSERT INTO homes (server, node) VALUES (?, ?)", server, node)
	if err != nil {
		return 0, err
	}
	return made.LastInsertId()
}
