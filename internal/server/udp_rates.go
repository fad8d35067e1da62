package server

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"labchat/internal/server/hub"
)

// rates are how fast networks and known addresses send. For one goroutine.
type rates struct {
	of *table[payer, *rate.Limiter]
}

// payer is whose rate a datagram counts in: a known address's own, or that of
// all unknown ones of a network, with the zero address.
type payer struct {
	network hub.Network
	addr    netip.AddrPort
}

func newRates() rates { return rates{newTable[payer, *rate.Limiter](maxRates)} }

func payerOf(from netip.AddrPort, named bool) payer {
	n := hub.NetworkOf(from.Addr())
	if named || n.IsLoopback() { // users of this host share its address, and nobody else has it
		return payer{n, from}
	}
	return payer{network: n}
}

// allow counts a datagram and says whether there were not too many.
func (r rates) allow(p payer, now time.Time) bool {
	limit, ok := r.of.hear(p)
	if !ok {
		limit = rate.NewLimiter(askRate, askBurst)
		r.of.put(p, limit)
	}
	return limit.AllowN(now, 1)
}
