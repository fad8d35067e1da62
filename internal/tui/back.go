package tui

import "math"

// allLines is to go back to the first line of a conversation.
const allLines = math.MaxInt

// goBack shows so many lines more above those on the screen. Those that are not
// here are fetched, page by page, until somebody scrolls elsewhere.
func (m *Model) goBack(lines int) {
	if at := m.measured(); at != nil {
		at.past.back, at.past.end = lines, true
		m.goOnBack()
	}
}

// goOnBack goes on with that, when something has come or not.
func (m *Model) goOnBack() {
	m.mendEnd()
	if m.book.current == nil || m.book.current.past.back == 0 {
		return
	}
	at := m.measured()
	if at == nil {
		return
	}
	m.goUp(at, m.timeline(at).Above(true))
	if m.mend(at); at.waits() {
		return
	}
	m.goUp(at, m.timeline(at).Above(false)) // past holes that nobody can mend now
	if at.past.back > 0 {
		m.fetch(at)
	}
	if !at.waits() {
		at.past.back = 0 // there is nothing older, or nobody to ask
	}
}

// goUp goes up by as many of the lines as are wanted.
func (m *Model) goUp(at *place, lines int) {
	lines = min(lines, at.past.back)
	if at.past.back != allLines {
		at.past.back -= lines
	}
	if lines > 0 {
		m.move(at, m.timeline(at).ToEarlier(lines))
	}
}
