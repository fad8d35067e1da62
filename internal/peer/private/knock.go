package private

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"labchat/internal/wire"
)

const (
	// maxSpots is how many addresses one call knocks at, and maxKnocks how many
	// datagrams each gets before it has answered one: a server that lies, and
	// whoever forges knocks, can aim no more than 4,000 bytes at others.
	maxSpots  = wire.MaxCandidates
	maxKnocks = 5
	// knocksAtOnce and knocksASecond bound the datagrams of all calls: those of
	// eight calls at the same time, and of half a one each second from then on.
	knocksAtOnce  = 8 * maxSpots * maxKnocks
	knocksASecond = maxSpots * maxKnocks / 2
)

// knockAfter is when each address is knocked at, counted from the answer. One that
// nothing has come from is left out at the last time: one datagram is kept to answer
// it with.
var knockAfter = []time.Duration{0, 150 * time.Millisecond, 400 * time.Millisecond, 900 * time.Millisecond, 1800 * time.Millisecond}

// spotState is what is known of an address.
type spotState uint8

const (
	spotSilent  spotState = iota // the server has told it
	spotHeard                    // somebody who knows the call sends from there, or forges it: it may begin a link
	spotProven                   // it has answered a knock of ours, so the other side hears us there: it may be dialled
	spotDialled                  // it was
)

// spot is an address at which the other side of a call may be. Owned by loop.
type spot struct {
	addr  netip.AddrPort
	state spotState
	nonce uint64 // of our knocks there: an answer with it comes from who has got one
	sent  int    // datagrams of ours, maxKnocks at most
}

// admit brings the addresses up to date that may begin a link.
func (l *loop) admit() {
	var addrs map[netip.AddrPort]bool // nil: nobody, as nearly always
	for _, c := range l.convs {
		if c.call == nil || c.call.relayed || c.hidesAddress() {
			continue
		}
		for _, s := range c.call.spots {
			if s.state < spotHeard {
				continue
			}
			if addrs == nil {
				addrs = make(map[netip.AddrPort]bool, maxSpots)
			}
			addrs[s.addr] = true
		}
	}
	l.sockets.admitted.set(addrs)
}

// add makes a spot of an address, nil where there are too many.
func (k *call) add(addr netip.AddrPort) *spot {
	if len(k.spots) >= maxSpots {
		return nil
	}
	s := &spot{addr: addr, nonce: rand.Uint64()}
	k.spots = append(k.spots, s)
	return s
}

// at is the spot of an address that something of this call has come from.
func (k *call) at(addr netip.AddrPort) *spot {
	for _, s := range k.spots {
		if s.addr == addr {
			return s
		}
	}
	if !wire.IsChatPort(addr) {
		return nil
	}
	return k.add(addr)
}

// knock knocks where that may still help: the side that dials until it is
// answered, the other one until it is heard.
func (k *call) knock() {
	if k.c.hidesAddress() {
		return
	}
	enough := spotHeard
	if k.c.isDialler() {
		enough = spotProven
	}
	for _, s := range k.spots {
		if s.state < enough && (s.state > spotSilent || s.sent < maxKnocks-1) {
			k.send(s, wire.SignalKnock, s.nonce)
		}
	}
}

// send sends a signal to a spot that has not had its share.
func (k *call) send(s *spot, kind wire.SignalKind, nonce uint64) {
	if s.sent >= maxKnocks || !k.c.l.knocks.Spend(time.Now()) {
		return
	}
	s.sent++
	q := wire.Signal{Kind: kind, Nonce: nonce, Token: k.token, Addr: s.addr}
	k.c.l.sockets.send(net.UDPAddrFromAddrPort(s.addr), q.Append(nil, nil))
}

// handleKnock takes a knock, or the answer to ours. Who will dial asks back: a source
// can be forged, and only an address that answers is one that hears us.
func (l *loop) handleKnock(from netip.AddrPort, q wire.Signal) {
	for _, c := range l.convs {
		k := c.call
		if k == nil || k.token != q.Token || k.relayed || c.hidesAddress() {
			continue
		}
		s := k.at(from)
		if s == nil {
			return
		}
		k.reached = true
		s.state = max(s.state, spotHeard)
		l.admit()
		switch {
		case q.Kind == wire.SignalKnock && !c.isDialler():
			k.send(s, wire.SignalKnocked, q.Nonce)
		case q.Kind == wire.SignalKnock && s.state == spotHeard:
			k.send(s, wire.SignalKnock, s.nonce)
		case q.Kind == wire.SignalKnocked && q.Nonce == s.nonce:
			s.state = max(s.state, spotProven)
			k.dialNext()
		}
		return
	}
}
