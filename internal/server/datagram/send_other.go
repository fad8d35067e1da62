//go:build !unix

package datagram

import "net/netip"

// target is where a datagram goes.
type target = netip.AddrPort

type rawSender struct{}

func (*rawSender) init(bool) {}

func (*socket) target(to netip.AddrPort) target { return to }

// send gives the kernel a datagram, which here may wait a moment for room.
func (s *socket) send(b, control []byte, to target) error {
	_, _, err := s.conn.WriteMsgUDPAddrPort(b, control, to)
	return err
}
