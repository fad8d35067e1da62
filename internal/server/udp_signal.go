package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"net/netip"
	"time"

	"labchat/internal/wire"
)

// signals answers the datagrams of our own clients at the registry: from where
// they come, and that the hub knows it. What is wrong is dropped: an answer
// would help only those who try. Owned by the loop.
type signals struct {
	cookies cookies
	// known are the addresses of endpoints, which the sieve keeps a queue for.
	known map[uint64]netip.AddrPort
}

func newSignals(now time.Time) signals {
	g := signals{cookies: cookies{since: now}, known: map[uint64]netip.AddrPort{}}
	_, _ = rand.Read(g.cookies.key[:]) // never fails
	return g
}

// signal answers a signal. No answer is longer than its question.
func (l *loop) signal(d *datagram) {
	s, err := wire.ParseSignal(d.bytes())
	switch {
	case !l.stopping.IsZero():
	case err != nil:
		l.registry.tally.count(dropUnknown)
	case s.Kind == wire.SignalProbe:
		l.registry.answer(d, probed(s, d.from), nil)
	case s.Kind == wire.SignalRegister:
		l.registerEndpoint(d, s)
	default: // an answer, or for a client
		l.registry.tally.count(dropUnknown)
	}
}

// probed says from where a probe came.
func probed(s wire.Signal, from netip.AddrPort) wire.Signal {
	return wire.Signal{Kind: wire.SignalProbed, Nonce: s.Nonce, Addr: from}
}

// registerEndpoint notes from where an endpoint's signals come. Only its
// session knows the secret; each signal counts once; and an address that is
// new has to show that it gets what is sent to it.
func (l *loop) registerEndpoint(d *datagram, s wire.Signal) {
	g := &l.registry
	r, ok := l.hub.Registration(l.now, s.ID)
	switch {
	case !ok || !wire.SignedSignal(d.bytes(), r.Secret):
		g.tally.count(dropForged)
	case s.Counter <= r.Counter:
		g.tally.count(dropReplayed)
	case d.from != r.Addr && !g.signals.cookies.good(s.Token, s.ID, d.from, l.now):
		token := g.signals.cookies.bake(s.ID, d.from, g.signals.cookies.period(l.now))
		g.answer(d, wire.Signal{Kind: wire.SignalCookie, Nonce: s.Nonce, ID: s.ID, Token: token}, r.Secret)
	default:
		l.hub.NoteSignal(l.now, s.ID, s.Counter, d.from)
		g.noteEndpoint(s.ID, d.from)
		g.answer(d, wire.Signal{Kind: wire.SignalRegistered, Nonce: s.Nonce, ID: s.ID, Addr: d.from}, r.Secret)
	}
}

// answer sends a signal from where the question came to.
func (g *registry) answer(d *datagram, s wire.Signal, secret []byte) {
	b := s.Append(make([]byte, 0, wire.SignalSize), secret)
	if g.out.send(b, g.out.from(d.to.Addr()), g.out.target(d.from)) != nil {
		g.tally.count(dropRefused)
	}
}

// noteEndpoint tells the sieve where an endpoint is.
func (g *registry) noteEndpoint(id uint64, at netip.AddrPort) {
	old, ok := g.signals.known[id]
	if ok && old == at {
		return
	}
	if ok {
		g.sieve.know(old, false)
	}
	g.signals.known[id] = at
	g.sieve.know(at, true)
}

// sweepEndpoints has the sieve forget the addresses that no endpoint is at any
// more.
func (l *loop) sweepEndpoints() {
	g := &l.registry
	for id, at := range g.signals.known {
		if r, ok := l.hub.Registration(l.now, id); !ok || r.Addr != at {
			delete(g.signals.known, id)
			g.sieve.know(at, false)
		}
	}
}

// cookies are what an address must echo before it is believed. They are not
// kept: each is computed from the address and the time, with a key that no
// other daemon has.
type cookies struct {
	key   [sha256.Size]byte
	since time.Time
}

// cookiePeriod is how long a cookie is baked the same; it is good for twice as
// long at most.
const cookiePeriod = time.Minute

func (c *cookies) period(now time.Time) int64 { return int64(now.Sub(c.since) / cookiePeriod) }

// bake makes the cookie of an endpoint at an address.
func (c *cookies) bake(id uint64, from netip.AddrPort, period int64) (token [16]byte) {
	ip := from.Addr().As16()
	b := binary.BigEndian.AppendUint64(nil, id)
	b = binary.BigEndian.AppendUint16(append(b, ip[:]...), from.Port())
	b = binary.BigEndian.AppendUint64(b, uint64(period))
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write(b)
	copy(token[:], mac.Sum(nil))
	return token
}

// good says whether a token is the cookie of an endpoint at an address, of
// this period or the last.
func (c *cookies) good(token [16]byte, id uint64, from netip.AddrPort, now time.Time) bool {
	period := c.period(now)
	this, last := c.bake(id, from, period), c.bake(id, from, period-1)
	return subtle.ConstantTimeCompare(token[:], this[:])|subtle.ConstantTimeCompare(token[:], last[:]) == 1
}
