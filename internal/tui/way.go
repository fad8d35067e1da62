package tui

import (
	"strings"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// badge says in three letters or four how lines to somebody travel, and which
// sign stands before their name.
func (m *Model) badge(who *place) (sign, path text.Safe) {
	p, way := m.paint, &who.peer.path
	sign, path = p.Glyph.Offline, "off"
	known, here := m.book.presence(who.name)
	switch {
	case !m.link.online():
		sign, path = p.Glyph.Unknown, ""
	case here && known.away != "":
		sign = p.Glyph.Away
	case here:
		sign = p.Glyph.Online
	}
	if here && m.link.online() {
		path = m.plainBadge(way)
	}
	if !who.peer.known {
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
	case way.Way == wire.WayPlain && m.link.older(): // whether they are here or not
		path = m.plainBadge(way)
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

// plainBadge is that of lines that are not encrypted.
func (m *Model) plainBadge(way *wire.Path) text.Safe {
	if m.pastServer(way) {
		return "pln"
	}
	return "srv"
}

// pastServer says whether lines that are not encrypted go past the server. A
// registry that carries them is named as the other side.
func (m *Model) pastServer(way *wire.Path) bool {
	if way.Addr != "" {
		return way.Addr != m.link.status.Remote
	}
	return m.link.status.Direct
}

// keyWords says what is thought of somebody's key; "" where there is none.
func (m *Model) keyWords(way *wire.Path) text.Safe {
	switch way.Key {
	case wire.KeyVerified:
		return "verified " + m.paint.Glyph.Good
	case wire.KeyNew:
		return guestly("new key, not compared", way.Guest)
	case wire.KeyKnown:
		return guestly("known key, not compared", way.Guest)
	case wire.KeyChanged:
		return "KEY CHANGED: nothing is sent"
	case wire.KeyShared:
		return "KEY OF TWO NAMES: nothing is sent"
	case wire.KeyRejected:
		return "key refused: nothing is sent"
	case wire.KeyWithdrawn:
		return "key withdrawn: nothing is sent to it"
	case wire.KeyNone:
	}
	return ""
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

func guestly(words text.Safe, guest bool) text.Safe {
	if guest {
		return "a guest's key, not kept"
	}
	return words
}

// wayWords says how lines to somebody travel, in parts: what is thought of the
// key, the way, and what else is to be known.
func (m *Model) wayWords(p *peer) []text.Safe {
	way := &p.path
	var parts []text.Safe
	if way.Request {
		parts = append(parts, "asks for a private conversation")
	}
	if key := m.keyWords(way); key != "" && !way.Asked {
		parts = append(parts, key)
	}
	if way.Blocked && way.Key != wire.KeyChanged && way.Key != wire.KeyShared && way.Key != wire.KeyRejected && way.Key != wire.KeyWithdrawn {
		parts = append(parts, "blocked: nothing is sent")
	}
	if !way.Request || way.Way != wire.WayNone {
		parts = append(parts, m.wayWord(p))
	}
	if way.Trying && way.Way == wire.WayRelay {
		parts = append(parts, "looking for a direct way")
	}
	return parts
}

// wayWord is the way alone.
func (m *Model) wayWord(p *peer) text.Safe {
	way, reason := &p.path, text.CleanLine(p.path.Reason)
	switch {
	case way.Way == wire.WayDirect:
		return "direct UDP" + rtt(way.RTT)
	case way.Way == wire.WayRelay:
		return because("relayed"+rtt(way.RTT), reason)
	case way.Asked:
		return reason
	case way.Trying:
		return because("looking for a way, lines wait here", reason)
	case way.Way == wire.WayInbox:
		return because("away: lines wait sealed at the server", reason)
	case way.Way == wire.WayNever:
		return reason
	case way.Way == wire.WayPlain && reason != "":
		return "not encrypted: " + reason
	case way.Way == wire.WayPlain && m.plainBadge(way) == "pln":
		return "not encrypted: plain text past the server"
	case way.Way == wire.WayPlain:
		return "not encrypted: through the server, readable by it"
	case way.Blocked:
		return because("lines wait here", reason)
	case reason != "":
		return "lines wait here: " + reason
	default:
		return "the next line opens a connection"
	}
}

// rtt prints a round-trip time behind a way.
func rtt(micros int64) text.Safe {
	if micros <= 0 {
		return ""
	}
	return " " + millis(micros)
}

// millis prints microseconds as people read them.
func millis(micros int64) text.Safe {
	if micros < 1000 {
		return "<1 ms"
	}
	return text.Sprintf("%d ms", micros/1000)
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
func (m *Model) privateHeading(at *place, l layout) text.Safe {
	who := "@ " + m.book.labelOf(at)
	if at.peer.was != "" {
		who += " (was " + at.peer.was + ")"
	}
	switch {
	case at.peer.known && l.narrow:
		_, path := m.badge(at)
		return joined(m.paint, []text.Safe{who, path + rtt(at.peer.path.RTT), m.keyMark(&at.peer.path)})
	case at.peer.known:
		parts := append([]text.Safe{who}, m.wayWords(at.peer)...)
		if at.peer.path.Way == wire.WayDirect && l.w >= peopleWidth {
			parts = append(parts, loss(&at.peer.path))
		}
		return joined(m.paint, parts)
	case m.link.status.Direct:
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

// reached says whether lines go straight to somebody.
func (b *book) reached(name string) bool {
	p := b.peers[wire.Fold(name)]
	return p != nil && p.path.Way == wire.WayDirect && !p.path.Blocked && !p.path.Request
}

// direct names those whose lines go past the server, with the ways.
func (b *book) direct() (names []text.Safe) {
	for _, at := range b.persons {
		if way := &at.peer.path; way.Way == wire.WayDirect && !way.Blocked {
			names = append(names, at.label+", direct UDP"+rtt(way.RTT))
		}
	}
	return names
}

// privatePrompt says what becomes of a line to somebody, in a long form and a
// short one; empty where the composer says what it says of all lines.
func (m *Model) privatePrompt(name string) (long, short text.Safe) {
	p := m.book.peerTo(name)
	way := &p.path
	clean := text.CleanLine(name)
	switch {
	case !p.known:
	case way.Blocked:
		return " (blocked: /verify " + clean + ")", " (blocked)"
	case way.Way == wire.WayDirect:
		return ", encrypted", " (encrypted)"
	case way.Request:
		return " (a line accepts their request)", " (accepts)"
	case m.link.lost():
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
	case way.Way == wire.WayPlain && m.pastServer(way):
		return ", in plain text (readable on the way)", " (plain text)"
	case way.Way == wire.WayPlain && m.link.status.Direct: // a registry carries it
		return ", through the server (readable by it)", serverReads
	}
	return "", ""
}

// receiver is the only one that a line as it stands is for, "" where it is for
// all or for nobody.
func (m *Model) receiver() string {
	to, ok := strings.CutPrefix(command.Destination(m.composer.draft.String(), m.context()), "to ")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(to, " only")
}

// shortPrint is the beginning of a key's print: enough to tell two keys apart
// at a glance, not enough to trust one.
func shortPrint(key string, p *paint) text.Safe {
	const enough = 8
	r := []rune(strings.TrimPrefix(key, "SHA256:"))
	if len(r) > enough {
		return text.CleanLine(string(r[:enough])) + p.Glyph.More
	}
	return text.CleanLine(string(r))
}
