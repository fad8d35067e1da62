package tui

import (
	"strings"

	"labchat/internal/tui/command"
	"labchat/internal/tui/text"
)

// The columns of the help: 6 + 2*35 fit into a box of 80.
const (
	helpWidth   = 80
	labelColumn = 6
	cellColumn  = 35
	keyColumn   = 17
)

// An overlay is what lies over the whole screen: one of these, or nothing.
type overlay struct {
	help     *helpPane
	switcher *switcher
	outbox   *outboxView
	verify   *verifyBox
}

func (o *overlay) open() bool { return *o != overlay{} }

func (o *overlay) openHelp(offer command.Offer) {
	*o = overlay{help: &helpPane{rows: helpRows(bindings(), offer)}}
}

// Key gives a key to what is open.
func (o *overlay) Key(m *Model, k key) {
	switch {
	case o.switcher != nil:
		o.switcher.Key(m, k)
	case o.outbox != nil:
		o.outbox.Key(m, k)
	case o.verify != nil:
		o.verify.Key(m, k)
	case o.help != nil:
		o.help.Key(m, k)
	}
}

// View returns at most h rows of w columns.
func (o *overlay) View(w, h int, m *Model) []string {
	switch {
	case o.switcher != nil:
		return o.switcher.View(w, h, m)
	case o.outbox != nil:
		return o.outbox.View(w, h, m)
	case o.verify != nil:
		return o.verify.View(w, h, m.paint)
	default:
		return o.help.View(w, h, m.paint)
	}
}

// A helpPane shows all keys and commands, printed from their tables.
type helpPane struct {
	rows []string
	top  int
	page int
}

// helpRows prints the key table, two bindings a row, and the commands.
func helpRows(table []binding, offer command.Offer) []string {
	var rows []string
	group, left := "", ""
	flush := func() {
		if left != "" {
			rows = append(rows, left)
			left = ""
		}
	}
	for _, b := range table {
		label := ""
		if b.group != group {
			flush()
			label, group = b.group, b.group
		}
		cell := text.PadRight(text.PadRight(b.names(), keyColumn)+b.help, cellColumn)
		if left == "" {
			left = text.PadRight(label, labelColumn) + cell
			continue
		}
		left += cell
		flush()
	}
	flush()
	rows = append(rows, "", "Alt does nothing here? Take the other key, or /help terminal (esc-is-alt).", "")
	for _, row := range command.HelpLines(offer) {
		rows = append(rows, text.CleanLine(row))
	}
	return rows
}

// names prints the keys of a binding, and the command that does the same.
func (b *binding) names() string { return strings.TrimRight(keyNames(b.keys)+" "+b.word, " ") }

// keyNames prints the keys of a binding as people know them, as many as fit.
func keyNames(keys []string) string {
	if len(keys) > 2 {
		last := keys[len(keys)-1]
		return keyName(keys[0]) + " - " + last[len(last)-1:]
	}
	names := keyName(keys[0])
	for _, k := range keys[1:] {
		if more := names + " " + keyName(k); len(more) < keyColumn {
			names = more
		}
	}
	return names
}

func keyName(k string) string {
	switch k {
	case "enter", "tab", "up", "down", "esc":
		return strings.ToUpper(k[:1]) + k[1:]
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	case "f1", "f7", "f8":
		return strings.ToUpper(k)
	}
	return k
}

// Key closes the help or moves in it.
func (h *helpPane) Key(m *Model, k key) {
	switch k.name {
	case "esc", "f1", "enter", "ctrl+c":
		m.over = overlay{}
	case "ctrl+q":
		m.over = overlay{}
		m.quit()
	case "down", "shift+down":
		h.top++
	case "up", "shift+up":
		h.top--
	case "pgdown":
		h.top += h.page
	case "pgup":
		h.top -= h.page
	}
	if k.text == "q" {
		m.over = overlay{}
	}
	if k.text == " " {
		h.top += h.page
	}
}

// View returns the box with the part of the help that is looked at.
func (h *helpPane) View(w, height int, p *paint) []string {
	width := min(helpWidth, w)
	rows := make([]string, 0, len(h.rows))
	for _, row := range h.rows {
		rows = append(rows, text.Wrap(row, max(width-4, 1))...)
	}
	h.page = max(height-2, 1)
	h.top = max(0, min(h.top, len(rows)-h.page))
	end := min(h.top+h.page, len(rows))
	title := "help " + p.Glyph.Dot + " F1 or Esc close"
	if len(rows) > h.page {
		title += " " + p.Glyph.Dot + " PgDn more"
	}
	return p.veiled(p.boxed(p.Frame.Dialog, title, rows[h.top:end], width), w, height)
}
