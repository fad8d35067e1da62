package tui

import (
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// titleBar is the row above all: it names the conversation and the server.
type titleBar struct {
	*Model
	on layout
}

// View draws the row.
func (m titleBar) View(int, int) []text.Safe {
	p, l := m.paint, m.on
	var right text.Safe
	switch {
	case l.narrow:
		if n := m.book.places(); n > 0 {
			right = "unread: " + plural(n, "place") + " " + p.Glyph.Dot + " ^K "
		}
	case l.w >= peopleWidth:
		right = text.TrimSpace("server "+m.link.server+"  "+m.security()) + " "
	default:
		right = m.security() + " "
	}
	left := " " + m.heading()
	if l.w >= peopleWidth {
		left = " chat-tui  " + left[1:]
	}
	return []text.Safe{p.Frame.Title.Render(spread(l.w, text.Truncate(left, l.w-text.Width(right)-1), right))}
}

// heading names the conversation on the screen.
func (m titleBar) heading() text.Safe {
	at, p, l := m.book.current, m.paint, m.on
	switch {
	case at == nil:
		return "chat-tui"
	case at.private():
		return m.privateHeading(at, l)
	case l.narrow:
		name := at.heading()
		if n := at.people.count(); n > 0 {
			name += " " + text.Int(n)
			if at.people.part {
				name += " known"
			}
		}
		return p.parts(l.w, name, m.openly(), m.overheard(at))
	}
	var count text.Safe
	if n := at.people.count(); n > 0 && l.people == 0 {
		count = at.people.words()
	}
	return p.parts(maxMeasure*2, at.heading(), m.openly(), m.overheard(at), at.topic, count)
}

// overheard says how many people of a room read in clear text: who is on their way can
// read along. On this machine alone nobody is.
func (m *Model) overheard(at *place) text.Safe {
	if m.cfg.Local {
		return ""
	}
	return at.people.openWords()
}

// openly marks the rooms of registries, whose people send each line to each
// other, or to a multicast group: nobody between them can help it.
func (m *Model) openly() text.Safe {
	if m.link.status.Direct && wire.DatagramsByName(m.link.status.Dialect) != nil {
		return "not encrypted"
	}
	return ""
}

// security says whether the connection is there, and whether anybody between
// can read it; and which dialect is spoken, if it is an older one.
func (m titleBar) security() text.Safe {
	p, d := m.paint, text.CleanLine(m.link.status.Dialect)
	switch {
	case m.link.lost():
		return p.Glyph.Bad + " offline"
	case !m.link.online():
		return p.Glyph.Trying + " connecting"
	case m.link.status.Secure:
		return "tls " + p.Glyph.Good
	case m.cfg.Local:
		return "this machine only"
	case d != "" && d != native:
		return "speaks " + d + ", not encrypted"
	default:
		return "not encrypted"
	}
}

// corner is what stands below the room list: the connection, and who we are.
type corner struct{ *Model }

// View draws a row for each, as far as there are rows.
func (m corner) View(w, h int) []text.Safe {
	var me text.Safe
	if m.link.label != "" {
		me = " you " + m.link.label
	}
	rows := append([]text.Safe{" " + m.connection(w-2), me}, make([]text.Safe, h)...)[:h]
	for i, row := range rows {
		rows[i] = text.PadRight(row, w)
	}
	return rows
}

// connection says in a few words how the connection is.
func (m corner) connection(w int) text.Safe {
	p := m.paint
	switch {
	case m.link.online():
		s := p.Glyph.Online + " online"
		if ms := m.link.status.RTT; ms > 0 {
			s = p.parts(w, s, text.Sprintf("%d ms", ms))
		}
		return p.Text.Good.Render(s)
	case m.link.lost():
		return p.Text.Bad.Render(p.parts(w, p.Glyph.Bad+" offline", m.retryIn()))
	default:
		return p.Text.Warn.Render(p.Glyph.Trying + " connecting")
	}
}

// retryIn says when the next try is due, or nothing where none is.
func (m *Model) retryIn() text.Safe {
	if m.link.status.RetryAt == 0 {
		return ""
	}
	return text.Sprintf("retry %d s", m.secondsToRetry())
}

func (m *Model) secondsToRetry() int {
	left := m.link.status.RetryAt.Time().Sub(m.paint.now())
	return int(max(left+time.Second-time.Nanosecond, 0) / time.Second)
}

// statusBar is the last row: it says what waits, and which keys help.
type statusBar struct{ *Model }

// View draws the row.
func (m statusBar) View(width, _ int) []text.Safe {
	p, w := m.paint, width-2
	var row text.Safe
	switch {
	case m.moment.flash != "":
		return []text.Safe{m.flashRow(width)}
	case width < narrowWidth:
		row = m.withKeys(w, p.parts(w, m.pulse(), m.waiting()), "f1", "alt+a")
	case m.link.over():
		row = m.withKeys(w, p.parts(w, m.time(), "ENDED", m.outboxCount()), "f1", "ctrl+q")
	case m.link.lost():
		since := p.clock(wire.MillisOf(m.link.since))
		row = m.withKeys(w, p.parts(w, m.time(), "OFFLINE since "+since, m.retryIn(), m.outboxCount(), m.directCount()), "f1", "alt+r", "alt+o", "ctrl+q")
	default:
		row = m.withKeys(w, p.parts(w, m.time(), m.unread(), m.outboxCount()), "f1", "ctrl+k", "alt+a", "ctrl+q")
	}
	return []text.Safe{p.Frame.Status.Render(text.PadRight(" "+row, width))}
}

// withKeys is a row of w columns with the keys behind it that fit.
func (m statusBar) withKeys(w int, row text.Safe, names ...string) text.Safe {
	room := w - text.Width(m.paint.parts(w, row, "|")) + 1
	return m.paint.parts(w, row, m.paint.hints(room, m.keys.brief(names...)...))
}

// pulse is the connection in a narrow row.
func (m statusBar) pulse() text.Safe {
	p := m.paint
	switch {
	case m.link.online() && m.link.status.RTT > 0:
		return text.Sprintf("%s %d ms", p.Glyph.Online, m.link.status.RTT)
	case m.link.online():
		return p.Glyph.Online
	case m.link.lost():
		return p.parts(m.screen.w, p.Glyph.Bad+" offline", m.retryIn())
	default:
		return p.Glyph.Trying
	}
}

func (m statusBar) time() text.Safe { return m.paint.clock(m.paint.millis()) }

func (m *Model) outboxCount() text.Safe { return text.Sprintf("outbox %d", len(m.link.outbox)) }

// directCount is how many people can be reached without the server.
func (m statusBar) directCount() text.Safe {
	n := len(m.book.direct())
	if n == 0 {
		return ""
	}
	return plural(n, "peer") + " direct"
}

// waiting is the outbox where it is not empty.
func (m statusBar) waiting() text.Safe {
	if len(m.link.outbox) == 0 {
		return ""
	}
	return m.outboxCount()
}

// unread names what waits to be read, or where that is too much for half of the
// row, counts the places.
func (m statusBar) unread() text.Safe {
	s := m.book.waiting()
	switch {
	case s == "":
		return ""
	case text.Width(s) > m.screen.w/2:
		return "unread: " + plural(m.book.places(), "place")
	}
	return "unread " + s
}
