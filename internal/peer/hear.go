package peer

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
)

// datagram takes one, by where it came from.
func (l *loop) datagram(d datagram) {
	switch {
	case d.group.IsValid():
		l.fromGroup(d)
	case d.from == l.registry.addr:
		l.fromRegistry(d)
	default:
		l.fromPeer(d)
	}
}

// fromRegistry hears an answer, a new list, or a line that the registry
// carries.
func (l *loop) fromRegistry(d datagram) {
	e, err := l.codec.ParseDatagram(d.data)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok && bad.Of != "" {
		e, err = &wire.Refused{Of: bad.Of, Code: bad.Code, Text: bad.Text}, nil // an answer that is of no use
	}
	if err != nil || e == nil {
		l.cfg.Log.Debug("datagram dropped", "from", d.from, "err", err)
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
		l.drop("line without a name", l.registry.addr)
		return
	}
	switch c := l.outbox.carried; {
	case l.isIAS(), c != "" && wire.Fold(c) == wire.Fold(from), len(l.rooms.list) == 0:
		l.whispered(from, e.Text, wire.Via{})
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
func (l *loop) fromPeer(d datagram) {
	e, err := l.talk.ParseDatagram(d.data)
	if err != nil || e == nil {
		l.drop("datagram that can't be read", d.from)
		return
	}
	switch e := e.(type) {
	case *wire.Said:
		l.heardLine(d.from, e)
	case *wire.Called:
		l.called(d.from, e.From)
	default:
		l.drop("answer from somebody else", d.from)
	}
}

func (l *loop) heardLine(from netip.AddrPort, e *wire.Said) {
	if at := l.rooms.peerOf(from); at != nil {
		label := l.book.Label(from, e.From, l.me, true)
		at.tell(l, from, label)
		l.said(at, label, e.Text)
		return
	}
	switch c := l.book.At(from); {
	case c != nil:
		l.whispered(c.Name, e.Text, wire.Via{Direct: true})
	case l.rooms.former[from]:
		l.drop("line from a room that we left", from)
	default:
		l.stranger(from, e.From, e)
	}
}

// called is somebody's wish for a private conversation.
func (l *loop) called(from netip.AddrPort, claimed string) {
	if l.book.At(from) == nil {
		l.stranger(from, claimed, nil)
	}
}

// stranger shows the first word of somebody that we don't know as a request,
// and holds what follows until a person answers.
func (l *loop) stranger(from netip.AddrPort, claimed string, line *wire.Said) {
	v := l.book.Hear(oldpeer.Word{From: from, Claimed: claimed, Line: line}, l.me)
	if v.Dropped != "" {
		l.drop(v.Dropped, from)
		return
	}
	if v.Asks {
		l.emit(&wire.Called{From: v.Label})
	}
	if v.Shown {
		l.whispered(v.Label, line.Text, wire.Via{Direct: true})
	}
}

// accept makes a stranger that a person writes to a contact, and shows what was
// held; nil where nobody is called so.
func (l *loop) accept(label string) *oldpeer.Contact {
	addr, ok := l.book.ByLabel(label)
	if !ok || addr == l.registry.addr {
		return nil
	}
	s := l.book.Stranger(addr)
	c := l.book.Meet(label, addr)
	if s != nil {
		for _, line := range s.Held() {
			l.whispered(label, line.Text, wire.Via{Direct: true})
		}
	}
	return c
}

func (l *loop) said(at *room, from, text string) {
	e := &wire.Said{Room: at.name, From: from, Kind: wire.KindDatagram, Text: text, Via: wire.Via{Dialect: l.cfg.Dialect.Name()}}
	e.ID, e.At = l.stamp(at.name)
	l.keep(e)
	l.emit(e)
}

func (l *loop) whispered(from, text string, via wire.Via) {
	via.Way = wire.WayPlain
	e := &wire.Whispered{From: from, To: l.me, Kind: wire.KindDatagram, Text: text, Via: via}
	e.ID, e.At = l.stamp("")
	l.keep(e)
	l.emit(e)
}

// drop counts what was not shown.
func (l *loop) drop(what string, from netip.AddrPort) {
	l.book.Dropped++
	l.cfg.Log.Debug("datagram dropped", "what", what, "from", from, "dropped", l.book.Dropped)
}
