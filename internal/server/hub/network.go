package hub

import "net/netip"

// Network is whose share a connection or a datagram counts in: a host by its
// IPv4 address, and by IPv6 the /64 that it chooses its addresses from. It is
// a value, fit to be a map's key. The zero value stands for connections
// without an address.
type Network struct{ prefix netip.Prefix }

const (
	// hostBits6 is the smallest IPv6 network that is handed out: one host has
	// 2^64 addresses there.
	hostBits6 = 64
	// siteBits6 is what one customer gets of a provider at most, with 65,536
	// networks of hosts.
	siteBits6 = 48
)

// NetworkOf returns the network of an address. IPv4 in IPv6's clothes is IPv4,
// and an address's zone does not count.
func NetworkOf(a netip.Addr) Network {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() && !a.IsLoopback() {
		bits = hostBits6
	}
	p, _ := a.Prefix(bits) // the bits are in range
	return Network{p}
}

// ParseNetwork returns the network that String has written, the zero value for
// anything else.
func ParseNetwork(s string) Network {
	if a, err := netip.ParseAddr(s); err == nil {
		return NetworkOf(a)
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || NetworkOf(p.Addr()).prefix != p {
		return Network{}
	}
	return Network{p}
}

// Site returns the network that bounds the sum of many: an IPv6 network's /48.
// IPv4 has none that says as much, and a host is its own.
func (n Network) Site() Network {
	if !n.prefix.Addr().Is6() || n.IsLoopback() {
		return n
	}
	p, _ := n.prefix.Addr().Prefix(siteBits6)
	return Network{p}
}

// IsLoopback reports whether it is this host, whose users share one address
// that nobody elsewhere can have.
func (n Network) IsLoopback() bool { return n.prefix.Addr().IsLoopback() }

// String returns the address where the network has one alone, and else its
// prefix, as in 2001:db8::/64.
func (n Network) String() string {
	if n.prefix.IsSingleIP() {
		return n.prefix.Addr().String()
	}
	return n.prefix.String()
}

// SiteShare is how many times a network's limit its site has in sum: a campus
// has one /48 and labs enough for it, and who has got a /48 from a tunnel
// broker has no more than eight hosts.
const SiteShare = 8

// Counts is how much each network has of something that is limited, and each
// site in sum.
type Counts map[Network]int

// Add counts some more of a network, or fewer.
func (c Counts) Add(n Network, more int) {
	for _, key := range n.shares() {
		if c[key] += more; c[key] <= 0 {
			delete(c, key)
		}
	}
}

// Full reports whether a network has reached a limit, or its site SiteShare
// times the limit.
func (c Counts) Full(n Network, limit int) bool {
	site := n.Site()
	return c[n] >= limit || site != n && c[site] >= SiteShare*limit
}

// shares are the network and, where that is another one, its site.
func (n Network) shares() []Network {
	if site := n.Site(); site != n {
		return []Network{n, site}
	}
	return []Network{n}
}
