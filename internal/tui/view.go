package tui

import (
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
	case m.over != nil:
		return m.flashed(m.over.View(w, h))
	case m.form != nil:
		return m.flashed(m.form.View(w, h))
	}
	return m.tree(l).View(w, h)
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
	s.composer = m.bar.composer.Rows(w, m.bar.prompt(w))
	if m.screen.w >= peopleWidth && m.screen.h >= titleHeight {
		s.composer = max(s.composer, 2) // room for a hint
	}
	return arrange(m.screen.w, m.screen.h, s)
}

func (m *Model) toggleList() {
	s := &m.screen.shown
	if m.screen.w < narrowWidth {
		s.cover = !s.cover
		return
	}
	s.noList = !s.noList
}

func (m *Model) togglePeople() {
	s := &m.screen.shown
	if m.screen.w < peopleWidth {
		s.overlay = !s.overlay
		return
	}
	s.noPeople = !s.noPeople
}

// escape closes what lies over the screen. With nothing there it may stand for
// Alt, where that is set.
func (m *Model) escape() {
	s := &m.screen.shown
	switch {
	case m.conv.banner.shown(&m.Link):
		m.conv.banner.hidden = true
	case s.cover:
		s.cover = false
	case s.overlay && m.screen.w < peopleWidth:
		s.overlay = false
	case s.peer && m.screen.w < peopleWidth:
		s.peer = false
	default:
		m.moment.escaped = m.paint.Now()
	}
}
