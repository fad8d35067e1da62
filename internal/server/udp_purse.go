package server

import (
	"net/netip"

	"golang.org/x/time/rate"
)

// purses hold what addresses may be sent: the registry's answers go to a
// source that anybody can have forged. An address without a name, and the
// network that it is in, are sent at most amplification times what came from
// there; one with a name gets so many bytes a second. Owned by the loop.
type purses struct {
	at *table[netip.Prefix, *purse]
}

// purse is an address's, or a network's.
type purse struct {
	credit int           // bytes that it may be sent while it has no name
	out    *rate.Limiter // of bytes, once it has a name; nil before
}

const (
	// amplification bounds what goes out to unknown addresses: protocols, the
	// registry's rules.
	amplification = 3
	// maxCredit is what an address can save up, maxNetCredit its network:
	// credit of long ago must not become a burst.
	maxCredit    = 16 << 10
	maxNetCredit = 64 << 10
	// maxPurses bounds the table. Whoever is dropped from it loses credit, and
	// gains a second's bytes at most.
	maxPurses = 2 * maxRates
	// outRate is how many bytes a second an address with a name gets.
	outRate = 16 << 10
)

func newPurses() purses { return purses{newTable[netip.Prefix, *purse](maxPurses)} }

func (ps purses) of(p netip.Prefix) *purse {
	w, ok := ps.at.hear(p)
	if !ok {
		w = &purse{}
		ps.at.put(p, w)
	}
	return w
}

// hosts are the purses of an address and of its network.
func (ps purses) hosts(a netip.Addr) (address, network *purse) {
	bits := 24
	if a.Is6() {
		bits = 64
	}
	net, _ := a.Prefix(bits) // the bits are in range
	return ps.of(netip.PrefixFrom(a, a.BitLen())), ps.of(net)
}

// earn notes what has come from an address.
func (ps purses) earn(a netip.Addr, bytes int) {
	address, network := ps.hosts(a)
	address.credit = min(address.credit+amplification*bytes, maxCredit)
	network.credit = min(network.credit+amplification*bytes, maxNetCredit)
}

// spend says whether an address without a name may be sent so many bytes, and
// counts them.
func (ps purses) spend(a netip.Addr, bytes int) bool {
	address, network := ps.hosts(a)
	if address.credit < bytes || network.credit < bytes {
		return false
	}
	address.credit -= bytes
	network.credit -= bytes
	return true
}

// limiter is what an address with a name is paid from. On the host itself each
// port has its own: its users share the address, and nobody elsewhere can
// pretend to be there.
func (ps purses) limiter(from netip.AddrPort) *rate.Limiter {
	if from.Addr().IsLoopback() {
		return rate.NewLimiter(outRate, outRate)
	}
	address, _ := ps.hosts(from.Addr())
	if address.out == nil {
		address.out = rate.NewLimiter(outRate, outRate)
	}
	return address.out
}
