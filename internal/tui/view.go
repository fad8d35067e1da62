package tui

import (
	"labchat/internal/app"
	"labchat/internal/text"
)

// A screen is its size, which panes are wanted, and the frame drawn last.
type screen struct {
	w, h  int
	shown shown
	frame string
	stale bool // something visible has changed since
	asked bool // the terminal was asked for its background
}

// View returns the screen: rows joined by line feeds, the frame before if
// nothing visible has changed.
func (m *Model) View() string {
	if m.screen.stale || m.screen.frame == "" {
		rows := m.draw()
		for i, row := range rows {
			rows[i] = text.Anchor(row, m.screen.w)
		}
		m.screen.frame = string(text.Join(rows, "\n"))
		m.screen.stale = false
	}
	return m.screen.frame
}

// draw returns the rows of the screen: at most its height, none wider than it.
func (m *Model) draw() []text.Safe {
	w, h := m.screen.w, m.screen.h
	if w < 1 || h < 1 {
		return nil
	}
	l := m.layout()
	switch {
	case l.tiny:
		return []text.Safe{text.Truncate("chat-tui wants more room", w)}
	case m.over.open():
		return m.flashed(m.over.View(w, h, m))
	case m.form != nil:
		return m.flashed(m.form.View(w, h))
	}
	return m.compose(l)
}

// flashed puts the flash into the last row of what covers the status row.
func (m *Model) flashed(rows []text.Safe) []text.Safe {
	if m.moment.flash != "" && len(rows) == m.screen.h {
		rows[len(rows)-1] = m.flashRow(m.screen.w)
	}
	return rows
}

func (m *Model) flashRow(w int) text.Safe {
	return m.paint.Frame.Status.Render(text.PadRight(" "+m.moment.flash, w))
}

// layout arranges the screen as it is now.
func (m *Model) layout() layout {
	l := arrange(m.screen.w, m.screen.h, m.screen.shown)
	if l.tiny {
		return l
	}
	s, w := m.screen.shown, l.main
	if l.narrow {
		w = l.w
	}
	s.composer = m.composer.Rows(w, m.prompt(w))
	if m.screen.w >= peopleWidth && m.screen.h >= titleHeight {
		s.composer = max(s.composer, 2) // room for a hint
	}
	return arrange(m.screen.w, m.screen.h, s)
}

// compose puts the panes beside and below each other.
func (m *Model) compose(l layout) []text.Safe {
	p := m.paint
	rows := make([]text.Safe, 0, l.h)
	if l.title {
		rows = append(rows, m.titleRow(l))
	}
	if l.title && l.rules && l.narrow {
		rows = append(rows, p.line(l.w))
	}
	left, right := m.sides(l)
	bar := p.Frame.Rule.Render(p.Border.V)
	beside := func(main []text.Safe) {
		for _, row := range main {
			if l.list > 0 && !l.narrow {
				row = left[0] + bar + row
				left = left[1:]
			}
			if l.people > 0 && !l.narrow {
				row += bar + right[0]
				right = right[1:]
			}
			rows = append(rows, row)
		}
	}
	beside(m.body(l))
	if l.rules {
		rows = append(rows, m.crossRule(l))
		left, right = skipRow(left), skipRow(right)
	}
	if l.narrow {
		l.main = l.w
	}
	beside(m.bar(l))
	if l.rules {
		rows = append(rows, p.line(l.w))
	}
	return append(rows, m.statusRow(l))
}

func skipRow(rows []text.Safe) []text.Safe {
	if len(rows) == 0 {
		return rows
	}
	return rows[1:]
}

// sides draws the columns beside the timeline and the composer.
func (m *Model) sides(l layout) (left, right []text.Safe) {
	if l.narrow {
		return nil, nil
	}
	extra := l.composer
	if l.rules {
		extra++
	}
	if l.list > 0 {
		left = m.rooms(l.list, l.body)
		left = append(left, m.corner(l.list, extra, l.rules)...)
	}
	if l.people > 0 {
		right = window(m.aside(l.people, l.body), l.people, l.body+extra, m.paint)
	}
	return left, right
}

// body draws what stands above the composer: the timeline, with what lies over
// it.
func (m *Model) body(l layout) []text.Safe {
	switch {
	case l.narrow && l.list > 0:
		rows := m.rooms(l.w-edge, l.body)
		for i := range rows {
			rows[i] += text.Repeat(" ", edge)
		}
		return rows
	case l.narrow && l.people > 0:
		return m.aside(l.w, l.body)
	}
	rows := m.conversation(l)
	if m.banner.shown(&m.Link) {
		box, top := m.banner.View(l.main, l.timeline(), m.free(l), m)
		lay(rows, box, l.main, top)
	}
	if m.popup.open() {
		box := m.popup.View(l.main, l.body, m.paint)
		lay(rows, box, l.main, l.body-len(box))
	}
	return rows
}

// free is how many rows of the timeline are empty below its newest line.
func (m *Model) free(l layout) int {
	if at := m.Book.Current; at != nil {
		return m.timeline(at).drawn.free
	}
	return l.timeline()
}

// conversation draws the timeline, and below it who is typing or what was
// scrolled past.
func (m *Model) conversation(l layout) []text.Safe {
	at := m.Book.Current
	if at == nil {
		return window(nil, l.main, l.body, m.paint)
	}
	h := l.timeline()
	rows := m.timeline(at).View(l.main, h)
	m.introduce(at, rows, l.main)
	if h < l.body {
		rows = append(rows, m.footer(at, l.main))
	}
	return rows
}

// footer says who is typing, or how much there is below.
func (m *Model) footer(at *app.Place, w int) text.Safe {
	p := m.paint
	lead := text.Repeat(" ", signColumn(m.timeline(at).drawn.nick)+2) // below the words: names never stand under a sign
	if n := m.timeline(at).Below(); n > 0 {
		return p.Timeline.New.Render(text.PadRight(lead+app.Plural(n, "line")+" below, alt+End goes there", w))
	}
	writers := at.Writers(p.Now())
	if len(writers) == 0 {
		return text.PadRight("", w)
	}
	var verb text.Safe = " is typing"
	if len(writers) > 1 {
		verb = " are typing"
	}
	return p.dim(text.PadRight(lead+app.Crowd(writers)+verb+p.Glyph.More, w))
}

// lay puts a box over rows, in the middle of each and from top on.
func lay(rows, box []text.Safe, w, top int) {
	top = max(0, min(top, len(rows)-len(box)))
	for i, row := range box {
		if top+i < len(rows) {
			rows[top+i] = text.Center(row, w)
		}
	}
}

// bar draws the composer.
func (m *Model) bar(l layout) []text.Safe {
	hint := 0
	if l.composer > 1 && m.composer.Rows(l.main, m.prompt(l.main)) < l.composer {
		hint = 1
	}
	rows := m.composer.View(l.main, l.composer-hint, m.prompt(l.main), m.popup.ghost)
	if hint > 0 {
		rows = append(rows, m.paint.dim(text.PadRight(m.hint(l.main), l.main)))
	}
	return rows
}

// crossRule is the line between the timeline and the composer, with crossings
// where columns meet it.
func (m *Model) crossRule(l layout) text.Safe {
	p := m.paint
	if l.narrow {
		return p.line(l.w)
	}
	h, cross := p.Border.H, p.Border.Cross
	rule := text.Repeat(h, l.main)
	if l.list > 0 {
		rule = text.Repeat(h, l.list) + cross + rule
	}
	if l.people > 0 {
		rule += cross + text.Repeat(h, l.people)
	}
	return p.Frame.Rule.Render(rule)
}
