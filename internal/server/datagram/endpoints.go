package datagram

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

// endpoints are those of our own clients, as their signals show them: from
// where these come, and that the hub knows it. What is wrong is dropped: an
// answer would help only those who try. Owned by the loop.
type endpoints struct {
	cookies cookies
	at      map[uint64]netip.AddrPort // addresses, which the filter holds as known
}

func newEndpoints(now time.Time) endpoints {
	e := endpoints{cookies: cookies{since: now}, at: map[uint64]netip.AddrPort{}}
	_, _ = rand.Read(e.cookies.key[:]) // never fails
	return e
}

// handleSignal answers a signal. No answer is longer than its question.
func (g *Registry) handleSignal(now time.Time, d *datagram) {
	s, err := wire.ParseSignal(d.bytes())
	switch {
	case err != nil:
		g.tally.count(dropUnknown)
	case s.Kind == wire.SignalProbe:
		g.answer(d, answerTo(s, d.from), nil)
	case s.Kind == wire.SignalRegister:
		g.registerEndpoint(now, d, s)
	default: // an answer, or for a client
		g.tally.count(dropUnknown)
	}
}

func (g *Registry) answer(d *datagram, s wire.Signal, secret []byte) {
	answerSignal(g.sender.out, g.tally, d, s, secret)
}

// registerEndpoint notes from where an endpoint's signals come. Only its
// session knows the secret; each signal counts once; and an address that is
// new has to show that it gets what is sent to it.
func (g *Registry) registerEndpoint(now time.Time, d *datagram, s wire.Signal) {
	r, ok := g.cfg.Hub.Registration(now, s.ID)
	switch {
	case !ok || !wire.SignedSignal(d.bytes(), r.Secret):
		g.tally.count(dropForged)
	case s.Counter <= r.Counter:
		g.tally.count(dropReplayed)
	case d.from != r.Addr && !g.endpoints.cookies.isGood(s.Token, s.ID, d.from, now):
		token := g.endpoints.cookies.bake(s.ID, d.from, g.endpoints.cookies.period(now))
		g.answer(d, wire.Signal{Kind: wire.SignalCookie, Nonce: s.Nonce, ID: s.ID, Token: token}, r.Secret)
	default:
		g.cfg.Hub.NoteSignal(now, s.ID, s.Counter, d.from)
		g.placeEndpoint(s.ID, d.from)
		g.answer(d, wire.Signal{Kind: wire.SignalRegistered, Nonce: s.Nonce, ID: s.ID, Addr: d.from}, r.Secret)
	}
}

// placeEndpoint notes where an endpoint is.
func (g *Registry) placeEndpoint(id uint64, at netip.AddrPort) {
	old, ok := g.endpoints.at[id]
	if ok && old == at {
		return
	}
	if ok {
		g.filter.release(old)
	}
	g.endpoints.at[id] = at
	g.filter.hold(at)
}

// sweepEndpoints releases the addresses that no endpoint is at any more.
func (g *Registry) sweepEndpoints(now time.Time) {
	for id, at := range g.endpoints.at {
		if r, ok := g.cfg.Hub.Registration(now, id); !ok || r.Addr != at {
			delete(g.endpoints.at, id)
			g.filter.release(at)
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

// isGood reports whether a token is the cookie of an endpoint at an address, of
// this period or the last.
func (c *cookies) isGood(token [16]byte, id uint64, from netip.AddrPort, now time.Time) bool {
	period := c.period(now)
	this, last := c.bake(id, from, period), c.bake(id, from, period-1)
	return subtle.ConstantTimeCompare(token[:], this[:])|subtle.ConstantTimeCompare(token[:], last[:]) == 1
}
