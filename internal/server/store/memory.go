package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Memory is a Store that forgets everything when it is closed: for tests, and
// the measure of what the disk costs. It gives the same answers as SQLite.
type Memory struct {
	belt

	clock func() time.Time
	node  string

	mu       sync.RWMutex // the committer writes, jobs read
	ids      sequence
	accounts map[string]*memAccount
	rooms    map[string]*memRoom
	tokens   map[hub.TokenHash]hub.Token
	keys     map[hub.Key]memKey
	undo     []func() // of the batch under way, newest last
}

type memAccount struct {
	hub.Account

	hash    string
	inbox   []wire.Event // oldest first: *wire.Whispered and *wire.Sealed
	marks   map[string]wire.ID
	devices []wire.Device // oldest first
	visits  []hub.Visit   // likewise
	talked  []hub.Talked  // likewise

	networks map[wire.ID]string // from where what is in the inbox was said
}

type memRoom struct {
	hub.Room

	lines []*wire.Said // oldest first
}

type memKey struct {
	id wire.ID
	at wire.Millis
}

// NewMemory returns an empty store; a nil clock is time.Now.
func NewMemory(clock func() time.Time) *Memory {
	if clock == nil {
		clock = time.Now
	}
	var node [16]byte
	_, _ = rand.Read(node[:]) // never fails
	lobby := &memRoom{Room: hub.Room{Name: wire.Lobby, Made: wire.MillisOf(clock())}}
	return &Memory{
		belt:     newBelt(),
		clock:    clock,
		node:     hex.EncodeToString(node[:]),
		accounts: map[string]*memAccount{},
		rooms:    map[string]*memRoom{wire.Lobby: lobby},
		tokens:   map[hub.TokenHash]hub.Token{},
		keys:     map[hub.Key]memKey{},
	}
}

// Run implements Store.
func (m *Memory) Run(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		select {
		case batch := <-m.in:
			m.commit(batch)
			m.out <- batch
		case <-tick.C:
			m.prune()
		case <-ctx.Done():
			m.rest(m.commit)
			return nil
		}
	}
}

// commit applies a batch wholly or not at all.
func (m *Memory) commit(batch []hub.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ids := wire.MillisOf(m.clock()), m.ids
	m.undo = m.undo[:0]
	for i := range batch {
		if err := m.apply(&batch[i], at); err != nil {
			for _, undo := range slices.Backward(m.undo) {
				undo()
			}
			m.ids = ids
			fail(batch)
			return
		}
	}
}

func (m *Memory) apply(e *hub.Entry, at wire.Millis) error {
	e.ID, e.At = m.ids.next(at), at
	if e.Key != (hub.Key{}) {
		if first, ok := m.keys[e.Key]; ok {
			e.ID, e.At, e.Dup = first.id, first.at, true
			return nil
		}
		put(m, m.keys, e.Key, memKey{e.ID, e.At})
	}
	return m.record(e)
}

// put sets a map's entry and remembers how to take that back.
func put[K comparable, V any](m *Memory, in map[K]V, key K, v V) {
	old, was := in[key]
	m.undo = append(m.undo, func() {
		if was {
			in[key] = old
		} else {
			delete(in, key)
		}
	})
	in[key] = v
}

// drop deletes a map's entry and remembers how to take that back.
func drop[K comparable, V any](m *Memory, in map[K]V, key K) {
	if old, was := in[key]; was {
		m.undo = append(m.undo, func() { in[key] = old })
		delete(in, key)
	}
}

// set changes a value and remembers how to take that back.
func set[V any](m *Memory, at *V, v V) {
	old := *at
	m.undo = append(m.undo, func() { *at = old })
	*at = v
}

// prune forgets keys, tokens and prekeys whose time is over.
func (m *Memory) prune() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := wire.MillisOf(m.clock())
	oldest := oldestKept(now)
	maps.DeleteFunc(m.keys, func(_ hub.Key, k memKey) bool { return k.id < oldest })
	maps.DeleteFunc(m.tokens, func(_ hub.TokenHash, t hub.Token) bool { return t.Expires <= now })
	for _, a := range m.accounts {
		a.Prekeys = a.Prekeys.Fresh(now)
	}
}

// Load implements Store.
func (m *Memory) Load(context.Context) (hub.State, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	st := hub.State{LastID: m.ids.last}
	now := wire.MillisOf(m.clock())
	for _, name := range slices.Sorted(maps.Keys(m.accounts)) {
		a := m.accounts[name]
		account := a.Account
		account.Waiting = len(a.inbox)
		for _, e := range a.inbox {
			item := itemOf(e)
			item.Network = a.networks[item.ID]
			account.Inbox = append(account.Inbox, item)
		}
		account.Prekeys = a.Prekeys.Fresh(now)
		st.Accounts = append(st.Accounts, account)
		for _, room := range slices.Sorted(maps.Keys(a.marks)) {
			st.Marks = append(st.Marks, hub.MarkMoved{Name: name, Room: room, Last: a.marks[room]})
		}
		st.Talked = append(st.Talked, a.talked...)
		st.Visits = append(st.Visits, a.visits...)
		for _, d := range a.devices {
			st.Devices = append(st.Devices, hub.Device{Name: name, Device: d})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.rooms)) {
		r := m.rooms[name]
		room := r.Room
		if n := len(r.lines); n > 0 {
			room.Last = r.lines[n-1].ID
		}
		st.Rooms = append(st.Rooms, room)
	}
	for _, t := range m.tokens {
		if t.Expires > now {
			st.Tokens = append(st.Tokens, t)
		}
	}
	slices.SortFunc(st.Tokens, func(a, b hub.Token) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
	return st, nil
}

// Lines implements Store.
func (m *Memory) Lines(_ context.Context, want hub.ReadLines) (hub.Page, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r := m.rooms[want.Room]
	if r == nil || want.Limit <= 0 {
		return hub.Page{}, nil
	}
	find := func(id wire.ID) int {
		i, _ := slices.BinarySearchFunc(r.lines, id, func(l *wire.Said, id wire.ID) int { return cmp.Compare(l.ID, id) })
		return i
	}
	from, to := find(min(want.After, maxID)+1), len(r.lines)
	if want.Before > 0 {
		to = max(from, find(want.Before))
	}
	page, bound := hub.Page{}, boundOf(want)
	for from < to {
		next := to - 1
		if want.Oldest {
			next = from
		}
		line := r.lines[next]
		if !bound.takes(line) {
			page.More = true
			break
		}
		page.Lines = append(page.Lines, line)
		if want.Oldest {
			from++
		} else {
			to--
		}
	}
	if !want.Oldest {
		slices.Reverse(page.Lines)
	}
	return page, nil
}

// PasswordHash implements Store.
func (m *Memory) PasswordHash(_ context.Context, name string) (string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if a := m.accounts[name]; a != nil {
		return a.hash, nil
	}
	return "", nil
}

// Backup implements Store: there is nothing to copy.
func (m *Memory) Backup(context.Context, string) error { return fmt.Errorf("back up: %w", errNoBackup) }

// Full implements Store.
func (m *Memory) Full() bool { return false }

// Node implements Store.
func (m *Memory) Node() string { return m.node }

// Close implements Store.
func (m *Memory) Close() error { return nil }
