package tui

import (
	"strings"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// write puts text into the draft.
func (m *Model) write(s string) {
	if !m.composer.draft.Insert(s) {
		m.flash("a line holds " + app.Plural(wire.MaxText, "byte") + ": the rest was left out")
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
	at, now := m.Book.Current, m.paint.Now()
	if at == nil || m.Link.Me == "" || now.Sub(m.Link.ToldTyping) < typingPace || !m.reaches(at) {
		return
	}
	line, here := m.composer.draft.String(), m.Context()
	if line == "" || command.Destination(line, here) != command.Destination("", here) {
		return // a command, or for somebody else
	}
	m.Link.ToldTyping = now
	if at.IsPrivate() {
		m.Link.Session.Do(wire.Typing{To: at.Name})
	} else if at.Stands == app.Inside {
		m.Link.Tell(wire.Typing{Room: at.Name})
	}
}

// reaches says whether anybody can be told now that we are typing.
func (m *Model) reaches(at *app.Place) bool {
	switch {
	case m.Link.Session == nil:
		return false
	case at.IsPrivate() && at.Peer.Known && at.Peer.Path.Way != wire.WayPlain:
		return at.Peer.IsTalking()
	default:
		return m.Link.IsOnline()
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
	m.confirm(text.Sprintf("paste %s, %s, %q into %s?", app.Plural(lines, "line"), app.Plural(len(s), "byte"),
		bubble.CutBytes(first, 8), m.Book.Current.Title()), func() { m.write(s) })
}

// nextUnread goes to what wants to be read most; at the end back to where the
// walk began.
func (m *Model) nextUnread() {
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
func (m *Model) whereIWas() {
	m.switchTo(m.Book.Last)
	m.moment.guard.slash = m.paint.Now()
}

func (m *Model) toNewest() {
	m.timeline(m.Book.Current).Newest()
	m.Book.Current.Past.Back, m.Book.Current.Past.End = 0, true
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
	case m.banner.shown(&m.Link):
		m.banner.hidden = true
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
	if n := len(m.Link.Outbox); n > 0 {
		question = app.Plural(n, "line") + " not sent yet; kept on disk for the next time. Quit?"
	}
	m.confirm(question, func() { m.order(bubble.OrderQuit) })
}

// retry connects now.
func (m *Model) retry() {
	if m.Link.Session == nil || !m.Link.IsLost() {
		m.flash("the connection is there")
		return
	}
	m.Link.Session.Retry()
	m.flash(flashConnecting)
}

// editServer brings the form back while there is no connection.
func (m *Model) editServer() {
	if !m.Link.IsLost() || m.cfg.Connect == nil {
		m.flash("another server can be chosen when the connection is lost, in a window that began with the form")
		return
	}
	m.ended()
	m.form.back = !m.Link.HasEnded()
}
