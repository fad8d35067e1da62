package tui

import (
	"context"
	"slices"

	"labchat/internal/wire"
)

// A hole is where lines of a timeline are missing.
type hole struct {
	before wire.ID // right before this line, which need not be there
	from   wire.ID // the first that is missing, if only the archive can have them; 0: not known
	lost   bool    // nobody has them any more
}

// label is what the rule says where lines are missing.
func (h *hole) label() string {
	if h.lost {
		return lostRow
	}
	return holeRow
}

const (
	holeRow = "lines are missing here: scroll up to fetch them"
	lostRow = "lines are missing here, which nobody has kept"
)

// gap follows the word that lines come which were said earlier: those that we
// asked for, or those of a room that was resumed. What is left out of them is
// a hole in the timeline.
func (m *Model) gap(e *wire.Gap) {
	if e.LeftOut() {
		m.leftOut(e)
		return
	}
	ask := m.link.errand(e.Re.Re)
	at := m.book.byID[roomID(e.Room)]
	switch {
	case ask.about != nil && ask.hole != 0:
		ask.about.past.asking = ""
		ask.about.log.Mend(ask.hole, e)
	case ask.about != nil:
		ask.about.past.asking = ""
		ask.about.past.server = e.Count == 0
	case at != nil:
		m.missed(at, e)
	}
}

// missed notes which lines of a room were said while we were not there.
func (m *Model) missed(at *place, e *wire.Gap) {
	if e.More && e.Count > 0 {
		at.log.Miss(hole{before: e.From})
	}
	if mark := max(at.counts.mark, at.log.last()); at == m.book.current && e.Count > 0 && mark != 0 && at.log.firstNews() < 0 {
		at.log.Missed(mark, e.To)
	}
}

// leftOut notes which lines of a conversation have come while the screen did
// not keep up. They are news like all others.
func (m *Model) leftOut(e *wire.Gap) {
	var at *place
	switch {
	case e.With != "" && m.link.ignores(e.With):
		return
	case e.With != "":
		at = m.book.person(e.With)
	default:
		at = m.book.room(e.Room)
	}
	at.log.Miss(hole{before: e.To + 1, from: e.From})
	at.past.end = true
	if e.To > at.counts.mark && (at != m.book.current || at.log.Below() > 0) {
		at.counts.unread += e.Out
	}
}

// missedBefore notes where the archive may lack lines: it has all up to one, and
// what is newer may have come while its disk was full.
func (m *Model) missedBefore(at *place, o older) {
	if at.private() || o.seen == 0 || len(o.events) == 0 {
		return
	}
	below := at.log.first()
	for _, e := range slices.Backward(o.events) {
		line, ok := e.(*wire.Said)
		if !ok {
			return
		}
		if line.ID <= o.seen {
			if below > o.seen {
				at.log.Miss(hole{before: below, from: o.seen + 1})
			}
			return
		}
		below = line.ID
	}
}

// mend asks for the lines of a hole that is on the screen.
func (m *Model) mend(at *place) {
	if h := at.log.Hole(); h != nil && at.past.asking == "" {
		m.fill(at, h.before, at.private())
	}
}

// mendEnd asks for what is missing below the newest line on the screen, which
// nobody can scroll to.
func (m *Model) mendEnd() {
	at := m.book.current
	if at == nil || at.past.asking != "" || !at.past.end {
		return
	}
	at.past.end = false
	if h := at.log.lowestHole(); h != nil && h.before > at.log.last() {
		m.fill(at, h.before, at.private())
	}
}

// fill asks for the lines of a hole: the archive, where it has all of them or
// nobody else can, else the server.
func (m *Model) fill(at *place, before wire.ID, only bool) {
	h := at.log.holeBefore(before)
	if h == nil || h.lost {
		return
	}
	if m.link.archive == nil {
		m.fillFromServer(at, before)
		return
	}
	at.past.asking = askingArchive
	id, name, one, archive := at.id, at.name, *h, m.link.archive
	m.start(func(context.Context) any {
		f := filling{place: id, hole: one, known: only || archive.LastSeen(name) >= one.before-1}
		if f.known {
			f.events, f.err = archive.Recent(id, one.before, page)
			f.full = len(f.events) == page
		}
		return f
	})
}

