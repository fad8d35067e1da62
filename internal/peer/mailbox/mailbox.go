// Package mailbox is what a loop and its callers hand each other: calls on the
// way in, batches of events on the way out. Neither side waits for the other.
package mailbox

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"labchat/internal/wire"
)

const (
	// batchEvery is the least time between two batches: a screen draws no
	// faster.
	batchEvery = 8 * time.Millisecond
	// maxWaiting bounds what waits for a reader of Events that does not keep
	// up; lines that come then are left out, and counted.
	maxWaiting = 8 << 10
	// lastPatience is how long the last batch waits for a reader.
	lastPatience = time.Second
)

// Box is what a loop and its callers hand each other.
type Box[L any] struct {
	Events chan []wire.Event // only the loop sends and closes
	Wake   chan struct{}     // says that Taken has something

	mu    *sync.Mutex
	calls []func(L) // for the loop to take
	tags  int
}

// New returns an empty box.
func New[L any]() Box[L] {
	return Box[L]{Events: make(chan []wire.Event), Wake: make(chan struct{}, 1), mu: new(sync.Mutex)}
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
	return "u" + strconv.Itoa(b.tags)
}

// Feed is what waits to come out of a Box. Owned by a loop.
type Feed struct {
	Batch   []wire.Event
	last    time.Time // when a batch was handed over
	dropped int       // lines left out of the batch
}

// Add appends an event.
func (f *Feed) Add(e wire.Event) {
	switch e.(type) {
	case *wire.Said, *wire.Whispered, *wire.Called:
		if len(f.Batch) >= maxWaiting {
			f.dropped++
			return
		}
	default:
	}
	f.Batch = append(f.Batch, e)
}

// due says when the batch may be handed over; the zero time is never.
func (f *Feed) due() time.Time {
	if len(f.Batch) == 0 {
		return time.Time{}
	}
	return f.last.Add(batchEvery)
}

// Next is when a batch is due that does not wait for its reader only, or in a
// long time.
func (f *Feed) Next() time.Time {
	now := time.Now()
	if due := f.due(); due.After(now) {
		return due
	}
	return now.Add(time.Hour)
}

// Handed empties the batch after it was handed over.
func (f *Feed) Handed(now time.Time) {
	dropped := f.dropped
	*f = Feed{last: now}
	if dropped > 0 {
		f.Add(&wire.Notice{Text: strconv.Itoa(dropped) + " lines are not shown here, for too much came at once."})
	}
}

// Mouth is where a batch comes out, nil while none is due.
func (f *Feed) Mouth(events chan<- []wire.Event) chan<- []wire.Event {
	if due := f.due(); due.IsZero() || time.Now().Before(due) {
		return nil
	}
	return events
}

// LastWords hands over what is left to say, if anybody listens.
func (f *Feed) LastWords(events chan<- []wire.Event) {
	if len(f.Batch) == 0 {
		return
	}
	timer := time.NewTimer(lastPatience)
	defer timer.Stop()
	select {
	case events <- f.Batch:
	case <-timer.C:
	}
}

// NewClientID returns a name that no other line has.
func NewClientID() wire.ClientID {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return wire.ClientID(hex.EncodeToString(b[:]))
}
