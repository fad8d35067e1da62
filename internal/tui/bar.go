package tui

import (
	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/app"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// bar is the pane with the composer, or the question in its place. It has the
// focus together with the conversation above it.
type bar struct{ *Model }

// View draws the composer, and a hint below it where there is room for one.
func (m bar) View(w, h int) []text.Safe {
	prompt, hint := m.prompt(w), 0
	if h > 1 && m.composer.Rows(w, prompt) < h {
		hint = 1
	}
	rows := m.composer.View(w, h-hint, prompt, m.popup.ghost)
	if hint > 0 {
		rows = append(rows, m.paint.dim(text.PadRight(m.hint(w), w)))
	}
	return rows
}

// question is the bar while it asks something, and has the focus alone.
type question struct{ *Model }

// View draws the question in the bar.
func (m question) View(w, h int) []text.Safe { return bar{m.Model}.View(w, h) }

// Key answers the question. A secret is any text; y and n, Enter and Esc answer
// another one. No other key does: it ends the question, which was not answered
// with yes, and goes where it would have gone without it.
func (m question) Key(k bubble.Key) {
	c := &m.composer
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
func (m question) Binds(k bubble.Key) bool {
	return bubble.Edits(k.Name) || !m.composer.query.secret && m.keys.does(k) != nil
}

// Writes is a secret, or text that ends the question.
func (m question) Writes() writing {
	if m.composer.query.secret {
		return writesSecret
	}
	return writesText
}

// serverReads is the short form of what a prompt says of a line that the server can
// read.
const serverReads = " (the server reads it)"

// prompt says where a line goes, in as many words as there is room for.
func (m bar) prompt(w int) text.Safe {
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
func (m bar) hint(w int) text.Safe {
	switch {
	case m.popup.hint != "":
		return m.popup.hint
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
func (m bar) waitsFor() text.Safe {
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
