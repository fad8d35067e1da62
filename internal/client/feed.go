package client

import (
	"fmt"
	"time"

	"labchat/internal/wire"
)

const (
	// batchEvery is the least time between two batches: a screen draws no
	// faster.
	batchEvery = 8 * time.Millisecond
	// maxWaiting and maxWaitingText bound what waits for a reader of Events
	// that does not keep up: then the oldest lines go, half of them at a time.
	maxWaiting     = 32 << 10 // events
	maxWaitingText = 16 << 20 // bytes
)

// feed is what waits to come out of Events. Owned by loop.
type feed struct {
	batch []wire.Event
	text  int       // bytes of the lines in batch
	last  time.Time // when a batch was handed over
	most  int       // events before the next thinning, 0: maxWaiting
}

// add appends an event.
func (f *feed) add(e wire.Event) {
	f.batch = append(f.batch, e)
	f.text += textOf(e)
	if len(f.batch) > max(f.most, maxWaiting) || f.text > maxWaitingText {
		f.thin()
	}
}

// due says when the batch may be handed over; the zero time is never.
func (f *feed) due() time.Time {
	if len(f.batch) == 0 {
		return time.Time{}
	}
	return f.last.Add(batchEvery)
}

// handed empties the batch after it was handed over.
func (f *feed) handed(now time.Time) { *f = feed{last: now} }

// thin leaves out the older half of the batch's lines: they are in the archive
// and at the server. Where a room's lines are missing it puts a Gap that says
// so. Of who came and went only the last word of each stays. All other events
// stay: they are answers to what the person did.
func (f *feed) thin() {
	half := len(f.batch) / 2
	t := thinning{gaps: map[string]*wire.Gap{}, last: map[[2]string]int{}, kept: make([]wire.Event, 0, len(f.batch))}
	for i, e := range f.batch[:half] {
		if key, ok := whereabouts(e); ok {
			t.last[key] = i
		}
	}
	for i, e := range f.batch[:half] {
		t.old(i, e)
	}
	if t.private > 0 {
		t.kept = append(t.kept, &wire.Notice{Text: fmt.Sprintf("%d private lines are not shown here, for too much came at once. They are in your archive.", t.private)})
	}
	*f = feed{batch: append(t.kept, f.batch[half:]...), last: f.last}
	for _, e := range f.batch {
		f.text += textOf(e)
	}
	f.most = max(maxWaiting, 2*len(f.batch))
}

// thinning is one pass over the older half.
type thinning struct {
	gaps    map[string]*wire.Gap
	last    map[[2]string]int // where the last word on somebody stands
	kept    []wire.Event
	private int
}

func (t *thinning) old(i int, e wire.Event) {
	switch e := e.(type) {
	case *wire.Said:
		t.said(e)
	case *wire.Whispered:
		t.private++
	case *wire.Typed, *wire.Notice:
	default:
		if key, ok := whereabouts(e); !ok || t.last[key] == i {
			t.kept = append(t.kept, e)
		}
	}
}

func (t *thinning) said(e *wire.Said) {
	g, known := t.gaps[e.Room]
	if !known {
		g = &wire.Gap{Room: e.Room, From: e.ID, More: true}
		t.gaps[e.Room] = g
		t.kept = append(t.kept, g)
	}
	g.From, g.To = min(g.From, e.ID), max(g.To, e.ID)
}

// whereabouts names the person and place that an event is the newest word on.
func whereabouts(e wire.Event) (key [2]string, ok bool) {
	switch e := e.(type) {
	case *wire.Joined:
		return [2]string{e.Room, e.Name}, true
	case *wire.Left:
		return [2]string{e.Room, e.Name}, true
	case *wire.Presence:
		return [2]string{"", e.Name}, true
	default:
		return key, false
	}
}

func textOf(e wire.Event) int {
	switch e := e.(type) {
	case *wire.Said:
		return len(e.Text)
	case *wire.Whispered:
		return len(e.Text)
	default:
		return 0
	}
}
