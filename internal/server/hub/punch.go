package hub

import (
	"net/netip"
	"time"

	"labchat/internal/wire"
)

// pair is two endpoints of which one has asked the other for a private
// conversation.
type pair struct {
	sides [2]side // of the endpoint with the lower id first
	open  bool    // both have asked, with the same call
	used  time.Time
	spent budget // of what is relayed
	told  bool   // one of them was told that it has more than is relayed for two
}

// side is what one of a pair has said to the other.
type side struct {
	calls [2]string // the last ones, the newest first: two, for both may ask at once
	relay bool      // it wants no address told
	asked budget
}

// of returns what an endpoint of the pair has said, and what the other one.
func (p *pair) of(e, other *endpoint) (own, others *side) {
	if e.id < other.id {
		return &p.sides[0], &p.sides[1]
	}
	return &p.sides[1], &p.sides[0]
}

// say notes a call.
func (s *side) say(call string) {
	if s.calls[0] != call {
		s.calls = [2]string{call, s.calls[0]}
	}
}

// hasCalled reports whether the side has sent a call lately.
func (s *side) hasCalled(call string) bool { return s.calls[0] == call || s.calls[1] == call }

// lookUp tells where private lines for a user can be sent.
func (rv *rendezvous) lookUp(c call, r wire.Find) {
	if wait := c.s.pace.finds.spend(c.now, 1, findsAllowed); wait > 0 {
		c.refuseFor(wire.CodeThrottled, wait, "Too many questions about names. Wait a little.")
		return
	}
	cl := rv.names.find(r.Name)
	if cl == nil || cl.account == nil && (cl.user == nil || cl.user.hidden) {
		c.refuseNobody()
		return
	}
	found := &wire.Found{Re: wire.Re{Re: c.tag}}
	if acct := cl.account; acct != nil {
		found.Name, found.Kind, found.Devices = acct.name, wire.KindAccount, acct.devices.all()
	}
	if u := cl.user; u != nil {
		found.Name, found.Kind, found.Online = u.name, u.kind, true
		if e := u.endpoint(); e != nil {
			found.Device = e.device
		}
	}
	c.reply(found)
}

func (c call) refuseNobody() {
	c.refuse(wire.CodeNoUser, "Nobody of that name is here or registered. Look at the list of people.")
}

// punch asks an endpoint for a private conversation, or answers that one's
// wish: it is told where the asker can be reached.
func (rv *rendezvous) punch(c call, r wire.Punch) {
	if !isID(r.Call) || len(r.Local) > wire.MaxCandidates {
		c.refuse(wire.CodeMalformed, "The call of punch must be 32 hexadecimal digits, and it names at most 8 addresses.")
		return
	}
	from, to := rv.bothEnds(c, r.To)
	if to == nil {
		return
	}
	if wait := c.s.pace.punches.spend(c.now, 1, punchesAllowed); wait > 0 {
		c.refuseFor(wire.CodeRate, wait, "You ask for private conversations too often. Wait a little.")
		return
	}
	p := rv.pairOf(c, from, to)
	if p == nil {
		return
	}
	own, others := p.of(from, to)
	if rv.cfg.Relay.Off && (r.Relay || others.relay) {
		c.refuse(wire.CodeUnsupported, noRelay+" One of you two tells nobody the address.")
		return
	}
	if wait := own.asked.spend(c.now, 1, askedAllowed); wait > 0 {
		c.refuseFor(wire.CodeRate, wait, "You ask "+r.To+" too often. Wait a little.")
		return
	}
	own.say(r.Call)
	own.relay, p.used = r.Relay, c.now
	if others.hasCalled(r.Call) && !p.open {
		isOpen := func(p *pair, _ *endpoint) bool { return p.open }
		rv.limitPairs(from, maxOpen, isOpen)
		rv.limitPairs(to, maxOpen, isOpen)
		p.open = true
		rv.inboxes.noteTalk(c, from.session.account(), to.session.account())
		rv.inboxes.noteTalk(c, to.session.account(), from.session.account())
	}
	c.out.deliver(to.session, newPunched(c.now, from, to, r, own.relay || others.relay))
	c.done()
}

