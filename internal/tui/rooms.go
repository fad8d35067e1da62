package tui

import (
	"slices"

	"labchat/internal/app"
	"labchat/internal/text"
)

// roomList is the pane with the conversations.
type roomList struct{ *Model }

// View draws them: rooms, then people, with what waits in each of them. Where
// there is no room for all, those that want to be read stay, and people before
// rooms that are quiet.
func (m roomList) View(w, h int) []text.Safe {
	b, p := &m.Book, m.paint
	rows := make([]text.Safe, 0, h)
	rows = append(rows, p.List.Heading.Render(spread(w, "ROOMS", keyHint(w))))
	forRooms, forPersons, gap := shares(len(b.Rooms), len(b.Persons), h-1)
	draw := func(places []*app.Place, n, first int, row func(at *app.Place, number text.Safe) text.Safe) {
		s := shorten(places, b.Current, n)
		if s.above > 0 {
			rows = append(rows, p.elsewhere(p.Glyph.Above, s.above, w))
		}
		for _, i := range s.shown {
			rows = append(rows, row(places[i], number(first+i)))
		}
		switch {
		case s.below > 0:
			rows = append(rows, p.elsewhere(p.Glyph.Below, s.below, w))
		case s.quiet > 0:
			rows = append(rows, p.dim(text.PadRight(text.Sprintf("   %s %d more", p.Glyph.More, s.quiet), w)))
		}
	}
	draw(b.Rooms, forRooms, 1, func(at *app.Place, number text.Safe) text.Safe { return roomRow(at, number, at == b.Current, w, p) })
	if forPersons > 0 {
		if gap {
			rows = append(rows, text.PadRight("", w))
		}
		rows = append(rows, p.List.Heading.Render(text.PadRight("PRIVATE", w)))
		draw(b.Persons, forPersons, 1+len(b.Rooms), func(at *app.Place, number text.Safe) text.Safe { return m.personRow(at, number, at == b.Current, w) })
	}
	return window(rows, w, h, p)
}

// shares divides h rows between rooms and people: people have theirs as long as
// half of the rows are left for rooms. Between both stands a heading, and a
// blank row if there is one to spare.
func shares(rooms, persons, h int) (forRooms, forPersons int, gap bool) {
	if persons == 0 {
		return max(h, 1), 0, false
	}
	gap = rooms+persons+2 <= h || h > 8
	h--
	if gap {
		h--
	}
	forPersons = max(min(persons, h-min(rooms, (h+1)/2)), 1)
	return max(h-forPersons, 1), forPersons, gap
}

// A shortlist says which of several places are shown, and what is left out.
type shortlist struct {
	shown        []int // indexes
	above, below int   // places left out that want to be read
	quiet        int   // places left out that don't
}

// shorten chooses n rows of places: the current one and those that want to be
// read, then the first of the others. A row is taken for what is left out.
func shorten(places []*app.Place, current *app.Place, n int) shortlist {
	var s shortlist
	var wanted []int
	for i, at := range places {
		s.shown = append(s.shown, i)
		if at == current || at.Rank() > 0 {
			wanted = append(wanted, i)
		}
	}
	if len(places) <= n {
		return s
	}
	if len(wanted) < n {
		spare := n - 1 - len(wanted)
		s.shown = slices.DeleteFunc(s.shown, func(i int) bool {
			if slices.Contains(wanted, i) {
				return false
			}
			spare--
			return spare < 0
		})
		s.quiet = len(places) - len(s.shown)
		return s
	}
	at := max(slices.IndexFunc(wanted, func(i int) bool { return places[i] == current }), 0)
	if n <= 2 { // one row for what is left out, or none
		s.shown, s.below = wanted[at:at+1], min(len(wanted)-1, (n-1)*len(wanted))
		return s
	}
	top, end := 0, n-1
	switch {
	case at < end:
	case at+1 < len(wanted): // in the last row but those for what is above and below
		top, end = at-(n-3), at+1
	default:
		top, end = len(wanted)-(n-1), len(wanted)
	}
	s.shown, s.above, s.below = wanted[top:end], top, len(wanted)-end
	return s
}

// elsewhere says how many places that want to be read are out of sight.
func (p *paint) elsewhere(sign text.Safe, n, w int) text.Safe {
	return p.List.Unread.Render(text.PadRight(text.Sprintf("   %s %d unread", sign, n), w))
}

// number is the digit that goes to the n-th conversation with alt, if one does.
func number(n int) text.Safe {
	if n > 9 {
		return " "
	}
	return text.Int(n)
}

// keyHint reminds of the switcher where there is room.
func keyHint(w int) text.Safe {
	if w < 16 {
		return ""
	}
	return "ctrl+k"
}

func roomRow(room *app.Place, number text.Safe, current bool, w int, p *paint) text.Safe {
	return listRow(room, number+" "+room.Title(), "", current, room.Stands != app.Inside, w, p)
}

// personRow is one person, and how lines to them travel.
func (m roomList) personRow(who *app.Place, number text.Safe, current bool, w int) text.Safe {
	sign, path := m.badge(who)
	if n := len(who.Log.Pending); n > 0 {
		path = text.TrimSpace(text.Int(n) + "q " + path)
	}
	return listRow(who, number+" "+sign+" "+m.Book.LabelOf(who), path, current, false, w, m.paint)
}

// listRow is one conversation: chosen, name, what waits, how it travels.
func listRow(at *app.Place, name, path text.Safe, current, faint bool, w int, p *paint) text.Safe {
	var mark text.Safe = " "
	if current {
		mark = p.Glyph.Selected
	}
	right := text.TrimSpace(at.Counts.String() + " " + path)
	row := spread(w, mark+text.Truncate(name, w-1-text.Width(right)-1), right)
	switch {
	case current:
		return p.List.Selected.Render(row)
	case at.Counts.Mentions > 0 || at.Counts.Alarm:
		return p.List.Mention.Render(row)
	case at.Counts.Unread > 0:
		return p.List.Unread.Render(row)
	case faint:
		return p.List.Away.Render(row)
	default:
		return p.List.Row.Render(row)
	}
}

// window cuts rows to h of them, and fills up with blank ones.
func window(rows []text.Safe, w, h int, p *paint) []text.Safe {
	if len(rows) > h {
		rows = rows[:h]
		if h > 1 {
			rows[h-1] = p.dim(text.PadRight(" "+p.Glyph.More, w))
		}
		return rows
	}
	blank := text.PadRight("", w)
	for len(rows) < h {
		rows = append(rows, blank)
	}
	return rows
}
