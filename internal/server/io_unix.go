//go:build unix

package server

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// rawSocket returns the socket under nc, nil where there is none that can be
// waited for.
func rawSocket(nc net.Conn) syscall.RawConn {
	s, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// directReader waits for a socket without holding a buffer. Its callback is
// made once, so that waiting allocates nothing.
type directReader struct {
	buf *buffer
	n   int
	err error
	f   func(fd uintptr) bool
}

func (d *directReader) init() { d.f = d.try }

// read waits until there is something to read. The buffer, where it is not
// nil, belongs to the caller.
func (d *directReader) read(sock syscall.RawConn) (*buffer, int, error) {
	d.buf, d.n, d.err = nil, 0, nil
	if err := sock.Read(d.f); err != nil {
		return d.buf, 0, err
	}
	return d.buf, d.n, d.err
}

// try must try before it says that there is nothing: RawConn clears the
// readiness before it calls.
func (d *directReader) try(fd uintptr) bool {
	d.buf = buffers.Get().(*buffer)
	for {
		n, err := syscall.Read(int(fd), d.buf[:])
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			buffers.Put(d.buf)
			d.buf = nil
			return false
		case err != nil:
			d.n, d.err = 0, err
		case n == 0:
			d.n, d.err = 0, io.EOF
		default:
			d.n, d.err = n, nil
		}
		return true
	}
}

// directWriter writes to sockets without waiting. Owned by the loop.
type directWriter struct {
	b   []byte
	n   int
	err error
	f   func(fd uintptr) bool
}

func newDirectWriter() *directWriter {
	d := &directWriter{}
	d.f = d.try
	return d
}

// write returns how much of b the socket took at once.
func (d *directWriter) write(sock syscall.RawConn, b []byte) (int, error) {
	d.b, d.n, d.err = b, 0, nil
	if err := sock.Write(d.f); err != nil {
		return 0, err
	}
	d.b = nil
	return d.n, d.err
}

// try never asks RawConn to wait: what the socket does not take goes to the
// outbox.
func (d *directWriter) try(fd uintptr) bool {
	for {
		n, err := syscall.Write(int(fd), d.b)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return true
		case err != nil:
			d.err = err
		default:
			d.n = n
		}
		return true
	}
}
