package private

import (
	"net"
	"sync"
	"time"

	"labchat/internal/peer/link"
)

// plainWaiting is how many plain datagrams wait for who reads them.
const plainWaiting = 256

// plainConn is the endpoint's socket as those see it who speak plain datagrams.
// It can be had before the socket is open.
type plainConn struct {
	in     chan link.Datagram
	opened chan struct{} // closed once conn is set
	closed chan struct{}
	once   sync.Once
	conn   net.PacketConn // set before opened is closed
}

func newPlainConn() *plainConn {
	return &plainConn{in: make(chan link.Datagram, plainWaiting), opened: make(chan struct{}), closed: make(chan struct{})}
}

// open gives it the socket.
func (p *plainConn) open(conn net.PacketConn) {
	p.conn = conn
	close(p.opened)
}

// deliver hands on a datagram, if anybody reads.
func (p *plainConn) deliver(d link.Datagram) {
	select {
	case p.in <- d:
	default:
	}
}

// ReadFrom implements net.PacketConn.
func (p *plainConn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case d := <-p.in:
		return copy(b, d.Data), net.UDPAddrFromAddrPort(d.From), nil
	case <-p.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo implements net.PacketConn.
func (p *plainConn) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case <-p.opened:
		return p.conn.WriteTo(b, to)
	case <-p.closed:
		return 0, net.ErrClosed
	}
}

// Close ends reading. The socket is the endpoint's.
func (p *plainConn) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// LocalAddr implements net.PacketConn.
func (p *plainConn) LocalAddr() net.Addr {
	select {
	case <-p.opened:
		return p.conn.LocalAddr()
	case <-p.closed:
		return &net.UDPAddr{}
	}
}

// SetDeadline implements net.PacketConn, and does nothing.
func (*plainConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.PacketConn, and does nothing.
func (*plainConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.PacketConn, and does nothing.
func (*plainConn) SetWriteDeadline(time.Time) error { return nil }
