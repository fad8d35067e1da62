package tui

import (
	"slices"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// inspectorLabel is how wide the labels of the inspector are.
const inspectorLabel = 6

// toggleInspector shows how lines to the other side of a private conversation
// travel, or puts that away.
func (m *Model) toggleInspector() {
	s := &m.screen.shown
	s.peer = !s.peer
	m.inspect()
}

// inspect asks for what the inspector is about to show.
func (m *Model) inspect() {
	if at := m.Book.Current; m.screen.shown.peer && at.IsPrivate() {
		m.Link.Do(wire.Route{Name: at.Name}, app.Errand{Quiet: true})
	}
}

// sidebar is the pane beside the timeline.
type sidebar struct{ *Model }

// View draws the people, and below them the inspector.
func (m sidebar) View(w, h int) []text.Safe {
	s := m.screen.shown
	if !s.peer || m.Book.Current == nil {
		return m.people(w, h)
	}
	rows := m.inspector(m.Book.Current, w)
	above := h - len(rows)
	if s.noPeople || m.screen.w < peopleWidth && !s.overlay || above < 1 {
		return window(rows, w, h, m.paint)
	}
	return append(m.people(w, above), rows...)
}

// inspector draws all that is known of the way to somebody.
func (m sidebar) inspector(at *app.Place, w int) []text.Safe {
	p := m.paint
	if !at.IsPrivate() {
		return []text.Safe{p.List.Heading.Render(text.PadRight(" PEER", w)), p.dim(text.PadRight(" no private one", w))}
	}
	rows := []text.Safe{p.List.Heading.Render(text.PadRight(" PEER "+at.Label, w))}
	for _, f := range m.facts(at.Peer) {
		for i, part := range text.Wrap(f.value, max(w-1-inspectorLabel, 1)) {
			var label text.Safe
			if i == 0 {
				label = f.label
			}
			rows = append(rows, p.List.Row.Render(text.PadRight(" "+text.PadRight(label, inspectorLabel)+part, w)))
		}
	}
	return rows
}

// A fact is one row of the inspector.
type fact struct{ label, value text.Safe }

// facts are what is known of a way. Those that mean nothing for it are left
// out.
func (m sidebar) facts(p *app.Peer) []fact {
	way, clock := &p.Path, m.paint.HourMinute
	if !p.Known {
		return []fact{{"path", m.PlainBadge(way) + ", not encrypted"}}
	}
	all := []fact{
		{"path", pathName(way)},
		{"why", text.CleanLine(way.Reason)},
		{"addr", text.CleanLine(way.Addr)},
		{"nat", natName(way.NAT)},
		{"rtt", m.rttFact(p)},
	}
	if way.Packets > 0 {
		all = append(all, fact{"loss", text.Sprintf("%d / %d", way.Lost, way.Packets)})
	}
	if way.Key != wire.KeyNone {
		all = append(all, fact{"key", m.ShortPrint(way.Device)}, fact{"", m.checked(way)})
	}
	if way.Since > 0 {
		all = append(all, fact{"since", clock(way.Since)})
	}
	if way.Way != wire.WayPlain {
		all = append(all, fact{"sent", text.Sprintf("%d ack %d", way.Sent, way.Acked)}, fact{"dup", text.Sprintf("%d dropped", way.Doubles)})
	}
	return slices.DeleteFunc(all, func(f fact) bool { return f.value == "" })
}

func pathName(way *wire.Path) text.Safe {
	switch {
	case way.Way == wire.WayDirect:
		return "direct UDP"
	case way.Way == wire.WayRelay && way.Trying:
		return "relayed, looking for a direct way"
	case way.Way == wire.WayRelay:
		return "relayed"
	case way.Trying:
		return "looking for one"
	case way.Way == wire.WayInbox:
		return "sealed, by the server's inbox"
	case way.Way == wire.WayPlain:
		return "not encrypted"
	case way.Way == wire.WayNever:
		return "none: not possible here"
	default:
		return "none now"
	}
}

func natName(n wire.NAT) text.Safe {
	switch n {
	case wire.NATNone:
		return "none"
	case wire.NATIndependent:
		return "independent"
	case wire.NATDependent:
		return "dependent"
	case wire.NATUnknown:
	}
	return ""
}

// checked says whether a person has compared the key.
func (m sidebar) checked(way *wire.Path) text.Safe {
	g := m.paint.Glyph
	switch way.Key {
	case wire.KeyVerified:
		return g.Good + " checked"
	case wire.KeyChanged:
		return g.Bad + " changed"
	case wire.KeyShared:
		return g.Bad + " of two names"
	case wire.KeyRejected:
		return g.Bad + " refused"
	case wire.KeyWithdrawn:
		return g.Bad + " withdrawn"
	case wire.KeyNew, wire.KeyKnown, wire.KeyNone:
	}
	if way.Guest {
		return "a guest's"
	}
	return "not checked"
}

// rttFact is the round-trip time, and a small chart of the last ones.
func (m sidebar) rttFact(p *app.Peer) text.Safe {
	if p.Path.RTT <= 0 {
		return ""
	}
	return words.RoundTrip(p.Path.RTT) + " " + spark(p.RTTs, text.Split(m.paint.Glyph.Spark, ""))
}

// spark draws values as bars, the largest as high as can be.
func spark(values []int64, bars []text.Safe) text.Safe {
	if len(values) == 0 || len(bars) == 0 {
		return ""
	}
	most := max(slices.Max(values), 1)
	var b text.Builder
	for _, v := range values {
		b.Add(bars[max(v, 0)*int64(len(bars)-1)/most])
	}
	return b.Take()
}
