//go:build unix

package datagram

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// target is where a datagram goes, as the system wants it.
type target = syscall.Sockaddr

// rawSender sends datagrams without waiting. Owned by the loop.
type rawSender struct {
	wide    bool // the socket's addresses have 128 bits
	b       []byte
	control []byte
	to      target
	err     error
	f       func(fd uintptr) bool
}

func (s *rawSender) init(wide bool) { s.wide, s.f = wide, s.try }

// target prepares an address.
func (s *socket) target(to netip.AddrPort) target {
	if !s.out.wide {
		return &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	sa := &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
	if zone := to.Addr().Zone(); zone != "" {
		if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
			sa.ZoneId = uint32(n)
		} else if i, err := net.InterfaceByName(zone); err == nil {
			sa.ZoneId = uint32(i.Index)
		}
	}
	return sa
}

// send gives the kernel a datagram. An error says that it did not take it: it
// is lost, as datagrams are.
func (s *socket) send(b, control []byte, to target) error {
	s.out.b, s.out.control, s.out.to, s.out.err = b, control, to, nil
	if err := s.raw.Write(s.out.f); err != nil {
		return err
	}
	return s.out.err
}

// try never asks RawConn to wait.
func (s *rawSender) try(fd uintptr) bool {
	for {
		_, err := syscall.SendmsgN(int(fd), s.b, s.control, s.to, 0)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		s.err = err
		return true
	}
}
