package tui

import (
	"labchat/internal/text"
)

// A node is a part of the layout tree: a pane, or what stands above or beside
// each other.
type node interface {
	// View returns h rows of w columns.
	View(w, h int) []text.Safe
}

// A share is a node and how much it has of its parent: rows or columns.
type share struct {
	size int
	node
}

// above are parts from the top down.
type above []share

// View draws each part in its rows.
func (parts above) View(w, h int) []text.Safe {
	rows := make([]text.Safe, 0, h)
	for _, s := range parts {
		rows = append(rows, s.View(w, s.size)...)
	}
	return rows
}

// beside are parts from left to right, with a line of one column between them.
type beside struct {
	line  text.Safe
	parts []share
}

// View draws each part in its columns.
func (b beside) View(_, h int) []text.Safe {
	rows := make([]text.Safe, h)
	for n, s := range b.parts {
		for i, row := range s.View(s.size, h) {
			if n > 0 {
				rows[i] += b.line
			}
			rows[i] += row
		}
	}
	return rows
}

// leaf is a part without keys: a rule, blanks.
type leaf func(w, h int) []text.Safe

// View calls it.
func (d leaf) View(w, h int) []text.Safe { return d(w, h) }

// tree puts the panes above and beside each other: the columns stand side by
// side above and below the rule over the composer.
func (m *Model) tree(l layout) node {
	p := m.paint
	line := leaf(func(w, _ int) []text.Safe { return []text.Safe{p.line(w)} })
	var upper, lower []share
	column := func(w int, up, down node) {
		upper, lower = append(upper, share{w, up}), append(lower, share{w, down})
	}
	switch blank := leaf(func(w, h int) []text.Safe { return window(nil, w, h, p) }); {
	case l.narrow && l.list > 0:
		edged := beside{parts: []share{{l.w - edge, roomList{m}}, {edge, blank}}}
		column(l.w, edged, m.bar)
	case l.narrow && l.people > 0:
		column(l.w, sidebar{m}, m.bar)
	default:
		if l.list > 0 {
			column(l.list, roomList{m}, corner{m})
		}
		column(l.main, m.conv, m.bar)
		if l.people > 0 {
			column(l.people, sidebar{m}, blank)
		}
	}
	var parts above
	if l.title {
		parts = append(parts, share{1, titleBar{m, l}})
	}
	if l.title && l.rules && l.narrow {
		parts = append(parts, share{1, line})
	}
	between := p.Frame.Rule.Render(p.Border.V)
	parts = append(parts, share{l.body, beside{between, upper}})
	if l.rules {
		parts = append(parts, share{1, leaf(func(int, int) []text.Safe { return []text.Safe{p.crossRule(upper)} })})
	}
	parts = append(parts, share{l.composer, beside{between, lower}})
	if l.rules {
		parts = append(parts, share{1, line})
	}
	return append(parts, share{1, statusBar{m}})
}

// crossRule is a line below columns, with crossings where the lines between
// them meet it.
func (p *paint) crossRule(columns []share) text.Safe {
	lines := make([]text.Safe, len(columns))
	for i, s := range columns {
		lines[i] = text.Repeat(p.Border.H, s.size)
	}
	return p.Frame.Rule.Render(text.Join(lines, p.Border.Cross))
}
