package tui

import (
	"math"
	"strconv"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// allLines is to go back to the first line of a conversation.
const allLines = math.MaxInt

// conversation is the pane with the timeline of a place, and what lies over it:
// the banner and the completions. It owns how places are shown and scrolled. It
// has the focus together with the bar, and takes the keys of the table.
type conversation struct {
	*Model
	logs   map[*app.Place]*timeline // how places are shown
	popup  popup
	banner banner
}

// Key gives a key to the completions, the key table or the draft.
func (m *conversation) Key(k bubble.Key) {
	if m.popup.Key(m.Model, k) {
		return
	}
	switch do := m.keys.does(k); {
	case do != nil:
		do(m.Model)
	case k.Paste:
		m.bar.paste(k.Text)
	case k.Text != "":
		m.bar.write(k.Text)
	case m.bar.composer.Key(k):
		m.bar.edited()
	}
}

// Binds reports whether a key is in the table, or edits.
func (m *conversation) Binds(k bubble.Key) bool {
	return bubble.Edits(k.Name) || m.keys.does(k) != nil
}

// Writes is text for everybody in the place.
func (*conversation) Writes() writing { return writesText }

// View draws the timeline, and below it who is typing or what was scrolled past.
func (m *conversation) View(w, h int) []text.Safe {
	at := m.Book.Current
	if at == nil {
		return window(nil, w, h, m.paint)
	}
	lines := timelineRows(h)
	log := m.timeline(at)
	rows := log.View(w, lines)
	m.introduce(at, rows, w)
	if lines < h {
		rows = append(rows, m.footer(at, w))
	}
	if m.banner.shown(&m.Link) {
		box, top := m.banner.View(w, lines, log.drawn.free, m.Model)
		lay(rows, box, w, top)
	}
	if m.popup.open() {
		box := m.popup.View(w, h, m.paint)
		lay(rows, box, w, h-len(box))
	}
	return rows
}

// footer says who is typing, or how much there is below.
func (m *conversation) footer(at *app.Place, w int) text.Safe {
	p := m.paint
	lead := text.Repeat(" ", signColumn(m.timeline(at).drawn.nick)+2) // below the words: names never stand under a sign
	if n := m.timeline(at).Below(); n > 0 {
		return p.Timeline.New.Render(text.PadRight(lead+words.Plural(n, "line")+" below, alt+End goes there", w))
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

// nextUnread goes to what wants to be read most; at the end back to where the
// walk began.
func (m *conversation) nextUnread() {
	next := m.Book.MostUnread()
	if next == nil {
		back := m.Book.Origin
		m.Book.Origin = nil
		if back == nil || back == m.Book.Current {
			m.flash("nothing unread")
			return
		}
		m.switchTo(back)
		return
	}
	if m.Book.Origin == nil {
		m.Book.Origin = m.Book.Current
	}
	m.switchTo(next)
}

// whereIWas goes to the conversation before. On a slow line its key may have
// been Esc and the beginning of a command, which came at once.
func (m *conversation) whereIWas() {
	m.switchTo(m.Book.Last)
	m.guard.slash = m.paint.Now()
}

func (m *conversation) toNewest() {
	m.timeline(m.Book.Current).Newest()
	m.Book.Current.Past.Back, m.Book.Current.Past.End = 0, true
	m.mendEnd()
	m.look()
}

// toOldest goes to the oldest line that is here, and on to the first of all.
func (m *conversation) toOldest() { m.goBack(allLines) }

// toNews goes to the rule above what is new.
func (m *conversation) toNews() {
	if at := m.measured(); at == nil || !m.timeline(at).ToRule() {
		m.flash("nothing new here")
	}
}

// look takes note that the conversation on the screen is being read.
func (m *conversation) look() {
	if at := m.Book.Current; m.reads(at) {
		m.Look(at)
	}
}

// scroll moves the timeline by rows, as somebody asked.
func (m *conversation) scroll(rows int) {
	if at := m.measured(); at != nil {
		at.Past.Back = 0
		m.move(at, rows)
	}
}

// move moves a timeline by rows, and fetches older lines at its top, and those that
// are missing where somebody goes up. Whoever comes down to a hole is not carried
// past it by lines that come in at its lower end.
func (m *conversation) move(at *app.Place, rows int) {
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
func (m *conversation) back(lines string) {
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
func (m *conversation) measured() *app.Place {
	at, l := m.Book.Current, m.layout()
	if at == nil || l.main < 1 {
		return nil
	}
	m.timeline(at).Resize(l.main, timelineRows(l.body))
	return at
}

// pageRows is a page of the timeline: two rows of the page before stay.
func (m *conversation) pageRows() int { return max(timelineRows(m.layout().body)-2, 1) }

// mend asks for the lines of a hole that is on the screen.
func (m *conversation) mend(at *app.Place) {
	if h := m.timeline(at).Hole(); h != nil && !at.Waits() {
		m.Fill(at, *h, at.IsPrivate())
	}
}

// mendEnd asks for what is missing below the newest line on the screen, which
// nobody can scroll to.
func (m *conversation) mendEnd() {
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

// goBack shows so many lines more above those on the screen. Those that are not
// here are fetched, page by page, until somebody scrolls elsewhere.
func (m *conversation) goBack(lines int) {
	if at := m.measured(); at != nil {
		at.Past.Back, at.Past.End = lines, true
		m.goOnBack()
	}
}

// goOnBack goes on with that, when something has come or not.
func (m *conversation) goOnBack() {
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
func (m *conversation) goUp(at *app.Place, lines int) {
	lines = min(lines, at.Past.Back)
	if at.Past.Back != allLines {
		at.Past.Back -= lines
	}
	if lines > 0 {
		m.move(at, m.timeline(at).ToEarlier(lines))
	}
}
