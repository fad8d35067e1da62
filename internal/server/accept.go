package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"syscall"
	"time"

	"labchat/internal/wire"
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

// arrivals takes in who waits at the doors that items come from: who connected
// before they spoke must be in before they are heard. A door that nothing has
// come from is not asked, for that costs a system call.
func (l *loop) arrivals(posted []item) {
	for i := range posted {
		if ln, waiting := posted[i].arg.(*listener); waiting {
			ln.look = true
		} else if c := posted[i].conn; c != nil {
			c.from.look = true
		}
	}
	l.accept()
}

// accept takes in who waits at the doors to look at.
func (l *loop) accept() {
	for _, ln := range l.listeners {
		if ln.look && ln.door != nil {
			l.acceptAt(ln)
		}
	}
}

func (l *loop) acceptAt(ln *listener) {
	d := ln.door
	if !l.stopping.IsZero() || l.now.Before(l.clients.resting) {
		return
	}
	ln.look = false
	for range acceptAtOnce {
		nc, err := d.next()
		if err != nil {
			l.clients.resting = l.now.Add(d.rest.failed(l.log, err))
			ln.look = true
			return
		}
		if nc == nil {
			break
		}
		d.rest.succeeded(l.log)
		if c := ln.admit(l.log, l.clients.limits, nc); c != nil {
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
// returns nil.
func (ln *listener) admit(log *slog.Logger, limits *limits, nc net.Conn) *conn {
	if why := limits.admit(addrOf(nc).Addr()); why != "" {
		log.Debug("connection refused", "name", ln.name, "addr", nc.RemoteAddr(), "why", why)
		_ = nc.SetWriteDeadline(time.Now().Add(refuseWithin))
		_, _ = nc.Write(refusal(ln.dialect, why)) // it may be gone; it is refused anyway
		_ = nc.Close()
		return nil
	}
	c := &conn{raw: nc, nc: nc, sock: rawSocket(nc), from: ln}
	c.conn = c
	c.frame.dialect = ln.dialect
	c.gate.opened = make(chan struct{}, 1)
	return c
}

// refusal says why nobody is taken in. Where the dialect is not known yet A3
// programs show it, and native ones end with it in their log.
func refusal(d wire.Dialect, why string) []byte {
	if d == nil {
		return []byte("cmderr " + why + "\n")
	}
	codec := d.Server()
	words, _, err := codec.AppendEvent(nil, &wire.Goodbye{Code: wire.CodeFull, Text: why})
	if err != nil || len(words) == 0 {
		words, _, err = codec.AppendEvent(nil, &wire.Refused{Of: wire.ActMalformed, Code: wire.CodeFull, Text: why})
	}
	if err != nil {
		return nil // the close says it
	}
	return words
}

// acceptor takes connections from a listener that is no door and posts them to
// the loop.
type acceptor struct {
	log    *slog.Logger
	l      *listener
	inbox  *inbox
	limits *limits
}

// run accepts until the listener is closed. When the system has no room it
// rests and says so once; those who are in stay.
func (a *acceptor) run(ctx context.Context) error {
	var rests backOff
	for ctx.Err() == nil {
		nc, err := a.l.net.Accept()
		switch {
		case err == nil:
			rests.succeeded(a.log)
			if c := a.l.admit(a.log, a.limits, nc); c != nil {
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
