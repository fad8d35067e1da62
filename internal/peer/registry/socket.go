package registry

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"labchat/internal/peer/oldpeer"
)

// resolve finds the IPv4 address of HOST:PORT: older programs know no other.
func resolve(ctx context.Context, hostport string) (netip.AddrPort, error) {
	if ap, err := netip.ParseAddrPort(hostport); err == nil {
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), nil
	}
	host, service, err := net.SplitHostPort(hostport)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is no HOST:PORT", hostport)
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "udp", service)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is no port", service)
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	if len(addrs) == 0 {
		return netip.AddrPort{}, &net.DNSError{Name: host, IsNotFound: true}
	}
	return netip.AddrPortFrom(addrs[0].Unmap(), uint16(port)), nil
}

// ours says whether an address is that of our own socket.
func ours(conn net.PacketConn, addr netip.AddrPort) bool {
	local := oldpeer.AddrPort(conn.LocalAddr())
	if addr.Port() != local.Port() {
		return false
	}
	if !local.Addr().IsUnspecified() {
		return addr.Addr() == local.Addr()
	}
	if addr.Addr().IsLoopback() {
		return true
	}
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, n := range nets {
		if p, err := netip.ParsePrefix(n.String()); err == nil && p.Addr().Unmap() == addr.Addr() {
			return true
		}
	}
	return false
}
