package private

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"slices"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

const (
	// directWithin is how long both sides look for a direct way before the relay
	// is taken.
	directWithin = 3 * time.Second
	// dialWithin bounds one try at an address that has knocked.
	dialWithin = 2500 * time.Millisecond
	// answerWithin is after how long a call counts as not heard: a person may
	// have to answer first, so it is said again then.
	answerWithin = 30 * time.Second
	// askedAfter is after how long without an answer a person is being asked: a
	// program that answers by itself is faster.
	askedAfter = 500 * time.Millisecond
	// linkWithin is how long an answered call may take to become a link.
	linkWithin = 15 * time.Second
	// restWithin is how long a direct way is looked for on, once the relay is taken.
	restWithin = 5 * time.Second
	// callsAtOnce and callsASecond are how many calls of one person are answered:
	// as many as an honest server lets through.
	callsAtOnce  = 10
	callsASecond = 1
)

// call is one try to find a way to somebody. Owned by loop.
type call struct {
	id       string
	token    [16]byte // its bytes
	answered bool     // both sides want it
	relayed  bool     // no direct way is to be looked for
	began    time.Time
	until    time.Time
	spots    []*spot // where the other side may be, maxSpots at most
	rounds   int     // of knocks that are out
	dialling bool
	reached  bool      // a knock of the other side was heard
	carryAt  time.Time // when the relay is dialled, zero: it was, or is not to be
	asks     time.Time // when it counts as put to a person, zero: it is answered, or was not heard
	again    bool      // the relay is dialled though there is a way through it
}

func newCall() *call {
	c := &call{began: time.Now()}
	_, _ = rand.Read(c.token[:]) // never fails
	c.id = hex.EncodeToString(c.token[:])
	c.until = c.began.Add(answerWithin)
	return c
}

// begin calls somebody by way of the server.
func (l *loop) begin(c *conversation) {
	if c.call != nil || c.isBarred() || !l.server.online || !l.server.claimed || !l.farewell.IsZero() || !l.may(c, gate.ToKnow, c.device).Trusts() {
		return
	}
	k := newCall()
	c.call = k
	c.noted.changed = true
	l.punch(c, k)
}

// punch tells the other side where we are.
func (l *loop) punch(c *conversation, k *call) {
	r := wire.Punch{To: c.name, Call: k.id, Relay: l.hides(c)}
	if !r.Relay {
		for _, a := range l.sockets.own() {
			if len(r.Local) < wire.MaxCandidates {
				r.Local = append(r.Local, a.String())
			}
		}
	}
	l.ask(r, func(e wire.Event) {
		no, refused := e.(*wire.Refused)
		switch {
		case c.call != k:
		case refused:
			l.notCalled(c, no)
		case !k.answered:
			k.asks = time.Now().Add(askedAfter)
		}
	})
}

// hides says whether somebody is not to be told our addresses.
func (l *loop) hides(c *conversation) bool {
	return l.sockets.udp == nil || c.contact.Mode == wire.RouteRelay || l.cfg.Relay && c.contact.Mode != wire.RouteAuto
}

// notCalled is the server's no to a call.
func (l *loop) notCalled(c *conversation, e *wire.Refused) {
	c.call = nil
	c.uninvite()
	switch {
	case e.Code == wire.CodeNoUser && c.best() == nil:
		l.away(c, c.name+" is not here")
	case c.best() == nil:
		c.show(e.Text)
		c.again = time.Now().Add(max(againFirst, time.Duration(e.RetryMS)*time.Millisecond))
	default:
		c.worse(time.Now())
	}
}

