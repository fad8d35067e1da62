package tui

import (
	"strconv"
	"strings"
	"time"

	"labchat/internal/tui/command"
	"labchat/internal/tui/text"
	"labchat/internal/wire"
)

// roomsAge is how long a list of the server's rooms is good enough.
const roomsAge = 10 * time.Second

// askRooms brings the rooms that can be joined up to date, for those who look
// for one.
func (m *Model) askRooms() {
	now := m.paint.now()
	offered := m.link.offer == nil || m.link.offer[command.Rooms]
	if !m.link.online() || m.link.me == "" || !offered || now.Sub(m.book.listed) < roomsAge {
		return
	}
	m.book.listed = now
	m.link.do(wire.Rooms{}, errand{quiet: true})
}

// rooms draws the conversations: rooms, then people, with what waits in each of
// them.
func (m *Model) rooms(w, h int) []string {
	b, p := &m.book, m.paint
	rows := []string{p.List.Heading.Render(spread(w, "ROOMS", keyHint(w)))}
	chosen := 0
	for _, room := range b.rooms {
		if room == b.current {
			chosen = len(rows)
		}
		rows = append(rows, roomRow(room, room == b.current, w, p))
	}
	if len(b.persons) > 0 {
		rows = append(rows, text.PadRight("", w), p.List.Heading.Render(text.PadRight("PRIVATE", w)))
	}
	for _, who := range b.persons {
		if who == b.current {
			chosen = len(rows)
		}
		rows = append(rows, m.personRow(who, who == b.current, w))
	}
	return window(rows, chosen, w, h, p)
}

// keyHint reminds of the switcher where there is room.
func keyHint(w int) string {
	if w < 16 {
		return ""
	}
	return "ctrl+k"
}

func roomRow(room *place, current bool, w int, p *paint) string {
	return listRow(room, "# "+room.label, "", current, !room.joined, w, p)
}

// personRow is one person, and how lines to them travel.
func (m *Model) personRow(who *place, current bool, w int) string {
	sign, path := m.badge(who)
	if n := len(who.log.pending); n > 0 {
		path = strings.TrimSpace(strconv.Itoa(n) + "q " + path)
	}
	return listRow(who, sign+" "+m.book.labelOf(who), path, current, false, w, m.paint)
}

// listRow is one conversation: chosen, name, what waits, how it travels.
func listRow(at *place, name, path string, current, faint bool, w int, p *paint) string {
	mark := " "
	if current {
		mark = p.Glyph.Selected
	}
	right := strings.TrimSpace(at.counts.String() + " " + path)
	row := spread(w, mark+text.Truncate(name, w-1-text.Width(right)-1), right)
	switch {
	case current:
		return p.List.Selected.Render(row)
	case at.counts.mentions > 0 || at.counts.alarm:
		return p.List.Mention.Render(row)
	case at.counts.unread > 0:
		return p.List.Unread.Render(row)
	case faint:
		return p.List.Away.Render(row)
	default:
		return p.List.Row.Render(row)
	}
}

// window cuts rows to h of them with the chosen one in view, and fills up with
// blank ones.
func window(rows []string, chosen, w, h int, p *paint) []string {
	if len(rows) > h {
		top := max(0, min(chosen-h/2, len(rows)-h))
		below := len(rows) - top - h
		rows = rows[top : top+h]
		if below > 0 && h > 1 && chosen != top+h-1 {
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
