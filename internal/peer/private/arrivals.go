package private

import (
	"cmp"
	"errors"
	"time"

	"labchat/internal/wire"
)

const (
	// maxHeld is how many lines wait for a disk that fails: more than those who
	// wait for a confirmation send.
	maxHeld = 16 * maxFlight
	// oldest is how far back the time of a line may be that the sender says.
	oldest = 30 * 24 * time.Hour
)

// arrival is a line of somebody on its way to our disk.
type arrival struct {
	wire.Heard
	p    *path // that it came by; nil: it was sealed
	c    *conversation
	note *wire.Sealed // not nil: that it came in
}

// line takes a line that has come; it is confirmed when it is on disk. One whose text
// can't be shown is not taken, and its writer is told so.
func (l *loop) line(p *path, m *wire.PeerLine) {
	_, known := m.Epoch.Bytes()
	if _, afterKnown := m.AfterEpoch.Bytes(); !known || !afterKnown || m.Seq == 0 {
		p.Close(true)
		return
	}
	text, err := wire.CleanText(m.Text, wire.MaxText)
	if err != nil {
		p.say(l, &wire.PeerStop{Epoch: m.Epoch, Seq: m.Seq, Text: whyUnreadable(err)})
		return
	}
	p.c.stir()
	p.stored = lineNumber{m.Epoch, m.Seq}
	h := wire.Heard{Device: p.Key, Epoch: m.Epoch, Seq: m.Seq, After: m.After, AfterEpoch: m.AfterEpoch}
	if m.Epoch == p.epoch {
		h.Low = p.low
	}
	h.Line = l.whispered(p.c, m.At, m.After, text, m.Action)
	h.Line.Via.Way, h.Line.Via.Earlier = p.way(), m.Waited
	if len(l.round) >= maxHeld {
		p.Close(true) // the disk fails, and the other side does not wait for a word
		return
	}
	l.round = append(l.round, arrival{Heard: h, p: p, c: p.c})
}

// whyUnreadable is what the writer of a text is told that CleanText refuses.
func whyUnreadable(err error) string {
	if e, ok := errors.AsType[*wire.FrameError](err); ok {
		return e.Text
	}
	return err.Error()
}

// whispered makes a line of somebody's words. Their clock is believed within
// reason. A line that does not say what its writer knew stands below all that is
// here; of the others the disk knows where they stand, and the clock decides only
// between what was written without knowing of each other.
func (l *loop) whispered(c *conversation, at wire.Millis, after *wire.ID, text string, action bool) *wire.Whispered {
	id, now := l.stamp()
	if at > now || at < now-wire.Millis(oldest.Milliseconds()) {
		at = now
	}
	if id++; after != nil {
		id = wire.FirstID(min(at, cmp.Or(c.askedAt, at))) + privateShift + 1
	}
	c.askedAt = 0
	return &wire.Whispered{ID: id, At: at, From: c.name, To: l.server.me, Kind: c.kind, Action: action, Text: text}
}

// saveHeard puts what has come on disk, shows what is new of it, and confirms
// it all.
func (l *loop) saveHeard() {
	if len(l.round) == 0 || l.disk.isResting() {
		return
	}
	round := l.round
	heard := make([]wire.Heard, len(round))
	for i := range round {
		heard[i] = round[i].Heard
	}
	fresh, err := l.cfg.Store.Hear(heard...)
	if l.disk.retry("keep lines", err) {
		return
	}
	l.round = nil
	var taken []wire.ID
	for i := range round {
		l.arrived(&round[i], fresh[i])
		if n := round[i].note; n != nil {
			taken = append(taken, n.ID)
		}
	}
	if len(taken) > 0 {
		l.Tell(wire.Taken{IDs: taken})
	}
}

// arrived shows a line that is on disk, and confirms it.
func (l *loop) arrived(a *arrival, fresh bool) {
	c := a.c
	switch {
	case !fresh:
		c.noted.doubles++
	case a.Line != nil:
		l.last = max(l.last, a.Line.ID)
		if h := c.heard; h == nil || h.Device != a.Device || h.Epoch != a.Epoch || h.Seq < a.Seq {
			c.heard = &wire.Heard{Device: a.Device, Epoch: a.Epoch, Seq: a.Seq}
		}
		l.emit(a.Line)
	}
	if n := (lineNumber{a.Epoch, a.Seq}); a.p != nil && a.p.stored == n { // the last one of this round
		a.p.say(l, &wire.PeerStored{Epoch: n.epoch, Seq: n.seq})
	}
}

// seen tells the other side what a person has read of its lines, also of those that
// came before this program was started.
func (l *loop) seen(c *conversation, last wire.ID) {
	p := c.best()
	if _, reading := l.cfg.Store.Shares(); p == nil || !reading {
		return
	}
	h, err := l.cfg.Store.LastFrom(c.name, last)
	l.disk.check("read the newest line", err)
	if h == nil || h.Seq == 0 || h.Device != p.Key || h.Epoch == p.read.epoch && h.Seq <= p.read.seq {
		return
	}
	p.read = lineNumber{h.Epoch, h.Seq}
	p.say(l, &wire.PeerRead{Epoch: h.Epoch, Seq: h.Seq})
}

// readBy marks our lines as read, also those that arrived before this program was
// started.
func (l *loop) readBy(p *path, n lineNumber) {
	read, err := l.cfg.Store.ReadBy(p.Key, n.epoch, n.seq)
	l.disk.check("note what was read", err)
	for _, r := range read {
		l.emit(r)
	}
}
