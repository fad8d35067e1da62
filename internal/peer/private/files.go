package private

import (
	"slices"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/peer/transfer"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// maxUnsent bounds what is kept for somebody who asks for files and does not listen.
const maxUnsent = 256 << 10

// filePeer is a conversation as transfers know it.
type filePeer struct{ c *conversation }

func (c *conversation) filePeer() transfer.Peer { return filePeer{c} }

// Name implements transfer.Peer.
func (p filePeer) Name() string { return p.c.name }

// IsAccount implements transfer.Peer.
func (p filePeer) IsAccount() bool { return p.c.kind == wire.KindAccount }

// Device implements transfer.Peer.
func (p filePeer) Device() string { return p.c.guestKey() }

// IsPlain implements transfer.Peer.
func (p filePeer) IsPlain() bool { return p.c.inPlain().InPlain(p.c.name) }

// IsBlocked implements transfer.Peer.
func (p filePeer) IsBlocked() bool { return p.c.isBlocked() }

// Verdict implements transfer.Peer.
func (p filePeer) Verdict(device string) gate.Verdict { return p.c.may(gate.ByLink, device) }

// Has implements transfer.Peer.
func (p filePeer) Has(k *link.Link) bool { return p.path(k) != nil }

// path is the one of a link, nil if that is not in use any more.
func (p filePeer) path(k *link.Link) *path {
	i := slices.IndexFunc(p.c.paths, func(q *path) bool { return q.Link == k })
	if k == nil || i < 0 {
		return nil
	}
	return p.c.paths[i]
}

// Best implements transfer.Peer.
func (p filePeer) Best() *link.Link {
	if best := p.c.best(); best != nil {
		return best.Link
	}
	return nil
}

// Say implements transfer.Peer.
func (p filePeer) Say(k *link.Link, m peer1.Message) {
	switch q := p.path(k); {
	case q == nil:
	case len(q.out) > maxUnsent:
		q.Close(true)
	default:
		q.say(m)
	}
}

// Works implements transfer.Peer.
func (p filePeer) Works(k *link.Link) {
	if q := p.path(k); q != nil && q.suspect && len(q.flight) == 0 {
		q.suspect = false
	}
}

// Doubt implements transfer.Peer.
func (p filePeer) Doubt(k *link.Link, why string) {
	if q := p.path(k); q != nil {
		q.doubt(why)
	}
}

// Accept implements transfer.Peer.
func (p filePeer) Accept() {
	if !p.c.contact.Accepted {
		p.c.accept()
	}
}

// Approach implements transfer.Peer.
func (p filePeer) Approach() {
	if p.c.best() == nil && p.c.call == nil && !p.c.isBlocked() {
		p.c.findSoon()
	}
}

// doSendFile offers a file to somebody.
func (l *loop) doSendFile(r wire.SendFile, tag string) {
	c := l.conversation(r.To)
	switch {
	case c.key == wire.Fold(l.server.me):
		l.refuse(r, tag, wire.CodeUnsupported, "This is you: a file goes to somebody else.")
	case c.inPlain().InPlain(c.name) || l.server.welcomed && !l.server.able:
		l.refuse(r, tag, wire.CodeUnsupported, "Files go encrypted only, and lines to "+c.name+" do not.")
	case c.isBlocked():
		l.refuse(r, tag, wire.CodeDenied, "The key of "+c.name+" has changed. First /verify "+c.name+".")
	case l.files.IsFull(c.filePeer()):
		l.refuse(r, tag, wire.CodeFull, "Too many files are on their way. Wait until one has arrived, or cancel one.")
	default:
		l.server.reclaim()
		l.files.Send(c.filePeer(), l.server.typedIn(), r, tag)
	}
}
