package registry

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
)

// datagram takes one, by where it came from.
func (l *loop) datagram(d oldpeer.Datagram) {
	switch {
	case d.Group.IsValid():
		l.fromGroup(d)
	case d.From == l.registry.addr:
		l.fromRegistry(d)
	default:
		l.fromPeer(d)
	}
}

// fromRegistry hears an answer, a new list, or a line that the registry
// carries.
func (l *loop) fromRegistry(d oldpeer.Datagram) {
	e, err := l.codec.ParseDatagram(d.Data)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok && bad.Of != "" {
		e, err = &wire.Refused{Of: bad.Of, Code: bad.Code, Text: bad.Text}, nil // an answer that is of no use
	}
	if err != nil || e == nil {
		l.cfg.Log.Debug("datagram dropped", "from", d.From, "err", err)
		return
	}
	l.registry.heard = time.Now()
	if l.heardAnswer(e) {
		return
	}
	switch e := e.(type) {
	case *wire.PeerList:
		l.rooms.peersChanged(e)
	case *wire.Said:
		l.carried(e)
	default:
	}
}

// carried is a line that came by way of the registry: private, where it is from
// the one we look up there, else of the room.
func (l *loop) carried(e *wire.Said) {
	from := e.From
	if l.isIAS() {
		from, e.Text = named(e.Text, l.outbox.carried)
	}
	if wire.CheckUser(from) != nil {
		l.talk.Drop("line without a name", l.registry.addr)
		return
	}
	switch c := l.outbox.carried; {
	case l.isIAS(), c != "" && wire.Fold(c) == wire.Fold(from), len(l.rooms.list) == 0:
		l.talk.Show(from, e.Text, wire.Via{})
	default:
		l.said(l.rooms.list[0], from, e.Text)
	}
}

// named takes "NAME> TEXT" apart; a line without a name is from usual.
func named(text, usual string) (from, rest string) {
	name, rest, ok := strings.Cut(text, "> ")
	if !ok || wire.CheckUser(name) != nil {
		return usual, text
	}
	return name, rest
}

// fromPeer hears what somebody says to our socket.
func (l *loop) fromPeer(d oldpeer.Datagram) {
	e, err := l.peers.ParseDatagram(d.Data)
	if err != nil || e == nil {
		l.talk.Drop("datagram that can't be read", d.From)
		return
	}
	switch e := e.(type) {
	case *wire.Said:
		l.heardLine(d.From, e)
	case *wire.Called:
		l.called(d.From, e.From)
	default:
		l.talk.Drop("answer from somebody else", d.From)
	}
}

func (l *loop) heardLine(from netip.AddrPort, e *wire.Said) {
	if at := l.rooms.peerOf(from); at != nil {
		label := l.talk.Label(from, e.From, l.me, true)
		at.tell(l, from, label)
		l.said(at, label, e.Text)
		return
	}
	switch c := l.talk.At(from); {
	case c != nil:
		l.talk.Show(c.Name, e.Text, wire.Via{Direct: true})
	case l.rooms.former[from]:
		l.talk.Drop("line from a room that we left", from)
	default:
		l.talk.HandleStranger(oldpeer.Word{From: from, Claimed: e.From, Line: e})
	}
}

// called is somebody's wish for a private conversation.
func (l *loop) called(from netip.AddrPort, claimed string) {
	if l.talk.At(from) == nil {
		l.talk.HandleStranger(oldpeer.Word{From: from, Claimed: claimed})
	}
}

// accept makes a stranger that a person writes to a contact, and shows what was
// held; nil where nobody is called so.
func (l *loop) accept(label string) *oldpeer.Contact {
	addr, ok := l.talk.ByLabel(label)
	if !ok || addr == l.registry.addr {
		return nil
	}
	return l.talk.Accept(label, addr)
}

func (l *loop) said(at *room, from, text string) {
	e := &wire.Said{Room: at.name, From: from, Kind: wire.KindDatagram, Text: text, Via: wire.Via{Dialect: l.cfg.Dialect.Name()}}
	e.ID, e.At = l.stamp(at.name)
	l.talk.Keep(e)
	l.emit(e)
}
