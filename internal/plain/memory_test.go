package plain_test

import (
	"maps"
	"slices"

	"labchat/internal/wire"
)

// memory is a client's disk for one session: what is to survive it is left out.
type memory struct {
	seen   map[string]wire.ID
	joined map[string]bool
}

func newMemory() *memory { return &memory{seen: map[string]wire.ID{}, joined: map[string]bool{}} }

func (*memory) Profile() string                            { return "0123456789abcdef0123456789abcdef" }
func (*memory) Home(string, string) error                  { return nil }
func (*memory) Token(string, string) wire.Secret           { return "" }
func (*memory) SetToken(string, string, wire.Secret) error { return nil }
func (*memory) Queue(...*wire.Receipt) error               { return nil }
func (*memory) Outbox(string) ([]*wire.Receipt, error)     { return nil, nil }
func (*memory) Settle(...*wire.Receipt) error              { return nil }
func (m *memory) LastSeen(room string) wire.ID             { return m.seen[wire.Fold(room)] }
func (m *memory) Joined() []string                         { return slices.Sorted(maps.Keys(m.joined)) }
func (m *memory) Keep(_ []wire.Event, marks ...wire.Mark) error {
	for _, mark := range marks {
		m.seen[wire.Fold(mark.Room)] = max(m.seen[wire.Fold(mark.Room)], mark.Last)
	}
	return nil
}

func (m *memory) SetJoined(room string, in bool) error {
	m.joined[wire.Fold(room)] = in
	if !in {
		delete(m.joined, wire.Fold(room))
	}
	return nil
}
