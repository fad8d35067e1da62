package datagram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Sockets are those of a daemon's registry: its own, and one on another port
// that answers probes. The zero value is a daemon without a registry.
type Sockets struct{ registry, probe *socket }

// Listen opens both sockets.
func Listen(ctx context.Context, registry, probe string) (s Sockets, err error) {
	if s.registry, err = listen(ctx, registry); err != nil {
		return Sockets{}, fmt.Errorf("listen for the registry: %w", err)
	}
	if s.probe, err = listen(ctx, probe); err != nil {
		s.registry.close()
		return Sockets{}, fmt.Errorf("listen for probes: %w", err)
	}
	return s, nil
}

// Registry returns the address that the registry is bound to, zero where there
// is none.
func (s Sockets) Registry() netip.AddrPort { return s.registry.bound() }

// Probe returns the address that answers probes, zero where there is none.
func (s Sockets) Probe() netip.AddrPort { return s.probe.bound() }

// Stop ends reading, however often it is called. Last words may still be sent.
func (s Sockets) Stop() {
	s.registry.stop()
	s.probe.stop()
}

// Close closes both sockets.
func (s Sockets) Close() {
	s.registry.close()
	s.probe.close()
}

// socket is a datagram socket. One goroutine reads, one sends; nil is a daemon
// without one.
type socket struct {
	conn  *net.UDPConn
	raw   syscall.RawConn
	addr  netip.AddrPort // that it is bound to
	every bool           // it is bound to every address of the host, and is told which one a datagram was sent to
	host  []netip.Addr   // the host's addresses, where every is set
	out   rawSender
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
	// lowestPort is below all ports of chat programs. What comes from lower
	// ones was made to look so, to have us talk to another service.
	lowestPort = 1024
)

// listen opens a socket.
func listen(ctx context.Context, addr string) (*socket, error) {
	pc, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", addr)
	if err != nil {
		return nil, err
	}
	s := &socket{conn: pc.(*net.UDPConn)}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	return s, nil
}

func (s *socket) prepare() (err error) {
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

func (s *socket) bound() netip.AddrPort {
	if s == nil {
		return netip.AddrPort{}
	}
	return s.addr
}

func (s *socket) stop() {
	if s != nil {
		_ = s.conn.SetReadDeadline(time.Unix(0, 0)) // it is open
	}
}

func (s *socket) close() {
	if s != nil {
		_ = s.conn.Close() // it holds nothing
	}
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

// receive waits for a datagram, and returns from where to which of the host's
// addresses it came. n is more than maxDatagram for one that is too long; to
// is zero where the kernel does not say.
func (s *socket) receive(b *packet, control []byte) (n int, from, to netip.AddrPort, err error) {
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

func (s *socket) destination(control []byte) netip.Addr {
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

// from returns the control message that makes a datagram leave from one of the
// host's addresses; nil where it leaves from that anyway.
func (s *socket) from(local netip.Addr) []byte {
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

// isOurs reports whether an address is the registry's own: what comes from
// there, the registry has sent to itself, or somebody wants it to.
func (s *socket) isOurs(from netip.AddrPort) bool {
	if from.Port() != s.addr.Port() {
		return false
	}
	if !s.every {
		return from == s.addr
	}
	return from.Addr().IsLoopback() || slices.Contains(s.host, from.Addr())
}

// isForeign reports whether a datagram comes from where the socket does not
// answer, or was not sent to one host. Where open, all addresses are answered
// that may be.
func (s *socket) isForeign(open bool, d *datagram) bool {
	return !isAnswered(open, d.from) || !d.to.IsValid() || d.to.Addr().IsMulticast() || s.isOurs(d.from)
}

// isAnswered reports whether an address is answered, where all are that may
// be, or those that are near.
func isAnswered(open bool, from netip.AddrPort) bool {
	a := from.Addr()
	if from.Port() < lowestPort || a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	return open || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// packet is what a datagram is read into: one byte more than may come, to see
// that it is too long.
type packet [maxDatagram + 1]byte

var packets = sync.Pool{New: func() any { return new(packet) }}

// maxReadErrors is after how many failures in a row a socket is taken for
// broken.
const maxReadErrors = 1000

// read hands on what comes, until it is told to stop. A datagram that can't be
// read is nothing: some systems report so that an earlier one was not
// delivered.
func (s *socket) read(log *slog.Logger, take func(b *packet, n int, from, to netip.AddrPort)) {
	control := make([]byte, maxControl)
	for failed := 0; failed < maxReadErrors; {
		b := packets.Get().(*packet)
		n, from, to, err := s.receive(b, control)
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
