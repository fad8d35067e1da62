package server

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"syscall"
)

// reader is the goroutine that reads a connection and posts what comes to the
// loop, which cuts it into requests. It waits without a buffer where it can,
// and does so little that its stack stays at the smallest size: with thousands
// of quiet connections, stacks are most of what they cost.
type reader struct {
	c      *conn
	inbox  *inbox
	log    *slog.Logger
	direct directReader
	small  []byte // see smallBuffer
	// helpers are goroutines that readers have started.
	helpers *sync.WaitGroup
}

const (
	// readBuffer is how much is read at once.
	readBuffer = 32 << 10
	// smallBuffer is what a connection that can't be waited for holds while it
	// is quiet.
	smallBuffer = 512
)

// buffer is what a reader posts. The loop gives it back to buffers.
type buffer [readBuffer]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// run reads until the connection ends.
func (r *reader) run() {
	r.tune()
	r.inbox.post(item{what: whatEnded, conn: r.c, arg: r.read()})
}

// read posts what comes. After the first bytes it waits for the loop to say
// whether they begin TLS.
func (r *reader) read() error {
	if err := r.readSome(r.c.sock, r.c.raw); err != nil {
		return err
	}
	<-r.c.window.opened
	if err := r.shakeHands(); err != nil {
		return err
	}
	for sock, nc := r.c.sock, r.c.nc; ; { // of TLS, if the loop has said so
		r.c.window.wait()
		if err := r.readSome(sock, nc); err != nil {
			return err
		}
	}
}

// shakeHands does so where TLS has begun, within the time that the loop gives
// for a hello. It needs a large stack, which ends with it.
func (r *reader) shakeHands() error {
	nc, begun := r.c.nc.(*tls.Conn)
	if !begun {
		return nil
	}
	done := make(chan error)
	r.helpers.Go(func() { done <- nc.HandshakeContext(context.Background()) })
	return <-done
}

// readSome posts bytes, at least one.
func (r *reader) readSome(sock syscall.RawConn, nc net.Conn) error {
	if sock == nil {
		return r.readBlocking(nc)
	}
	b, n, err := r.direct.read(sock)
	if n > 0 {
		r.post(b, n)
	} else if b != nil {
		buffers.Put(b)
	}
	return err
}

// readBlocking reads where there is no telling before whether there is
// something.
func (r *reader) readBlocking(nc net.Conn) error {
	if r.small == nil {
		r.small = make([]byte, smallBuffer)
	}
	n, err := nc.Read(r.small)
	if n > 0 {
		b := buffers.Get().(*buffer)
		r.post(b, copy(b[:], r.small[:n]))
	}
	return err
}

func (r *reader) post(b *buffer, n int) {
	r.c.window.ahead.Add(1)
	r.inbox.post(item{what: whatBytes, conn: r.c, arg: b, n: int32(n)})
}
