package client

import (
	"maps"
	"slices"
	"sync"

	"labchat/internal/wire"
)

// memStore is a Store in memory that counts doubles, and fails when told.
type memStore struct {
	mu      sync.Mutex
	pins    map[string]string
	tokens  map[string]wire.Secret
	outbox  []*wire.Receipt
	lines   map[string][]wire.ID   // by room or "@", in the order in which they came
	extents map[string]wire.Extent // by folded room
	joined  []string
	read    map[string]wire.ID
	nodes   map[string]string // by address
	failing error
	mute    error // the outbox can't be read

	unreadable, unwritable error                         // of the pins
	keys                   map[string][]wire.KnownDevice // of people
}

func newMemStore() *memStore {
	return &memStore{
		pins: map[string]string{}, tokens: map[string]wire.Secret{}, nodes: map[string]string{},
		lines: map[string][]wire.ID{}, extents: map[string]wire.Extent{},
	}
}

func (m *memStore) Profile() string { return "0123456789abcdef0123456789abcdef" }

func (m *memStore) Meet(server, node, _ string, _ func(string) bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if had := m.nodes[server]; node != "" && had != "" && had != node {
		return &wire.NodeError{Had: had, Names: node}
	}
	if node != "" {
		m.nodes[server] = node
	}
	return nil
}

func (m *memStore) Renew(server, node, _ string) (left int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing == nil {
		m.nodes[server] = node
	}
	return 0, m.failing
}

// Key, Add, Set and Forget make it KnownServers, too.
func (m *memStore) Key(server string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, known := m.pins[server]
	return key, known, m.unreadable
}

func (m *memStore) Add(server, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unwritable != nil {
		return m.unwritable
	}
	if _, known := m.pins[server]; !known {
		m.pins[server] = key
	}
	return nil
}

func (m *memStore) Set(server, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unwritable == nil {
		m.pins[server] = key
	}
	return m.unwritable
}

func (m *memStore) Forget(server string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.pins, server)
	return nil
}

func (*memStore) String() string { return "the file of known servers" }

func (m *memStore) Token(_, name string) wire.Secret {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tokens[name]
}

func (m *memStore) SetToken(_, name string, t wire.Secret) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing == nil {
		m.tokens[name] = t
	}
	return m.failing
}

func (m *memStore) Queue(lines ...*wire.Receipt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing != nil {
		return m.failing
	}
	for _, l := range lines {
		copied := *l
		m.outbox = append(m.outbox, &copied)
	}
	return nil
}

func (m *memStore) Outbox(as string) ([]*wire.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mute != nil {
		return nil, m.mute
	}
	var lines []*wire.Receipt
	for _, l := range m.outbox {
		if l.State == wire.ReceiptQueued && l.As == as {
			copied := *l
			lines = append(lines, &copied)
		}
	}
	return lines, nil
}

func (m *memStore) Settle(lines ...*wire.Receipt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing != nil {
		return m.failing
	}
	for _, l := range lines {
		if i := slices.IndexFunc(m.outbox, func(o *wire.Receipt) bool { return o.Client == l.Client }); i >= 0 {
			copied := *l
			m.outbox[i] = &copied
		}
	}
	return nil
}

func (m *memStore) Keep(lines []wire.Event, rooms ...wire.Extent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing != nil {
		return m.failing
	}
	for _, e := range lines {
		place, id := "@", wire.ID(0)
		switch e := e.(type) {
		case *wire.Said:
			place, id = e.Room, e.ID
		case *wire.Whispered:
			id = e.ID
		default:
		}
		if !slices.Contains(m.lines[place], id) {
			m.lines[place] = append(m.lines[place], id)
		}
	}
	for _, x := range rooms {
		m.extents[wire.Fold(x.Room)] = x
		m.joined = slices.DeleteFunc(m.joined, func(r string) bool { return wire.Fold(r) == wire.Fold(x.Room) })
		if x.In {
			m.joined = append(m.joined, x.Room)
		}
	}
	return nil
}

// Extent returns what is kept of a room.
func (m *memStore) Extent(room string) wire.Extent {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.extents[wire.Fold(room)]
	x.In = slices.ContainsFunc(m.joined, func(r string) bool { return wire.Fold(r) == wire.Fold(room) })
	return x
}

// has makes the store know all lines of a room up to one.
func (m *memStore) has(room string, last wire.ID) {
	m.extents[wire.Fold(room)] = wire.Extent{Room: room, Since: last, First: last + 1, Last: last}
}

func (m *memStore) LastSeen(room string) wire.ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.extents[wire.Fold(room)].Last
}

func (m *memStore) Joined() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.joined)
}

func (m *memStore) Marks() map[string]wire.ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.read)
}

// Contact and Devices know nobody but those of keys.
func (m *memStore) Contact(user string) (wire.Contact, error) { return wire.Contact{User: user}, nil }

func (m *memStore) Devices(user string) ([]wire.KnownDevice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keys[user], nil
}

// doubts reports whether a line may have arrived, as far as is stored.
func (m *memStore) doubts(id wire.ClientID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.outbox, func(r *wire.Receipt) bool { return r.Client == id && r.InDoubt })
}

// waiting counts the lines that are not settled.
func (m *memStore) waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, l := range m.outbox {
		if l.State == wire.ReceiptQueued {
			n++
		}
	}
	return n
}
