package tui

import (
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// plainBadge is that of lines that are not encrypted.
func (a *App) plainBadge(way *wire.Path) text.Safe {
	if a.pastServer(way) {
		return "pln"
	}
	return "srv"
}

// pastServer says whether lines that are not encrypted go past the server. A
// registry that carries them is named as the other side.
func (a *App) pastServer(way *wire.Path) bool {
	if way.Addr != "" {
		return way.Addr != a.link.status.Remote
	}
	return a.link.status.Direct
}

// keyWords says what is thought of somebody's key; "" where there is none.
func (a *App) keyWords(way *wire.Path) text.Safe {
	switch way.Key {
	case wire.KeyVerified:
		return "verified " + a.signs.Good
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

func guestly(words text.Safe, guest bool) text.Safe {
	if guest {
		return "a guest's key, not kept"
	}
	return words
}

// wayWords says how lines to somebody travel, in parts: what is thought of the
// key, the way, and what else is to be known.
func (a *App) wayWords(p *peer) []text.Safe {
	way := &p.path
	var parts []text.Safe
	if way.Request {
		parts = append(parts, "asks for a private conversation")
	}
	if key := a.keyWords(way); key != "" && !way.Asked {
		parts = append(parts, key)
	}
	if way.Blocked && way.Key != wire.KeyChanged && way.Key != wire.KeyShared && way.Key != wire.KeyRejected && way.Key != wire.KeyWithdrawn {
		parts = append(parts, "blocked: nothing is sent")
	}
	if !way.Request || way.Way != wire.WayNone {
		parts = append(parts, a.wayWord(p))
	}
	if way.Trying && way.Way == wire.WayRelay {
		parts = append(parts, "looking for a direct way")
	}
	return parts
}

// wayWord is the way alone.
func (a *App) wayWord(p *peer) text.Safe {
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
	case way.Way == wire.WayPlain && a.plainBadge(way) == "pln":
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

// shortPrint is the beginning of a key's print: enough to tell two keys apart
// at a glance, not enough to trust one.
func (a *App) shortPrint(key string) text.Safe {
	const enough = 8
	r := []rune(strings.TrimPrefix(key, "SHA256:"))
	if len(r) > enough {
		return text.CleanLine(string(r[:enough])) + a.signs.More
	}
	return text.CleanLine(string(r))
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
