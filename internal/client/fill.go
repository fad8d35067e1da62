package client

import "labchat/internal/wire"

// stretch is a part of a room's lines: From to To of the gap.
type stretch struct {
	room *room // nil: none is on its way
	gap  wire.Gap
	sent bool // it was asked for, and not answered yet
}

// holds says whether a line is of the stretch, and whether it is the last one.
func (s *stretch) holds(one *room, id wire.ID) (holds, last bool) {
	holds = one != nil && s.room == one && !s.sent && s.gap.From <= id && id <= s.gap.To
	return holds, holds && id == s.gap.To
}

// fillNext asks for the next lines that are missing on disk, of one room after
// the other. Nobody is shown them: where the screen lacks them it says so, and
// asks when somebody looks.
func (l *loop) fillNext() {
	if l.rooms.fill.room != nil || l.disk.failing || !l.asks.tagged || l.phase < resuming || !l.rooms.again.IsZero() {
		return
	}
	for _, one := range l.rooms.joined() {
		if !one.behind || one.whole || one.short || l.leaves(one.name) {
			continue
		}
		after := max(l.seen(one.name), one.floor, 1)
		if _, err := l.ask(wire.History{Room: one.name, After: after, Limit: wire.MaxHistory}, byFill); err != nil {
			l.cfg.Log.Warn("missing lines not asked for", "err", err)
			return
		}
		l.rooms.fill, one.torn = stretch{room: one, sent: true}, false
		return
	}
}

// filling begins a page of lines that are missing on disk.
func (l *loop) filling(e *wire.Gap) {
	f := &l.rooms.fill
	if f.room == nil {
		return
	}
	f.gap, f.sent = *e, false
	if e.Count == 0 {
		l.filled()
	}
}

// filled ends such a page: all lines up to its last are here.
func (l *loop) filled() {
	one, gap := l.rooms.fill.room, l.rooms.fill.gap
	l.rooms.fill = stretch{}
	if !one.torn {
		l.disk.mark(one.name, gap.To)
	}
	if !one.torn && !gap.More {
		one.behind, one.whole, one.early = false, true, nil
		l.disk.mark(one.name, one.high)
	}
	l.fillNext()
}

// fillRefused asks again later, where that can help.
func (l *loop) fillRefused(e *wire.Refused) {
	one := l.rooms.fill.room
	l.rooms.fill = stretch{}
	switch e.Code {
	case wire.CodeBusy, wire.CodeRate, wire.CodeThrottled, wire.CodeStorage:
		l.askRoomsLater(e.RetryMS)
	default: // the mark stays, and the next session asks
		if one != nil {
			one.short = true
		}
		l.cfg.Log.Warn("missing lines are refused", "code", e.Code, "text", e.Text)
	}
}
