package memnet

import (
	"context"
	"net"
	"sync"
	"syscall"
)

var loopback = net.IPv4(127, 0, 0, 1).To4()

const (
	// backlog is how many connections wait to be accepted before Dial waits.
	backlog = 128
	// listenPort is the port that every Listener seems to have.
	listenPort = 1300
	// firstPort is the port that the first connection seems to come from.
	firstPort = 40000
)

// Listener is a net.Listener without a socket. Its Dial reaches it.
type Listener struct {
	addr    *net.TCPAddr
	waiting chan *Conn
	done    chan struct{}
	close   sync.Once

	mu   sync.Mutex
	next int // the port of the next connection
}

var _ net.Listener = (*Listener)(nil)

// Listen returns a listener that Dial reaches at once.
func Listen() *Listener {
	return &Listener{
		addr:    &net.TCPAddr{IP: loopback, Port: listenPort},
		waiting: make(chan *Conn, backlog),
		done:    make(chan struct{}),
		next:    firstPort,
	}
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
		return nil, l.fail("accept", net.ErrClosed)
	default:
	}
	select {
	case c := <-l.waiting:
		return c, nil
	case <-l.done:
		return nil, l.fail("accept", net.ErrClosed)
	}
}

// Close implements net.Listener. Connections that were not accepted yet are
// reset.
func (l *Listener) Close() error {
	l.close.Do(func() {
		close(l.done)
		l.refuse()
	})
	return nil
}

// refuse resets what has not been accepted.
func (l *Listener) refuse() {
	for {
		select {
		case c := <-l.waiting:
			c.Reset()
		default:
			return
		}
	}
}

// refuseLate does so where the listener was closed while a Dial was under way.
func (l *Listener) refuseLate() {
	select {
	case <-l.done:
		l.refuse()
	default:
	}
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return l.addr }

// Dial connects to the listener. It waits only where the backlog is full.
func (l *Listener) Dial(ctx context.Context, opts ...Option) (*Conn, error) {
	l.mu.Lock()
	from := &net.TCPAddr{IP: loopback, Port: l.next}
	l.next++
	l.mu.Unlock()
	ours, theirs := pipe(newOptions(opts), from, l.addr)
	select {
	case <-l.done:
		return nil, l.fail("dial", syscall.ECONNREFUSED)
	default:
	}
	select {
	case l.waiting <- theirs:
		l.refuseLate()
		return ours, nil
	case <-l.done:
		return nil, l.fail("dial", syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, l.fail("dial", ctx.Err())
	}
}

// DialContext has the form of net.Dialer.DialContext; every address leads to
// the listener.
func (l *Listener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	c, err := l.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (l *Listener) fail(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: l.addr, Err: err}
}
