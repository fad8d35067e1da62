package hub

import (
	"net/netip"
	"strings"

	"labchat/internal/wire"
)

// groupOf reads the address of a multicast group as rooms keep it, or refuses.
// A program that enters a group of another kind of address dies of it.
func (rs *rooms) groupOf(c call, text string) (group string, ok bool) {
	if text == "" {
		return "", true
	}
	addr, err := netip.ParseAddrPort(text)
	switch {
	case err != nil || !addr.Addr().Is4() || !addr.Addr().IsMulticast() || addr.Port() == 0:
		c.refuse(wire.CodeRoomInvalid, "A group is an IPv4 multicast address with a port. Take one like 239.1.2.3:5007.")
	case rs.groups[addr.Addr()]:
		c.refuse(wire.CodeRoomExists, "Another room has that group's address. Take another one.")
	default:
		return addr.String(), true
	}
	return "", false
}

// claimGroup keeps others from using a group's address, releaseGroup ends
// that. A room without a group has none.
func (l *roomIndex) claimGroup(group string) {
	if addr, err := netip.ParseAddrPort(group); err == nil {
		l.groups[addr.Addr()] = true
	}
}

func (l *roomIndex) releaseGroup(group string) {
	if addr, err := netip.ParseAddrPort(group); err == nil {
		delete(l.groups, addr.Addr())
	}
}

// keepAlive lets a group's room live on for a while: that is all that is known
// of its people.
func (rs *rooms) keepAlive(c call, rm *room) { rm.end.at = c.now.Add(newRoomFor) }

// openBridge makes a session hear a room for its multicast group. It is nobody
// in the room, and the room does not stay because of it.
func (rg *registrants) openBridge(c call) {
	rm := rg.rooms.find(c.s.origin.Group)
	if code, _ := mayEnter(c.s, rm); code != "" || rm.bridge != nil {
		rg.presence.end(c, &wire.Goodbye{Code: wire.CodeEnded, Text: "There is no such group to be bridged."}, "")
		return
	}
	rm.bridge, c.s.bridge = c.s, rm
	c.out.Effects = append(c.out.Effects, Effect{Op: OpSubscribe, Session: c.s.id, Audience: rm.audience})
}

// unbridge is the end of openBridge.
func (s *session) unbridge(out *Out) {
	if rm := s.bridge; rm != nil {
		rm.bridge, s.bridge = nil, nil
		out.Effects = append(out.Effects, Effect{Op: OpUnsubscribe, Session: s.id, Audience: rm.audience})
	}
}

// sayInGroup makes an entry of a line that was heard in a group. Its speaker
// has no name here, and can't be taken for somebody who has.
func (rg *registrants) sayInGroup(c call, r heard) {
	nick, addr, ok := strings.Cut(r.Speaker, "@")
	if !ok || !strings.HasPrefix(nick, "~") || len(r.Speaker) > maxSpeaker || strings.ContainsAny(r.Speaker, " \n") {
		c.refuse(wire.CodeNameInvalid, "A speaker of a group is ~NICK@ADDRESS.")
		return
	}
	speaker, ok := c.clean(r.Speaker, maxSpeaker)
	if !ok {
		return
	}
	text, ok := c.clean(r.Text, wire.MaxText)
	if !ok {
		return
	}
	rm := c.s.bridge
	rg.rooms.keepAlive(c, rm)
	rg.budgets.logLine(c, "", size(r), Line{
		Room: rm.name, From: speaker, Kind: wire.KindDatagram, Text: text, Via: wire.Via{Addr: addr, Dialect: iasDialect},
	})
}
