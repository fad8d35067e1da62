package server

import (
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire/dialects"
)

// conn is one connection. The loop owns it; its reader and its writer hold on
// to the fields that say so. Only the loop closes it.
type conn struct {
	receiver

	id     hub.SessionID
	from   *listener
	raw    net.Conn        // the socket; for all
	nc     net.Conn        // what is read and written: raw, or TLS over it; changed before the reader goes on only
	sock   syscall.RawConn // of raw, where it can be waited for and written to without blocking, else nil; likewise
	window window          // for all
	out    outbox          // for all

	state   connState
	frame   framer    // of what it has sent
	unread  int32     // buffers whose requests are not all cut
	judged  bool      // its first bytes have shown whether it begins TLS
	tls     bool      // it did
	reading bool      // the reader has not ended
	paused  bool      // what it has sent is not cut into requests until some of them are committed
	eof     bool      // nothing will come any more
	heard   time.Time // when it last sent something
	begun   time.Time // when the frame began whose end is missing, zero: none is
	job     *hub.Job  // waits until what the last one brought has left
	failed  error     // what a write has failed with in this round
}

// connState is how far a connection has come.
type connState uint8

const (
	connOpen    connState = iota
	connLeaving           // io.EOF was read: it ends when its requests have been answered
	connClosing           // the hub has forgotten it: it ends when its last words have left
	connClosed
)

// origin returns where a connection comes from, for the hub.
func (c *conn) origin() hub.Origin {
	o := hub.Origin{Addr: addrOf(c.raw), Secure: c.tls}
	switch d := c.frame.dialect; {
	case d != nil:
		o.Dialect, o.Manners = d.Name(), d.Manners()
	case c.tls:
		o.Manners = dialects.ByName(nativeDialect).Manners()
	default:
		o.Manners = dialects.ByName(oldDialect).Manners()
	}
	return o
}

// isOld reports whether an isOld program speaks, or nobody has spoken yet.
func (c *conn) isOld() bool {
	if d := c.frame.dialect; d != nil {
		return !d.Manners().Native
	}
	return !c.tls
}

// nativeDialect and oldDialect are the dialects of the chat port.
const (
	nativeDialect = dialects.Native
	oldDialect    = "a3"
)

// addrOf returns the other end's address, zero where it has none.
func addrOf(nc net.Conn) netip.AddrPort {
	a, ok := nc.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := a.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// window keeps a reader from running ahead of the loop.
type window struct {
	ahead   atomic.Int32 // buffers that were posted and that the loop is not done with
	waiting atomic.Bool  // set by the reader while it waits
	done    atomic.Bool  // set by the loop: nothing that comes counts any more
	opened  chan struct{}
}

const (
	// maxAhead is how many buffers a reader may post before the loop is done
	// with the first.
	maxAhead = 2
	// maxPending is how many requests of a session may wait to be handled or
	// committed, and maxPendingBytes how many bytes of them, before no more are
	// cut from what it has sent.
	maxPending      = 64
	maxPendingBytes = 256 << 10
)

func (g *window) isFull() bool { return !g.done.Load() && g.ahead.Load() >= maxAhead }

// wait returns when there is room for more. It is called by the reader.
func (g *window) wait() {
	if !g.isFull() {
		return
	}
	g.waiting.Store(true)
	for g.isFull() {
		<-g.opened
	}
	g.waiting.Store(false)
}

// release gives back room for n buffers. It is called by the loop.
func (g *window) release(n int32) {
	if g.ahead.Add(-n); g.waiting.Load() && !g.isFull() {
		signal(g.opened)
	}
}

// judge lets the reader go on after its first bytes. It is called by the loop
// once.
func (g *window) judge() { signal(g.opened) }

// finish has the reader wait no more. It is called by the loop.
func (g *window) finish() {
	g.done.Store(true)
	signal(g.opened)
}
