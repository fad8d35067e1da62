package tui

import (
	"slices"

	"labchat/internal/wire"
)

// holeRow is what the rule says where lines are missing.
const holeRow = "lines are missing here: scroll up to fetch them"

// gap follows the word that lines come which were said earlier: those that we
// asked for, or those of a room that was resumed. What is left out of them is
// a hole in the timeline.
func (m *Model) gap(e *wire.Gap) {
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
	switch {
	case e.More && e.Count > 0:
		at.log.Miss(e.From)
	case e.More: // the lines From to To were left out on their way
		at.log.Miss(e.To + 1)
	}
	if mark := max(at.counts.mark, at.log.last()); at == m.book.current && e.Count > 0 && mark != 0 && at.log.firstNews() < 0 {
		at.log.Missed(mark, e.To)
	}
}

// mend asks for the lines of a hole that is on the screen.
func (m *Model) mend(at *place) {
	hole := at.log.Hole()
	if hole == 0 || at.past.asking != "" || !at.joined || !m.link.online() {
		return
	}
	at.past.asking = m.link.do(wire.History{Room: at.name, Before: hole, Limit: page}, errand{about: at, quiet: true, hole: hole})
}

// Miss says that the lines right before an id are missing.
func (t *timeline) Miss(before wire.ID) {
	if !slices.Contains(t.holes, before) {
		t.holes = append(t.holes, before)
	}
}

// Mend makes a hole as small as it is when the lines that e announces are
// there.
func (t *timeline) Mend(hole wire.ID, e *wire.Gap) {
	t.holes = slices.DeleteFunc(t.holes, func(h wire.ID) bool { return h == hole })
	above := t.after(hole-1) - 1
	for above >= 0 && !t.lines[above].spoken() {
		above--
	}
	if e.Count > 0 && e.More && above >= 0 && t.lines[above].key < e.From {
		t.Miss(e.From)
	}
}

// Hole is a hole on the screen, 0 where there is none.
func (t *timeline) Hole() wire.ID {
	if len(t.holes) == 0 {
		return 0
	}
	rows := -t.at.cut
	for i := t.lowest(); i >= 0 && rows < t.drawn.height; i = t.above(i) {
		rows += t.height(i)
		if hole := t.holeAt(i); hole != 0 {
			return hole
		}
	}
	return 0
}

// holeAt is the hole between line i and the one above it, 0 where there is
// none.
func (t *timeline) holeAt(i int) wire.ID {
	if len(t.holes) == 0 {
		return 0
	}
	above := t.above(i)
	if above < 0 {
		return 0 // what lies above the oldest line is fetched anyway
	}
	for _, hole := range t.holes {
		if t.lines[above].key < hole && t.lines[i].key >= hole {
			return hole
		}
	}
	return 0
}
