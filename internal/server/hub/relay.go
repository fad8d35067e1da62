package hub

import (
	"fmt"
	"time"

	"labchat/internal/wire"
)

// Relaying says how much is relayed between people who have no direct way. The
// zero value is the default.
type Relaying struct {
	Off       bool
	PerSecond int // bytes in all, 0: the default
}

// all, network and pair are what is relayed in all, for those of one network
// (what they send) and for two people (both ways together).
func (r Relaying) all() allowance {
	if r.PerSecond == 0 {
		r.PerSecond = defaultRelay
	}
	return relayAllowance(r.PerSecond)
}

func (r Relaying) network() allowance { return relayAllowance(r.all().perSecond / networksRelay) }
func (r Relaying) pair() allowance {
	pair := relayAllowance(r.network().perSecond / pairsRelay)
	pair.atOnce = leastRelayed
	return pair
}

// relayAllowance allows so many bytes a second, and a fourth of that at once.
func relayAllowance(perSecond int) allowance {
	return allowance{atOnce: max(leastRelayed, perSecond/4), perSecond: max(1, perSecond)}
}

// relay passes a datagram on, unread, between two that have agreed on a
// private conversation. It is lost where it can't be delivered at once, as
// datagrams are.
func (rv *rendezvous) relay(c call, r wire.Relay) {
	from, to := rv.bothEnds(c, r.To)
	if to == nil {
		return
	}
	p := from.pairs[to]
	if p == nil || !p.open {
		c.refuse(wire.CodeNoEndpoint, "You two have not agreed on a private conversation. Ask for it with punch first.")
		return
	}
	if n := len(r.Data); n == 0 || n > wire.MaxRelayed {
		c.refuse(wire.CodeTooLong, "A datagram that is relayed has 1 to 1,400 bytes. Send it in pieces.")
		return
	}
	if wait, why := rv.mayRelay(c, p, r); why != "" {
		c.refuseRelay(wait, why)
		rv.waste(c, len(r.Data))
		return
	}
	p.used = c.now
	c.out.Effects = append(c.out.Effects, Effect{
		Op: OpDeliver, Session: to.session.id, Event: &wire.Relayed{From: c.s.user.name, Data: r.Data}, Spare: true,
	})
	if c.tag != "" {
		c.done()
	}
}

// mayRelay takes a datagram from the budgets of its pair, of its sender's
// network and of all, or says why not. Whoever relays little may have the latter
// two overdrawn, so that those who relay much wait, and nobody's lines do.
func (rv *rendezvous) mayRelay(c call, p *pair, r wire.Relay) (wait time.Duration, why string) {
	n, cfg := len(r.Data), rv.cfg.Relay
	if cfg.Off {
		return 0, noRelay
	}
	pair, network, all := cfg.pair(), cfg.network(), cfg.all()
	if wait := p.spent.lacks(c.now, n, pair); wait > 0 {
		if p.told { // a file always is: it is no news
			c.s.pace.relayTold = c.now
		}
		p.told = true
		return wait, fmt.Sprintf("What you and %s write goes through the server, which relays %s a second for two people. More of it takes longer.", r.To, bytesOf(pair.perSecond))
	}
	debt := time.Duration(0)
	if c.s.pace.light.spend(c.now, n, lightAllowed) <= 0 {
		debt = mostRelayDebt
	}
	sh := rv.budgets.shareOf(c.s)
	if sh != nil {
		if wait := sh.relayed.lacks(c.now, n, network); wait > debt {
			return wait, fmt.Sprintf("Much is relayed from %s, where you are, too: the server relays %s a second for one address. More of it takes longer.", sh.network, bytesOf(network.perSecond))
		}
	}
	if wait := rv.relaying.lacks(c.now, n, all); wait > debt {
		return wait, fmt.Sprintf("Much is relayed for others: the server relays %s a second in all. More of it takes longer.", bytesOf(all.perSecond))
	}
	p.spent.take(c.now, n, pair)
	rv.relaying.take(c.now, n, all)
	if sh != nil {
		sh.relayed.take(c.now, n, network)
	}
	return 0, ""
}

// waste counts what was read for nothing. Whoever goes on sending more than can
// be relayed is read no further for a moment, and costs no processor.
func (rv *rendezvous) waste(c call, n int) {
	wait := c.s.pace.wasted.lacks(c.now, n, wasteAllowed)
	c.s.pace.wasted.take(c.now, n, wasteAllowed)
	if wait > 0 {
		rv.budgets.rest(c, wait)
	}
}

// rest has nothing of a session handled for some time.
func (bs *budgets) rest(c call, wait time.Duration) {
	if p := &c.s.pace; !c.now.Before(p.rests) {
		p.rests = c.now.Add(wait)
		bs.due.at(p.rests, deadline{what: dueRest, session: c.s.id})
	}
}

// onRestDue goes on with a session that has rested.
func (bs *budgets) onRestDue(c call) {
	if c.s != nil {
		bs.proceed(c.now, c.s, c.out)
	}
}

// noRelay is said where nothing is relayed.
const noRelay = "This server relays nothing. Private conversations need a direct way here."

// bytesOf writes a number of bytes for people.
func bytesOf(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

// refuseRelay tells why a datagram is not relayed: as an answer to one that has
// a tag, and now and then as a notice to people whose program has given none.
func (c call) refuseRelay(wait time.Duration, why string) {
	switch {
	case c.tag != "" && wait > 0:
		c.refuseFor(wire.CodeRate, wait, why)
	case c.tag != "":
		c.refuse(wire.CodeUnsupported, why)
	case c.now.Sub(c.s.pace.relayTold) >= toldRelayEvery:
		c.s.pace.relayTold = c.now
		c.out.deliver(c.s, &wire.Notice{Text: why})
	}
}
