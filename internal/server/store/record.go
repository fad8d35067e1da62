package store

import (
	"fmt"

	"labchat/internal/server/hub"
)

// record carries out one entry.
func (s *SQLite) record(e *hub.Entry) error {
	switch r := e.Record.(type) {
	case hub.Line:
		return s.line(e, r)
	case hub.Whisper:
		return s.whisper(e, r)
	case hub.SealedNote:
		return s.note(e, r)
	case hub.InboxTaken:
		return s.inboxTaken(r)
	case hub.Talked:
		return s.talked(e, r)
	case hub.AccountMade:
		return s.accountMade(e, r)
	case hub.AccountHash:
		return s.accountHash(r)
	case hub.AccountFlags:
		return s.accountFlags(r)
	case hub.AccountGone:
		return s.accountGone(r)
	case hub.TokenMade, hub.TokenBound, hub.TokensGone, hub.TokenCopied:
		return s.token(r)
	case hub.AccountVisited:
		return s.accountVisited(e, r)
	case hub.RoomMade:
		return s.roomMade(e, r)
	case hub.RoomOwner:
		return s.roomOwner(r)
	case hub.RoomTopic:
		return s.roomTopic(r)
	case hub.RoomGone:
		return s.roomGone(r)
	case hub.MarkMoved:
		return s.markMoved(r)
	case hub.DeviceMade:
		return s.deviceMade(e, r)
	case hub.DeviceGone:
		return s.deviceGone(r)
	case hub.DeviceEndorsed:
		return s.deviceEndorsed(r)
	case hub.PrekeysMade:
		return s.prekeysMade(e, r)
	case hub.PrekeyGone:
		return s.prekeyGone(r)
	default:
		return fmt.Errorf("%w: %T", errRecord, r)
	}
}

// logMissing logs a record about something that is not there any more: a line that
// was on its way while its room went is as if it had come before.
func (s *SQLite) logMissing(changed int64, err error, about string) error {
	if err == nil && changed == 0 {
		s.log.Debug("nothing to change: it is gone", "record", about)
	}
	return err
}

func (s *SQLite) whisper(e *hub.Entry, w hub.Whisper) error {
	if !w.Keep {
		return nil
	}
	n, err := s.w.exec(`INSERT INTO inbox (account, id, at, sender, kind, action, text, network)
		SELECT name, ?, ?, ?, ?, ?, ?, ? FROM accounts WHERE name = ?`,
		int64(e.ID), int64(e.At), w.From, string(w.Kind), w.Action, w.Text, w.Network, w.To)
	return s.logMissing(n, err, "whisper")
}

func (s *SQLite) inboxTaken(r hub.InboxTaken) error {
	for _, id := range r.IDs {
		if _, err := s.w.exec("DELETE FROM inbox WHERE account = ? AND id = ?", r.Name, int64(id)); err != nil {
			return err
		}
	}
	return nil
}

func (s *SQLite) talked(e *hub.Entry, r hub.Talked) error {
	n, err := s.w.exec(`INSERT INTO talked (account, peer, id) SELECT own.name, peer.name, ? FROM accounts own, accounts peer
		WHERE own.name = ? AND peer.name = ? ON CONFLICT DO NOTHING`, int64(e.ID), r.Name, r.To)
	if err := s.logMissing(n, err, "talked"); err != nil {
		return err
	}
	_, err = s.w.exec(`DELETE FROM talked WHERE account = ?1 AND id NOT IN
		(SELECT id FROM talked WHERE account = ?1 ORDER BY id DESC LIMIT ?2)`, r.Name, int64(hub.MaxTalked))
	return err
}

func (s *SQLite) accountMade(e *hub.Entry, r hub.AccountMade) error {
	_, err := s.w.exec("INSERT INTO accounts (name, hash, legacy, banned, made) VALUES (?, ?, ?, '', ?)",
		r.Name, r.Hash, r.Legacy, int64(e.At))
	return err
}

