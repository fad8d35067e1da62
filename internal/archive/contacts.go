package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"labchat/internal/wire"
)

// maxContacts is how many people of private conversations are known.
const maxContacts = 10_000

const contactColumns = "user, accepted, rejected, secure, mode"

// Contact returns what is known of somebody: nothing but the name for those who
// are not.
func (a *Archive) Contact(user string) (wire.Contact, error) {
	const query = "SELECT " + contactColumns + " FROM contacts WHERE home = ? AND key = ?"
	var c wire.Contact
	err := a.read.QueryRowContext(context.Background(), query, a.here(), fold(user)).
		Scan(&c.User, &c.Accepted, &c.Rejected, &c.Secure, &c.Mode)
	if errors.Is(err, sql.ErrNoRows) {
		return wire.Contact{User: user}, nil
	}
	if err != nil {
		return wire.Contact{}, fmt.Errorf("read the contact: %w", err)
	}
	return c, nil
}

// Contacts returns all who are known, oldest first.
func (a *Archive) Contacts() ([]wire.Contact, error) {
	const query = "SELECT " + contactColumns + " FROM contacts WHERE home = ? ORDER BY seq"
	var contacts []wire.Contact
	err := each(context.Background(), a.read, query, []any{a.here()}, func(rows *sql.Rows) error {
		var c wire.Contact
		err := rows.Scan(&c.User, &c.Accepted, &c.Rejected, &c.Secure, &c.Mode)
		contacts = append(contacts, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return contacts, nil
}

// SetContact notes what is known of somebody. Where there are too many, others
// go: first those who were rejected and never accepted, then others who never
// were, and last those who were; the oldest first.
func (a *Archive) SetContact(c wire.Contact) error {
	const set = `INSERT INTO contacts (home, key, user, accepted, met, rejected, secure, mode) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)
		ON CONFLICT (home, key) DO UPDATE SET user = excluded.user, accepted = excluded.accepted, met = max(met, excluded.met),
		rejected = excluded.rejected, secure = excluded.secure, mode = excluded.mode RETURNING seq`
	const trim = `DELETE FROM contacts WHERE seq IN (SELECT seq FROM contacts WHERE seq <> ?1
		ORDER BY met, rejected DESC, seq LIMIT max(0, (SELECT count(*) FROM contacts) - ?2))`
	home := a.here()
	return a.change("note the contact", func(ctx context.Context, tx *sql.Tx) error {
		var seq int64
		err := tx.QueryRowContext(ctx, set, home, fold(c.User), c.User, c.Accepted, c.Rejected, c.Secure, c.Mode).Scan(&seq)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, trim, seq, a.bounds.contacts)
		return err
	})
}
