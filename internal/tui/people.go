package tui

import (
	"labchat/internal/text"
	"labchat/internal/wire"
)

// people draws who is in the place on the screen. What is not known any more is
// a question mark, not a lie.
func (m sidebar) people(w, h int) []text.Safe {
	at, p := m.book.current, m.paint
	switch {
	case at == nil:
		return window(nil, w, h, p)
	case at.private():
		return window(m.couple(at, w), w, h, p)
	}
	heading := text.Sprintf("PEOPLE %d", at.people.count())
	if at.people.part {
		heading += " known"
	}
	if at.people.stale {
		heading = "PEOPLE at " + p.clock(wire.MillisOf(at.people.at))
	}
	rows := []text.Safe{p.List.Heading.Render(text.PadRight(" "+heading, w))}
	for _, who := range at.people.ordered(at.owner, h) {
		rows = append(rows, m.presenceRow(at, who, w))
	}
	if n := at.people.more; n > 0 {
		rows = append(rows, p.dim(text.PadRight(text.Sprintf(" and %d more", n), w)))
	}
	return window(rows, w, h, p)
}

// couple are the two people of a private conversation.
func (m sidebar) couple(at *place, w int) []text.Safe {
	p := m.paint
	sign, _ := m.badge(at)
	var me text.Safe = "you" // before the login nobody knows more
	if m.link.label != "" {
		me = text.Truncate(m.link.label, w-9-edge) + " (you)"
	}
	return []text.Safe{
		p.List.Heading.Render(text.PadRight(" PEOPLE 2", w)),
		p.List.Row.Render(text.PadRight(" "+sign+" "+text.Truncate(m.book.labelOf(at), w-3-edge), w)),
		p.List.Row.Render(text.PadRight(" "+p.Glyph.Online+" "+me, w)),
	}
}

// presenceRow is one person in a room; who is reached past the server is here
// whatever is known of the server.
func (m sidebar) presenceRow(at *place, who *person, w int) text.Safe {
	p := m.paint
	sign := p.Glyph.Online
	var note text.Safe
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