// punched is somebody's call, or the answer to ours.
func (l *loop) punched(e *wire.Punched) {
	if l.convs[wire.Fold(e.From)] == nil && len(l.convs) >= maxConversations {
		l.cfg.Log.Debug("a call too many was dropped")
		return
	}
	c := l.conversation(e.From)
	l.spell(c, e.From)
	l.is(c, e.Kind, e.Device, e.Devices)
	l.list(c, e.Devices)
	c.says = gate.Unasked
	trusted := l.judge(c, e.Device)
	k := c.call
	switch {
	case !trusted && !c.contact.Accepted:
		l.asksUs(c, e)
	case !trusted:
		c.asked = e
	case c.isBarred():
		l.Tell(wire.Decline{To: c.name, Call: e.Call})
	case k != nil && k.id == e.Call:
		l.meet(c, k, e)
	case e.Call == c.met:
		// The link was faster than the answer.
	case k != nil && !k.answered && k.id < e.Call:
		l.punch(c, k) // both have called: the smaller call counts, which may have got lost
	case c.contact.Accepted:
		l.answer(c, e)
	default:
		l.asksUs(c, e)
	}
	c.noted.changed = true
}

// answer says yes to a call of the device that we speak to: no other is told where we
// are.
func (l *loop) answer(c *conversation, e *wire.Punched) {
	if e.Device != c.device || !l.may(c, gate.ToKnow, e.Device).Trusts() {
		return
	}
	if !l.place.isReady() { // the other side is to be told where we are
		c.asked, c.again = e, time.Now().Add(registerAgain/4)
		return
	}
	if !c.calls.Spend(time.Now()) {
		l.cfg.Log.Debug("a call too many of somebody was dropped", "user", c.name)
		return
	}
	if token, err := hex.DecodeString(e.Call); err == nil && len(token) == 16 {
		k := &call{id: e.Call, token: [16]byte(token), began: time.Now()}
		c.call = k
		k.again = c.doubt()
		l.punch(c, k)
		l.meet(c, k, e)
	}
}

// doubt is for a call of somebody to whom there is a way: the other side does
// not think so, or has only the relay, which is then made anew.
func (c *conversation) doubt() (relayed bool) {
	p := c.best()
	if p != nil && !p.Relayed {
		p.suspect, c.urgent = true, true
	}
	return p != nil && p.Relayed
}

// asksUs has a person answer.
func (l *loop) asksUs(c *conversation, e *wire.Punched) {
	if c.contact.Rejected {
		l.Tell(wire.Decline{To: c.name, Call: e.Call})
		return
	}
	if c.asked == nil || c.asker != e.Device {
		c.askedAt = wire.MillisOf(l.cfg.Now())
		l.emit(&wire.Called{From: c.name, Kind: c.kind, Secure: true, Print: wire.DevicePrint(e.Device)})
	}
	c.asked, c.asker = e, e.Device
}

// declined is the other person's no.
func (l *loop) declined(e *wire.Declined) {
	c := l.convs[wire.Fold(e.From)]
	if c == nil || c.call == nil || c.call.id != e.Call {
		return
	}
	c.call, c.poked = nil, false
	c.uninvite()
	c.show(c.name + " does not want to talk now")
	c.again = time.Now().Add(againLast)
	c.noted.changed = true
}

// meet looks for a way now that both want one.
func (l *loop) meet(c *conversation, k *call, e *wire.Punched) {
	now := time.Now()
	k.answered, k.relayed, k.until = true, e.Relay || l.hides(c), now.Add(linkWithin)
	k.began, k.asks = now, time.Time{}
	c.again = time.Time{}
	c.uninvite()
	if !k.relayed {
		for _, a := range l.place.candidates(l.server.remote, e.Addrs) {
			k.at(a)
		}
	}
	if l.dials(c) && !l.server.noRelay && (c.best() == nil || c.best().suspect || k.again) {
		k.carryAt = now.Add(directWithin)
		if k.relayed || len(k.spots) == 0 || c.urgent {
			k.carryAt = now
		}
	}
	l.expect()
	k.act(l, c, now)
	k.dialNext(l, c) // the other side may have knocked already
}

