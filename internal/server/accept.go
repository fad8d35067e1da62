package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"syscall"
	"time"
)

const (
	// firstBackOff and maxBackOff are how long accepting rests when the system
	// has no descriptor left.
	firstBackOff = 50 * time.Millisecond
	maxBackOff   = time.Second
	// refuseWithin is how long a refusal may take to leave: it fits the buffer
	// of a fresh connection, so that in truth it takes nothing.
	refuseWithin = time.Millisecond
	// acceptAtOnce is how many connections are taken in before others are
	// heard again.
	acceptAtOnce = 64
)

// backOff says how long accepting rests after failures.
type backOff struct{ wait time.Duration }

// failed returns how long to rest, longer each time, and logs the first time.
func (b *backOff) failed(log *slog.Logger, err error) time.Duration {
	if b.wait == 0 {
		log.Warn("no connection can be accepted; raise the limit on open files if this lasts", "err", err)
	}
	b.wait = min(max(2*b.wait, firstBackOff), maxBackOff)
	return b.wait
}

func (b *backOff) succeeded(log *slog.Logger) {
	if b.wait > 0 {
		log.Info("accepting connections again")
		b.wait = 0
	}
}

// accept takes in who waits at the door.
func (l *loop) accept() {
	d := l.door
	if d == nil || !l.stopping.IsZero() || l.now.Before(l.clients.resting) {
		return
	}
	for range acceptAtOnce {
		nc, err := d.next()
		if err != nil {
			l.clients.resting = l.now.Add(d.rest.failed(l.log, err))
			return
		}
		if nc == nil {
			break
		}
		d.rest.succeeded(l.log)
		if c := admit(l.log, l.clients.limits, nc); c != nil {
			l.opened(c)
			l.carry()
		}
	}
	signal(d.again)
}

// retry accepts again after a rest.
func (l *loop) retry() {
	if !l.clients.resting.IsZero() && !l.now.Before(l.clients.resting) {
		l.clients.resting = time.Time{}
		l.accept()
	}
}

// admit makes a conn of a connection, or refuses it with a sentence and
// returns nil. Nobody knows its dialect yet; A3 programs show the sentence,
// native ones end with it in their log.
func admit(log *slog.Logger, limits *limits, nc net.Conn) *conn {
	if why := limits.admit(addrOf(nc).Addr()); why != "" {
		log.Debug("connection refused", "addr", nc.RemoteAddr(), "why", why)
		_ = nc.SetWriteDeadline(time.Now().Add(refuseWithin))
		_, _ = nc.Write([]byte("cmderr " + why + "\n")) // it may be gone; it is refused anyway
		_ = nc.Close()
		return nil
	}
	c := &conn{raw: nc, nc: nc, sock: rawSocket(nc)}
	c.conn = c
	c.gate.opened = make(chan struct{}, 1)
	return c
}

// acceptor takes connections from a listener that is no door and posts them to
// the loop.
type acceptor struct {
	log    *slog.Logger
	l      net.Listener
	inbox  *inbox
	limits *limits
}

// run accepts until the listener is closed. When the system has no room it
// rests and says so once; those who are in stay.
func (a *acceptor) run(ctx context.Context) error {
	var rests backOff
	for ctx.Err() == nil {
		nc, err := a.l.Accept()
		switch {
		case err == nil:
			rests.succeeded(a.log)
			if c := admit(a.log, a.limits, nc); c != nil {
				a.inbox.post(item{what: whatOpened, conn: c})
			}
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, syscall.ECONNABORTED):
		default:
			rest(ctx, rests.failed(a.log, err))
		}
	}
	return nil
}

// rest waits for some time or the context's end.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
