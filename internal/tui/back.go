package tui

import (
	"math"

	"labchat/internal/app"
)

// allLines is to go back to the first line of a conversation.
const allLines = math.MaxInt

// goBack shows so many lines more above those on the screen. Those that are not
// here are fetched, page by page, until somebody scrolls elsewhere.
func (m *Model) goBack(lines int) {
	if at := m.measured(); at != nil {
		at.Past.Back, at.Past.End = lines, true
		m.goOnBack()
	}
}

// goOnBack goes on with that, when something has come or not.
func (m *Model) goOnBack() {
	m.mendEnd()
	if m.Book.Current == nil || m.Book.Current.Past.Back == 0 {
		return
	}
	at := m.measured()
	if at == nil {
		return
	}
	m.goUp(at, m.timeline(at).Above(true))
	if m.mend(at); at.Waits() {
		return
	}
	m.goUp(at, m.timeline(at).Above(false)) // past holes that nobody can mend now
	if at.Past.Back > 0 {
		m.Fetch(at)
	}
	if !at.Waits() {
		at.Past.Back = 0 // there is nothing older, or nobody to ask
	}
}

// goUp goes up by as many of the lines as are wanted.
func (m *Model) goUp(at *app.Place, lines int) {
	lines = min(lines, at.Past.Back)
	if at.Past.Back != allLines {
		at.Past.Back -= lines
	}
	if lines > 0 {
		m.move(at, m.timeline(at).ToEarlier(lines))
	}
}
