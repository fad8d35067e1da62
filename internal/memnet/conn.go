package memnet

import (
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// bufferSize is how many bytes a direction holds before its writer waits.
const bufferSize = 64 << 10

// Option changes a connection while it is made.
type Option func(*options)

type options struct {
	buffer int
	cut    int64
	from   *net.TCPAddr
}

// Buffer sets how many bytes each direction holds before its writer waits.
func Buffer(n int) Option { return func(o *options) { o.buffer = n } }

// CutAfter resets the connection when the dialling end has written n bytes:
// the other end gets these, and then the reset.
func CutAfter(n int64) Option { return func(o *options) { o.cut = n } }

// From sets the address that the dialling end is seen at.
func From(a *net.TCPAddr) Option { return func(o *options) { o.from = a } }

// Conn is one end of a connection.
type Conn struct {
	in, out       *half
	local, remote *net.TCPAddr
	close         sync.Once
}

var _ net.Conn = (*Conn)(nil)

// Pipe returns the two ends of a connection; the first is the dialling one.
func Pipe(opts ...Option) (dialled, accepted *Conn) {
	return pipe(newOptions(opts), &net.TCPAddr{IP: loopback, Port: 1}, &net.TCPAddr{IP: loopback, Port: 2})
}

func newOptions(opts []Option) options {
	o := options{buffer: bufferSize, cut: -1}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

func pipe(o options, from, to *net.TCPAddr) (dialled, accepted *Conn) {
	if o.from != nil {
		from = o.from
	}
	up, down := newHalf(o.buffer, o.cut), newHalf(o.buffer, -1)
	return &Conn{in: down, out: up, local: from, remote: to}, &Conn{in: up, out: down, local: to, remote: from}
}

// Read implements net.Conn.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	return n, c.explain("read", err)
}

// Write implements net.Conn.
func (c *Conn) Write(b []byte) (int, error) {
	n, cut, err := c.out.Write(b)
	if cut {
		c.cutOff()
	}
	return n, c.explain("write", err)
}

// cutOff ends the connection for both, but leaves the reader what was written.
func (c *Conn) cutOff() {
	c.out.change(func() { c.out.shut = true })
	c.in.change(func() { c.in.reset = true })
}

// explain gives an error the form that package net gives it.
func (c *Conn) explain(op string, err error) error {
	switch err { //nolint:errorlint // made by half, never wrapped
	case nil, io.EOF:
		return err
	case io.ErrClosedPipe:
		err = net.ErrClosed
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// Close implements net.Conn. As with TCP, what the other end has written and
// nobody has read turns the close into a reset.
func (c *Conn) Close() error {
	c.close.Do(func() {
		lost := false
		c.in.change(func() {
			lost = len(c.in.buf) > 0
			c.in.deaf = true
		})
		c.out.change(func() {
			c.out.shut = true
			c.out.reset = c.out.reset || lost
		})
		c.stop()
	})
	return nil
}

// Reset ends the connection at once: both ends fail, and lose what was under
// way.
func (c *Conn) Reset() {
	for _, h := range []*half{c.in, c.out} {
		h.change(func() { h.reset, h.buf = true, nil })
	}
	c.stop()
}

// stop ends the timers of this end's deadlines.
func (c *Conn) stop() {
	c.in.change(c.in.read.stop)
	c.out.change(c.out.write.stop)
}

// CloseWrite ends the direction that this end writes; the other end reads
// io.EOF after what was written.
func (c *Conn) CloseWrite() error {
	var err error
	c.out.change(func() {
		if c.out.reset || c.out.deaf {
			err = syscall.ENOTCONN
		}
		c.out.shut = true
	})
	return c.explain("close", err)
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.in.set(&c.in.read, t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.out.set(&c.out.write, t)
	return nil
}
