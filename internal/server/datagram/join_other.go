//go:build !unix

package datagram

import (
	"net"
	"net/netip"
)

// joinGroup opens a socket that hears a group. Here it can't be bound to the
// group's address, and hears what else comes to the port.
func joinGroup(group netip.AddrPort) (*net.UDPConn, error) {
	return net.ListenMulticastUDP("udp4", nil, net.UDPAddrFromAddrPort(group))
}
