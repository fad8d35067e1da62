package oldpeer

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// maxDatagram is the longest datagram there is over IPv4; older programs send
// up to 1,024 bytes.
const maxDatagram = 64 << 10

// maxFailed is how many reads in a row may fail before the socket is given up.
const maxFailed = 100

// Datagram is one as it came.
type Datagram struct {
	From  netip.AddrPort
	Group netip.AddrPort // multicast: where it was sent to
	Data  []byte
}

// Read posts what comes to a socket until the socket is closed or ctx ends.
// Errors that a datagram of ours has brought back are passed over.
func Read(ctx context.Context, conn net.PacketConn, group netip.AddrPort, to chan<- Datagram) {
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
		from := AddrPort(addr)
		if n == 0 || !from.IsValid() {
			continue
		}
		select {
		case to <- Datagram{From: from, Group: group, Data: append([]byte(nil), buf[:n]...)}:
		case <-ctx.Done():
			return
		}
	}
}

// AddrPort is the address of a datagram, IPv4 as such.
func AddrPort(a net.Addr) netip.AddrPort {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := u.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// plainWaiting is how many plain datagrams wait for who reads them.
const plainWaiting = 256

// Conn is a socket that is read by somebody else, as those see it who speak plain
// datagrams. It can be had before the socket is open.
type Conn struct {
	in     chan Datagram
	opened chan struct{} // closed once conn is set
	closed chan struct{}
	once   sync.Once
	conn   net.PacketConn // set before opened is closed
}

// NewConn returns a Conn that has no socket yet.
func NewConn() *Conn {
	return &Conn{in: make(chan Datagram, plainWaiting), opened: make(chan struct{}), closed: make(chan struct{})}
}

// Open gives it the socket. It is called once.
func (p *Conn) Open(conn net.PacketConn) {
	p.conn = conn
	close(p.opened)
}

// Deliver hands on a datagram, if anybody reads.
func (p *Conn) Deliver(d Datagram) {
	select {
	case p.in <- d:
	default:
	}
}

// ReadFrom implements net.PacketConn.
func (p *Conn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case d := <-p.in:
		return copy(b, d.Data), net.UDPAddrFromAddrPort(d.From), nil
	case <-p.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo implements net.PacketConn.
func (p *Conn) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case <-p.opened:
		return p.conn.WriteTo(b, to)
	case <-p.closed:
		return 0, net.ErrClosed
	}
}

// Close ends reading. The socket stays open.
func (p *Conn) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// LocalAddr implements net.PacketConn.
func (p *Conn) LocalAddr() net.Addr {
	select {
	case <-p.opened:
		return p.conn.LocalAddr()
	case <-p.closed:
		return &net.UDPAddr{}
	}
}

// SetDeadline implements net.PacketConn, and does nothing.
func (*Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.PacketConn, and does nothing.
func (*Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.PacketConn, and does nothing.
func (*Conn) SetWriteDeadline(time.Time) error { return nil }
