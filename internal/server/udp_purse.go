package server

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// Anybody can forge the source of a datagram, and neither tobi nor IAS has a
// word that carries back something that only the source could have seen: a
// name that was registered by a datagram proves nothing. So nothing that a
// source asks for is ever more than amplification times what came from there,
// and what it is told unasked, as a member of a room, is little in a second.

const (
	// amplification bounds what is answered: protocols, the registry's rules.
	amplification = 3
	// maxCredit is what a source can save up, and its host; maxNetCredit what
	// their network can: credit of long ago must not become a burst.
	maxCredit    = 16 << 10
	maxNetCredit = 64 << 10
	// maxPurses bounds the table. Whoever is dropped from it loses credit, and
	// gains a second's bytes at most.
	maxPurses = 2 * maxRates
	// newsRate is how many bytes a second of lines a source with a name is told,
	// newsBurst how many at once: twice the longest datagram. People type a
	// tenth of it.
	newsRate  = 1 << 10
	newsBurst = 2 << 10
	// listRate and listBurst are the same for the lists of its room's members: a
	// list of 64 goes out at once, and somebody who enters a room again and
	// again has others told no more than this.
	listRate  = newsRate / 2
	listBurst = 2 << 10
	// hostRate is how many bytes a second all sources of a host are told,
	// however many names they have: a class behind one address is a host.
	hostRate = 8 << 10
	// newsFor is how long a source is told news after its last datagram. Who
	// only reads says something once in that time.
	newsFor = time.Hour
	// groupRate is how many bytes a second a multicast group is told.
	groupRate = 16 << 10
)

// purses hold what hosts, and the networks that they are in, may be sent.
// Owned by the loop.
type purses struct {
	at *table[netip.Prefix, *purse]
}

// purse is a host's, or a network's.
type purse struct {
	credit int           // bytes of answers that have been paid for
	news   *rate.Limiter // of bytes; nil before the first
}

func newPurses() purses { return purses{newTable[netip.Prefix, *purse](maxPurses)} }

func (ps purses) of(p netip.Prefix) *purse {
	w, ok := ps.at.hear(p)
	if !ok {
		w = &purse{}
		ps.at.put(p, w)
	}
	return w
}

// hosts are the purses of an address's host and of the network around it.
func (ps purses) hosts(a netip.Addr) (host, network *purse) {
	own, around := 32, 24
	if a.Is6() {
		own, around = 64, 48
	}
	near, _ := a.WithZone("").Prefix(own) // the bits are in range
	far, _ := a.WithZone("").Prefix(around)
	return ps.of(near), ps.of(far)
}

// earn notes what has come from an address.
func (ps purses) earn(a netip.Addr, bytes int) {
	host, network := ps.hosts(a)
	host.credit = min(host.credit+amplification*bytes, maxCredit)
	network.credit = min(network.credit+amplification*bytes, maxNetCredit)
}

// credit is how many bytes of answers an address may be sent.
func (ps purses) credit(a netip.Addr) int {
	host, network := ps.hosts(a)
	return min(host.credit, network.credit)
}

// spend counts bytes of answers that were sent to an address, at most its
// credit.
func (ps purses) spend(a netip.Addr, bytes int) {
	host, network := ps.hosts(a)
	host.credit -= bytes
	network.credit -= bytes
}

// news is what the news of a host's sources are paid from together. On the
// daemon's own host each source has its own only: its users share the address.
func (ps purses) news(a netip.Addr) *rate.Limiter {
	if a.IsLoopback() {
		return rate.NewLimiter(rate.Inf, 0)
	}
	host, _ := ps.hosts(a)
	if host.news == nil {
		host.news = rate.NewLimiter(hostRate, hostRate)
	}
	return host.news
}

// tariff pays news from a source's own limit and its host's together.
type tariff struct{ own, host *rate.Limiter }

// allow pays bytes of news, whole or not at all.
func (t tariff) allow(now time.Time, bytes int) bool {
	if t.own.TokensAt(now) < float64(bytes) || t.host.Limit() != rate.Inf && t.host.TokensAt(now) < float64(bytes) {
		return false
	}
	return t.own.AllowN(now, bytes) && t.host.AllowN(now, bytes)
}