func (s *SQLite) accountHash(r hub.AccountHash) error {
	n, err := s.w.exec("UPDATE accounts SET hash = ? WHERE name = ?", r.Hash, r.Name)
	if err := s.logMissing(n, err, "account_hash"); err != nil || r.Rehash {
		return err
	}
	for _, table := range []string{"tokens", "visits"} {
		if _, err := s.w.exec("DELETE FROM "+table+" WHERE account = ?", r.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *SQLite) accountVisited(e *hub.Entry, r hub.AccountVisited) error {
	n, err := s.w.exec(`INSERT INTO visits (account, device, network, id, at) SELECT name, ?, ?, ?, ? FROM accounts WHERE name = ?
		ON CONFLICT (account, device, network) DO UPDATE SET id = excluded.id, at = excluded.at`,
		r.Device, r.Network, int64(e.ID), int64(e.At), r.Name)
	if err := s.logMissing(n, err, "account_visited"); err != nil {
		return err
	}
	_, err = s.w.exec(`DELETE FROM visits WHERE account = ?1 AND id NOT IN
		(SELECT id FROM visits WHERE account = ?1 ORDER BY id DESC LIMIT ?2)`, r.Name, int64(hub.MaxVisits))
	return err
}

func (s *SQLite) accountFlags(r hub.AccountFlags) error {
	n, err := s.w.exec("UPDATE accounts SET legacy = ?, banned = ? WHERE name = ?", r.Legacy, r.Banned, r.Name)
	return s.logMissing(n, err, "account_flags")
}

// accountGone takes all along that is the account's, and what others know of it: foreign keys.
func (s *SQLite) accountGone(r hub.AccountGone) error {
	n, err := s.w.exec("DELETE FROM accounts WHERE name = ?", r.Name)
	return s.logMissing(n, err, "account_gone")
}

// token carries out an entry about tokens.
func (s *SQLite) token(r hub.Record) error {
	switch r := r.(type) {
	case hub.TokenMade:
		return s.tokenMade(r)
	case hub.TokenBound:
		return s.tokenBound(r)
	case hub.TokensGone:
		return s.tokensGone(r)
	case hub.TokenCopied:
		return s.tokenCopied(r)
	default:
		return fmt.Errorf("%w: %T", errRecord, r)
	}
}

func (s *SQLite) tokenMade(r hub.TokenMade) error {
	n, err := s.w.exec(`INSERT INTO tokens (hash, account, expires, device, family, turn) SELECT ?, name, ?, ?, ?, ? FROM accounts WHERE name = ?
		ON CONFLICT (hash) DO UPDATE SET account = excluded.account, expires = excluded.expires, device = excluded.device,
		family = excluded.family, turn = excluded.turn`,
		r.Hash[:], int64(r.Expires), r.Device, r.Family[:], int64(r.Turn), r.Name)
	return s.logMissing(n, err, "token_made")
}

func (s *SQLite) tokenCopied(r hub.TokenCopied) error {
	n, err := s.w.exec("UPDATE accounts SET copied = ? WHERE name = ?", r.Network, r.Name)
	return s.logMissing(n, err, "token_copied")
}

func (s *SQLite) tokenBound(r hub.TokenBound) error {
	n, err := s.w.exec("UPDATE tokens SET device = ? WHERE hash = ?", r.Device, r.Hash[:])
	return s.logMissing(n, err, "token_bound")
}

func (s *SQLite) tokensGone(r hub.TokensGone) error {
	for _, hash := range r.Hashes {
		if _, err := s.w.exec("DELETE FROM tokens WHERE hash = ?", hash[:]); err != nil {
			return err
		}
	}
	return nil
}

func (s *SQLite) roomMade(e *hub.Entry, r hub.RoomMade) error {
	_, err := s.w.exec("INSERT INTO rooms (name, topic, owner, multicast, network, made) VALUES (?, ?, ?, ?, ?, ?)",
		r.Name, r.Topic, r.Owner, r.Group, r.Network, int64(e.At))
	return err
}

func (s *SQLite) roomOwner(r hub.RoomOwner) error {
	n, err := s.w.exec("UPDATE rooms SET owner = ? WHERE name = ?", r.Owner, r.Name)
	return s.logMissing(n, err, "room_owner")
}

func (s *SQLite) roomTopic(r hub.RoomTopic) error {
	n, err := s.w.exec("UPDATE rooms SET topic = ? WHERE name = ?", r.Topic, r.Name)
	return s.logMissing(n, err, "room_topic")
}

// roomGone takes the lines and marks along: foreign keys.
func (s *SQLite) roomGone(r hub.RoomGone) error {
	if err := s.flush(); err != nil {
		return err
	}
	delete(s.rooms, r.Name)
	n, err := s.w.exec("DELETE FROM rooms WHERE name = ?", r.Name)
	return s.logMissing(n, err, "room_gone")
}

func (s *SQLite) markMoved(r hub.MarkMoved) error {
	n, err := s.w.exec(`INSERT INTO marks (account, room, last)
		SELECT accounts.name, rooms.id, ? FROM accounts, rooms WHERE accounts.name = ? AND rooms.name = ?
		ON CONFLICT (account, room) DO UPDATE SET last = excluded.last`,
		int64(r.Last), r.Name, r.Room)
	return s.logMissing(n, err, "mark_moved")
}

func (s *SQLite) deviceMade(e *hub.Entry, r hub.DeviceMade) error {
	n, err := s.w.exec(`INSERT INTO devices (account, id, key, made) SELECT name, ?, ?, ? FROM accounts WHERE name = ?
		ON CONFLICT DO NOTHING`, int64(e.ID), r.Key, int64(e.At), r.Name)
	return s.logMissing(n, err, "device_made")
}

func (s *SQLite) deviceGone(r hub.DeviceGone) error {
	n, err := s.w.exec("DELETE FROM devices WHERE account = ? AND key = ?", r.Name, r.Key)
	if err := s.logMissing(n, err, "device_gone"); err != nil {
		return err
	}
	_, err = s.w.exec("DELETE FROM tokens WHERE account = ? AND device = ?", r.Name, r.Key)
	return err
}

func (s *SQLite) deviceEndorsed(r hub.DeviceEndorsed) error {
	n, err := s.w.exec("UPDATE devices SET signer = ?, signature = ? WHERE account = ? AND key = ?", r.By, r.Sig, r.Name, r.Key)
	return s.logMissing(n, err, "device_endorsed")
}
