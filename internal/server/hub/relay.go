package hub

import "labchat/internal/wire"

// relay passes a datagram on, unread, between two that have agreed on a
// private conversation. It is lost where it can't be delivered at once, as
// datagrams are.
func (h *Hub) relay(c call, r wire.Relay) {
	from, to := h.both(c, r.To)
	if to == nil {
		return
	}
	p := from.pairs[to]
	if p == nil || !p.open {
		h.refuse(c, wire.CodeNoEndpoint, "You two have not agreed on a private conversation. Ask for it with punch first.")
		return
	}
	if n := len(r.Data); n == 0 || n > wire.MaxRelayed {
		h.refuse(c, wire.CodeTooLong, "A datagram that is relayed has 1 to 1,400 bytes. Send it in pieces.")
		return
	}
	if wait := p.spent.spend(c.now, len(r.Data), relayAllowed); wait > 0 {
		h.refuseFor(c, wire.CodeRate, wait, "That is more than is relayed for two people. Wait a little.")
		return
	}
	p.used = c.now
	c.out.Effects = append(c.out.Effects, Effect{
		Op: OpDeliver, Session: to.session.id, Event: &wire.Relayed{From: c.s.user.name, Data: r.Data}, Spare: true,
	})
	if c.tag != "" {
		h.done(c)
	}
}
