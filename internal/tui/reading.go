package tui

import (
	"strconv"
	"time"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/wire"
)

// look takes note that the conversation on the screen is being read.
func (m *Model) look() {
	if at := m.Book.Current; m.reads(at) {
		m.App.Look(at)
	}
}

// keepDraft keeps what is being written in the conversation on the screen.
func (m *Model) keepDraft() {
	if at := m.Book.Current; at != nil {
		m.App.SaveDraft(at, m.composer.Draft())
	}
}

// switchTo goes to another conversation, as somebody asked.
func (m *Model) switchTo(at *app.Place) {
	if at == nil || at == m.Book.Current {
		return
	}
	m.Book.Last = m.Book.Current
	m.moment.guard.missed = ""
	m.show(at)
}

// show puts a conversation on the screen. The one before keeps its draft.
func (m *Model) show(at *app.Place) {
	old := m.Book.Current
	if old != nil {
		m.keepDraft()
		m.timeline(old).Show(false, 0, 0)
		old.Past.Back = 0
	}
	m.Book.Current, at.ShownAt = at, m.paint.Now()
	id := at.DiskID()
	m.Keep(func(a app.Archive) error { return a.SetPlace(id) })
	if old != nil && old == m.Book.Left {
		m.Book.Left = nil
		m.Book.Drop(old)
	}
	g := &m.moment.guard
	g.switched, g.held, g.ready = time.Time{}, false, nil
	m.timeline(at).Show(true, at.Counts.Mark, at.Counts.Unread)
	m.composer.Load(at.ID, at.Draft)
	m.popup.Close()
	m.screen.shown.cover = false
	m.look()
	at.Past.End = true
	m.mendEnd()
	m.Fetch(at)
	m.inspect()
}

// scroll moves the timeline by rows, as somebody asked.
func (m *Model) scroll(rows int) {
	if at := m.measured(); at != nil {
		at.Past.Back = 0
		m.move(at, rows)
	}
}

// move moves a timeline by rows, and fetches older lines at its top, and those that
// are missing where somebody goes up. Whoever comes down to a hole is not carried
// past it by lines that come in at its lower end.
func (m *Model) move(at *app.Place, rows int) {
	top := m.timeline(at).Scroll(rows)
	if rows > 0 {
		m.mend(at)
	}
	if top && rows > 0 {
		m.Fetch(at)
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
func (m *Model) measured() *app.Place {
	at, l := m.Book.Current, m.layout()
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
	case id == "" || wire.Fold(id) == m.Book.Current.ID || m.cfg.Room != "" || m.form != nil || m.moment.touched:
	case id[0] == '@':
		if m.Link.Me != "" { // before the login nobody knows which lines are our own
			m.show(m.Book.Person(id[1:]))
		}
	default:
		m.show(m.Book.Room(id[1:]))
	}
}

// mend asks for the lines of a hole that is on the screen.
func (m *Model) mend(at *app.Place) {
	if h := m.timeline(at).Hole(); h != nil && !at.Waits() {
		m.Fill(at, *h, at.IsPrivate())
	}
}

// mendEnd asks for what is missing below the newest line on the screen, which
// nobody can scroll to.
func (m *Model) mendEnd() {
	at := m.Book.Current
	if at == nil || at.Waits() || !at.Past.End {
		return
	}
	at.Past.End = false
	if h := at.Log.LowestHole(); h != nil && h.To >= at.Log.Last() {
		m.Fill(at, *h, at.IsPrivate())
	}
	if at.Past.Filled && !at.Waits() && m.measured() != nil {
		at.Past.Filled = false
		m.mend(at)
	}
}
