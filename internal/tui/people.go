package tui

import (
	"fmt"

	"labchat/internal/tui/text"
)

// people draws who is in the place on the screen. What is not known any more is
// a question mark, not a lie.
func (m *Model) people(w, h int) []string {
	at, p := m.book.current, m.paint
	switch {
	case at == nil:
		return window(nil, w, h, p)
	case at.private():
		return window(m.couple(at, w), w, h, p)
	}
	heading := fmt.Sprintf("PEOPLE %d", at.people.count())
	if at.people.part {
		heading += " known"
	}
	if at.people.stale {
		heading = "PEOPLE at " + at.people.at.In(p.zone).Format("15:04")
	}
	rows := []string{p.List.Heading.Render(text.PadRight(" "+heading, w))}
	for _, who := range at.people.ordered(at.owner, h) {
		rows = append(rows, m.presenceRow(at, who, w))
	}
	if n := at.people.more; n > 0 {
		rows = append(rows, p.dim(text.PadRight(fmt.Sprintf(" and %d more", n), w)))
	}
	return window(rows, w, h, p)
}

// couple are the two people of a private conversation.
func (m *Model) couple(at *place, w int) []string {
	p := m.paint
	sign, _ := m.badge(at)
	me := "you" // before the login nobody knows more
	if m.link.label != "" {
		me = text.Truncate(m.link.label, w-9-edge) + " (you)"
	}
	return []string{
		p.List.Heading.Render(text.PadRight(" PEOPLE 2", w)),
		p.List.Row.Render(text.PadRight(" "+sign+" "+text.Truncate(m.book.labelOf(at), w-3-edge), w)),
		p.List.Row.Render(text.PadRight(" "+p.Glyph.Online+" "+me, w)),
	}
}

// presenceRow is one person in a room; who is reached past the server is here
// whatever is known of the server.
func (m *Model) presenceRow(at *place, who *person, w int) string {
	p := m.paint
	sign, note := p.Glyph.Online, ""
	style := p.List.Row
	switch {
	case who.name == m.link.me:
		note = " (you)"
	case m.book.reached(who.name):
		note = " p2p"
		if who.away != "" {
			sign, style = p.Glyph.Away, p.List.Away
		}
	case at.people.stale:
		sign = p.Glyph.Unknown
	case who.away != "":
		sign, note, style = p.Glyph.Away, " away", p.List.Away
	case who.name == at.owner:
		sign = "@"
	}
	if who.plain && note == "" && !m.cfg.Local {
		note = " plain"
	}
	name := text.Truncate(who.label, w-3-len(note)-edge)
	return style.Render(text.PadRight(" "+sign+" "+name+note, w))
}