// dials says which of the two sides makes links: the one with the smaller key.
func (l *loop) dials(c *conversation) bool { return l.id.Key() < c.device }

// due is when something is to be done for a call.
func (k *call) due() time.Time {
	due := k.until
	if k.answered && k.rounds < len(knockAfter) && len(k.spots) > 0 {
		due = k.began.Add(knockAfter[k.rounds])
	}
	for _, t := range []time.Time{k.carryAt, k.asks} {
		if !t.IsZero() && t.Before(due) {
			due = t
		}
	}
	return due
}

// act knocks, dials the relay, or gives up.
func (k *call) act(l *loop, c *conversation, now time.Time) {
	for k.answered && k.rounds < len(knockAfter) && len(k.spots) > 0 && !now.Before(k.began.Add(knockAfter[k.rounds])) {
		k.rounds++
		k.knock(l, c)
	}
	if !k.carryAt.IsZero() && !now.Before(k.carryAt) {
		k.carryAt = time.Time{}
		c.show(k.why(l, c))
		l.dial(c, k, l.sockets.carried, l.sockets.relay.Addr(c.key))
	}
	if !k.asks.IsZero() && !now.Before(k.asks) {
		k.asks = time.Time{}
		if c.best() == nil {
			c.invite()
		}
	}
	if now.Before(k.until) {
		return
	}
	c.call = nil
	c.noted.changed = true
	switch {
	case c.best() != nil:
		c.worse(now)
	case k.answered:
		why := "no way to " + c.name + " was found: " + k.why(l, c)
		if l.server.noRelay {
			why += ", and the server relays nothing"
		}
		c.show(why)
		c.later(now)
	case c.invited: // and may answer yet
		c.later(now)
	default:
		c.show(c.name + " has not answered yet")
		c.later(now)
	}
}

// why explains why there is no direct way.
func (k *call) why(l *loop, c *conversation) string {
	switch {
	case l.sockets.udp == nil:
		return "this machine gives us no UDP socket"
	case c.contact.Mode == wire.RouteRelay || l.cfg.Relay:
		return "you tell nobody your address"
	case k.relayed:
		return c.name + " tells nobody the address"
	case l.place.on && !l.place.seen.IsValid():
		return "UDP does not get through to the server"
	case len(k.spots) == 0:
		return c.name + " can't be reached over UDP"
	case l.place.kind == wire.NATDependent && !k.reached:
		return "your NAT uses another address for each destination"
	case k.reached:
		return c.name + "'s datagrams arrive, but no link comes about"
	default:
		return "nothing of " + c.name + " arrives: a NAT or a firewall is between you"
	}
}

// dialNext dials the next address that has answered, one at a time.
func (k *call) dialNext(l *loop, c *conversation) {
	if !k.answered || k.dialling || !l.dials(c) || c.call != k || l.sockets.direct == nil || l.hides(c) {
		return
	}
	if p := c.best(); p != nil && !p.Relayed && !p.suspect {
		return
	}
	i := slices.IndexFunc(k.spots, func(s *spot) bool { return s.state == spotProven })
	if i < 0 {
		return
	}
	k.spots[i].state = spotDialled
	k.dialling = true
	l.dial(c, k, l.sockets.direct, net.UDPAddrFromAddrPort(k.spots[i].addr))
}

// dial makes a link beside the loop.
func (l *loop) dial(c *conversation, k *call, over *link.Carrier, to net.Addr) {
	device := c.device
	direct := over == l.sockets.direct
	l.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, dialWithin)
		if !direct {
			cancel()
			ctx, cancel = context.WithTimeout(l.ctx, linkWithin)
		}
		defer cancel()
		made, err := over.Dial(ctx, to, device)
		l.box.Post(func(l *loop) {
			if direct {
				k.dialling = false
			}
			if err != nil {
				l.cfg.Log.Debug("a way was not found", "err", err)
				k.dialNext(l, c)
				return
			}
			l.linked(c, made)
		})
	})
}
