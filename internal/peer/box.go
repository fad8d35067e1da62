package peer

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

// box is what a loop and its callers hand each other.
type box[L any] struct {
	events chan []wire.Event // only the loop sends and closes
	wake   chan struct{}

	mu    *sync.Mutex
	calls []func(L) // for the loop to take
	tags  int
}

func newBox[L any]() box[L] {
	return box[L]{events: make(chan []wire.Event), wake: make(chan struct{}, 1), mu: new(sync.Mutex)}
}

// post hands a call to the loop.
func (b *box[L]) post(call func(L)) {
	b.mu.Lock()
	b.calls = append(b.calls, call)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// taken empties the mailbox.
func (b *box[L]) taken() []func(L) {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := b.calls
	b.calls = nil
	return calls
}

// tag returns a new name for a request.
func (b *box[L]) tag() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tags++
	return "u" + strconv.Itoa(b.tags)
}

// feed is what waits to come out of Events. Owned by a loop.
type feed struct {
	batch   []wire.Event
	last    time.Time // when a batch was handed over
	dropped int       // lines left out of the batch
}

// add appends an event.
func (f *feed) add(e wire.Event) {
	switch e.(type) {
	case *wire.Said, *wire.Whispered, *wire.Called:
		if len(f.batch) >= maxWaiting {
			f.dropped++
			return
		}
	default:
	}
	f.batch = append(f.batch, e)
}

// due says when the batch may be handed over; the zero time is never.
func (f *feed) due() time.Time {
	if len(f.batch) == 0 {
		return time.Time{}
	}
	return f.last.Add(batchEvery)
}

// next is when a batch is due that does not wait for its reader only, or in a
// long time.
func (f *feed) next() time.Time {
	now := time.Now()
	if due := f.due(); due.After(now) {
		return due
	}
	return now.Add(time.Hour)
}

// handed empties the batch after it was handed over.
func (f *feed) handed(now time.Time) {
	dropped := f.dropped
	*f = feed{last: now}
	if dropped > 0 {
		f.add(&wire.Notice{Text: strconv.Itoa(dropped) + " lines are not shown here, for too much came at once."})
	}
}

// mouth is where a batch comes out, nil while none is due.
func (f *feed) mouth(events chan<- []wire.Event) chan<- []wire.Event {
	if due := f.due(); due.IsZero() || time.Now().Before(due) {
		return nil
	}
	return events
}

// lastWords hands over what is left to say, if anybody listens.
func (f *feed) lastWords(events chan<- []wire.Event) {
	if len(f.batch) == 0 {
		return
	}
	timer := time.NewTimer(lastPatience)
	defer timer.Stop()
	select {
	case events <- f.batch:
	case <-timer.C:
	}
}

// newClientID returns a name that no other line has.
func newClientID() wire.ClientID {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return wire.ClientID(hex.EncodeToString(b[:]))
}
