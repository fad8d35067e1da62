package tui

import (
	"fmt"
	"strings"

	"labchat/internal/tui/command"
	"labchat/internal/wire"
)

// press gives a key to whoever lies uppermost: the form, an overlay, a query,
// the completion; then to the key table, and last to the composer.
func (m *Model) press(k key) {
	m.moment.flash = ""
	k = m.unescape(k)
	switch {
	case m.over.open():
		m.over.Key(m, k)
	case m.form != nil:
		m.formKey(k)
	case m.composer.query != nil:
		m.queryKey(k)
	case m.popup.Key(m, k):
	default:
		m.screenKey(k)
	}
}

// unescape makes Esc and a letter within a second what alt and the letter are,
// for terminals without alt.
func (m *Model) unescape(k key) key {
	now := m.paint.now()
	escaped := now.Sub(m.moment.escaped) < escapeFor
	m.moment.escaped = now.Add(-2 * escapeFor)
	if escaped && !k.paste && len([]rune(k.text)) == 1 {
		return key{name: "alt+" + k.text}
	}
	return k
}

func (m *Model) screenKey(k key) {
	if do := m.keys[k.name]; do != nil {
		do(m)
		return
	}
	if k.paste {
		m.paste(k.text)
		return
	}
	before := m.composer.draft.String()
	if m.composer.Key(k) && m.composer.draft.String() != before {
		m.edited()
	}
}

// write puts text into the draft.
func (m *Model) write(s string) {
	if !m.composer.draft.Insert(s) {
		m.flash("a line holds " + plural(wire.MaxText, "byte") + ": the rest was left out")
	}
	m.edited()
}

// edited follows a change of the draft: completion, typing, keeping.
func (m *Model) edited() {
	m.popup.Follow(m)
	m.tellTyping()
	m.moment.edits++
	m.later(draftPause, paused{m.moment.edits})
}

// paused keeps the draft when nobody has typed for a while, and looks at the
// server that the form names.
func (m *Model) paused(p paused) {
	if p.edits != m.moment.edits {
		return
	}
	if m.form != nil {
		m.probe(true)
		return
	}
	m.keepDraft()
}

// tellTyping tells those who will read it that we are writing, now and then.
func (m *Model) tellTyping() {
	at, now := m.book.current, m.paint.now()
	if at == nil || m.link.me == "" || now.Sub(m.link.typed) < typingPace || !m.reaches(at) {
		return
	}
	line, here := m.composer.draft.String(), m.context()
	if line == "" || command.Destination(line, here) != command.Destination("", here) {
		return // a command, or for somebody else
	}
	m.link.typed = now
	if at.private() {
		m.link.session.Do(wire.Typing{To: at.name})
	} else if at.joined {
		m.link.tell(wire.Typing{Room: at.name})
	}
}

// reaches says whether anybody can be told now that we are typing.
func (m *Model) reaches(at *place) bool {
	switch {
	case m.link.session == nil:
		return false
	case at.private() && at.peer.known && at.peer.path.Way != wire.WayPlain:
		return at.peer.talks()
	default:
		return m.link.online()
	}
}

// paste puts what was pasted into the draft; it asks before several lines.
func (m *Model) paste(s string) {
	s = strings.TrimRight(writable(s), "\n")
	lines := 1 + strings.Count(s, "\n")
	if lines == 1 {
		m.write(s)
		return
	}
	first, _, _ := strings.Cut(s, "\n")
	m.confirm(fmt.Sprintf("paste %s, %s, beginning %q into %s?", plural(lines, "line"), plural(len(s), "byte"),
		cutBytes(first, 20), m.book.current.label), func() { m.write(s) })
}

// queryKey answers what the composer asks.
func (m *Model) queryKey(k key) {
	q := m.composer.query
	switch {
	case k.name == "esc" || k.name == "ctrl+c":
		m.composer.Answer(m, "")
	case q.secret && k.name == "enter":
		m.composer.Answer(m, m.composer.answer.String())
	case q.secret:
		m.composer.Key(k)
	case strings.EqualFold(k.text, "y"):
		m.composer.Answer(m, "y")
	case k.text != "" || k.name == "enter":
		m.composer.Answer(m, "n")
	}
}

// nextUnread goes to what wants to be read most; at the end back to where the
// walk began.
func (m *Model) nextUnread() {
	next := m.book.unread()
	if next == nil {
		back := m.book.origin
		m.book.origin = nil
		if back == nil || back == m.book.current {
			m.flash("nothing unread")
			return
		}
		m.switchTo(back)
		return
	}
	if m.book.origin == nil {
		m.book.origin = m.book.current
	}
	m.switchTo(next)
}

func (m *Model) toNewest() {
	m.book.current.log.Newest()
	m.book.current.past.back, m.book.current.past.end = 0, true
	m.mendEnd()
	m.look()
}

// toOldest goes to the oldest line that is here, and on to the first of all.
func (m *Model) toOldest() { m.goBack(allLines) }

// toNews goes to the rule above what is new.
func (m *Model) toNews() {
	if at := m.measured(); at == nil || !at.log.ToRule() {
		m.flash("nothing new here")
	}
}

// recall walks through the history.
func (m *Model) recall(walk func(*composer)) {
	walk(&m.composer)
	m.popup.Close()
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

// escape closes what lies over the screen; with nothing there it may begin an
// alt key.
func (m *Model) escape() {
	s := &m.screen.shown
	switch {
	case m.banner.shown(&m.link):
		m.banner.hidden = true
	case s.cover:
		s.cover = false
	case s.overlay && m.screen.w < peopleWidth:
		s.overlay = false
	case s.peer && m.screen.w < peopleWidth:
		s.peer = false
	default:
		m.moment.escaped = m.paint.now()
	}
}

// clearOrQuit empties the draft, which ctrl+_ brings back, or asks to quit.
func (m *Model) clearOrQuit() {
	if !m.composer.draft.empty() {
		m.composer.draft.Set("")
		m.popup.Close()
		return
	}
	m.confirm("quit?", func() { m.order(orderQuit) })
}

// quit ends the program; it asks first if lines wait.
func (m *Model) quit() {
	question := ""
	if n := len(m.link.outbox); n > 0 {
		question = plural(n, "line") + " not sent yet; kept on disk for the next time. Quit?"
	}
	m.confirm(question, func() { m.order(orderQuit) })
}

// retry connects now.
func (m *Model) retry() {
	if m.link.session != nil && m.link.lost() {
		m.link.session.Retry()
		m.flash("connecting")
	}
}

// nextTheme changes how the screen looks.
func (m *Model) nextTheme() {
	m.cfg.Theme = m.cfg.Theme.Next()
	*m.paint = *newPaint(m.cfg.Theme, m.paint.now, m.paint.zone)
	m.book.current.log.Undraw()
	m.flash("theme: " + m.cfg.Theme.Name)
}

// editServer brings the form back while there is no connection.
func (m *Model) editServer() {
	if m.link.lost() && m.cfg.Connect != nil {
		m.ended()
	}
}
