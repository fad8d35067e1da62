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
	c        *conversation
	id       string
	token    [16]byte // its bytes
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

func newCall(c *conversation) *call {
	k := &call{c: c, began: time.Now()}
	_, _ = rand.Read(k.token[:]) // never fails
	k.id = hex.EncodeToString(k.token[:])
	k.until = k.began.Add(answerWithin)
	return k
}

// begin calls somebody by way of the server.
func (c *conversation) begin() {
	if c.call != nil || c.isBarred() || !c.l.server.online || !c.l.server.claimed || !c.l.farewell.IsZero() || !c.may(gate.ToKnow, c.device).Trusts() {
		return
	}
	k := newCall(c)
	c.start(k, onCall)
	c.noted.changed = true
	c.punch(k)
}

// punch tells the other side where we are.
func (c *conversation) punch(k *call) {
	r := wire.Punch{To: c.name, Call: k.id, Relay: c.hidesAddress()}
	if !r.Relay {
		for _, a := range c.l.sockets.own() {
			if len(r.Local) < wire.MaxCandidates {
				r.Local = append(r.Local, a.String())
			}
		}
	}
	c.l.ask(r, func(e wire.Event) {
		no, refused := e.(*wire.Refused)
		switch {
		case c.call != k:
		case refused:
			c.handleNotCalled(no)
		case !k.isMet():
			k.asks = time.Now().Add(askedAfter)
		}
	})
}

// hides says whether somebody is not to be told our addresses.
func (p *partner) hidesAddress() bool {
	return p.l.sockets.udp == nil || p.contact.Mode == wire.RouteRelay || p.l.cfg.Relay && p.contact.Mode != wire.RouteAuto
}

// notCalled is the server's no to a call.
func (c *conversation) handleNotCalled(e *wire.Refused) {
	c.move(onEnd)
	c.uninvite()
	switch {
	case e.Code == wire.CodeNoUser && c.best() == nil:
		c.waitAway(c.name + " is not here")
	case c.best() == nil:
		c.show(e.Text)
		c.wait(time.Now().Add(max(findBackoff.First, time.Duration(e.RetryMS)*time.Millisecond)))
	default:
		c.improveLater(time.Now())
	}
}

// punched is somebody's call, or the answer to ours.
func (l *loop) handlePunched(e *wire.Punched) {
	if l.convs[wire.Fold(e.From)] == nil && len(l.convs) >= maxConversations {
		l.cfg.Log.Debug("a call too many was dropped")
		return
	}
	c := l.conversation(e.From)
	c.spell(e.From)
	c.setKind(e.Kind, e.Device, e.Devices)
	c.setDevices(e.Devices)
	c.says = gate.Unasked
	trusted := c.judge(e.Device)
	k := c.call
	switch {
	case !trusted && !c.contact.Accepted:
		c.askPerson(e)
	case !trusted:
		c.asked = e
	case c.isBarred():
		l.Tell(wire.Decline{To: c.name, Call: e.Call})
	case k != nil && k.id == e.Call:
		c.meet(k, e)
	case e.Call == c.met:
		// The link was faster than the answer.
	case k != nil && !k.isMet() && k.id < e.Call:
		c.punch(k) // both have called: the smaller call counts, which may have got lost
	case c.contact.Accepted:
		c.answer(e)
	default:
		c.askPerson(e)
	}
	c.noted.changed = true
}

// answer says yes to a call of the device that we speak to: no other is told where we
// are.
func (c *conversation) answer(e *wire.Punched) {
	if e.Device != c.device || !c.may(gate.ToKnow, e.Device).Trusts() {
		return
	}
	if !c.l.place.isReady() { // the other side is to be told where we are
		c.asked = e
		c.move(onEnd) // theirs counts
		c.wait(time.Now().Add(registerAgain / 4))
		return
	}
	if !c.calls.Spend(time.Now()) {
		c.l.cfg.Log.Debug("a call too many of somebody was dropped", "user", c.name)
		return
	}
	if token, err := hex.DecodeString(e.Call); err == nil && len(token) == 16 {
		k := &call{c: c, id: e.Call, token: [16]byte(token), began: time.Now()}
		c.start(k, onMeet)
		k.again = c.suspectDirect()
		c.punch(k)
		c.meet(k, e)
	}
}

// doubt is for a call of somebody to whom there is a way: the other side does
// not think so, or has only the relay, which is then made anew.
func (c *conversation) suspectDirect() (relayed bool) {
	p := c.best()
	if p != nil && !p.Relayed {
		p.suspect, c.urgent = true, true
	}
	return p != nil && p.Relayed
}

// asksUs has a person answer.
func (c *conversation) askPerson(e *wire.Punched) {
	if c.contact.Rejected {
		c.l.Tell(wire.Decline{To: c.name, Call: e.Call})
		return
	}
	if c.asked == nil || c.asker != e.Device {
		c.askedAt = wire.MillisOf(c.l.cfg.Now())
		c.l.emit(&wire.Called{From: c.name, Kind: c.kind, Secure: true, Print: wire.DevicePrint(e.Device)})
	}
	c.asked, c.asker = e, e.Device
}

