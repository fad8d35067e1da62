//go:build !unix

package server

import "net/netip"

// target is where a datagram goes.
type target = netip.AddrPort

type packetSender struct{}

func (*packetSender) init(bool) {}

func (*packetSocket) target(to netip.AddrPort) target { return to }

// send gives the kernel a datagram, which here may wait a moment for room.
func (s *packetSocket) send(b, control []byte, to target) error {
	_, _, err := s.conn.WriteMsgUDPAddrPort(b, control, to)
	return err
}
