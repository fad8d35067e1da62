package tui

import (
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// press gives a key to whoever lies uppermost: the form, an overlay, a query,
// the completion; then to the key table, and last to the composer.
func (m *Model) press(k bubble.Key) {
	m.moment.flash, m.moment.touched = "", true
	k = m.unbound(m.unescape(k))
	m.unseen()
	if m.early(k) {
		return
	}
	m.watch(k)
	m.route(k)
}

// route gives a key to whoever lies uppermost now.
func (m *Model) route(k bubble.Key) {
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

// unescape makes Esc and a letter within a second what Alt and the letter are,
// if that is set: for terminals without Alt.
func (m *Model) unescape(k bubble.Key) bubble.Key {
	now := m.paint.now()
	escaped := m.cfg.EscIsAlt && now.Sub(m.moment.escaped) < escapeFor
	m.moment.escaped = time.Time{}
	if escaped && !k.Paste && len([]rune(k.Text)) == 1 {
		return bubble.Key{Name: "alt+" + strings.ToLower(k.Text), Letter: k.Text}
	}
	return k
}

// unbound says so where a combination with Alt does nothing. Its letter is text
// where text is written: it may have been Esc and a letter, or a layout's own
// way to a sign.
func (m *Model) unbound(k bubble.Key) bubble.Key {
	if !strings.HasPrefix(k.Name, "alt+") || m.binds(k.Name) {
		return k
	}
	switch q := m.composer.query; {
	case k.Letter == "" || m.over.open() && m.over.switcher == nil:
		m.flash(text.CleanLine(k.Name) + " does nothing here")
		return k
	case !m.over.open() && (m.form != nil || q != nil && q.secret): // no part of a secret is shown
		m.flash("this key with Alt does nothing here: what it is without Alt was written")
	default:
		m.flash(text.CleanLine(k.Name) + " does nothing here: " + text.CleanLine(k.Letter) + " was written")
	}
	return bubble.Key{Text: k.Letter}
}

// binds says whether a combination with Alt does something where the keys go
// now.
func (m *Model) binds(name string) bool {
	edits := bubble.Edits(name)
	switch q := m.composer.query; {
	case m.over.open():
		return m.over.outbox != nil && key.Matches(bubble.Key{Name: name}, outboxKeys.close) || m.over.switcher != nil && edits
	case m.form != nil:
		return edits || key.Matches(bubble.Key{Name: name}, formKeys.show)
	case q != nil && q.secret:
		return edits
	}
	return edits || m.keys.does(bubble.Key{Name: name}) != nil
}

func (m *Model) screenKey(k bubble.Key) {
	switch do := m.keys.does(k); {
	case do != nil:
		do(m)
	case k.Paste:
		m.paste(k.Text)
	case k.Text != "":
		m.write(k.Text)
	case m.composer.Key(k):
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

// queryKey answers what the composer asks. A secret is any text; y and n, Enter
// and Esc answer a question. No other key does: it ends the question, which was
// not answered with yes, and goes where it would have gone without it.
func (m *Model) queryKey(k bubble.Key) {
	q := m.composer.query
	switch {
	case q.secret && key.Matches(k, secretKeys.done):
		m.composer.Answer(m, m.composer.answer.String())
	case q.secret && !key.Matches(k, secretKeys.leave):
		m.composer.answer.Key(k)
	case !q.secret && key.Matches(k, questionKeys.yes):
		m.composer.Answer(m, "y")
	case q.secret, key.Matches(k, questionKeys.no, questionKeys.leave):
		m.composer.Answer(m, "")
	default:
		m.composer.Answer(m, "")
		m.route(k)
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

// whereIWas goes to the conversation before. On a slow line its key may have
// been Esc and the beginning of a command, which came at once.
func (m *Model) whereIWas() {
	m.switchTo(m.book.last)
	m.moment.guard.slash = m.paint.now()
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
