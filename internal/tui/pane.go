package tui

import (
	"strings"
	"time"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
)

// A pane is a part of the screen. One of them has the focus: the root gives it
// the keys, and the layout tree draws it.
type pane interface {
	// Key takes a key while the pane has the focus.
	Key(k bubble.Key)
	// View returns h rows of w columns.
	View(w, h int) []text.Safe
	// Binds reports whether a key does something here beside writing text.
	Binds(k bubble.Key) bool
	// Writes is what becomes of text here.
	Writes() writing
}

// writing is what becomes of text that is typed into a pane.
type writing uint8

const (
	writesNothing writing = iota
	writesText
	writesSecret // no part of it is shown elsewhere
)

// focus is the pane that takes the keys: what lies uppermost.
func (m *Model) focus() pane {
	switch {
	case m.over != nil:
		return m.over
	case m.form != nil:
		return m.form
	case m.bar.composer.query != nil:
		return &question{m}
	default:
		return m.conv
	}
}

// press gives a key to the pane with the focus, unless it was on its way when
// that came up.
func (m *Model) press(k bubble.Key) {
	m.moment.flash, m.moment.touched = "", true
	k = m.unbound(m.unescape(k))
	m.guard.unseen()
	if m.guard.early(k) {
		return
	}
	m.guard.watch(k)
	m.focus().Key(k)
}

// unescape makes Esc and a letter within a second what Alt and the letter are,
// if that is set: for terminals without Alt.
func (m *Model) unescape(k bubble.Key) bubble.Key {
	now := m.paint.Now()
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
	at := m.focus()
	if !strings.HasPrefix(k.Name, "alt+") || at.Binds(k) {
		return k
	}
	switch writes := at.Writes(); {
	case k.Letter == "" || writes == writesNothing:
		m.flash(text.CleanLine(k.Name) + " does nothing here")
		return k
	case writes == writesSecret:
		m.flash("this key with Alt does nothing here: what it is without Alt was written")
	default:
		m.flash(text.CleanLine(k.Name) + " does nothing here: " + text.CleanLine(k.Letter) + " was written")
	}
	return bubble.Key{Text: k.Letter}
}
