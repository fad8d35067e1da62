package tui

import (
	"strings"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

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
	} else if at.stands == inside {
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

// paste puts what was pasted into the draft. It asks before several lines, and
// after a switch that nobody asked for.
func (m *Model) paste(s string) {
	s = strings.TrimRight(writable(s), "\n")
	lines := 1 + strings.Count(s, "\n")
	if lines == 1 && !m.guarded() {
		m.write(s)
		return
	}
	first, _, _ := strings.Cut(s, "\n")
	m.confirm(text.Sprintf("paste %s, %s, %q into %s?", plural(lines, "line"), plural(len(s), "byte"),
		bubble.CutBytes(first, 8), m.book.current.title()), func() { m.write(s) })
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

// whereIWas goes to the conversation before. On a slow line its key may have
// been Esc and the beginning of a command, which came at once.
func (m *Model) whereIWas() {
	m.switchTo(m.book.last)
	m.moment.guard.slash = m.paint.now()
}

func (m *Model) toNewest() {
	m.timeline(m.book.current).Newest()
	m.book.current.past.back, m.book.current.past.end = 0, true
	m.mendEnd()
	m.look()
}

// toOldest goes to the oldest line that is here, and on to the first of all.
func (m *Model) toOldest() { m.goBack(allLines) }

// toNews goes to the rule above what is new.
func (m *Model) toNews() {
	if at := m.measured(); at == nil || !m.timeline(at).ToRule() {
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

// escape closes what lies over the screen. With nothing there it may stand for
// Alt, where that is set.
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
	m.confirm("quit?", func() { m.order(bubble.OrderQuit) })
}

// quit ends the program; it asks first if lines wait.
func (m *Model) quit() {
	var question text.Safe
	if n := len(m.link.outbox); n > 0 {
		question = plural(n, "line") + " not sent yet; kept on disk for the next time. Quit?"
	}
	m.confirm(question, func() { m.order(bubble.OrderQuit) })
}

// retry connects now.
func (m *Model) retry() {
	if m.link.session == nil || !m.link.lost() {
		m.flash("the connection is there")
		return
	}
	m.link.session.Retry()
	m.flash(flashConnecting)
}

// editServer brings the form back while there is no connection.
func (m *Model) editServer() {
	if !m.link.lost() || m.cfg.Connect == nil {
		m.flash("another server can be chosen when the connection is lost, in a window that began with the form")
		return
	}
	m.ended()
	m.form.back = !m.link.over()
}
