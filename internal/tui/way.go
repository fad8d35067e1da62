package tui

import (
	"strings"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// badge says in three letters or four how lines to somebody travel, and which
// sign stands before their name.
func (m *Model) badge(who *app.Place) (sign, path text.Safe) {
	p, way := m.paint, &who.Peer.Path
	sign, path = p.Glyph.Offline, "off"
	known, here := m.Book.Presence(who.Name)
	switch {
	case !m.Link.IsOnline():
		sign, path = p.Glyph.Unknown, ""
	case here && known.Away != "":
		sign = p.Glyph.Away
	case here:
		sign = p.Glyph.Online
	}
	if here && m.Link.IsOnline() {
		path = m.PlainBadge(way)
	}
	if !who.Peer.Known {
		return sign, path
	}
	switch {
	case way.Blocked:
		path = "!key"
	case way.Request, way.Asked:
		path = "ask"
	case way.Way == wire.WayDirect:
		path = "p2p"
	case way.Way == wire.WayRelay:
		path = "rly"
	case way.Trying:
		sign, path = p.Glyph.Trying, "try"
	case way.Way == wire.WayInbox:
		path = "box"
	case way.Way == wire.WayPlain && m.Link.IsOlder(): // whether they are here or not
		path = m.PlainBadge(way)
	case way.Way == wire.WayPlain && way.Addr != "": // past the server, which does not know them
		sign, path = p.Glyph.Online, "pln"
	case way.Way == wire.WayNever:
		path = ""
	case way.Way == wire.WayNone:
		path = "off"
	}
	if sign != p.Glyph.Away && (way.Way == wire.WayDirect || way.Way == wire.WayRelay) {
		sign = p.Glyph.Online
	}
	return sign, path
}

// keyMark is keyWords where there is little room.
func (m *Model) keyMark(way *wire.Path) text.Safe {
	switch {
	case way.Request || way.Blocked:
		return "" // the badge says it
	case way.Key == wire.KeyVerified:
		return m.paint.Glyph.Good
	case way.Key == wire.KeyNew || way.Key == wire.KeyKnown:
		return "not compared"
	}
	return ""
}

// loss prints how many of a hundred packets are lost.
func loss(way *wire.Path) text.Safe {
	if way.Packets <= 0 {
		return ""
	}
	return text.Sprintf("loss %d %%", min(way.Lost*100/way.Packets, 100))
}

// privateHeading names the other side of a private conversation, and the way to
// them.
func (m *Model) privateHeading(at *app.Place, l layout) text.Safe {
	who := "@ " + m.Book.LabelOf(at)
	if at.Peer.Was != "" {
		who += " (was " + at.Peer.Was + ")"
	}
	switch {
	case at.Peer.Known && l.narrow:
		_, path := m.badge(at)
		return joined(m.paint, []text.Safe{who, path + words.BehindWay(at.Peer.Path.RTT), m.keyMark(&at.Peer.Path)})
	case at.Peer.Known:
		parts := append([]text.Safe{who}, m.WayWords(at.Peer)...)
		if at.Peer.Path.Way == wire.WayDirect && l.w >= peopleWidth {
			parts = append(parts, loss(&at.Peer.Path))
		}
		return joined(m.paint, parts)
	case m.Link.Status.Direct:
		return m.paint.parts(l.w, who, "plain text past the server")
	default:
		return m.paint.parts(l.w, who, "through the server, readable by it")
	}
}

// joined joins what is not empty with the theme's dot.
func joined(p *paint, parts []text.Safe) text.Safe {
	var said []text.Safe
	for _, s := range parts {
		if s != "" {
			said = append(said, s)
		}
	}
	return text.Join(said, " "+p.Glyph.Dot+" ")
}

// privatePrompt says what becomes of a line to somebody, in a long form and a
// short one; empty where the composer says what it says of all lines.
func (m *bar) privatePrompt(name string) (long, short text.Safe) {
	p := m.Book.PeerTo(name)
	way := &p.Path
	clean := text.CleanLine(name)
	switch {
	case !p.Known:
	case way.Blocked:
		return " (blocked: /verify " + clean + ")", " (blocked)"
	case way.Way == wire.WayDirect:
		return ", encrypted", " (encrypted)"
	case way.Request:
		return " (a line accepts their request)", " (accepts)"
	case m.Link.IsLost():
	case way.Way == wire.WayRelay:
		return " (relayed, encrypted)", " (relayed)"
	case way.Way == wire.WayInbox:
		return " (away: sealed, waits at the server)", " (sealed)"
	case way.Asked:
		return " (goes when " + clean + " accepts)", " (asked)"
	case way.Way == wire.WayNone && (way.Trying || way.Reason != ""):
		return " (waits on this machine)", " (waits here)"
	case way.Way == wire.WayNone:
		return " (opens a connection)", " (opens)"
	case way.Way == wire.WayNever:
		return " (not possible here)", " (not possible)"
	case way.Way == wire.WayPlain && m.PastServer(way):
		return ", in plain text (readable on the way)", " (plain text)"
	case way.Way == wire.WayPlain && m.Link.Status.Direct: // a registry carries it
		return ", through the server (readable by it)", serverReads
	}
	return "", ""
}

// receiver is the only one that a line as it stands is for, "" where it is for
// all or for nobody.
func (m *bar) receiver() string {
	to, ok := strings.CutPrefix(command.Destination(m.bar.composer.draft.String(), m.Context()), "to ")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(to, " only")
}
