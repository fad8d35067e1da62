package plain_test

import "labchat/internal/wire"

// memory is a client's disk for one session: what is to survive it is left out.
type memory struct{ rooms map[string]wire.Extent }

func newMemory() *memory { return &memory{rooms: map[string]wire.Extent{}} }

func (*memory) Profile() string                            { return "0123456789abcdef0123456789abcdef" }
func (*memory) Renew(string, string, string) (int, error)  { return 0, nil }
func (*memory) Token(string, string) wire.Secret           { return "" }
func (*memory) SetToken(string, string, wire.Secret) error { return nil }
func (*memory) Queue(...*wire.Receipt) error               { return nil }
func (*memory) Outbox(string) ([]*wire.Receipt, error)     { return nil, nil }
func (*memory) Settle(...*wire.Receipt) error              { return nil }
func (*memory) Marks() map[string]wire.ID                  { return nil }
func (*memory) Contact(string) (wire.Contact, error)       { return wire.Contact{}, nil }
func (*memory) Devices(string) ([]wire.KnownDevice, error) { return nil, nil }

func (*memory) Meet(string, string, string, func(string) bool) error { return nil }

func (m *memory) Keep(_ []wire.Event, rooms ...wire.Extent) error {
	for _, e := range rooms {
		m.rooms[wire.Fold(e.Room)] = e
	}
	return nil
}

func (m *memory) Extent(room string) wire.Extent {
	e := m.rooms[wire.Fold(room)]
	e.Room = room
	return e
}

func (m *memory) Joined() []string {
	var names []string
	for _, e := range m.rooms {
		if e.In {
			names = append(names, e.Room)
		}
	}
	return names
}
