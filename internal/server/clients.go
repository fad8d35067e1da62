package server

import (
	"crypto/tls"
	"slices"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// clients are the connections of the loop.
type clients struct {
	all     map[*conn]struct{}      // every one whose socket is not closed
	open    map[hub.SessionID]*conn // those that the hub knows
	last    hub.SessionID           // given out
	tls     *tls.Config             // nil: off
	limits  *limits                 // told when a connection has ended
	serve   func(*conn)             // starts a reader
	paused  []*conn                 // see conn.paused
	more    bool                    // one of them waits for nothing but its next turn
	leaving []*conn                 // see connLeaving
	closing []linger                // see connClosing, oldest first
	ending  []*conn                 // got their last words in this round
	failed  []*conn                 // a write in this round has failed
	resting time.Time               // nobody is accepted before, zero: no rest
	swept   time.Time               // when silent ones were looked for
	half    map[*conn]struct{}      // see conn.begun
	looked  time.Time               // when those were looked at
	posted  []item                  // of this round
	told    bool                    // all of them that the server stops
}

// linger is a connection that is given until then to read its last words.
type linger struct {
	conn  *conn
	until time.Time
}

const (
	// sweepEvery is how often connections that are silent too long are looked
	// for.
	sweepEvery = time.Minute
	// oldIdle is how long a session of an old program may be silent: as the
	// original A3 server has it. Native clients ping, and are told by TCP.
	oldIdle = time.Hour
	// halfWithin is how long a request of a service, a name or a line of a prompt
	// may be half said: as long as the beginning of a session of chat/1.
	halfWithin = 30 * time.Second
	// lookEvery is how often half said ones are looked at, while there are any.
	lookEvery = time.Second
)

// newID returns one that no session has, by connection or by datagram.
func (c *clients) newID() hub.SessionID {
	c.last++
	return c.last
}

// handleOpened takes in a connection that was accepted.
func (l *loop) handleOpened(c *conn) {
	if l.clients.told {
		_ = c.raw.Close() // too late; nobody has seen it
		l.clients.limits.release(addrOf(c.raw).Addr())
		return
	}
	c.id, c.heard = l.clients.newID(), l.now
	l.clients.all[c] = struct{}{}
	l.clients.open[c.id] = c
	if d := c.frame.dialect; d != nil {
		l.speak(c, d)
		l.fan.say(&c.receiver, c.codec.Greeting())
	}
	l.hub.Open(l.now, c.id, c.origin(), &l.out)
	c.reading = true
	l.clients.serve(c)
}

// depart ends a connection that has said that it will ask for no more, if
// everything has been answered, and reports whether it did.
func (l *loop) depart(c *conn) bool {
	if c.state != connLeaving {
		return true
	}
	if n, _ := l.hub.Pending(c.id); n > 0 {
		return false
	}
	l.hub.Disconnect(l.now, c.id, &l.out)
	l.close(c, nil)
	return true
}

// close says the last words, if any, and ends a connection that the hub has
// forgotten: its outbox is emptied, the other end is told that nothing
// follows, and what it has sent meanwhile is read, for unread bytes would turn
// the close into a reset and take the last words back.
func (l *loop) close(c *conn, last wire.Event) {
	if last != nil {
		l.fan.deliver(&c.receiver, last)
	}
	l.fan.leave(&c.receiver)
	l.forget(c)
	c.state = connClosing
	l.clients.ending = append(l.clients.ending, c)
	l.clients.closing = append(l.clients.closing, linger{c, l.now.Add(lastWords)})
}

// forget takes a connection out of what the hub may name.
func (l *loop) forget(c *conn) {
	l.journalEnd(c)
	delete(l.clients.half, c)
	delete(l.clients.open, c.id)
	c.job = nil
	l.jobs.cancel(c.id)
	c.window.finish()
}

// shut ends a connection at once.
func (l *loop) shut(c *conn) {
	switch c.state {
	case connClosed:
		l.tryForget(c)
		return
	case connOpen, connLeaving:
		l.hub.Disconnect(l.now, c.id, &l.out)
		l.forget(c)
		l.fan.leave(&c.receiver)
		l.fan.discard(&c.receiver)
	case connClosing:
	}
	c.state = connClosed
	c.out.abandon()
	_ = c.raw.Close() // it is over, whatever this says
	l.tryForget(c)
}

// handleWritten notes that a writer has ended.
func (l *loop) handleWritten(c *conn, err error) {
	if err != nil {
		l.shut(c)
		return
	}
	if j := c.job; j != nil && !c.out.isBusy() {
		c.job = nil
		l.jobs.start(*j)
	}
	l.tryClose(c)
	l.tryForget(c)
}

// tryClose ends a connection whose last words have left and whose other end
// has ended too.
func (l *loop) tryClose(c *conn) {
	if c.state == connClosing && !c.reading && !c.out.isBusy() {
		l.shut(c)
	}
}

// tryForget drops a closed connection that nobody holds on to any more.
func (l *loop) tryForget(c *conn) {
	if _, there := l.clients.all[c]; there && c.state == connClosed && !c.reading && !c.out.isBusy() {
		delete(l.clients.all, c)
		l.clients.limits.release(addrOf(c.raw).Addr())
	}
}

// linger ends connections whose time for last words is over.
func (l *loop) linger() {
	n := 0
	for n < len(l.clients.closing) && !l.clients.closing[n].until.After(l.now) {
		l.shut(l.clients.closing[n].conn)
		n++
	}
	l.clients.closing = slices.Delete(l.clients.closing, 0, n) // their place must not hold them
}

// sweep ends sessions of old programs that have been silent too long, without
// a word, as their original does.
func (l *loop) sweep() {
	if l.now.Sub(l.clients.swept) < sweepEvery {
		return
	}
	l.clients.swept = l.now
	for c := range l.clients.all {
		if c.isOld() && c.state == connOpen && l.now.Sub(c.heard) >= oldIdle {
			l.hub.Disconnect(l.now, c.id, &l.out)
			l.close(c, nil)
		}
	}
}

// endHalf ends connections that have said half of something for too long. Where
// a sentence might be taken for an answer there is none.
func (l *loop) endHalf() {
	if len(l.clients.half) == 0 || l.now.Sub(l.clients.looked) < lookEvery {
		return
	}
	l.clients.looked = l.now
	for c := range l.clients.half {
		if l.now.Sub(c.begun) >= halfWithin {
			l.hub.Disconnect(l.now, c.id, &l.out)
			l.close(c, &wire.Goodbye{Code: wire.CodeTimeout, Text: "Half of a line, and no end of it within 30 s. Connect again."})
		}
	}
}