func (m *Model) fillFromServer(at *place, before wire.ID) {
	if at.stands == inside && m.link.online() && !at.private() {
		at.past.asking = m.link.do(wire.History{Room: at.name, Before: before, Limit: page}, errand{about: at, quiet: true, hole: before})
	}
}

// filled puts in what the archive had of a hole, and goes on where that is not
// all of it.
func (m *Model) filled(f filling) {
	at := m.book.byID[f.place]
	if at == nil {
		return
	}
	at.past.asking = ""
	if !f.known {
		m.fillFromServer(at, f.hole.before)
		return
	}
	h := at.log.holeBefore(f.hole.before)
	if h == nil {
		return
	}
	switch {
	case f.err != nil: // whoever scrolls here again tries again
		at.past.back = 0
		m.note(at, "missing lines can't be read from the disk: "+cleanError(f.err))
		return
	case len(f.events) == 0:
		h.lost = true
		return
	}
	oldest := f.hole.before
	switch e := f.events[0].(type) {
	case *wire.Said:
		oldest = e.ID
	case *wire.Whispered:
		oldest = e.ID
	default: // the archive keeps no others
	}
	at.log.Close(f.hole.before)
	unread := at.counts.unread // they were counted when they were left out
	m.putIn(at, f.events)
	at.counts.unread = min(at.counts.unread, unread)
	if f.full && oldest > f.hole.from {
		at.log.Miss(hole{before: oldest, from: f.hole.from})
	}
	m.goOnBack()
}

// Miss says that lines are missing.
func (t *timeline) Miss(h hole) {
	if known := t.holeBefore(h.before); known != nil {
		known.from = min(known.from, h.from)
		return
	}
	t.holes = append(t.holes, h)
}

// Close takes away the hole before an id.
func (t *timeline) Close(before wire.ID) {
	t.holes = slices.DeleteFunc(t.holes, func(h hole) bool { return h.before == before })
}

// Mend makes a hole as small as it is when the lines that e announces are
// there.
func (t *timeline) Mend(before wire.ID, e *wire.Gap) {
	t.Close(before)
	above := t.after(before-1) - 1
	for above >= 0 && !t.lines[above].spoken() {
		above--
	}
	if e.Count > 0 && e.More && above >= 0 && t.lines[above].key < e.From {
		t.Miss(hole{before: e.From})
	}
}

// Hole is a hole on the screen that can be mended, nil where there is none.
func (t *timeline) Hole() *hole {
	if len(t.holes) == 0 {
		return nil
	}
	rows := -t.at.cut
	for i := t.lowest(); i >= 0 && rows < t.drawn.height; i = t.above(i) {
		rows += t.height(i)
		if h := t.holeAt(i); h != nil && !h.lost {
			return h
		}
	}
	return nil
}

// lowestHole is the last one that can be mended, nil where there is none.
func (t *timeline) lowestHole() *hole {
	var lowest *hole
	for i := range t.holes {
		if h := &t.holes[i]; !h.lost && (lowest == nil || h.before > lowest.before) {
			lowest = h
		}
	}
	return lowest
}

// holeBefore is the hole right before an id, nil where there is none.
func (t *timeline) holeBefore(id wire.ID) *hole {
	for i := range t.holes {
		if t.holes[i].before == id {
			return &t.holes[i]
		}
	}
	return nil
}

// holeAt is the hole between line i and the one above it, nil where there is
// none.
func (t *timeline) holeAt(i int) *hole {
	if len(t.holes) == 0 {
		return nil
	}
	above := t.above(i)
	if above < 0 {
		return nil // what lies above the oldest line is fetched anyway
	}
	for j := range t.holes {
		if h := &t.holes[j]; t.lines[above].key < h.before && t.lines[i].key >= h.before {
			return h
		}
	}
	return nil
}
