//go:build unix

package datagram

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/net/ipv4"
)

// joinGroup opens a socket that hears a group and nothing else: it is bound to
// the group's address, which package net does not do, so that it takes nothing
// from programs that share the port. On which interface is for the system's
// routes to say, as for these programs.
func joinGroup(group netip.AddrPort) (*net.UDPConn, error) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	f := os.NewFile(uintptr(fd), group.String())
	defer f.Close() // package net has a copy
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return nil, fmt.Errorf("share the port: %w", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: int(group.Port()), Addr: group.Addr().As4()}); err != nil {
		return nil, fmt.Errorf("bind to %v: %w", group, err)
	}
	pc, err := net.FilePacketConn(f)
	if err != nil {
		return nil, err
	}
	if err := ipv4.NewPacketConn(pc).JoinGroup(nil, net.UDPAddrFromAddrPort(group)); err != nil {
		return nil, errors.Join(fmt.Errorf("join %v: %w", group, err), pc.Close())
	}
	return pc.(*net.UDPConn), nil
}
