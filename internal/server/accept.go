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
	// firstBackoff and maxBackoff are how long accepting rests when the system
	// has no descriptor left.
	firstBackoff = 50 * time.Millisecond
	maxBackoff   = time.Second
	// refuseWithin is how long a refusal may take to leave: it fits the buffer
	// of a fresh connection, so that in truth it takes nothing.
	refuseWithin = time.Millisecond
	// acceptAtOnce is how many connections are taken in before others are
	// heard again.
	acceptAtOnce = 64
)

// backoff is how long accepting rests after failures, longer each time.
type backoff struct{ last time.Duration }

// next returns how long to rest, longer each time, and logs the first time.
func (b *backoff) next(log *slog.Logger, err error) time.Duration {
	if b.last == 0 {
		log.Warn("no connection can be accepted; raise the limit on open files if this lasts", "err", err)
	}
	b.last = min(max(2*b.last, firstBackoff), maxBackoff)
	return b.last
}

func (b *backoff) reset(log *slog.Logger) {
	if b.last > 0 {
		log.Info("accepting connections again")
		b.last = 0
	}
}

// acceptPosted takes in who waits in the backlogs that items come from: who connected
// before they spoke must be in before they are heard. A backlog that nothing has
// come from is not asked, for that costs a system call.
func (l *loop) acceptPosted(posted []item) {
	for i := range posted {
		if ln, waiting := posted[i].arg.(*listener); waiting {
			ln.look = true
		} else if c := posted[i].conn; c != nil {
			c.from.look = true
		}
	}
	l.accept()
}

// accept takes in who waits in the backlogs to look at.
func (l *loop) accept() {
	for _, ln := range l.listeners {
		if ln.look && ln.backlog != nil {
			l.acceptAt(ln)
		}
	}
}

func (l *loop) acceptAt(ln *listener) {
	d := ln.backlog
	if !l.stopping.IsZero() || l.now.Before(l.clients.resting) {
		return
	}
	ln.look = false
	for range acceptAtOnce {
		nc, err := d.next()
		if err != nil {
			l.clients.resting = l.now.Add(d.rest.next(l.log, err))
			ln.look = true
			return
		}
		if nc == nil {
			break
		}
		d.rest.reset(l.log)
		if c := ln.admit(l.log, l.clients.limits, nc); c != nil {
			l.handleOpened(c)
			l.carry()
		}
	}
	signal(d.again)
}

// retryAccept accepts again after a rest.
func (l *loop) retryAccept() {
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
	c.window.opened = make(chan struct{}, 1)
	return c
}

// refusal returns the words that say why nobody is taken in. Where the dialect is not known yet A3
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

// acceptor takes connections from a listener without a backlog and posts them to
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
	var rests backoff
	for ctx.Err() == nil {
		nc, err := a.l.net.Accept()
		switch {
		case err == nil:
			rests.reset(a.log)
			if c := a.l.admit(a.log, a.limits, nc); c != nil {
				a.inbox.post(item{what: whatOpened, conn: c})
			}
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, syscall.ECONNABORTED):
		default:
			rest(ctx, rests.next(a.log, err))
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
