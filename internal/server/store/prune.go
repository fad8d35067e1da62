package store

import (
	"database/sql/driver"
	"errors"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Nothing that anybody said is ever pruned by itself. What goes is what has
// no more use: keys after 30 days, tokens and prekeys that have expired.

const (
	// keepKeys is how long a line is recognised when a client sends it again,
	// at the least.
	keepKeys = 30 * 24 * time.Hour
	// pruneSoon, pruneEvery and pruneGap are when the first round begins, the
	// next one, and its next step: batches go between the steps.
	pruneSoon  = time.Minute
	pruneEvery = 6 * time.Hour
	pruneGap   = 50 * time.Millisecond
	// pruneRows is how many rows a step looks at: about a millisecond, for
	// which a batch may have to wait.
	pruneRows = 1000
)

// oldestKept is the smallest id of the keys that are still kept.
func oldestKept(now wire.Millis) wire.ID {
	return wire.FirstID(now - wire.Millis(keepKeys.Milliseconds()))
}

// prune takes one step and says when the next one is due. A round goes
// through the keys in their own order, so that no line pays for an index by
// time.
func (s *SQLite) prune() time.Duration {
	next := pruneGap
	err := s.reconnect()
	if err == nil {
		err = s.w.transaction(func() error {
			to, err := s.pruneKeys()
			if s.pruned = to; to == (hub.Key{}) {
				next = pruneEvery
				err = errors.Join(err, s.pruneTokens(), s.prunePrekeys())
			}
			return err
		})
	}
	if err != nil {
		s.broken("pruning", err)
		return pruneEvery
	}
	if next == pruneEvery {
		s.erase.Asked()
	}
	return next
}

// pruneKeys looks at the keys behind the last step's, and returns the last one
// that it looked at; zero: it was the end.
func (s *SQLite) pruneKeys() (hub.Key, error) {
	var (
		last    [2]driver.Value
		p, c    = s.pruned.Profile, string(s.pruned.Client)
		oldest  = int64(oldestKept(s.now()))
		through hub.Key
	)
	more, err := s.w.row(last[:], `SELECT profile, client FROM keys WHERE (profile, client) > (?, ?)
		ORDER BY profile, client LIMIT 1 OFFSET ?`, p, c, int64(pruneRows-1))
	if err != nil {
		return hub.Key{}, err
	}
	if !more {
		_, err = s.w.exec("DELETE FROM keys WHERE (profile, client) > (?, ?) AND id < ?", p, c, oldest)
		return hub.Key{}, err
	}
	through = hub.Key{Profile: last[0].(string), Client: wire.ClientID(last[1].(string))}
	_, err = s.w.exec("DELETE FROM keys WHERE (profile, client) > (?, ?) AND (profile, client) <= (?, ?) AND id < ?",
		p, c, through.Profile, string(through.Client), oldest)
	return through, err
}

func (s *SQLite) pruneTokens() error {
	_, err := s.w.exec("DELETE FROM tokens WHERE expires <= ?", int64(s.now()))
	return err
}
