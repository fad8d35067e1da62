package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// errExists refuses a record that would replace an account or a room. The hub
// never asks for that: it is a fault of the program, and the batch fails.
var errExists = errors.New("it exists already")

// record carries out one entry.
func (m *Memory) record(e *hub.Entry) error {
	switch r := e.Record.(type) {
	case hub.Line:
		return m.line(e, r)
	case hub.Whisper:
		return m.whisper(e, r)
	case hub.SealedNote:
		return m.note(e, r)
	case hub.InboxTaken:
		return m.inboxTaken(r)
	case hub.Talked:
		return m.storeTalked(r)
	case hub.AccountMade:
		return m.accountMade(e, r)
	case hub.AccountHash:
		return m.accountHash(r)
	case hub.AccountFlags:
		return m.accountFlags(r)
	case hub.AccountGone:
		return m.accountGone(r)
	case hub.TokenMade, hub.TokenBound, hub.TokensGone, hub.TokenCopied:
		return m.token(r)
	case hub.AccountVisited:
		return m.accountVisited(e, r)
	case hub.RoomMade:
		return m.roomMade(e, r)
	case hub.RoomOwner:
		return m.roomOwner(r)
	case hub.RoomTopic:
		return m.roomTopic(r)
	case hub.RoomGone:
		return m.roomGone(r)
	case hub.MarkMoved:
		return m.markMoved(r)
	case hub.DeviceMade:
		return m.deviceMade(e, r)
	case hub.DeviceGone:
		return m.deviceGone(r)
	case hub.DeviceEndorsed:
		return m.deviceEndorsed(r)
	case hub.PrekeysMade:
		return m.prekeysMade(e, r)
	case hub.PrekeyGone:
		return m.prekeyGone(r)
	default:
		return fmt.Errorf("%w: %T", errRecord, r)
	}
}

func (m *Memory) line(e *hub.Entry, l hub.Line) error {
	if r := m.rooms[l.Room]; r != nil {
		set(m, &r.lines, append(r.lines, &wire.Said{
			Room: l.Room, ID: e.ID, At: e.At, From: l.From, Kind: l.Kind, Action: l.Action, Text: l.Text,
		}))
	}
	return nil
}

func (m *Memory) whisper(e *hub.Entry, w hub.Whisper) error {
	if a := m.accounts[w.To]; a != nil && w.Keep {
		put(m, a.networks, e.ID, w.Network)
		set(m, &a.inbox, append(a.inbox, &wire.Whispered{
			ID: e.ID, At: e.At, From: w.From, To: w.To, Kind: w.Kind, Action: w.Action, Text: w.Text, Inbox: true,
		}))
	}
	return nil
}

func (m *Memory) inboxTaken(r hub.InboxTaken) error {
	if a := m.accounts[r.Name]; a != nil {
		taken := func(e wire.Event) bool { return slices.Contains(r.IDs, itemOf(e).ID) }
		set(m, &a.inbox, slices.DeleteFunc(slices.Clone(a.inbox), taken))
		for _, id := range r.IDs {
			drop(m, a.networks, id)
		}
	}
	return nil
}

func (m *Memory) storeTalked(r hub.Talked) error {
	if a := m.accounts[r.Name]; a != nil && m.accounts[r.To] != nil && !slices.Contains(a.talked, r) {
		talked := append(slices.Clone(a.talked), r)
		set(m, &a.talked, talked[max(0, len(talked)-hub.MaxTalked):])
	}
	return nil
}

func (m *Memory) accountMade(e *hub.Entry, r hub.AccountMade) error {
	if m.accounts[r.Name] != nil {
		return fmt.Errorf("make account %q: %w", r.Name, errExists)
	}
	put(m, m.accounts, r.Name, &memAccount{
		Account: hub.Account{Name: r.Name, Legacy: r.Legacy, Made: e.At},
		hash:    r.Hash,
		marks:   map[string]wire.ID{},

		networks: map[wire.ID]string{},
	})
	return nil
}

func (m *Memory) accountHash(r hub.AccountHash) error {
	if a := m.accounts[r.Name]; a != nil {
		set(m, &a.hash, r.Hash)
		if !r.Rehash {
			m.dropTokens(func(t hub.Token) bool { return t.Name == r.Name })
			set(m, &a.visits, nil)
		}
	}
	return nil
}

func (m *Memory) accountVisited(e *hub.Entry, r hub.AccountVisited) error {
	if a := m.accounts[r.Name]; a != nil {
		same := func(v hub.Visit) bool { return v.Of == r }
		visits := append(slices.DeleteFunc(slices.Clone(a.visits), same), hub.Visit{Of: r, At: e.At})
		set(m, &a.visits, visits[max(0, len(visits)-hub.MaxVisits):])
	}
	return nil
}