// bothEnds returns the asker's endpoint and that of a user, or refuses: then to is
// nil.
func (rv *rendezvous) bothEnds(c call, name string) (from, to *endpoint) {
	from = c.s.endpoint
	if from == nil {
		c.refuse(wire.CodeNoEndpoint, "This session holds no private conversations. Ask for that with udp first.")
		return nil, nil
	}
	cl := rv.names.find(name)
	if cl != nil && cl.user != nil {
		to = cl.user.endpoint()
	}
	switch {
	case cl == nil || cl.account == nil && (cl.user == nil || cl.user.hidden):
		c.refuseNobody()
	case to == nil:
		name = cl.name()
		c.refuse(wire.CodeNoUser, name+" is not here with a program that can hold encrypted conversations. Try again when "+name+" is.")
	case to == from:
		c.refuse(wire.CodeNoUser, "That is you. Name somebody else.")
	default:
		return from, to
	}
	return from, nil
}

// name is how its owner writes the name.
func (cl *claim) name() string {
	if cl.user != nil {
		return cl.user.name
	}
	return cl.account.name
}

// newPunched returns what an endpoint is told of another one's wish.
func newPunched(now time.Time, from, to *endpoint, r wire.Punch, relay bool) *wire.Punched {
	u := from.session.user
	e := &wire.Punched{From: u.name, Kind: u.kind, Call: r.Call, Device: from.device, Relay: relay}
	if u.account != nil {
		e.Devices = u.account.devices.all()
	}
	at, seen := from.at(now), to.at(now)
	if seen.IsValid() {
		e.Seen = seen.String()
	}
	if !relay {
		e.Addrs = candidates(at, seen, r.Local)
	}
	return e
}

// candidates are the addresses under which an endpoint that was seen at one
// address is told to one that was seen at another: nobody can have us name the
// address of a stranger.
func candidates(at, seen netip.AddrPort, local []string) []string {
	var list []string
	for _, a := range wire.Candidates(at, seen, local) {
		list = append(list, a.String())
	}
	return list
}

// decline says no to a wish, or ends what was agreed. The other side is told
// if there was something.
func (rv *rendezvous) decline(c call, r wire.Decline) {
	from, to := rv.bothEnds(c, r.To)
	if to == nil {
		return
	}
	if p := from.pairs[to]; p != nil {
		if own, others := p.of(from, to); own.hasCalled(r.Call) || others.hasCalled(r.Call) {
			rv.closePair(from, to)
			c.out.deliver(to.session, &wire.Declined{From: c.s.user.name, Call: r.Call})
		}
	}
	c.done()
}

// pairOf returns what two endpoints have said to each other, made where it was
// nothing; nil: refused.
func (rv *rendezvous) pairOf(c call, from, to *endpoint) *pair {
	if p := from.pairs[to]; p != nil {
		return p
	}
	if rv.pairs >= maxPairs {
		c.refuseFor(wire.CodeBusy, busyRetry, "Too many people ask for private conversations. Try again in a moment.")
		return nil
	}
	rv.limitPairs(from, maxAsked, func(p *pair, other *endpoint) bool {
		own, _ := p.of(from, other)
		return !p.open && own.calls[0] != ""
	})
	p := &pair{used: c.now}
	from.pairs[to], to.pairs[from] = p, p
	rv.pairs++
	return p
}

// limitPairs ends the pair of an endpoint that was silent the longest, where it
// has as many of a kind as it may have.
func (rv *rendezvous) limitPairs(e *endpoint, most int, kind func(p *pair, other *endpoint) bool) {
	var oldest *endpoint
	n := 0
	for other, p := range e.pairs {
		if !kind(p, other) {
			continue
		}
		n++
		if oldest == nil || p.used.Before(e.pairs[oldest].used) {
			oldest = other
		}
	}
	if n >= most {
		rv.closePair(e, oldest)
	}
}

// closePair forgets what two endpoints have said to each other.
func (rv *rendezvous) closePair(a, b *endpoint) {
	delete(a.pairs, b)
	delete(b.pairs, a)
	rv.pairs--
}
