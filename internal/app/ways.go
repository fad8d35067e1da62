package app

import (
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// PlainBadge is that of lines that are not encrypted.
func (a *App) PlainBadge(way *wire.Path) text.Safe {
	if a.PastServer(way) {
		return "pln"
	}
	return "srv"
}

// PastServer says whether lines that are not encrypted go past the server. A
// registry that carries them is named as the other side.
func (a *App) PastServer(way *wire.Path) bool {
	if way.Addr != "" {
		return way.Addr != a.Link.Status.Remote
	}
	return a.Link.Status.Direct
}

// keyWords says what is thought of somebody's key; "" where there is none.
func (a *App) keyWords(way *wire.Path) text.Safe {
	switch way.Key {
	case wire.KeyVerified:
		return "verified " + a.Signs.Good
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

// WayWords says how lines to somebody travel, in parts: what is thought of the
// key, the way, and what else is to be known.
func (a *App) WayWords(p *Peer) []text.Safe {
	way := &p.Path
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
func (a *App) wayWord(p *Peer) text.Safe {
	way, reason := &p.Path, text.CleanLine(p.Path.Reason)
	switch {
	case way.Way == wire.WayDirect:
		return "direct UDP" + RTTWords(way.RTT)
	case way.Way == wire.WayRelay:
		return Because("relayed"+RTTWords(way.RTT), reason)
	case way.Asked:
		return reason
	case way.Trying:
		return Because("looking for a way, lines wait here", reason)
	case way.Way == wire.WayInbox:
		return Because("away: lines wait sealed at the server", reason)
	case way.Way == wire.WayNever:
		return reason
	case way.Way == wire.WayPlain && reason != "":
		return "not encrypted: " + reason
	case way.Way == wire.WayPlain && a.PlainBadge(way) == "pln":
		return "not encrypted: plain text past the server"
	case way.Way == wire.WayPlain:
		return "not encrypted: through the server, readable by it"
	case way.Blocked:
		return Because("lines wait here", reason)
	case reason != "":
		return "lines wait here: " + reason
	default:
		return "the next line opens a connection"
	}
}

// RTTWords prints a round-trip time behind a way.
func RTTWords(micros int64) text.Safe {
	if micros <= 0 {
		return ""
	}
	return " " + Milliseconds(micros)
}

// Milliseconds prints microseconds as people read them.
func Milliseconds(micros int64) text.Safe {
	if micros < 1000 {
		return "<1 ms"
	}
	return text.Sprintf("%d ms", micros/1000)
}

// ShortPrint is the beginning of a key's print: enough to tell two keys apart
// at a glance, not enough to trust one.
func (a *App) ShortPrint(key string) text.Safe {
	const enough = 8
	r := []rune(strings.TrimPrefix(key, "SHA256:"))
	if len(r) > enough {
		return text.CleanLine(string(r[:enough])) + a.Signs.More
	}
	return text.CleanLine(string(r))
}

// Reached says whether lines go straight to somebody.
func (b *Book) Reached(name string) bool {
	p := b.Peers[wire.Fold(name)]
	return p != nil && p.Path.Way == wire.WayDirect && !p.Path.Blocked && !p.Path.Request
}

// Direct names those whose lines go past the server, with the ways.
func (b *Book) Direct() (names []text.Safe) {
	for _, at := range b.Persons {
		if way := &at.Peer.Path; way.Way == wire.WayDirect && !way.Blocked {
			names = append(names, at.Label+", direct UDP"+RTTWords(way.RTT))
		}
	}
	return names
}