func (m *Memory) accountFlags(r hub.AccountFlags) error {
	if a := m.accounts[r.Name]; a != nil {
		set(m, &a.Legacy, r.Legacy)
		set(m, &a.Banned, r.Banned)
	}
	return nil
}

func (m *Memory) accountGone(r hub.AccountGone) error {
	drop(m, m.accounts, r.Name)
	m.dropTokens(func(t hub.Token) bool { return t.Name == r.Name })
	for _, a := range m.accounts {
		set(m, &a.talked, slices.DeleteFunc(slices.Clone(a.talked), func(t hub.Talked) bool { return t.To == r.Name }))
	}
	return nil
}

func (m *Memory) dropTokens(which func(hub.Token) bool) {
	for hash, t := range maps.Clone(m.tokens) {
		if which(t) {
			drop(m, m.tokens, hash)
		}
	}
}

// token carries out an entry about tokens.
func (m *Memory) token(r hub.Record) error {
	switch r := r.(type) {
	case hub.TokenMade:
		return m.tokenMade(r)
	case hub.TokenBound:
		return m.tokenBound(r)
	case hub.TokensGone:
		return m.tokensGone(r)
	case hub.TokenCopied:
		return m.tokenCopied(r)
	default:
		return fmt.Errorf("%w: %T", errRecord, r)
	}
}

func (m *Memory) tokenMade(r hub.TokenMade) error {
	if m.accounts[r.Name] != nil {
		put(m, m.tokens, r.Hash, hub.Token(r))
	}
	return nil
}

func (m *Memory) tokenBound(r hub.TokenBound) error {
	if t, ok := m.tokens[r.Hash]; ok {
		t.Device = r.Device
		put(m, m.tokens, r.Hash, t)
	}
	return nil
}

func (m *Memory) tokensGone(r hub.TokensGone) error {
	for _, hash := range r.Hashes {
		drop(m, m.tokens, hash)
	}
	return nil
}

func (m *Memory) tokenCopied(r hub.TokenCopied) error {
	if a := m.accounts[r.Name]; a != nil {
		set(m, &a.Copied, r.Network)
	}
	return nil
}

func (m *Memory) roomMade(e *hub.Entry, r hub.RoomMade) error {
	if m.rooms[r.Name] != nil {
		return fmt.Errorf("make room %q: %w", r.Name, errExists)
	}
	put(m, m.rooms, r.Name, &memRoom{Room: hub.Room{
		Name: r.Name, Topic: r.Topic, Owner: r.Owner, Group: r.Group, Network: r.Network, Made: e.At,
	}})
	return nil
}

func (m *Memory) roomOwner(r hub.RoomOwner) error {
	if room := m.rooms[r.Name]; room != nil {
		set(m, &room.Owner, r.Owner)
	}
	return nil
}

func (m *Memory) roomTopic(r hub.RoomTopic) error {
	if room := m.rooms[r.Name]; room != nil {
		set(m, &room.Topic, r.Topic)
	}
	return nil
}

func (m *Memory) roomGone(r hub.RoomGone) error {
	drop(m, m.rooms, r.Name)
	for _, a := range m.accounts {
		drop(m, a.marks, r.Name)
	}
	return nil
}

func (m *Memory) markMoved(r hub.MarkMoved) error {
	if a := m.accounts[r.Name]; a != nil && m.rooms[r.Room] != nil {
		put(m, a.marks, r.Room, r.Last)
	}
	return nil
}

// device finds a device among those of an account; -1: it is not there.
func (a *memAccount) device(key string) int {
	return slices.IndexFunc(a.devices, func(d wire.Device) bool { return d.Key == key })
}

func (m *Memory) deviceMade(e *hub.Entry, r hub.DeviceMade) error {
	if a := m.accounts[r.Name]; a != nil && a.device(r.Key) < 0 {
		set(m, &a.devices, append(slices.Clone(a.devices), wire.Device{Key: r.Key, Since: e.At}))
	}
	return nil
}

func (m *Memory) deviceGone(r hub.DeviceGone) error {
	if a := m.accounts[r.Name]; a != nil {
		gone := func(d wire.Device) bool { return d.Key == r.Key }
		set(m, &a.devices, slices.DeleteFunc(slices.Clone(a.devices), gone))
		set(m, &a.Prekeys, a.Prekeys.Without(r.Key, ""))
		m.dropTokens(func(t hub.Token) bool { return t.Name == r.Name && t.Device == r.Key })
	}
	return nil
}

func (m *Memory) deviceEndorsed(r hub.DeviceEndorsed) error {
	a := m.accounts[r.Name]
	if a == nil || a.device(r.Key) < 0 {
		return nil
	}
	devices := slices.Clone(a.devices)
	d := &devices[a.device(r.Key)]
	d.By, d.Sig = r.By, r.Sig
	set(m, &a.devices, devices)
	return nil
}
