package tui

import (
	"time"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
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
		if n := m.Book.UnreadPlaces(); n > 0 {
			right = "unread: " + words.Plural(n, "place") + " " + p.Glyph.Dot + " ^K "
		}
	case l.w >= peopleWidth:
		right = text.TrimSpace("server "+m.Link.Server+"  "+m.security()) + " "
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
	at, p, l := m.Book.Current, m.paint, m.on
	switch {
	case at == nil:
		return "chat-tui"
	case at.IsPrivate():
		return m.privateHeading(at, l)
	case l.narrow:
		name := at.Heading()
		if n := at.People.Count(); n > 0 {
			name += " " + text.Int(n)
			if at.People.Part {
				name += " known"
			}
		}
		return p.parts(l.w, name, m.openly(), m.overheard(at))
	}
	var count text.Safe
	if n := at.People.Count(); n > 0 && l.people == 0 {
		count = at.People.Words()
	}
	return p.parts(maxMeasure*2, at.Heading(), m.openly(), m.overheard(at), at.Topic, count)
}

// overheard says how many people of a room read in clear text: who is on their way can
// read along. On this machine alone nobody is.
func (m *Model) overheard(at *app.Place) text.Safe {
	if m.cfg.Local {
		return ""
	}
	return at.People.PlainWords()
}

// openly marks the rooms of registries, whose people send each line to each
// other, or to a multicast group: nobody between them can help it.
func (m *Model) openly() text.Safe {
	if m.Link.Status.Direct && dialects.DatagramsByName(m.Link.Status.Dialect) != nil {
		return "not encrypted"
	}
	return ""
}

// security says whether the connection is there, and whether anybody between
// can read it; and which dialect is spoken, if it is an older one.
func (m titleBar) security() text.Safe {
	p, d := m.paint, text.CleanLine(m.Link.Status.Dialect)
	switch {
	case m.Link.IsLost():
		return p.Glyph.Bad + " offline"
	case !m.Link.IsOnline():
		return p.busy.View() + " connecting"
	case m.Link.Status.Secure:
		return "tls " + p.Glyph.Good
	case m.cfg.Local:
		return "this machine only"
	case d != "" && d != dialects.Native:
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
	if m.Link.Label != "" {
		me = " you " + m.Link.Label
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
	case m.Link.IsOnline():
		s := p.Glyph.Online + " online"
		if ms := m.Link.Status.RTT; ms > 0 {
			s = p.parts(w, s, text.Sprintf("%d ms", ms))
		}
		return p.Text.Good.Render(s)
	case m.Link.IsLost():
		return p.Text.Bad.Render(p.parts(w, p.Glyph.Bad+" offline", m.retryIn()))
	default:
		return p.Text.Warn.Render(p.busy.View() + " connecting")
	}
}

// retryIn says when the next try is due, or nothing where none is.
func (m *Model) retryIn() text.Safe {
	if m.Link.Status.RetryAt == 0 {
		return ""
	}
	return text.Sprintf("retry %d s", m.secondsToRetry())
}

func (m *Model) secondsToRetry() int {
	left := m.Link.Status.RetryAt.Time().Sub(m.paint.Now())
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
		row = m.withKeys(w, p.parts(w, m.connection(), m.waiting()), "f1", "alt+a")
	case m.Link.HasEnded():
		row = m.withKeys(w, p.parts(w, m.time(), "ENDED", m.outboxCount()), "f1", "ctrl+q")
	case m.Link.IsLost():
		since := p.HourMinute(wire.MillisOf(m.Link.Since))
		row = m.withKeys(w, p.parts(w, m.time(), "OFFLINE since "+since, m.retryIn(), m.outboxCount(), m.directCount()), "f1", "alt+r", "alt+o", "ctrl+q")
	default:
		row = m.withKeys(w, p.parts(w, m.time(), m.unread(), m.outboxCount()), "f1", "ctrl+k", "alt+a", "ctrl+q")
	}
	return []text.Safe{p.Frame.Status.Render(text.PadRight(" "+row, width))}
}

// withKeys is a row of w columns with the keys behind it that fit.
func (m statusBar) withKeys(w int, row text.Safe, names ...string) text.Safe {
	room := w - text.Width(m.paint.parts(w, row, "|")) + 1
	return m.paint.parts(w, row, m.paint.brief(m.keys, room, names))
}

// connection is its state in a narrow row.
func (m statusBar) connection() text.Safe {
	p := m.paint
	switch {
	case m.Link.IsOnline() && m.Link.Status.RTT > 0:
		return text.Sprintf("%s %d ms", p.Glyph.Online, m.Link.Status.RTT)
	case m.Link.IsOnline():
		return p.Glyph.Online
	case m.Link.IsLost():
		return p.parts(m.screen.w, p.Glyph.Bad+" offline", m.retryIn())
	default:
		return p.busy.View()
	}
}

func (m statusBar) time() text.Safe { return m.paint.HourMinute(m.paint.Millis()) }

func (m *Model) outboxCount() text.Safe { return text.Sprintf("outbox %d", len(m.Link.Outbox)) }

// directCount is how many people can be reached without the server.
func (m statusBar) directCount() text.Safe {
	n := len(m.Book.Direct())
	if n == 0 {
		return ""
	}
	return words.Plural(n, "peer") + " direct"
}

// waiting is the outbox where it is not empty.
func (m statusBar) waiting() text.Safe {
	if len(m.Link.Outbox) == 0 {
		return ""
	}
	return m.outboxCount()
}

// unread names what waits to be read, or where that is too much for half of the
// row, counts the places.
func (m statusBar) unread() text.Safe {
	s := m.Book.Waiting()
	switch {
	case s == "":
		return ""
	case text.Width(s) > m.screen.w/2:
		return "unread: " + words.Plural(m.Book.UnreadPlaces(), "place")
	}
	return "unread " + s
}
