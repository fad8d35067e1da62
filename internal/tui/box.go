package tui

import (
	"strings"

	"labchat/internal/tui/text"
)

// boxed draws a border of w columns around rows, with a title in its top.
func (p *paint) boxed(border ink, title string, rows []string, w int) []string {
	b := p.Border.Box
	inner := max(w-4, 1)
	out := make([]string, 0, len(rows)+2)
	head := text.Truncate(" "+title+" ", max(w-4, 0))
	if title == "" {
		head = ""
	}
	fill := strings.Repeat(b.Top, max(w-3-text.Width(head), 0))
	out = append(out, border.Render(b.TopLeft+b.Top+head+fill+b.TopRight))
	left, right := border.Render(b.Left)+" ", " "+border.Render(b.Right)
	for _, row := range rows {
		out = append(out, left+text.PadRight(row, inner)+right)
	}
	return append(out, border.Render(b.BottomLeft+strings.Repeat(b.Bottom, max(w-2, 0))+b.BottomRight))
}

// veiled puts a box into the middle of a screen of nothing else.
func (p *paint) veiled(box []string, w, h int) []string {
	box = box[:min(len(box), h)]
	inner := 0
	for _, row := range box {
		inner = max(inner, text.Width(row))
	}
	side := max(w-inner, 0)
	left := p.Frame.Veil.Render(strings.Repeat(p.Glyph.Veil, side/2))
	right := p.Frame.Veil.Render(strings.Repeat(p.Glyph.Veil, side-side/2))
	veil := p.Frame.Veil.Render(strings.Repeat(p.Glyph.Veil, w))
	top := (h - len(box)) / 2
	rows := make([]string, 0, h)
	for i := range h {
		if i < top || i >= top+len(box) {
			rows = append(rows, veil)
			continue
		}
		rows = append(rows, left+box[i-top]+right)
	}
	return rows
}
