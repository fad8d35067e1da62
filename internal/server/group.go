package server

import (
	"time"

	"labchat/internal/server/hub"
)

// group decides when the entries that have gathered go to the log. Commits
// cost the same for one line as for a hundred, and so does a write to a
// receiver: lines that arrive together should leave together. In a closed loop
// (everybody waits for an answer before the next line) committing at once
// settles into two groups that take turns; so a batch waits until about as
// many entries are there as were on their way at the last commit, but after
// that one went out no longer than half of what its commit and its writes took.
// A lone line never waits.
type group struct {
	pending []hub.Entry
	spare   []hub.Entry // the storage of the last batch
	away    bool        // a batch is with the log
	last    int         // entries of a batch that has just gone out
	want    int         // entries that are worth waiting for
	begun   time.Time   // when the last batch went to the log
	until   time.Time   // the next batch waits no longer
	late    lateTimer
	armed   bool
}

const (
	// minLate and maxLate bound how long a batch waits for the rest of a group:
	// about the time that a round trip and a client take, and what nobody
	// notices.
	minLate = 200 * time.Microsecond
	maxLate = 2 * time.Millisecond
	// maxBatch is how many bytes of lines go to the log at once: what comes back
	// is written in one round, and must fit a receiver's socket and outbox,
	// however much everybody else has sent meanwhile.
	maxBatch = 256 << 10
	// entryOverhead is what a line costs a receiver beside its text.
	entryOverhead = 200
	// wantNum and wantDen are the part of the last group that is waited for:
	// some of its senders may have stopped.
	wantNum, wantDen = 7, 8
)

// isIdle reports whether nothing waits and nothing is under way.
func (g *group) isIdle() bool { return !g.away && len(g.pending) == 0 }

// commit ends a round and appends what has gathered if it is time. batch is
// what came back from the log in this round, nil if nothing did.
func (l *loop) commit(batch []hub.Entry) {
	g := &l.group
	if batch != nil {
		g.takeBack(batch)
		signal(l.inbox.wake) // what came during the writes counts too
		return
	}
	g.measure()
	if g.away || len(g.pending) == 0 {
		return
	}
	if len(g.pending) < g.want && l.stopping.IsZero() {
		if left := time.Until(g.until); left > 0 {
			if !g.armed {
				g.armed = true
				g.late.arm(left)
			}
			return
		}
	}
	if g.armed {
		g.armed = false
		g.late.stop()
	}
	g.away, g.begun = true, time.Now()
	l.store.Append(g.take())
}

// take returns what goes to the log now.
func (g *group) take() []hub.Entry {
	ready, bytes := g.pending, 0
	for i := range ready {
		if bytes += entrySize(ready[i].Record); bytes > maxBatch && i > 0 {
			ready = ready[:i]
			break
		}
	}
	rest := g.pending[len(ready):]
	g.pending, g.spare = append(g.spare, rest...), nil
	clear(rest)
	return ready
}

// entrySize returns about how many bytes a record costs each who is told of it.
func entrySize(r hub.Record) int {
	switch r := r.(type) {
	case hub.Line:
		return entryOverhead + len(r.Text)
	case hub.Whisper:
		return entryOverhead + len(r.Text)
	default:
		return entryOverhead
	}
}

// takeBack notes that a batch came back and has just gone out.
func (g *group) takeBack(batch []hub.Entry) {
	g.away = false
	g.last = len(batch)
	now := time.Now()
	g.until = now.Add(min(max(now.Sub(g.begun)/2, minLate), maxLate))
	clear(batch)
	g.spare = batch[:0]
}

// measure finds out after a batch how large the next one should be.
func (g *group) measure() {
	if g.last > 0 {
		g.want = (g.last + len(g.pending)) * wantNum / wantDen
		g.last = 0
	}
}
