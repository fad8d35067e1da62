package tui

import (
	"maps"

	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// maxDrawnRows bounds the rows that are kept rendered.
const maxDrawnRows = 2000

// A timeline shows a conversation's lines. It keeps its place when lines arrive
// above or below, renders only what is looked at, and never knows its total
// height.
type timeline struct {
	*app.Log
	at    position
	rule  rule
	drawn cache
	paint *paint
}

func newTimeline(l *app.Log, p *paint) *timeline {
	t := &timeline{Log: l, paint: p}
	l.Watch(&t.at)
	return t
}

// rendered is a line's rows, and what they depend on.
type rendered struct {
	shape   shape
	changes uint32 // of the line
	rows    []text.Safe
}

// cache is how the timeline was last drawn, and the rows of lines.
type cache struct {
	width, height int
	nick          int
	free          int // empty rows below the newest line
	of            map[*app.Line]rendered
	order         []*app.Line // as they were rendered; a line may be there twice
	rows          int
}

// keep remembers the rows of a line, and lets the oldest half go when there
// are too many.
func (c *cache) keep(l *app.Line, r rendered) {
	if c.of == nil {
		c.of = map[*app.Line]rendered{}
	}
	c.rows += len(r.rows) - len(c.of[l].rows)
	c.of[l] = r
	c.order = append(c.order, l)
	if c.rows <= maxDrawnRows && len(c.order) <= maxDrawnRows {
		return
	}
	half := len(c.order) / 2
	for _, old := range c.order[:half] {
		if old != l {
			c.rows -= len(c.of[old].rows)
			delete(c.of, old)
		}
	}
	c.order = append([]*app.Line(nil), c.order[half:]...)
}

// A rule is the line above what is new since somebody last looked. It stands
// above the first line of somebody else: an own one is never news.
type rule struct {
	on    bool
	mark  wire.ID // the newest line that is not new
	count int     // lines that are news,
	upto  wire.ID // or if it is not 0: what is news up to this line
}

// Show puts the timeline on the screen with a rule below mark, or takes it off.
func (t *timeline) Show(on bool, mark wire.ID, count int) {
	t.rule = rule{on: on && count > 0, mark: mark, count: count}
	if !on {
		t.Undraw()
	}
	t.Log.Show(on)
}

// Missed puts a rule below mark, above what was said up to a line while nobody
// could look.
func (t *timeline) Missed(mark, upto wire.ID) { t.rule = rule{on: true, mark: mark, upto: upto} }

// news is how many lines the rule announces.
func (r *rule) news(t *timeline) int {
	if r.upto == 0 {
		return r.count
	}
	n := 0
	for i := t.After(r.mark); i < t.Settled() && t.Lines[i].Key <= r.upto; i++ {
		if t.Lines[i].IsNews() {
			n++
		}
	}
	return n
}

// firstNews is the index of the line that the rule stands above, or -1.
func (t *timeline) firstNews() int {
	if !t.rule.on {
		return -1
	}
	for i := t.After(t.rule.mark); i < t.Settled(); i++ {
		l := t.Lines[i]
		if t.rule.upto != 0 && l.Key > t.rule.upto {
			break
		}
		if l.IsNews() {
			return i
		}
	}
	return -1
}

// Undraw forgets all that was rendered.
func (t *timeline) Undraw() { t.drawn = cache{} }

// Resize says how much room there is.
func (t *timeline) Resize(w, h int) {
	t.drawn.width, t.drawn.height = w, h
	if w < narrowTimeline {
		t.drawn.nick = 0
	} else {
		t.drawn.nick = max(t.drawn.nick, minNick)
	}
}

// timeline is how a conversation is shown.
func (m *conversation) timeline(at *app.Place) *timeline {
	t := m.logs[at]
	if t == nil {
		if m.logs == nil {
			m.logs = map[*app.Place]*timeline{}
		}
		maps.DeleteFunc(m.logs, func(p *app.Place, _ *timeline) bool { return m.Book.ByID[p.ID] != p })
		t = newTimeline(&at.Log, m.paint)
		m.logs[at] = t
	}
	return t
}

// reads reports whether somebody sees the newest line of a conversation.
func (m *conversation) reads(at *app.Place) bool {
	return at == m.Book.Current && m.timeline(at).Below() == 0
}
