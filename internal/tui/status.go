package tui

import (
	"time"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// titleRow names the conversation and the server.
func (m *Model) titleRow(l layout) text.Safe {
	p := m.paint
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
	left := " " + m.heading(l)
	if l.w >= peopleWidth {
		left = " chat-tui  " + left[1:]
	}
	return p.Frame.Title.Render(spread(l.w, text.Truncate(left, l.w-text.Width(right)-1), right))
}

// heading names the conversation on the screen.
func (m *Model) heading(l layout) text.Safe {
	at, p := m.book.current, m.paint
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

// native is the dialect that goes without saying.
const native = "chat1"

// security says whether the connection is there, and whether anybody between
// can read it; and which dialect is spoken, if it is an older one.
func (m *Model) security() text.Safe {
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

// corner draws what stands below the room list: the connection, and who we
// are. Its first row is the rule's where there are rules.
func (m *Model) corner(w, h int, rules bool) []text.Safe {
	rows := []text.Safe{" " + m.connection(w-2), " you " + m.link.label}
	if m.link.label == "" {
		rows[1] = ""
	}
	if rules {
		rows = append([]text.Safe{""}, rows...)
	}
	for len(rows) < h {
		rows = append(rows, "")
	}
	rows = rows[:h]
	for i, row := range rows {
		rows[i] = text.PadRight(row, w)
	}
	return rows
}

// connection says in a few words how the connection is.
func (m *Model) connection(w int) text.Safe {
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

// statusRow says what waits, and which keys help.
func (m *Model) statusRow(l layout) text.Safe {
	p := m.paint
	w := l.w - 2
	var row text.Safe
	switch {
	case m.moment.flash != "":
		return m.flashRow(l.w)
	case l.narrow:
		row = m.withKeys(w, p.parts(w, m.pulse(), m.waiting()), "f1", "alt+a")
	case m.link.over():
		row = m.withKeys(w, p.parts(w, m.time(), "ENDED", m.outboxCount()), "f1", "ctrl+q")
	case m.link.lost():
		since := p.clock(wire.MillisOf(m.link.since))
		row = m.withKeys(w, p.parts(w, m.time(), "OFFLINE since "+since, m.retryIn(), m.outboxCount(), m.directCount()), "f1", "alt+r", "alt+o", "ctrl+q")
	default:
		row = m.withKeys(w, p.parts(w, m.time(), m.unread(), m.outboxCount()), "f1", "ctrl+k", "alt+a", "ctrl+q")
	}
	return p.Frame.Status.Render(text.PadRight(" "+row, l.w))
}

// withKeys is a row of w columns with the keys behind it that fit.
func (m *Model) withKeys(w int, row text.Safe, names ...string) text.Safe {
	room := w - text.Width(m.paint.parts(w, row, "|")) + 1
	return m.paint.parts(w, row, m.paint.hints(room, m.keys.brief(names...)...))
}

// pulse is the connection in a narrow row.
func (m *Model) pulse() text.Safe {
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

func (m *Model) time() text.Safe { return m.paint.clock(m.paint.millis()) }

func (m *Model) outboxCount() text.Safe { return text.Sprintf("outbox %d", len(m.link.outbox)) }

// directCount is how many people can be reached without the server.
func (m *Model) directCount() text.Safe {
	n := len(m.book.direct())
	if n == 0 {
		return ""
	}
	return plural(n, "peer") + " direct"
}

// waiting is the outbox where it is not empty.
func (m *Model) waiting() text.Safe {
	if len(m.link.outbox) == 0 {
		return ""
	}
	return m.outboxCount()
}

// unread names what waits to be read, or where that is too much for half of the
// row, counts the places.
func (m *Model) unread() text.Safe {
	s := m.book.waiting()
	switch {
	case s == "":
		return ""
	case text.Width(s) > m.screen.w/2:
		return "unread: " + plural(m.book.places(), "place")
	}
	return "unread " + s
}

// serverReads is the short form of what a prompt says of a line that the server can
// read.
const serverReads = " (the server reads it)"

// prompt says where a line goes, in as many words as there is room for.
func (m *Model) prompt(w int) text.Safe {
	mark := " " + m.paint.Glyph.Prompt + " "
	to := text.CleanLine(command.Destination(m.composer.draft.String(), m.context()))
	var long, short text.Safe
	if who := m.receiver(); who != "" {
		long, short = m.privatePrompt(who)
	}
	switch {
	case to == "":
		to = "nowhere"
	case to == "command":
	case m.link.over():
		long, short = " (the session has ended)", " (ended)"
	case long != "":
	case text.HasPrefix(to, "#") && m.book.outOf(string(to[1:])):
		long, short = " (you are not in it: /join first)", " (not in it)"
	case m.link.lost():
		long, short = " (offline: will be queued)", " (queued)"
	case text.HasPrefix(to, "to ") && m.link.status.Direct, text.HasPrefix(to, "#") && m.openly() != "":
		long, short = ", in plain text (readable on the way)", " (plain text)"
	case text.HasPrefix(to, "to "):
		long, short = ", through the server (readable by it)", serverReads
	}
	forms := []text.Safe{to + long, to + short}
	if short != "" && text.HasPrefix(to, "to ") {
		name := "@" + text.TrimSuffix(to[len("to "):], " only")
		forms = append(forms, name+short)
		if short == serverReads {
			forms = append(forms, name+" (srv)") // as in the list
		}
	}
	for _, form := range forms {
		if text.Width(form+mark) <= promptRoom(w) {
			return form + mark
		}
	}
	return text.Truncate(to, max(promptRoom(w)-text.Width(mark), 1)) + mark
}

// hint is the row below the composer, where there is room for one.
func (m *Model) hint(w int) text.Safe {
	switch {
	case m.popup.hint != "":
		return m.popup.hint
	case m.waitsFor() != "":
		return text.Truncate(flashQueued+m.waitsFor(), w)
	case m.cfg.Local && m.cfg.Hint != "" && !m.moment.touched && !m.moment.company:
		first, ways, _ := text.Cut(text.Clean(m.cfg.Hint), "\n")
		return first + " " + m.paint.parts(w-text.Width(first)-1, text.Split(ways, "\n")...)
	}
	return ""
}

// waitsFor is what the lines in the private conversation on the screen wait
// for.
func (m *Model) waitsFor() text.Safe {
	at := m.book.current
	if at == nil || !at.private() {
		return ""
	}
	for c := range at.log.pending {
		if w := m.link.outbox[c]; w.reason != "" {
			return w.reason // they all wait for the same
		}
	}
	return ""
}
