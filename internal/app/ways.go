package app

import (
	"labchat/internal/app/words"
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

// PastServer reports whether lines that are not encrypted go past the server. A
// registry that carries them is named as the other side.
func (a *App) PastServer(way *wire.Path) bool {
	if way.Addr != "" {
		return way.Addr != a.Link.Status.Remote
	}
	return a.Link.Status.Direct
}

// WayWords says how lines to somebody travel, in parts.
func (a *App) WayWords(p *Peer) []text.Safe { return a.words().Ways(&p.Path, a.PastServer(&p.Path)) }

// Reached reports whether lines go straight to somebody.
func (b *Book) Reached(name string) bool {
	p := b.Peers[wire.Fold(name)]
	return p != nil && p.Path.Way == wire.WayDirect && !p.Path.Blocked && !p.Path.Request
}

// Direct names those whose lines go past the server, with the ways.
func (b *Book) Direct() (names []text.Safe) {
	for _, at := range b.Persons {
		if way := &at.Peer.Path; way.Way == wire.WayDirect && !way.Blocked {
			names = append(names, at.Label+", direct UDP"+words.BehindWay(way.RTT))
		}
	}
	return names
}

// ShortPrint is the beginning of a key's print.
func (a *App) ShortPrint(key string) text.Safe { return a.words().ShortPrint(key) }
