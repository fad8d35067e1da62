package server

import (
	"bytes"
	"errors"

	"labchat/internal/wire"
)

// write hands a receiver what a round holds for it: straight to the socket
// where there is one that takes it at once, else to the outbox. What goes
// wrong is seen to after the round's last write.
func (l *loop) write(r *receiver, b []byte) {
	c := r.conn
	if c.state == connClosed {
		return
	}
	if c.paced != nil {
		l.writeFrames(c, b)
		return
	}
	mid := false
	if c.sock != nil && !c.out.isBusy() {
		n, err := l.direct.write(c.sock, b)
		if err != nil {
			l.noteFailure(c, err)
			return
		}
		if n == len(b) {
			if c.paused && !l.isFull(c, 2) { // nothing else would wake the loop for the rest of what it asks
				l.inbox.post(item{what: whatWritten, conn: c})
			}
			return
		}
		mid = n > 0 && b[n-1] != '\n'
		b = b[n:]
	}
	start, full := c.out.push(b, mid)
	l.handlePush(c, start, full)
}

// handlePush ends a connection whose outbox is full, and starts a writer where
// there is none.
func (l *loop) handlePush(c *conn, start, full bool) {
	switch {
	case full:
		l.noteFailure(c, errSlow)
	case start:
		l.startWriter(c)
	}
}

// writeFrames hands a paced connection the frames of a round.
func (l *loop) writeFrames(c *conn, b []byte) {
	begin := 0
	for i := range c.paced.all {
		m := &c.paced.all[i]
		l.writeFrame(c, b[begin:m.end], &m.delivery)
		begin = m.end
	}
}

// writeFrame writes one at once where nothing waits and nothing was written
// lately.
func (l *loop) writeFrame(c *conn, b []byte, d *wire.Delivery) {
	if c.failed != nil {
		return
	}
	if c.sock == nil || !c.out.mayWrite(d.Gap) {
		start, full := c.out.queue(newFrame(bytes.Clone(b), d, l.now))
		l.handlePush(c, start, full)
		return
	}
	n, err := l.direct.write(c.sock, b)
	switch {
	case err != nil:
		l.noteFailure(c, err)
	case n < len(b):
		start, full := c.out.push(b[n:], true)
		l.handlePush(c, start, full)
	}
}

// flush writes out what the round holds, and ends what has to end after it. A
// connection that fails then is news for others, which are written at once.
func (l *loop) flush() {
	l.fan.flush(l.write)
	for len(l.clients.failed) > 0 {
		for _, c := range l.clients.failed {
			if errors.Is(c.failed, errSlow) && c.state != connClosed {
				l.endSlow(c)
			} else {
				l.shut(c)
			}
		}
		clear(l.clients.failed)
		l.clients.failed = l.clients.failed[:0]
		l.carry()
		l.fan.flush(l.write)
	}
	for _, c := range l.clients.ending {
		l.finish(c)
	}
	clear(l.clients.ending)
	l.clients.ending = l.clients.ending[:0]
}

// finish tells the other end that nothing follows, once the outbox is empty.
func (l *loop) finish(c *conn) {
	if c.state != connClosing {
		return
	}
	switch active, start := c.out.finish(c.tls); {
	case start:
		l.startWriter(c)
	case !active:
		_ = closeWrite(c) // if it fails there is nobody to tell
		l.tryClose(c)
	}
}

// noteFailure notes that a write has failed.
func (l *loop) noteFailure(c *conn, err error) {
	if c.failed == nil {
		c.failed = err
		l.clients.failed = append(l.clients.failed, c)
	}
}

// startWriter starts the goroutine that owns the socket until the outbox is
// empty.
func (l *loop) startWriter(c *conn) {
	l.writers.Go(func() {
		last, err := c.out.write(c.nc, c.tls)
		if last && err == nil {
			err = closeWrite(c)
		}
		l.inbox.post(item{what: whatWritten, conn: c, arg: err})
	})
}

// closeWrite tells the other end that nothing follows.
func closeWrite(c *conn) error {
	type halfCloser interface{ CloseWrite() error }
	var errs []error
	if c.nc != c.raw {
		errs = append(errs, c.nc.(halfCloser).CloseWrite())
	}
	if h, ok := c.raw.(halfCloser); ok {
		errs = append(errs, h.CloseWrite())
	}
	return errors.Join(errs...)
}

// errSlow ends a connection whose reader does not keep up.
var errSlow = errors.New("the outbox is full")

// endSlow ends a connection whose outbox is full: what waits there is dropped,
// and it is told why.
func (l *loop) endSlow(c *conn) {
	l.hub.Disconnect(l.now, c.id, &l.out)
	l.forget(c)
	l.fan.leave(&c.receiver)
	l.fan.discard(&c.receiver)
	words, d, err := c.codec.AppendEvent(nil, &wire.Goodbye{Code: wire.CodeSlow, Text: slowText})
	if err != nil {
		words = nil // its dialect has no word for it
	}
	c.state = connClosing
	c.out.drop(c.nc, c.tls, newFrame(words, &d, l.now))
	l.clients.closing = append(l.clients.closing, linger{c, l.now.Add(lastWords)})
}

const slowText = "You did not read fast enough, so that too much was waiting for you. Connect again."
