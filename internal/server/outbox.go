package server

import (
	"bytes"
	"net"
	"sync"
	"time"
)

const (
	// maxOutbox bounds the bytes that wait for one connection.
	maxOutbox = 1 << 20
	// secureChunk is what a TLS connection is written at once: one record.
	// A TLS write can't be given up halfway, so it must be short.
	secureChunk = 16 << 10
	// lastWords is how long the end of a connection may take: what a slow one
	// is told, and reading what it has sent meanwhile.
	lastWords = 2 * time.Second
)

// outbox is what a connection did not take at once. While it is not empty a
// writer owns the socket, and the loop only appends.
type outbox struct {
	mu     sync.Mutex
	buf    []byte
	pace   *pace // what comes after buf, where every frame is a write of its own; nil elsewhere
	out    int   // bytes that the writer has taken and may not have written yet
	active bool  // a writer owns the socket
	mid    bool  // buf begins within a frame
	cut    bool  // buf was dropped for last words
	last   bool  // after buf nothing will follow: the writer ends its direction
}

// push appends bytes. start reports that there is no writer yet, full that there
// is no room and nothing was appended. An empty outbox takes what a round
// holds, which is bounded elsewhere.
func (o *outbox) push(b []byte, mid bool) (start, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active && len(o.buf)+len(b) > maxOutbox {
		return false, true
	}
	if start = !o.active; start {
		o.active, o.mid = true, mid
	}
	o.buf = append(o.buf, b...)
	return start, false
}

// queue does what push does, for a frame of a paced connection.
func (o *outbox) queue(f frame) (start, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active && len(o.buf)+o.pace.bytes+len(f.bytes) > maxOutbox {
		return false, true
	}
	start, o.active = !o.active, true
	o.pace.put(f)
	return start, false
}

// mayWrite reports whether a frame may pass by the queue, and then counts it as
// written.
func (o *outbox) mayWrite(gap time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active || o.pace.wait(gap) > 0 {
		return false
	}
	o.pace.wrote, o.pace.gap = time.Now(), gap
	return true
}

// queued returns how many frames wait.
func (o *outbox) queued() int {
	if o.pace == nil {
		return 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.pace.queue)
}

// waiting returns how many bytes wait, with all of those that are being written.
func (o *outbox) waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.buf) + o.out
}

// isBusy reports whether a writer owns the socket.
func (o *outbox) isBusy() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.active
}

// finish notes that nothing will follow. active reports whether there is a
// writer to see to that, start whether there is none but must be one.
func (o *outbox) finish(must bool) (active, start bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	start = must && !o.active
	o.last, o.active = true, o.active || must
	if o.pace != nil {
		o.pace.hasten()
	}
	return o.active, start
}

// drop replaces what waits by last words, but for the rest of a frame that has
// begun, and hurries the writer.
func (o *outbox) drop(nc net.Conn, secure bool, words frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pace != nil {
		o.pace.drop(len(o.pace.queue))
		o.pace.put(words)
	} else {
		head := 0
		if o.mid {
			head = bytes.IndexByte(o.buf, '\n') + 1
		}
		o.buf = append(o.buf[:head:head], words.bytes...)
	}
	o.cut, o.last = true, true
	deadline := time.Now()
	if secure {
		deadline = deadline.Add(lastWords)
	}
	_ = nc.SetWriteDeadline(deadline) // a connection that is gone has none
}

// next returns what is to be written next, once it may be. It is nil when
// there is nothing left; last then reports whether nothing will follow.
func (o *outbox) next(nc net.Conn, old []byte) (b []byte, last bool) {
	b, wait, last := o.take(nc, old)
	for wait != nil {
		<-wait
		b, wait, last = o.take(nc, nil)
	}
	return b, last
}

// take does what next does, without waiting. old was written and is not needed
// any more.
func (o *outbox) take(nc net.Conn, old []byte) (b []byte, wait <-chan time.Time, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.spareTime(nc)
	if o.pace != nil && old != nil {
		o.pace.wrote = time.Now()
	}
	if len(o.buf) > 0 {
		b, o.buf, o.mid = o.buf, old[:0], false
		o.out = len(b)
		return b, nil, false
	}
	o.out = 0
	if o.pace != nil {
		if f, ok := o.pace.take(); ok {
			return f.bytes, nil, false
		}
		if len(o.pace.queue) > 0 {
			return nil, o.pace.await(), false
		}
		o.pace.rest()
	}
	o.active, o.buf = false, nil
	return nil, nil, o.last
}

// rescue reports whether a write that failed after n of b's bytes failed because
// the queue was dropped, and returns the rest of the frame that it was in.
func (o *outbox) rescue(nc net.Conn, b []byte, n int) (rest []byte, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.cut {
		return nil, false
	}
	o.spareTime(nc)
	if o.pace != nil {
		return b[n:], true
	}
	if n > 0 && b[n-1] == '\n' {
		return nil, true
	}
	return b[n : n+bytes.IndexByte(b[n:], '\n')+1], true
}

// spareTime gives the last words of a dropped queue their time.
func (o *outbox) spareTime(nc net.Conn) {
	if o.cut {
		o.cut = false
		_ = nc.SetWriteDeadline(time.Now().Add(lastWords))
	}
}

// write is the writer: it empties the outbox, and reports whether nothing will
// follow.
func (o *outbox) write(nc net.Conn, secure bool) (last bool, err error) {
	var b []byte
	for {
		if b, last = o.next(nc, b); b == nil {
			return last, nil
		}
		if err = o.writeOut(nc, secure, b); err != nil {
			o.giveUp()
			return false, err
		}
	}
}

// giveUp forgets what a connection that has failed will never be told.
func (o *outbox) giveUp() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.active, o.buf, o.out = false, nil, 0
	o.forget()
}

// abandon has the writer wait for nothing any more: the connection is closed.
func (o *outbox) abandon() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget()
}

func (o *outbox) forget() {
	if o.pace != nil {
		o.pace.drop(len(o.pace.queue))
	}
}

// writeOut writes b, or what of it must be when the queue is dropped.
func (o *outbox) writeOut(nc net.Conn, secure bool, b []byte) error {
	for len(b) > 0 {
		chunk := b
		if secure {
			chunk = b[:min(len(b), secureChunk)]
		}
		n, err := nc.Write(chunk)
		if err == nil && !secure {
			return nil
		}
		rest, dropped := o.rescue(nc, b, n)
		switch {
		case dropped:
			b = rest
		case err != nil:
			return err
		default:
			b = b[n:]
		}
	}
	return nil
}
