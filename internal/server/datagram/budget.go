package datagram

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
	// maxBudgets bounds the table. Whoever is dropped from it loses credit, and
	// gains a second's bytes at most.
	maxBudgets = 2 * maxRates
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

// budgets hold what hosts, and the networks that they are in, may be sent.
// Owned by the loop.
type budgets struct {
	at *lru[netip.Prefix, *budget]
}

// budget is a host's, or a network's.
type budget struct {
	credit int           // bytes of answers that have been paid for
	news   *rate.Limiter // of bytes; nil before the first
}

func newBudgets() budgets { return budgets{newLRU[netip.Prefix, *budget](maxBudgets)} }

func (bs budgets) of(p netip.Prefix) *budget {
	b, ok := bs.at.use(p)
	if !ok {
		b = &budget{}
		bs.at.put(p, b)
	}
	return b
}

// around returns the budgets of an address's host and of the network that the
// host is in.
func (bs budgets) around(a netip.Addr) (host, network *budget) {
	own, wide := 32, 24
	if a.Is6() {
		own, wide = 64, 48
	}
	near, _ := a.WithZone("").Prefix(own) // the bits are in range
	far, _ := a.WithZone("").Prefix(wide)
	return bs.of(near), bs.of(far)
}

// earn notes what has come from an address.
func (bs budgets) earn(a netip.Addr, bytes int) {
	host, network := bs.around(a)
	host.credit = min(host.credit+amplification*bytes, maxCredit)
	network.credit = min(network.credit+amplification*bytes, maxNetCredit)
}

// credit returns how many bytes of answers an address may be sent.
func (bs budgets) credit(a netip.Addr) int {
	host, network := bs.around(a)
	return min(host.credit, network.credit)
}

// spend counts bytes of answers that were sent to an address, at most its
// credit.
func (bs budgets) spend(a netip.Addr, bytes int) {
	host, network := bs.around(a)
	host.credit -= bytes
	network.credit -= bytes
}

// news returns what the news of a host's sources are paid from together. On
// the daemon's own host each source has its own only: its users share the
// address.
func (bs budgets) news(a netip.Addr) *rate.Limiter {
	if a.IsLoopback() {
		return rate.NewLimiter(rate.Inf, 0)
	}
	host, _ := bs.around(a)
	if host.news == nil {
		host.news = rate.NewLimiter(hostRate, hostRate)
	}
	return host.news
}

// allowance pays news from a source's own limit and its host's together.
type allowance struct{ own, host *rate.Limiter }

// allow pays bytes of news, whole or not at all.
func (a allowance) allow(now time.Time, bytes int) bool {
	if a.own.TokensAt(now) < float64(bytes) || a.host.Limit() != rate.Inf && a.host.TokensAt(now) < float64(bytes) {
		return false
	}
	return a.own.AllowN(now, bytes) && a.host.AllowN(now, bytes)
}
