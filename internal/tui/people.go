package tui

import (
	"labchat/internal/app"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// people draws who is in the place on the screen. What is not known any more is
// a question mark, not a lie.
func (m sidebar) people(w, h int) []text.Safe {
	at, p := m.Book.Current, m.paint
	switch {
	case at == nil:
		return window(nil, w, h, p)
	case at.IsPrivate():
		return window(m.couple(at, w), w, h, p)
	}
	heading := text.Sprintf("PEOPLE %d", at.People.Count())
	if at.People.Part {
		heading += " known"
	}
	if at.People.Stale {
		heading = "PEOPLE at " + p.HourMinute(wire.MillisOf(at.People.At))
	}
	rows := []text.Safe{p.List.Heading.Render(text.PadRight(" "+heading, w))}
	for _, who := range at.People.Ordered(at.Owner, h) {
		rows = append(rows, m.presenceRow(at, who, w))
	}
	if n := at.People.More; n > 0 {
		rows = append(rows, p.dim(text.PadRight(text.Sprintf(" and %d more", n), w)))
	}
	return window(rows, w, h, p)
}

// couple are the two people of a private conversation.
func (m sidebar) couple(at *app.Place, w int) []text.Safe {
	p := m.paint
	sign, _ := m.badge(at)
	var me text.Safe = "you" // before the login nobody knows more
	if m.Link.Label != "" {
		me = text.Truncate(m.Link.Label, w-9-edge) + " (you)"
	}
	return []text.Safe{
		p.List.Heading.Render(text.PadRight(" PEOPLE 2", w)),
		p.List.Row.Render(text.PadRight(" "+sign+" "+text.Truncate(m.Book.LabelOf(at), w-3-edge), w)),
		p.List.Row.Render(text.PadRight(" "+p.Glyph.Online+" "+me, w)),
	}
}

// presenceRow is one person in a room; who is reached past the server is here
// whatever is known of the server.
func (m sidebar) presenceRow(at *app.Place, who *app.Person, w int) text.Safe {
	p := m.paint
	sign := p.Glyph.Online
	var note text.Safe
	style := p.List.Row
	switch {
	case who.Name == m.Link.Me:
		note = " (you)"
	case m.Book.Reached(who.Name):
		note = " p2p"
		if who.Away != "" {
			sign, style = p.Glyph.Away, p.List.Away
		}
	case at.People.Stale:
		sign = p.Glyph.Unknown
	case who.Away != "":
		sign, note, style = p.Glyph.Away, " away", p.List.Away
	case who.Name == at.Owner:
		sign = "@"
	}
	if who.Plain && note == "" && !m.cfg.Local {
		note = " plain"
	}
	name := text.Truncate(who.Label, w-3-len(note)-edge)
	return style.Render(text.PadRight(" "+sign+" "+name+note, w))
}
