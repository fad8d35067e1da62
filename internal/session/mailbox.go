// Package session is what every conversation with a counterpart has in common,
// be it a server, a registry or another device: a mailbox for what callers ask
// of its loop, and a feed of what has happened for whoever shows it. Neither
// side waits for the other.
package session

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync"

	"labchat/internal/wire"
)

// Box is what a loop and its callers hand each other.
type Box[L any] struct {
	Events chan []wire.Event // only the loop sends and closes
	Wake   chan struct{}     // says that Taken has something

	prefix string // of tags
	mu     sync.Mutex
	calls  []func(L) // for the loop to take
	tags   int
}

// New returns an empty box whose tags begin with prefix. Sessions that are
// wrapped in one another must not share a prefix.
func New[L any](prefix string) *Box[L] {
	return &Box[L]{Events: make(chan []wire.Event), Wake: make(chan struct{}, 1), prefix: prefix}
}

// Post hands a call to the loop.
func (b *Box[L]) Post(call func(L)) {
	b.mu.Lock()
	b.calls = append(b.calls, call)
	b.mu.Unlock()
	select {
	case b.Wake <- struct{}{}:
	default:
	}
}

// Taken empties the mailbox.
func (b *Box[L]) Taken() []func(L) {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := b.calls
	b.calls = nil
	return calls
}

// Tag returns a new name for a request.
func (b *Box[L]) Tag() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tags++
	return b.prefix + strconv.Itoa(b.tags)
}

// NewClientID returns a name that no other line has.
func NewClientID() wire.ClientID {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return wire.ClientID(hex.EncodeToString(b[:]))
}
