package server

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// tlsRecord is the first byte of a TLS client's greeting, and nothing that a
// line of text begins with.
const tlsRecord = 0x16

// maxAnswers is how many bytes of a round may wait for a connection before no
// more requests are cut from what it has sent: a list of all people is a
// thousand times as long as the question.
const maxAnswers = 64 << 10

// maxTurn is how many requests of one connection are handled before it is the
// turn of the others: what costs nothing comes by the thousand in one read.
const maxTurn = 128

// handleBytes takes what a connection has sent.
func (l *loop) handleBytes(c *conn, b *buffer, n int) {
	defer buffers.Put(b)
	if c.state != connOpen || !l.stopping.IsZero() {
		c.judged = true
		c.window.judge()
		c.window.release(1) // only read so that the close is no reset
		return
	}
	c.heard = l.now
	if !c.judged {
		c.judged = true
		defer c.window.judge()
		if b[0] == tlsRecord && c.frame.dialect == nil && l.clients.tls != nil {
			l.secure(c, b[:n])
			return
		}
	}
	if c.frame.dialect == nil {
		name := oldDialect
		if b[0] == '{' {
			name = nativeDialect
		}
		l.speak(c, dialects.ByName(name))
		l.hub.Decide(l.now, c.id, c.origin(), &l.out)
		l.carry()
	}
	c.frame.feed(b[:n])
	c.unread++
	if c.paused {
		c.frame.keep()
		return
	}
	l.cut(c)
}

// secure goes on inside TLS: the reader's next read shakes hands, within the
// time that the hub gives for a hello.
func (l *loop) secure(c *conn, greeting []byte) {
	c.nc = tls.Server(&prefixed{Conn: c.raw, prefix: append([]byte(nil), greeting...)}, l.clients.tls)
	c.sock, c.tls = nil, true
	c.window.release(1)
	l.hub.Decide(l.now, c.id, c.origin(), &l.out)
}

// prefixed is a connection of which something was read already.
type prefixed struct {
	net.Conn

	prefix []byte
}

// Read returns what was read already first.
func (p *prefixed) Read(b []byte) (int, error) {
	if p.prefix == nil {
		return p.Conn.Read(b)
	}
	n := copy(b, p.prefix)
	if p.prefix = p.prefix[n:]; len(p.prefix) == 0 {
		p.prefix = nil
	}
	return n, nil
}

// speak gives the connection a dialect.
func (l *loop) speak(c *conn, d wire.Dialect) {
	codec := d.Server()
	c.frame.dialect, c.frame.parser = d, codec
	if d.Manners().Unframed {
		c.frame.pieces, c.out.pace = true, &pace{}
	}
	l.fan.speak(&c.receiver, codec, c.frame.pieces)
}

// cut hands the requests in what has come to the hub. When too many of them
// wait, or too many answers, or others have waited for a turn, it leaves the
// rest for later.
func (l *loop) cut(c *conn) {
	for handled := 0; c.state == connOpen && !c.paused; handled++ {
		l.clients.more = l.clients.more || handled == maxTurn
		if handled == maxTurn || l.isFull(c, 1) || len(c.buf) >= maxAnswers {
			c.paused = true
			l.clients.paused = append(l.clients.paused, c)
			break
		}
		r, ok := c.frame.next(c.eof)
		if !ok {
			c.window.release(c.unread)
			c.unread = 0
			break
		}
		c.begun = time.Time{}
		l.journal(c, r)
		l.hub.Handle(l.now, c.id, r, &l.out)
		l.carry()
	}
	c.frame.keep()
	l.watchHalf(c)
}

// watchHalf has a connection ended whose frame is half said for too long. A
// session of chat/1 has its own beginning, and an A3 program an hour for
// anything. What waits here, and not for its sender, is not half said.
func (l *loop) watchHalf(c *conn) {
	m := c.frame.dialect.Manners()
	switch half := c.state == connOpen && !c.paused && c.frame.hasHalf() && !m.Native && !m.Nameless; {
	case !half:
		c.begun = time.Time{}
		delete(l.clients.half, c)
	case c.begun.IsZero():
		c.begun = l.now
		l.clients.half[c] = struct{}{}
	}
}

// isFull reports whether too much of a session waits, or more than a part of it.
// Where frames are pieces the next one may mean something else after the last
// one's answer: nothing may wait. A service is not asked more than its pace
// allows it to answer.
func (l *loop) isFull(c *conn, part int) bool {
	n, bytes := l.hub.Pending(c.id)
	if c.frame.pieces {
		return n > 0 || c.frame.dialect.Manners().Service && c.out.queued() >= maxPending/part
	}
	return n >= maxPending/part || bytes >= maxPendingBytes/part
}

// resume goes on with what connections have sent, where half of what was too
// much is done, and they have read their answers, or their pace holds them back.
func (l *loop) resume() {
	paused := l.clients.paused
	l.clients.paused, l.clients.more = nil, false
	for _, c := range paused {
		ready := !l.isFull(c, 2) && len(c.buf) < maxAnswers && (c.out.pace != nil || !c.out.isBusy())
		if c.state == connOpen && !ready {
			l.clients.paused = append(l.clients.paused, c)
			continue
		}
		c.paused = false
		c.frame.feed(nil)
		l.cut(c)
		l.leave(c)
	}
	if l.clients.more {
		l.inbox.rouse()
	}
}

// handleEnded notes that nothing will come any more: io.EOF means that the
// other end has said so and may still read.
func (l *loop) handleEnded(c *conn, err error) {
	c.reading = false
	switch {
	case errors.Is(err, io.EOF) && c.state == connOpen:
		c.eof = true
		l.leave(c)
	case errors.Is(err, io.EOF) && c.state == connClosing:
		l.tryClose(c)
	default:
		l.shut(c)
	}
}

// leave handles the last, unterminated line of a connection that has said that
// nothing follows; it ends when all it has asked has been answered.
func (l *loop) leave(c *conn) {
	if !c.eof || c.paused || c.state != connOpen {
		return
	}
	if c.frame.dialect != nil {
		c.frame.feed(nil)
		l.cut(c)
	}
	if c.paused || c.state != connOpen {
		return
	}
	if c.tls && l.jobs.isWaiting(c.id) {
		l.shut(c) // inside TLS programs end both ways at once: nobody waits for this password any more
		return
	}
	l.jobs.putLast(c.id) // printf | nc waits for its answer, and looks the same as who has left
	c.state = connLeaving
	l.clients.leaving = append(l.clients.leaving, c)
}
