package tui

import (
	"strings"

	"labchat/internal/text"
)

// boxed draws a border of w columns around rows, with a title in its top.
func (p *paint) boxed(border ink, title text.Safe, rows []text.Safe, w int) []text.Safe {
	b := p.Border.Box
	rule, left, right := text.Own(b.Top), border.Render(text.Own(b.Left))+" ", " "+border.Render(text.Own(b.Right))
	inner := max(w-4, 1)
	out := make([]text.Safe, 0, len(rows)+2)
	head := text.Truncate(" "+title+" ", max(w-4, 0))
	if title == "" {
		head = ""
	}
	fill := text.Repeat(rule, max(w-3-text.Width(head), 0))
	out = append(out, border.Render(text.Own(b.TopLeft)+rule+head+fill+text.Own(b.TopRight)))
	for _, row := range rows {
		out = append(out, left+text.PadRight(row, inner)+right)
	}
	return append(out, border.Render(text.Own(b.BottomLeft+strings.Repeat(b.Bottom, max(w-2, 0))+b.BottomRight)))
}

// veiled puts a box into the middle of a screen of nothing else.
func (p *paint) veiled(box []text.Safe, w, h int) []text.Safe {
	box = box[:min(len(box), h)]
	inner := 0
	for _, row := range box {
		inner = max(inner, text.Width(row))
	}
	side := max(w-inner, 0)
	left := p.Frame.Veil.Render(text.Repeat(p.Glyph.Veil, side/2))
	right := p.Frame.Veil.Render(text.Repeat(p.Glyph.Veil, side-side/2))
	veil := p.Frame.Veil.Render(text.Repeat(p.Glyph.Veil, w))
	top := (h - len(box)) / 2
	rows := make([]text.Safe, 0, h)
	for i := range h {
		if i < top || i >= top+len(box) {
			rows = append(rows, veil)
			continue
		}
		rows = append(rows, left+box[i-top]+right)
	}
	return rows
}
