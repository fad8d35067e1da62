// Package storetest has a store without a disk, for tests of whatever stands on
// one: the server, its clients and the hub. It gives the same answers as
// store.SQLite, which a test of package store holds it to.
package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Memory is a store.Store that forgets everything when it is closed.
type Memory struct {
	in, out chan []hub.Entry // one batch at most, so neither side blocks in a send
	clock   func() time.Time
	node    string

	mu       sync.RWMutex // the committer writes, jobs read
	last     wire.ID      // the newest id
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

// pruneEvery is how often what has expired is forgotten.
const pruneEvery = 6 * time.Hour

// keepKeys is how long a line that is sent again is recognised.
const keepKeys = 30 * 24 * time.Hour

// maxTime is the last millisecond that ids bear, and maxID is beyond all ids:
// SQLite's integers have a sign.
const (
	maxTime wire.Millis = 1<<43 - 1
	maxID   wire.ID     = 1<<63 - 1
)

var (
	errNoBackup = errors.New("a store in memory has nothing to copy to a file")
	errRecord   = errors.New("no such record")
)

// New returns an empty store; a nil clock is time.Now.
func New(clock func() time.Time) *Memory {
	if clock == nil {
		clock = time.Now
	}
	var node [16]byte
	_, _ = rand.Read(node[:]) // never fails
	lobby := &memRoom{Room: hub.Room{Name: wire.Lobby, Made: wire.MillisOf(clock())}}
	return &Memory{
		in:       make(chan []hub.Entry, 1),
		out:      make(chan []hub.Entry, 1),
		clock:    clock,
		node:     hex.EncodeToString(node[:]),
		accounts: map[string]*memAccount{},
		rooms:    map[string]*memRoom{wire.Lobby: lobby},
		tokens:   map[hub.TokenHash]hub.Token{},
		keys:     map[hub.Key]memKey{},
	}
}

// Append implements store.Log.
func (m *Memory) Append(batch []hub.Entry) { m.in <- batch }

// Committed implements store.Log.
func (m *Memory) Committed() <-chan []hub.Entry { return m.out }

// Run implements store.Store.
func (m *Memory) Run(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		select {
		case batch := <-m.in:
			m.Commit(batch)
			m.out <- batch
		case <-tick.C:
			m.Prune()
		case <-ctx.Done():
			select { // what was appended before the end
			case batch := <-m.in:
				m.Commit(batch)
				m.out <- batch
			default:
			}
			return nil
		}
	}
}

// Commit applies a batch wholly or not at all: what Run does with each.
func (m *Memory) Commit(batch []hub.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, last := wire.MillisOf(m.clock()), m.last
	m.undo = m.undo[:0]
	for i := range batch {
		if err := m.apply(&batch[i], at); err != nil {
			for _, undo := range slices.Backward(m.undo) {
				undo()
			}
			m.last = last
			for j := range batch {
				e := &batch[j]
				e.ID, e.At, e.Dup, e.Fail = 0, 0, false, true
			}
			return
		}
	}
}

func (m *Memory) apply(e *hub.Entry, at wire.Millis) error {
	m.last = max(m.last+1, wire.FirstID(min(at, maxTime)))
	e.ID, e.At = m.last, at
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

// Prune forgets keys, tokens and prekeys whose time is over: what Run does now
// and then.
func (m *Memory) Prune() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := wire.MillisOf(m.clock())
	oldest := wire.FirstID(now - wire.Millis(keepKeys.Milliseconds()))
	maps.DeleteFunc(m.keys, func(_ hub.Key, k memKey) bool { return k.id < oldest })
	maps.DeleteFunc(m.tokens, func(_ hub.TokenHash, t hub.Token) bool { return t.Expires <= now })
	for _, a := range m.accounts {
		a.Prekeys = a.Prekeys.Fresh(now)
	}
}

// Load implements store.Store.
func (m *Memory) Load(context.Context) (hub.State, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	st := hub.State{LastID: m.last}
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

// Lines implements store.Store.
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
	page, left := hub.Page{}, cmp.Or(want.Bytes, math.MaxInt)
	for from < to {
		next := to - 1
		if want.Oldest {
			next = from
		}
		line := r.lines[next]
		left -= hub.LineCost(line.Text)
		if n := len(page.Lines); n == want.Limit || n > 0 && left < 0 {
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

// PasswordHash implements store.Store.
func (m *Memory) PasswordHash(_ context.Context, name string) (string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if a := m.accounts[name]; a != nil {
		return a.hash, nil
	}
	return "", nil
}

// Backup implements store.Store: there is nothing to copy.
func (m *Memory) Backup(context.Context, string) error { return fmt.Errorf("back up: %w", errNoBackup) }

// Full implements store.Store.
func (m *Memory) Full() bool { return false }

// Node implements store.Store.
func (m *Memory) Node() string { return m.node }

// Close implements store.Store.
func (m *Memory) Close() error { return nil }
