package memnet

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// packetBuffer is how many datagrams wait for a socket's reader; more are lost,
// as they are in a kernel.
const packetBuffer = 1024

// Packets is a network of datagrams, which may lose, double and swap some.
type Packets struct {
	mu      sync.Mutex
	sockets map[netip.AddrPort]*Packet
	lose    func(from, to netip.AddrPort, datagram []byte) bool
	double  func() bool
	swap    func() bool
	late    map[netip.AddrPort]packet // to be put behind the next one for that address
	next    uint16                    // the port that is given out next
}

// NewPackets returns a network that loses nothing.
func NewPackets() *Packets {
	const firstPort = 40000
	return &Packets{sockets: make(map[netip.AddrPort]*Packet), late: make(map[netip.AddrPort]packet), next: firstPort}
}

// Lose says which datagrams get lost from now on; nil is none. It is asked about
// all, also those that nobody would get.
func (p *Packets) Lose(lose func(from, to netip.AddrPort, datagram []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = lose
}

// Disturb says which datagrams come twice from now on, and which behind the next
// one; nil is none.
func (p *Packets) Disturb(double, swap func() bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.double, p.swap = double, swap
}

// Listen opens a socket at an address; port 0 is one that is free.
func (p *Packets) Listen(addr netip.AddrPort) (*Packet, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if addr.Port() == 0 {
		p.next++
		addr = netip.AddrPortFrom(addr.Addr(), p.next)
	}
	if p.sockets[addr] != nil {
		return nil, &net.OpError{Op: "listen", Net: "udp", Addr: net.UDPAddrFromAddrPort(addr), Err: net.ErrClosed}
	}
	s := &Packet{network: p, addr: addr, in: make(chan packet, packetBuffer), closed: make(chan struct{}), late: make(chan struct{})}
	p.sockets[addr] = s
	return s, nil
}

// deliver puts a datagram before its receiver, if there is one.
func (p *Packets) deliver(to netip.AddrPort, d packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sockets[to]
	if p.lose != nil && p.lose(d.from, to, d.data) || s == nil {
		return
	}
	before, held := p.late[to]
	if !held && p.swap != nil && p.swap() {
		p.late[to] = d
		return
	}
	delete(p.late, to)
	s.put(d)
	if p.double != nil && p.double() {
		s.put(d)
	}
	if held {
		s.put(before)
	}
}

// put hands a datagram to the reader, if there is room.
func (s *Packet) put(d packet) {
	select {
	case s.in <- d:
	default:
	}
}

type packet struct {
	from netip.AddrPort
	data []byte
}

// Packet is a socket of the network. Close ends a read, and so does a deadline
// that has passed; it knows no other ones.
type Packet struct {
	network *Packets
	addr    netip.AddrPort
	in      chan packet
	closed  chan struct{}
	once    sync.Once
	late    chan struct{} // closed while reads are to end. Guarded by network.mu
	past    bool          // they are. Likewise
}

var _ net.PacketConn = (*Packet)(nil)

// ReadFrom implements net.PacketConn.
func (s *Packet) ReadFrom(b []byte) (int, net.Addr, error) {
	s.network.mu.Lock()
	late := s.late
	s.network.mu.Unlock()
	select {
	case <-late:
		return 0, nil, os.ErrDeadlineExceeded
	case d := <-s.in:
		return copy(b, d.data), net.UDPAddrFromAddrPort(d.from), nil
	case <-s.closed:
		return 0, nil, &net.OpError{Op: "read", Net: "udp", Source: s.LocalAddr(), Err: net.ErrClosed}
	}
}

// WriteTo implements net.PacketConn.
func (s *Packet) WriteTo(b []byte, to net.Addr) (int, error) {
	addr, err := netip.ParseAddrPort(to.String())
	if err != nil {
		return 0, &net.OpError{Op: "write", Net: "udp", Source: s.LocalAddr(), Addr: to, Err: err}
	}
	select {
	case <-s.closed:
		return 0, &net.OpError{Op: "write", Net: "udp", Source: s.LocalAddr(), Addr: to, Err: net.ErrClosed}
	default:
	}
	s.network.deliver(addr, packet{s.addr, append([]byte(nil), b...)})
	return len(b), nil
}

// Close implements net.PacketConn.
func (s *Packet) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.network.mu.Lock()
		defer s.network.mu.Unlock()
		delete(s.network.sockets, s.addr)
	})
	return nil
}

// LocalAddr implements net.PacketConn.
func (s *Packet) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(s.addr) }

// SetDeadline implements net.PacketConn; writing never waits.
func (s *Packet) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn: one that has passed ends the reads
// under way.
func (s *Packet) SetReadDeadline(t time.Time) error {
	s.network.mu.Lock()
	defer s.network.mu.Unlock()
	past := !t.IsZero() && time.Until(t) <= 0
	if past == s.past {
		return nil
	}
	if s.past = past; past {
		close(s.late)
	} else {
		s.late = make(chan struct{})
	}
	return nil
}

// SetReadBuffer keeps QUIC from saying that it can't be enlarged.
func (*Packet) SetReadBuffer(int) error { return nil }

// SetWriteBuffer likewise.
func (*Packet) SetWriteBuffer(int) error { return nil }

// SetWriteDeadline implements net.PacketConn, and does nothing.
func (*Packet) SetWriteDeadline(time.Time) error { return nil }
