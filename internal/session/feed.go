package session

import (
	"time"

	"labchat/internal/wire"
)

const (
	// BatchEvery is the least time between two batches: a screen draws no
	// faster.
	BatchEvery = 8 * time.Millisecond
	// maxWaiting and maxWaitingText bound what waits for a reader that does not
	// keep up: events, and bytes of the lines among them. Beyond that the oldest
	// lines are left out.
	maxWaiting     = 8 << 10
	maxWaitingText = 16 << 20
	// lastPatience is how long the last batch waits for a reader.
	lastPatience = time.Second
)

// Feed is what waits to come out of a Box. Owned by a loop.
//
// A reader that does not keep up gets the newest lines, in order. Where older
// ones were left out there is one *wire.Gap a conversation (Gap.LeftOut), and
// the archive has them. What is no line comes out in any case, but of several
// words on the same thing only the last does.
type Feed struct {
	Batch []wire.Event
	text  int       // bytes of the lines in Batch
	last  time.Time // when a batch was handed over
	most  int       // events before the next thinning, 0: maxWaiting
	me    string    // our name before the first event of Batch
}

// Add appends an event.
func (f *Feed) Add(e wire.Event) {
	f.Batch = append(f.Batch, e)
	f.text += TextOf(e)
	if len(f.Batch) > max(f.most, maxWaiting) || f.text > maxWaitingText {
		f.thin()
	}
}

// due says when the batch may be handed over; the zero time is never.
func (f *Feed) due() time.Time {
	if len(f.Batch) == 0 {
		return time.Time{}
	}
	return f.last.Add(BatchEvery)
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

// Output is where a batch comes out, nil while none is due.
func (f *Feed) Output(events chan<- []wire.Event) chan<- []wire.Event {
	if due := f.due(); due.IsZero() || time.Now().Before(due) {
		return nil
	}
	return events
}

// Handed empties the batch after it was handed over.
func (f *Feed) Handed(now time.Time) {
	for _, e := range f.Batch {
		f.me = nameAfter(e, f.me)
	}
	*f = Feed{last: now, me: f.me}
}

// Flush hands over what is left to say, if anybody listens.
func (f *Feed) Flush(events chan<- []wire.Event) {
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

// nameAfter is our own name after an event.
func nameAfter(e wire.Event, me string) string {
	switch e := e.(type) {
	case *wire.LoggedIn:
		return e.Name
	case *wire.Renamed:
		if wire.Fold(e.Old) == wire.Fold(me) {
			return e.Name
		}
	default:
	}
	return me
}

// TextOf is how many bytes of text an event holds that is a line, 0 for others.
func TextOf(e wire.Event) int {
	switch e := e.(type) {
	case *wire.Said:
		return len(e.Text)
	case *wire.Whispered:
		return len(e.Text)
	default:
		return 0
	}
}
