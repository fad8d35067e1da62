package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// bar is the pane with the composer, or the question in its place. It owns what
// is being written, and has the focus together with the conversation above it.
type bar struct {
	*Model
	composer composer
}

// View draws the composer, and a hint below it where there is room for one.
func (m *bar) View(w, h int) []text.Safe {
	prompt, hint := m.prompt(w), 0
	if h > 1 && m.composer.Rows(w, prompt) < h {
		hint = 1
	}
	rows := m.composer.View(w, h-hint, prompt, m.conv.popup.ghost)
	if hint > 0 {
		rows = append(rows, m.paint.dim(text.PadRight(m.hint(w), w)))
	}
	return rows
}

// question is the bar while it asks something, and has the focus alone.
type question struct{ *Model }

// View draws the question in the bar.
func (m *question) View(w, h int) []text.Safe { return m.bar.View(w, h) }

// Key answers the question. A secret is any text; y and n, Enter and Esc answer
// another one. No other key does: it ends the question, which was not answered
// with yes, and goes where it would have gone without it.
func (m *question) Key(k bubble.Key) {
	c := &m.bar.composer
	switch secret := c.query.secret; {
	case secret && key.Matches(k, secretKeys.done):
		c.Answer(m.Model, c.answer.String())
	case secret && !key.Matches(k, secretKeys.leave):
		c.answer.Key(k)
	case !secret && key.Matches(k, questionKeys.yes):
		c.Answer(m.Model, "y")
	case secret, key.Matches(k, questionKeys.no, questionKeys.leave):
		c.Answer(m.Model, "")
	default:
		c.Answer(m.Model, "")
		m.focus().Key(k)
	}
}

// Binds reports whether a key edits a secret, or does what it would do without
// a question.
func (m *question) Binds(k bubble.Key) bool {
	return bubble.Edits(k.Name) || !m.bar.composer.query.secret && m.keys.does(k) != nil
}

// Writes is a secret, or text that ends the question.
func (m *question) Writes() writing {
	if m.bar.composer.query.secret {
		return writesSecret
	}
	return writesText
}

// serverReads is the short form of what a prompt says of a line that the server can
// read.
const serverReads = " (the server reads it)"

// prompt says where a line goes, in as many words as there is room for.
func (m *bar) prompt(w int) text.Safe {
	mark := " " + m.paint.Glyph.Prompt + " "
	to := text.CleanLine(command.Destination(m.composer.draft.String(), m.Context()))
	var long, short text.Safe
	if who := m.receiver(); who != "" {
		long, short = m.privatePrompt(who)
	}
	switch {
	case to == "":
		to = "nowhere"
	case to == "command":
	case m.Link.HasEnded():
		long, short = " (the session has ended)", " (ended)"
	case long != "":
	case text.HasPrefix(to, "#") && m.Book.OutOf(string(to[1:])):
		long, short = " (you are not in it: /join first)", " (not in it)"
	case m.Link.IsLost():
		long, short = " (offline: will be queued)", " (queued)"
	case text.HasPrefix(to, "to ") && m.Link.Status.Direct, text.HasPrefix(to, "#") && m.openly() != "":
		long, short = ", in plain text (readable on the way)", " (plain text)"
	case text.HasPrefix(to, "to "):
		long, short = ", through the server (readable by it)", serverReads
	}
	forms := []text.Safe{to + long, to + short}
	if short != "" && text.HasPrefix(to, "to ") {
		name := "@" + text.TrimSuffix(to[len("to "):], " only")
		forms = append(forms, name+short)
		if short == serverReads {
			forms = append(forms, name+" (srv)") // as in the list
		}
	}
	for _, form := range forms {
		if text.Width(form+mark) <= promptRoom(w) {
			return form + mark
		}
	}
	return text.Truncate(to, max(promptRoom(w)-text.Width(mark), 1)) + mark
}

// hint is the row below the composer, where there is room for one.
func (m *bar) hint(w int) text.Safe {
	switch {
	case m.conv.popup.hint != "":
		return m.conv.popup.hint
	case m.waitsFor() != "":
		return text.Truncate(app.Queued+m.waitsFor(), w)
	case m.cfg.Local && m.cfg.Hint != "" && !m.moment.touched && !m.Company:
		first, ways, _ := text.Cut(text.Clean(m.cfg.Hint), "\n")
		return first + " " + m.paint.parts(w-text.Width(first)-1, text.Split(ways, "\n")...)
	}
	return ""
}

// waitsFor is what the lines in the private conversation on the screen wait
// for.
func (m *bar) waitsFor() text.Safe {
	at := m.Book.Current
	if at == nil || !at.IsPrivate() {
		return ""
	}
	for c := range at.Log.Pending {
		if w := m.Link.Outbox[c]; w.Reason != "" {
			return w.Reason // they all wait for the same
		}
	}
	return ""
}

// write puts text into the draft.
func (m *bar) write(s string) {
	if !m.composer.draft.Insert(s) {
		m.flash("a line holds " + words.Plural(wire.MaxText, "byte") + ": the rest was left out")
	}
	m.edited()
}

// edited follows a change of the draft: completion, typing, keeping.
func (m *bar) edited() {
	m.conv.popup.Follow(m.Model)
	m.tellTyping()
	m.moment.edits++
	m.later(draftPause, paused{m.moment.edits})
}

// tellTyping tells those who will read it that we are writing, now and then.
func (m *bar) tellTyping() {
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
func (m *bar) reaches(at *app.Place) bool {
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
func (m *bar) paste(s string) {
	s = strings.TrimRight(writable(s), "\n")
	lines := 1 + strings.Count(s, "\n")
	if lines == 1 && !m.guard.guarded() {
		m.write(s)
		return
	}
	first, _, _ := strings.Cut(s, "\n")
	m.confirm(text.Sprintf("paste %s, %s, %q into %s?", words.Plural(lines, "line"), words.Plural(len(s), "byte"),
		bubble.CutBytes(first, 8), m.Book.Current.Title()), func() { m.write(s) })
}

// recall walks through the history.
func (m *bar) recall(walk func(*composer)) {
	walk(&m.composer)
	m.conv.popup.Close()
}

// clearOrQuit empties the draft, which ctrl+_ brings back, or asks to quit.
func (m *bar) clearOrQuit() {
	if !m.composer.draft.empty() {
		m.composer.draft.Set("")
		m.conv.popup.Close()
		return
	}
	m.confirm("quit?", func() { m.order(bubble.OrderQuit) })
}

// keepDraft keeps what is being written in the conversation on the screen.
func (m *bar) keepDraft() {
	if at := m.Book.Current; at != nil {
		m.SaveDraft(at, m.composer.Draft())
	}
}

// remember adds a line that was typed here to the history that it belongs to,
// here and on disk.
func (m *bar) remember(line string) {
	id := m.Book.Current.ID
	if who := command.Names(line, m.Context()); who != "" {
		id = app.PersonID(who)
	}
	id = wire.Fold(id)
	m.composer.historyOf(id).add(line)
	m.composer.here.leave()
	m.Keep(func(a app.Archive) error { return a.AddInput(id, line) })
}

// recallable adds a line that was refused to the history of the conversation
// where it was typed, to be mended. It is not kept on disk: what is no command
// may be a mistyped password.
func (m *bar) recallable(at *app.Place, line string) {
	if at != nil && line != "" {
		m.composer.historyOf(at.ID).add(line)
	}
}

// writing says whether going to another conversation would tear apart what is
// being written or asked.
func (m *bar) writing() bool { return m.composer.query != nil || !m.composer.draft.empty() }
