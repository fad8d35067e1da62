package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// packetSocket is the registry's socket. One goroutine reads, the loop sends.
type packetSocket struct {
	conn  *net.UDPConn
	raw   syscall.RawConn
	addr  netip.AddrPort // that it is bound to
	every bool           // it hears every address of the host, and is told which
	host  []netip.Addr   // the host's addresses, where every is set
	out   packetSender
}

const (
	// maxDatagram is the longest datagram that is looked at. No old program
	// reads or writes more than half of that.
	maxDatagram = 2048
	// socketBuffer is how much the kernel is asked to hold for the registry
	// while its reader is busy, and on the way out.
	socketBuffer = 1 << 20
	// maxControl is room for what the kernel says about a datagram.
	maxControl = 128
)

// listenPackets opens the registry's socket.
func listenPackets(ctx context.Context, addr string) (*packetSocket, error) {
	pc, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", addr)
	if err != nil {
		return nil, err
	}
	s := &packetSocket{conn: pc.(*net.UDPConn)}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	return s, nil
}

func (s *packetSocket) prepare() (err error) {
	if s.raw, err = s.conn.SyscallConn(); err != nil {
		return err
	}
	// What the system grants of these is enough.
	_ = s.conn.SetReadBuffer(socketBuffer)
	_ = s.conn.SetWriteBuffer(socketBuffer)
	bound := s.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	s.addr = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
	s.every = s.addr.Addr().IsUnspecified()
	s.out.init(s.addr.Addr().Is6())
	if !s.every {
		return nil
	}
	if s.host, err = hostAddresses(); err != nil {
		return err
	}
	if s.addr.Addr().Is4() {
		err = ipv4.NewPacketConn(s.conn).SetControlMessage(ipv4.FlagDst, true)
	} else {
		err = ipv6.NewPacketConn(s.conn).SetControlMessage(ipv6.FlagDst, true)
	}
	if err != nil {
		return fmt.Errorf("ask which address a datagram was sent to: %w", err)
	}
	return nil
}

// port is the one that the socket is bound to, 0 without a socket.
func (s *packetSocket) port() int {
	if s == nil {
		return 0
	}
	return int(s.addr.Port())
}

func hostAddresses() ([]netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the host's addresses: %w", err)
	}
	var host []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			host = append(host, p.Addr().Unmap())
		}
	}
	return host, nil
}

// read waits for a datagram, and says from where to which of the host's
// addresses it came. n is more than maxDatagram for one that is too long; to
// is zero where the kernel does not say.
func (s *packetSocket) read(b *packet, control []byte) (n int, from, to netip.AddrPort, err error) {
	n, cn, _, from, err := s.conn.ReadMsgUDPAddrPort(b[:], control)
	if err != nil {
		return 0, from, to, err
	}
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	if !s.every {
		return n, from, s.addr, nil
	}
	return n, from, netip.AddrPortFrom(s.destination(control[:cn]), s.addr.Port()), nil
}

func (s *packetSocket) destination(control []byte) netip.Addr {
	var ip net.IP
	if s.addr.Addr().Is4() {
		var cm ipv4.ControlMessage
		if cm.Parse(control) == nil {
			ip = cm.Dst
		}
	} else {
		var cm ipv6.ControlMessage
		if cm.Parse(control) == nil {
			ip = cm.Dst
		}
	}
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}

// from is the control message that makes a datagram leave from one of the
// host's addresses; nil where it leaves from that anyway.
func (s *packetSocket) from(local netip.Addr) []byte {
	switch {
	case !s.every:
		return nil
	case local.Is4():
		return (&ipv4.ControlMessage{Src: local.AsSlice()}).Marshal()
	default:
		b := local.As16()
		return (&ipv6.ControlMessage{Src: b[:]}).Marshal()
	}
}

// ours says whether an address is the registry's own: what comes from there,
// the registry has sent to itself, or somebody wants it to.
func (s *packetSocket) ours(from netip.AddrPort) bool {
	if from.Port() != s.addr.Port() {
		return false
	}
	if !s.every {
		return from == s.addr
	}
	if from.Addr().IsLoopback() {
		return true
	}
	for _, a := range s.host {
		if a == from.Addr() {
			return true
		}
	}
	return false
}

// stop ends reading. Last words may still be sent.
func (s *packetSocket) stop() { _ = s.conn.SetReadDeadline(time.Unix(0, 0)) } // it is open

func (s *packetSocket) close() { _ = s.conn.Close() } // it holds nothing

// packet is what a datagram is read into: one byte more than may come, to see
// that it is too long.
type packet [maxDatagram + 1]byte

var packets = sync.Pool{New: func() any { return new(packet) }}

// maxReadErrors is after how many failures in a row a socket is taken for
// broken.
const maxReadErrors = 1000

// hear reads until it is told to stop and hands on what comes. A
// datagram that can't be read is nothing: some systems report so that an
// earlier one was not delivered.
func (s *packetSocket) hear(log *slog.Logger, take func(b *packet, n int, from, to netip.AddrPort)) {
	control := make([]byte, maxControl)
	for failed := 0; failed < maxReadErrors; {
		b := packets.Get().(*packet)
		n, from, to, err := s.read(b, control)
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			packets.Put(b)
			failed++
			continue
		}
		failed = 0
		take(b, n, from, to)
	}
	log.Error("a datagram socket can't be read; start the daemon again", "addr", s.addr.String())
}
