package private

import (
	"cmp"
	"errors"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

const (
	// maxHeld is how many lines wait for a disk that fails: more than those who
	// wait for a confirmation send.
	maxHeld = 16 * maxFlight
	// oldest is how far back the time of a line may be that the sender says.
	oldest = 30 * 24 * time.Hour
)

// arrivals are lines of others that have come and are not on our disk yet: no one of
// them is shown, or confirmed, before. Owned by loop.
type arrivals struct {
	l     *loop
	round []arrival
}

// arrival is a line of somebody on its way to our disk.
type arrival struct {
	wire.Heard
	p    *path // that it came by; nil: it was sealed
	c    *conversation
	note *wire.Sealed // not nil: that it came in
}

// handle takes a line that has come by a link; it is confirmed when it is on disk. One
// whose text can't be shown is not taken, and its writer is told so.
func (a *arrivals) handle(p *path, m *peer1.Line) {
	_, known := m.Epoch.Bytes()
	if _, afterKnown := m.AfterEpoch.Bytes(); !known || !afterKnown || m.Seq == 0 {
		p.Close(true)
		return
	}
	text, err := wire.CleanText(m.Text, wire.MaxText)
	if err != nil {
		p.say(&peer1.Stop{Epoch: m.Epoch, Seq: m.Seq, Text: whyUnreadable(err)})
		return
	}
	p.c.stir()
	p.stored = lineNumber{m.Epoch, m.Seq}
	h := wire.Heard{Device: p.Key, Epoch: m.Epoch, Seq: m.Seq, After: m.After, AfterEpoch: m.AfterEpoch}
	if m.Epoch == p.epoch {
		h.Low = p.low
	}
	h.Line = a.compose(p.c, m.At, m.After, text, m.Action)
	h.Line.Via.Way, h.Line.Via.Earlier = p.way(), m.Waited
	if a.isFull() {
		p.Close(true) // the disk fails, and the other side does not wait for a word
		return
	}
	a.round = append(a.round, arrival{Heard: h, p: p, c: p.c})
}

// compose makes a line of somebody's words. Their clock is believed within
// reason. A line that does not say what its writer knew stands below all that is
// here; of the others the disk knows where they stand, and the clock decides only
// between what was written without knowing of each other.
func (a *arrivals) compose(c *conversation, at wire.Millis, after *wire.ID, text string, action bool) *wire.Whispered {
	id, now := a.l.stamp()
	if at > now || at < now-wire.Millis(oldest.Milliseconds()) {
		at = now
	}
	if id++; after != nil {
		id = wire.FirstID(min(at, cmp.Or(c.askedAt, at))) + privateShift + 1
	}
	c.askedAt = 0
	return &wire.Whispered{ID: id, At: at, From: c.name, To: a.l.server.me, Kind: c.kind, Action: action, Text: text}
}

// isFull reports whether as many lines wait for a disk that fails as may wait.
func (a *arrivals) isFull() bool { return len(a.round) >= maxHeld }

// save puts what has come on disk, shows what is new of it, and confirms
// it all.
func (a *arrivals) save() {
	if len(a.round) == 0 || a.l.disk.isResting() {
		return
	}
	round := a.round
	heard := make([]wire.Heard, len(round))
	for i := range round {
		heard[i] = round[i].Heard
	}
	fresh, err := a.l.cfg.Store.Hear(heard...)
	if a.l.disk.retry("keep lines", err) {
		return
	}
	a.round = nil
	var taken []wire.ID
	for i := range round {
		a.show(&round[i], fresh[i])
		if n := round[i].note; n != nil {
			taken = append(taken, n.ID)
		}
	}
	if len(taken) > 0 {
		a.l.Tell(wire.Taken{IDs: taken})
	}
}

// show shows a line that is on disk, and confirms it.
func (a *arrivals) show(one *arrival, fresh bool) {
	c := one.c
	switch {
	case !fresh:
		c.noted.doubles++
	case one.Line != nil:
		a.l.last = max(a.l.last, one.Line.ID)
		if h := c.heard; h == nil || h.Device != one.Device || h.Epoch != one.Epoch || h.Seq < one.Seq {
			c.heard = &wire.Heard{Device: one.Device, Epoch: one.Epoch, Seq: one.Seq}
		}
		a.l.emit(one.Line)
	}
	if n := (lineNumber{one.Epoch, one.Seq}); one.p != nil && one.p.stored == n { // the last one of this round
		one.p.say(&peer1.Stored{Epoch: n.epoch, Seq: n.seq})
	}
}

// whyUnreadable is what the writer of a text is told that CleanText refuses.
func whyUnreadable(err error) string {
	if e, ok := errors.AsType[*wire.FrameError](err); ok {
		return e.Text
	}
	return err.Error()
}

// sayRead tells the other side what a person has read of its lines, also of those that
// came before this program was started.
func (c *conversation) sayRead(last wire.ID) {
	p := c.best()
	if _, reading := c.l.cfg.Store.Shares(); p == nil || !reading {
		return
	}
	h, err := c.l.cfg.Store.LastFrom(c.name, last)
	c.l.disk.check("read the newest line", err)
	if h == nil || h.Seq == 0 || h.Device != p.Key || h.Epoch == p.read.epoch && h.Seq <= p.read.seq {
		return
	}
	p.read = lineNumber{h.Epoch, h.Seq}
	p.say(&peer1.Read{Epoch: h.Epoch, Seq: h.Seq})
}

// handleRead marks our lines as read, also those that arrived before this program was
// started.
func (p *path) handleRead(n lineNumber) {
	read, err := p.c.l.cfg.Store.ReadBy(p.Key, n.epoch, n.seq)
	p.c.l.disk.check("note what was read", err)
	for _, r := range read {
		p.c.l.emit(r)
	}
}