// declined is the other person's no.
func (l *loop) handleDeclined(e *wire.Declined) {
	c := l.convs[wire.Fold(e.From)]
	if c == nil || c.call == nil || c.call.id != e.Call {
		return
	}
	c.move(onEnd)
	c.poked = false
	c.uninvite()
	c.show(c.name + " does not want to talk now")
	c.wait(time.Now().Add(findBackoff.Last))
	c.noted.changed = true
}

// meet looks for a way now that both want one.
func (c *conversation) meet(k *call, e *wire.Punched) {
	now := time.Now()
	c.start(k, onMeet)
	k.relayed, k.until = e.Relay || c.hidesAddress(), now.Add(linkWithin)
	k.began, k.asks = now, time.Time{}
	c.uninvite()
	if !k.relayed {
		for _, a := range c.l.place.candidates(c.l.server.remote, e.Addrs) {
			k.at(a)
		}
	}
	if c.isDialler() && !c.l.server.noRelay && (c.best() == nil || c.best().suspect || k.again) {
		k.carryAt = now.Add(directWithin)
		if k.relayed || len(k.spots) == 0 || c.urgent {
			k.carryAt = now
		}
	}
	c.l.expect()
	k.act(now)
	k.dialNext() // the other side may have knocked already
}

// dials says which of the two sides makes links: the one with the smaller key.
func (p *partner) isDialler() bool { return p.l.id.Key() < p.device }

// isMet reports whether both sides want it.
func (k *call) isMet() bool { return k.c.call == k && k.c.state == meeting }

// due is when something is to be done for a call.
func (k *call) due() time.Time {
	due := k.until
	if k.isMet() && k.rounds < len(knockAfter) && len(k.spots) > 0 {
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
func (k *call) act(now time.Time) {
	for k.isMet() && k.rounds < len(knockAfter) && len(k.spots) > 0 && !now.Before(k.began.Add(knockAfter[k.rounds])) {
		k.rounds++
		k.knock()
	}
	if !k.carryAt.IsZero() && !now.Before(k.carryAt) {
		k.carryAt = time.Time{}
		k.c.show(k.why())
		k.c.dial(k, k.c.l.sockets.carried, k.c.l.sockets.relay.Addr(k.c.key))
	}
	if !k.asks.IsZero() && !now.Before(k.asks) {
		k.asks = time.Time{}
		if k.c.best() == nil {
			k.c.invite()
		}
	}
	if now.Before(k.until) {
		return
	}
	met := k.isMet()
	k.c.move(onEnd)
	k.c.noted.changed = true
	switch {
	case k.c.best() != nil:
		k.c.improveLater(now)
	case met:
		why := "no way to " + k.c.name + " was found: " + k.why()
		if k.c.l.server.noRelay {
			why += ", and the server relays nothing"
		}
		k.c.show(why)
		k.c.findLater(now)
	case k.c.invited: // and may answer yet
		k.c.findLater(now)
	default:
		k.c.show(k.c.name + " has not answered yet")
		k.c.findLater(now)
	}
}

// why explains why there is no direct way.
func (k *call) why() string {
	switch {
	case k.c.l.sockets.udp == nil:
		return "this machine gives us no UDP socket"
	case k.c.contact.Mode == wire.RouteRelay || k.c.l.cfg.Relay:
		return "you tell nobody your address"
	case k.relayed:
		return k.c.name + " tells nobody the address"
	case k.c.l.place.on && !k.c.l.place.seen.IsValid():
		return "UDP does not get through to the server"
	case len(k.spots) == 0:
		return k.c.name + " can't be reached over UDP"
	case k.c.l.place.kind == wire.NATDependent && !k.reached:
		return "your NAT uses another address for each destination"
	case k.reached:
		return k.c.name + "'s datagrams arrive, but no link comes about"
	default:
		return "nothing of " + k.c.name + " arrives: a NAT or a firewall is between you"
	}
}

// dialNext dials the next address that has answered, one at a time.
func (k *call) dialNext() {
	if !k.isMet() || k.dialling || !k.c.isDialler() || k.c.call != k || k.c.l.sockets.direct == nil || k.c.hidesAddress() {
		return
	}
	if p := k.c.best(); p != nil && !p.Relayed && !p.suspect {
		return
	}
	i := slices.IndexFunc(k.spots, func(s *spot) bool { return s.state == spotProven })
	if i < 0 {
		return
	}
	k.spots[i].state = spotDialled
	k.dialling = true
	k.c.dial(k, k.c.l.sockets.direct, net.UDPAddrFromAddrPort(k.spots[i].addr))
}

// dial makes a link beside the loop.
func (c *conversation) dial(k *call, over *link.Carrier, to net.Addr) {
	device := c.device
	direct := over == c.l.sockets.direct
	c.l.work.Go(func() {
		ctx, cancel := context.WithTimeout(c.l.ctx, dialWithin)
		if !direct {
			cancel()
			ctx, cancel = context.WithTimeout(c.l.ctx, linkWithin)
		}
		defer cancel()
		made, err := over.Dial(ctx, to, device)
		c.l.box.Post(func(*loop) {
			if direct {
				k.dialling = false
			}
			if err != nil {
				c.l.cfg.Log.Debug("a way was not found", "err", err)
				k.dialNext()
				return
			}
			c.addLink(made)
		})
	})
}
