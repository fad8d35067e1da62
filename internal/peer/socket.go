package peer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// maxDatagram is the longest datagram there is over IPv4; older programs send
// up to 1,024 bytes.
const maxDatagram = 64 << 10

// maxFailed is how many reads in a row may fail before the socket is given up.
const maxFailed = 100

// datagram is one as it came.
type datagram struct {
	from  netip.AddrPort
	group netip.AddrPort // multicast: where it was sent to
	data  []byte
}

// reading posts what comes to a socket until the socket is closed or ctx ends.
// Errors that a datagram of ours has brought back are passed over.
func reading(ctx context.Context, conn net.PacketConn, group netip.AddrPort, to chan<- datagram) {
	buf := make([]byte, maxDatagram)
	for failed := 0; ctx.Err() == nil; failed++ {
		n, addr, err := conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) || err != nil && failed > maxFailed {
			return
		}
		if err != nil {
			continue
		}
		failed = 0
		from := addrPort(addr)
		if n == 0 || !from.IsValid() {
			continue
		}
		select {
		case to <- datagram{from: from, group: group, data: append([]byte(nil), buf[:n]...)}:
		case <-ctx.Done():
			return
		}
	}
}

// addrPort is the address of a datagram, IPv4 as such.
func addrPort(a net.Addr) netip.AddrPort {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := u.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

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
	local := addrPort(conn.LocalAddr())
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
