package wire

import (
	"net/netip"
	"slices"
)

// lowestPort is below all ports of chat programs: who gives a lower one for its
// own means another service.
const lowestPort = 1024

// Candidates are the addresses at which somebody may be looked for: first the one
// that the registry saw, at, then those local ones (IP:PORT) that lead no further
// than the network of whoever looks, who is seen at seen; zero: nobody has seen
// it. There are MaxCandidates at most, IPv4 as such. The server tells no others,
// and a client believes no others: neither can be aimed at a stranger, at a group,
// or at another service of one's own network or host.
func Candidates(at, seen netip.AddrPort, local []string) []netip.AddrPort {
	var list []netip.AddrPort
	ip := at.Addr()
	if ip.Zone() == "" && IsChatPort(at) && (!ip.IsLoopback() || seen.Addr().IsLoopback()) &&
		(!isNear(ip) || !seen.IsValid() || isNear(seen.Addr()) || seen.Addr().IsLoopback()) {
		list = append(list, at)
	}
	if !at.IsValid() || ip != seen.Addr() {
		return list
	}
	for _, text := range local {
		a, err := netip.ParseAddrPort(text)
		if err != nil || len(list) == MaxCandidates {
			continue
		}
		a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
		within := isNear(a.Addr()) || ip.IsLoopback() && a.Addr().IsLoopback()
		if within && a.Addr().Zone() == "" && IsChatPort(a) && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// IsChatPort reports whether an address is one of a host, and not of a group or of
// nobody, with a port that a chat program may have.
func IsChatPort(a netip.AddrPort) bool {
	ip := a.Addr().Unmap()
	if !ip.IsValid() || ip.IsUnspecified() || ip.IsMulticast() || a.Port() < lowestPort {
		return false
	}
	if !ip.Is4() {
		return true
	}
	const thisNetwork, reserved = 0, 240 // the first byte of 0.0.0.0/8, and of all from 240.0.0.0 to the broadcast address
	first := ip.As4()[0]
	return first != thisNetwork && first < reserved
}

// isNear reports whether an address leads no further than the networks that the
// host is in.
func isNear(ip netip.Addr) bool { return ip.IsPrivate() || ip.IsLinkLocalUnicast() }
