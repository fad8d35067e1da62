package tui

import (
	"strconv"
	"time"

	"labchat/internal/command"
	"labchat/internal/wire"
)

// look takes note that the conversation on the screen is being read.
func (m *Model) look() {
	if at := m.book.current; m.reads(at) {
		m.App.look(at)
	}
}

// keepDraft keeps what is being written in the conversation on the screen.
func (m *Model) keepDraft() {
	if at := m.book.current; at != nil {
		m.App.keepDraft(at, m.composer.Draft())
	}
}

// switchTo goes to another conversation, as somebody asked.
func (m *Model) switchTo(at *place) {
	if at == nil || at == m.book.current {
		return
	}
	m.book.last = m.book.current
	m.moment.guard.missed = ""
	m.show(at)
}

// show puts a conversation on the screen. The one before keeps its draft.
func (m *Model) show(at *place) {
	old := m.book.current
	if old != nil {
		m.keepDraft()
		m.timeline(old).Show(false, 0, 0)
		old.past.back = 0
	}
	m.book.current, at.shown = at, m.paint.now()
	id := at.disk()
	m.keep(func(a Archive) error { return a.SetPlace(id) })
	if old != nil && old == m.book.left {
		m.book.left = nil
		m.book.drop(old)
	}
	g := &m.moment.guard
	g.switched, g.held, g.ready = time.Time{}, false, nil
	m.timeline(at).Show(true, at.counts.mark, at.counts.unread)
	m.composer.Load(at.id, at.draft)
	m.popup.Close()
	m.screen.shown.cover = false
	m.look()
	at.past.end = true
	m.mendEnd()
	m.fetch(at)
	m.inspect()
}

// scroll moves the timeline by rows, as somebody asked.
func (m *Model) scroll(rows int) {
	if at := m.measured(); at != nil {
		at.past.back = 0
		m.move(at, rows)
	}
}

// move moves a timeline by rows, and fetches older lines at its top, and those that
// are missing where somebody goes up. Whoever comes down to a hole is not carried
// past it by lines that come in at its lower end.
func (m *Model) move(at *place, rows int) {
	top := m.timeline(at).Scroll(rows)
	if rows > 0 {
		m.mend(at)
	}
	if top && rows > 0 {
		m.fetch(at)
	}
	m.look()
}

// back shows so many earlier lines, all of them, or a page.
func (m *Model) back(lines string) {
	n, err := strconv.Atoi(lines)
	switch {
	case lines == command.All:
		m.goBack(allLines)
	case err != nil:
		m.scroll(m.pageRows())
	default:
		m.goBack(n)
	}
}

// measured is the conversation on the screen, which knows how much room it has.
func (m *Model) measured() *place {
	at, l := m.book.current, m.layout()
	if at == nil || l.main < 1 {
		return nil
	}
	m.timeline(at).Resize(l.main, timelineRows(l.body))
	return at
}

// pageRows is a page of the timeline: two rows of the page before stay.
func (m *Model) pageRows() int { return max(timelineRows(m.layout().body)-2, 1) }

// reopen shows the conversation of last time, unless a person has asked for
// another one, or has pressed a key and maybe means the one on the screen.
func (m *Model) reopen(id string) {
	switch {
	case id == "" || wire.Fold(id) == m.book.current.id || m.cfg.Room != "" || m.form != nil || m.moment.touched:
	case id[0] == '@':
		if m.link.me != "" { // before the login nobody knows which lines are our own
			m.show(m.book.person(id[1:]))
		}
	default:
		m.show(m.book.room(id[1:]))
	}
}

// mend asks for the lines of a hole that is on the screen.
func (m *Model) mend(at *place) {
	if h := m.timeline(at).Hole(); h != nil && !at.waits() {
		m.fill(at, *h, at.private())
	}
}

// mendEnd asks for what is missing below the newest line on the screen, which
// nobody can scroll to.
func (m *Model) mendEnd() {
	at := m.book.current
	if at == nil || at.waits() || !at.past.end {
		return
	}
	at.past.end = false
	if h := at.log.lowestHole(); h != nil && h.To >= at.log.last() {
		m.fill(at, *h, at.private())
	}
	if at.past.filled && !at.waits() && m.measured() != nil {
		at.past.filled = false
		m.mend(at)
	}
}
