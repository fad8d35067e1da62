package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/tui/theme"
)

// The columns of the help: 6 + 2*35 fit into a box of 80. Where the box is
// narrower there is one column.
const (
	helpWidth   = 80
	labelColumn = 6
	cellColumn  = 35
	keyColumn   = 17
)

// openHelp names no command beside a key that is not one here.
func (m *Model) openHelp() {
	table, offer := bindings(), m.Link.Offer
	for i, b := range table {
		if b.word != "" && offer.Takes(string(b.word)) {
			table[i].SetHelp(b.Help().Key+" "+string(b.word), b.Help().Desc)
		}
	}
	m.over = &helpPane{m: m, table: table, offer: offer}
}

// A helpPane shows all keys, commands and signs, printed from their tables.
type helpPane struct {
	m     *Model
	table []binding
	offer command.Offer
	pager bubble.Pager
}

// aboutAlt helps those whose terminal has no alt.
func aboutAlt(offer command.Offer) text.Safe {
	if !offer.Takes("/help") {
		return "Alt does nothing here? Take the other key, or --esc-is-alt."
	}
	return "Alt does nothing here? Take the other key, or /help terminal (esc-is-alt)."
}

// Rows prints the help in rows of at most w columns.
func (h *helpPane) Rows(w int, g theme.Glyph) []text.Safe {
	if w >= labelColumn+2*cellColumn {
		return append(helpRows(h.table, h.offer), legendRows(g, w)...)
	}
	return append(h.narrowRows(w), legendRows(g, w)...)
}

// narrowRows prints keys and commands one below the other.
func (h *helpPane) narrowRows(w int) []text.Safe {
	var rows []text.Safe
	var group text.Safe
	heading := func(s text.Safe) {
		if s != group && group != "" {
			rows = append(rows, "")
		}
		if s != group {
			rows = append(rows, text.Truncate(s, w))
		}
		group = s
	}
	for _, b := range h.table {
		heading(b.group)
		rows = append(rows, explained(text.CleanLine(b.Help().Key), text.CleanLine(b.Help().Desc), w)...)
	}
	rows = append(rows, "")
	rows = append(rows, text.Wrap(aboutAlt(h.offer), w)...)
	for _, e := range command.HelpEntries(h.offer) {
		heading(text.CleanLine(e.Group))
		rows = append(rows, explained(text.CleanLine(e.Signature), text.CleanLine(e.Help), w)...)
	}
	return rows
}

// explained is a word and what it does: beside it if there is room, or below.
func explained(word, does text.Safe, w int) []text.Safe {
	const indent = 2
	column := min(indent+keyColumn, w/2)
	if indent+text.Width(word) < column && w-column >= min(text.Width(does), keyColumn) {
		var rows []text.Safe
		head := text.PadRight(text.Repeat(" ", indent)+word, column)
		for _, row := range text.Wrap(does, w-column) {
			rows = append(rows, head+row)
			head = text.Repeat(" ", column)
		}
		return rows
	}
	rows := text.Wrap(text.Repeat(" ", indent)+word, w)
	return append(rows, text.Wrap(text.Repeat(" ", 2*indent)+does, w)...)
}

// helpRows prints the key table, two bindings a row, and the commands.
func helpRows(table []binding, offer command.Offer) []text.Safe {
	var rows []text.Safe
	for len(table) > 0 {
		label := table[0].group
		n := slices.IndexFunc(table, func(b binding) bool { return b.group != label })
		if n < 0 {
			n = len(table)
		}
		group := make([]key.Binding, n)
		for i, b := range table[:n] {
			group[i] = b.Binding
		}
		for _, row := range bubble.Columns(group, keyColumn, cellColumn) {
			rows = append(rows, text.PadRight(label, labelColumn)+row)
			label = ""
		}
		table = table[n:]
	}
	rows = append(rows, "", aboutAlt(offer), "")
	for _, row := range command.HelpLines(offer) {
		rows = append(rows, text.CleanLine(row))
	}
	return rows
}

// keyNames prints the keys of a binding as people know them, as many as fit.
func keyNames(keys []string) text.Safe {
	if len(keys) > 2 {
		last := keys[len(keys)-1]
		return keyName(keys[0]) + " - " + text.CleanLine(last[len(last)-1:])
	}
	names := keyName(keys[0])
	for _, k := range keys[1:] {
		if more := names + " " + keyName(k); len(more) < keyColumn {
			names = more
		}
	}
	return names
}

func keyName(k string) text.Safe {
	switch k {
	case "enter", "tab", "up", "down", "esc":
		return text.CleanLine(strings.ToUpper(k[:1]) + k[1:])
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	case "f1", "f7", "f8":
		return text.CleanLine(strings.ToUpper(k))
	}
	return text.CleanLine(k)
}

// Key closes the help or moves in it.
func (h *helpPane) Key(k bubble.Key) {
	m := h.m
	switch {
	case h.pager.Key(k):
	case key.Matches(k, helpKeys.close):
		m.over = nil
	case key.Matches(k, helpKeys.quit):
		m.over = nil
		m.quit()
	}
}

// View returns the box with the part of the help that is looked at.
func (h *helpPane) View(w, height int) []text.Safe {
	p := h.m.paint
	width := min(helpWidth, w)
	inner := max(width-4, 1)
	var rows []text.Safe
	for _, row := range h.Rows(inner, p.Glyph) {
		rows = append(rows, text.Wrap(row, inner)...)
	}
	page := h.pager.View(rows, inner, max(height-2, 1))
	var leave, more text.Safe = "F1 or Esc close", "PgDn more"
	if inner < 40 {
		leave, more = "Esc close", "PgDn"
	}
	if h.pager.AtEnd() {
		more = ""
	}
	return p.veiled(p.boxed(p.Frame.Dialog, p.parts(inner-2, "help", leave, more), page, width), w, height)
}

// Binds reports false: it has no key with Alt.
func (*helpPane) Binds(bubble.Key) bool { return false }

// Writes is nothing.
func (*helpPane) Writes() writing { return writesNothing }
