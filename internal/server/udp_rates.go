package server

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// rates are how fast addresses send, port 0 being all unknown ports of one.
// For one goroutine.
type rates struct {
	of *table[netip.AddrPort, *rate.Limiter]
}

func newRates() rates { return rates{newTable[netip.AddrPort, *rate.Limiter](maxRates)} }

// payer is whose rate a datagram counts in.
func payer(from netip.AddrPort, named bool) netip.AddrPort {
	if named || from.Addr().IsLoopback() { // users of this host share its address, and nobody else has it
		return from
	}
	return netip.AddrPortFrom(from.Addr(), 0)
}

// allow counts a datagram and says whether there were not too many.
func (r rates) allow(payer netip.AddrPort, now time.Time) bool {
	limit, ok := r.of.hear(payer)
	if !ok {
		limit = rate.NewLimiter(askRate, askBurst)
		r.of.put(payer, limit)
	}
	return limit.AllowN(now, 1)
}
