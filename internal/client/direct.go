package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// DirectConfig says with whom two people talk without a server.
type DirectConfig struct {
	Peer   string // HOST:PORT to try first; "" waits at once
	Listen string // HOST:PORT to wait at, HOST may be empty
	Me     string // how the screen calls the one who types; never sent
}

// Direct is a conversation of two over one TCP connection: typed lines and
// nothing else, as two families of older programs have it. It tries to
// connect, waits for the other where nobody answers, and waits again when the
// other has left. Lines typed meanwhile go out when somebody is there.
type Direct struct {
	cfg    DirectConfig
	events chan []wire.Event // only Run sends and closes
	wake   chan struct{}

	mu    sync.Mutex
	typed []*wire.Receipt // for Run to take
	again bool            // Retry was asked for
}

// DirectRoom is the one place of a direct conversation.
const DirectRoom = "direct"

const (
	// directDial is how long the original tries to connect.
	directDial = 15 * time.Second
	// listenAgain is how often a port is tried that is in use: that of an original
	// which has ended the conversation is for a minute.
	listenAgain = 500 * time.Millisecond
)

// NewDirect returns a conversation that does nothing until Run.
func NewDirect(cfg DirectConfig) *Direct {
	return &Direct{cfg: cfg, events: make(chan []wire.Event), wake: make(chan struct{}, 1)}
}

// Events is as Session's.
func (d *Direct) Events() <-chan []wire.Event { return d.events }

// Say sends a line to the other; there is one place only.
func (d *Direct) Say(room, text string, action bool) wire.ClientID {
	if action {
		text = "* " + text
	}
	r := &wire.Receipt{
		Client: session.NewClientID(), Room: room, As: d.cfg.Me, Text: text,
		State: wire.ReceiptQueued, At: wire.MillisOf(time.Now()),
	}
	d.mu.Lock()
	d.typed = append(d.typed, r)
	d.mu.Unlock()
	d.post()
	return r.Client
}

// Whisper is Say: nobody else is there.
func (d *Direct) Whisper(_, text string, action bool) wire.ClientID {
	return d.Say(DirectRoom, text, action)
}

// Do does nothing: there is no server to ask.
func (d *Direct) Do(wire.Request) (tag string) { return "" }

// Retry tries to connect again, if nobody is there.
func (d *Direct) Retry() {
	d.mu.Lock()
	d.again = true
	d.mu.Unlock()
	d.post()
}

func (d *Direct) post() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run holds the conversation until ctx ends, or nobody can be waited for
// (*session.EndedError).
func (d *Direct) Run(ctx context.Context) error {
	defer close(d.events)
	l := &directLoop{
		Direct: d, dialled: make(chan dialTry, 1), accepted: make(chan net.Conn),
		heard: make(chan string), sent: make(chan *wire.Receipt), gone: make(chan error, 1),
	}
	err := l.run(ctx)
	l.end(err)
	return err
}

// dialTry is what came of trying to connect: a connection, or why there is none.
type dialTry struct {
	conn net.Conn
	err  error
}

// directLoop is a conversation while it runs. Owned by Run's goroutine.
type directLoop struct {
	*Direct
	feed     session.Feed
	queue    []*wire.Receipt // typed and not written
	dialled  chan dialTry    // room for one: one try at a time
	accepted chan net.Conn   // from the listener
	heard    chan string     // lines of the other
	sent     chan *wire.Receipt
	gone     chan error // why the connection has ended. Room for one
	listener net.Listener
	line     *directLine // nil: nobody is there
	trying   bool
	met      bool      // somebody was there
	waitAt   time.Time // when to wait for the other anew, as the port is in use; zero: never
	stop     context.CancelFunc
	work     sync.WaitGroup
	last     wire.ID
}

func (l *directLoop) run(ctx context.Context) error {
	ctx, l.stop = context.WithCancel(ctx)
	l.emit(&wire.LoggedIn{Name: l.cfg.Me, Kind: wire.KindGuest})
	l.emit(&wire.Entered{Room: DirectRoom, People: []wire.Person{{Name: l.cfg.Me, Kind: wire.KindGuest}}})
	if err := l.begin(ctx); err != nil {
		return err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(time.Until(l.next()))
		select {
		case <-ctx.Done():
			return nil
		case <-l.wake:
			if err := l.take(ctx); err != nil {
				return err
			}
		case try := <-l.dialled:
			l.trying = false
			if err := l.answered(ctx, try); err != nil {
				return err
			}
		case nc := <-l.accepted:
			l.came(ctx, nc)
		case text := <-l.heard:
			l.said(text)
		case r := <-l.sent:
			l.wrote(r)
		case l.mouthpiece() <- l.first():
			l.queue = l.queue[1:]
		case err := <-l.gone:
			if err := l.left(ctx, err); err != nil {
				return err
			}
		case l.feed.Output(l.events) <- l.feed.Batch:
			l.feed.Handed(time.Now())
		case <-timer.C:
			if err := l.waitAgain(ctx); err != nil {
				return err
			}
		}
	}
}

// next is when something is to be done next.
func (l *directLoop) next() time.Time {
	due := l.feed.Next()
	if !l.waitAt.IsZero() && l.waitAt.Before(due) {
		due = l.waitAt
	}
	return due
}

func (l *directLoop) emit(e wire.Event) { l.feed.Add(e) }

func (l *directLoop) notice(format string, args ...any) {
	l.emit(&wire.Notice{Text: fmt.Sprintf(format, args...), Own: true})
}

// mouthpiece takes the next line, nil where there is none or nobody is there.
func (l *directLoop) mouthpiece() chan<- *wire.Receipt {
	if l.line == nil || len(l.queue) == 0 {
		return nil
	}
	return l.line.lines
}

func (l *directLoop) first() *wire.Receipt {
	if len(l.queue) == 0 {
		return nil
	}
	return l.queue[0]
}

// begin tries to connect, or waits at once.
func (l *directLoop) begin(ctx context.Context) error {
	if l.cfg.Peer == "" {
		return l.wait(ctx)
	}
	l.trying = true
	l.status(wire.StateConnecting, "")
	l.notice("Trying to connect to %s ...", l.cfg.Peer)
	l.work.Go(func() {
		nc, err := (&net.Dialer{Timeout: directDial}).DialContext(ctx, "tcp", l.cfg.Peer)
		l.dialled <- dialTry{nc, err}
	})
	return nil
}

// answered goes on with a connection, or waits for the other.
func (l *directLoop) answered(ctx context.Context, try dialTry) error {
	switch {
	case try.err == nil:
		l.came(ctx, try.conn)
	case l.line == nil:
		l.notice("%s", networkReason(l.cfg.Peer, try.err))
		return l.wait(ctx)
	}
	return nil
}

// wait listens for the other. Where the other was the one who listened, the port
// may be in use for a while after the other's end.
func (l *directLoop) wait(ctx context.Context) error {
	if l.listener == nil {
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.cfg.Listen)
		switch {
		case err != nil && l.met && errors.Is(err, syscall.EADDRINUSE):
			l.inUse(err)
			return nil
		case err != nil:
			return session.Ended(wire.CodeFull, "Can't wait at %s: %s. Choose another port with --listen.", l.cfg.Listen, session.Cause(err))
		}
		l.waitAt = time.Time{}
		l.listener = ln
		l.work.Go(func() { l.accept(ctx, ln) })
	}
	l.status(wire.StateOffline, "waiting for the other at "+l.listener.Addr().String())
	l.notice("Waiting for the other at %s. :q ends it.", l.listener.Addr())
	return nil
}

// inUse has the port tried again, and says so once.
func (l *directLoop) inUse(err error) {
	if l.waitAt.IsZero() {
		l.status(wire.StateOffline, "can't wait at "+l.cfg.Listen+" yet: "+session.Cause(err))
		l.notice("Can't wait for the other at %s yet: %s. It is tried again until it can be had. :q ends it.", l.cfg.Listen, session.Cause(err))
	}
	l.waitAt = time.Now().Add(listenAgain)
}

// waitAgain waits for the other where that is due, and nobody has come by another
// way.
func (l *directLoop) waitAgain(ctx context.Context) error {
	if l.waitAt.IsZero() || time.Now().Before(l.waitAt) {
		return nil
	}
	if l.line != nil || l.trying {
		l.waitAt = time.Time{}
		return nil
	}
	return l.wait(ctx)
}

// accept hands over whoever connects, until the listener is closed.
func (l *directLoop) accept(ctx context.Context, ln net.Listener) {
	for {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		select {
		case l.accepted <- nc:
		case <-ctx.Done():
			drop(nc)
			return
		}
	}
}

// came begins to talk with the other. A third one is sent away.
func (l *directLoop) came(ctx context.Context, nc net.Conn) {
	if l.line != nil {
		l.notice("%s wanted to talk too, and was sent away: a direct conversation is for two.", nc.RemoteAddr())
		drop(nc)
		return
	}
	l.line, l.met = newDirectLine(nc), true
	l.work.Go(func() { l.line.talk(ctx, l) })
	l.status(wire.StateOnline, "")
	l.notice("%s is connected.", nc.RemoteAddr())
	l.emit(&wire.Joined{Room: DirectRoom, Name: l.line.name, Kind: wire.KindOld})
}

// said is a line of the other.
func (l *directLoop) said(text string) {
	if text == "" || l.line == nil {
		return
	}
	l.emit(&wire.Said{Room: DirectRoom, ID: l.stamp(), At: wire.MillisOf(time.Now()), From: l.line.name, Kind: wire.KindOld, Text: text})
}

// wrote settles a line that the system has taken.
func (l *directLoop) wrote(r *wire.Receipt) {
	r = receipt(r)
	r.State, r.ID, r.At = wire.ReceiptSent, l.stamp(), wire.MillisOf(time.Now())
	l.emit(r)
}

func (l *directLoop) stamp() wire.ID {
	l.last = max(l.last+1, wire.ID(time.Now().UnixMilli())<<20)
	return l.last
}

// left notes that the connection has ended, and waits for the other again.
func (l *directLoop) left(ctx context.Context, err error) error {
	l.emit(&wire.Left{Room: DirectRoom, Name: l.line.name})
	if err != nil {
		l.notice("%s", networkReason(l.line.name, err))
	} else {
		l.notice("The other has left.")
	}
	if n := len(l.line.unsent); n > 0 {
		l.queue = append(l.line.unsent, l.queue...)
	}
	l.line = nil
	return l.wait(ctx)
}

// take does what callers asked.
func (l *directLoop) take(ctx context.Context) error {
	l.mu.Lock()
	typed, again := l.typed, l.again
	l.typed, l.again = nil, false
	l.mu.Unlock()
	for _, r := range typed {
		l.queue = append(l.queue, r)
		l.emit(receipt(r))
	}
	if again && l.line == nil && !l.trying && l.cfg.Peer != "" {
		return l.begin(ctx)
	}
	return nil
}

func (l *directLoop) status(state wire.State, why string) {
	s := &wire.Status{State: state, Reason: why, Server: l.cfg.Peer, Dialect: "direct"}
	if l.line != nil {
		s.Server = l.line.name
	}
	l.emit(s)
}

// end closes what is open, politely: the original takes a reset for a reason
// to wait for us.
func (l *directLoop) end(err error) {
	l.stop()
	if l.listener != nil {
		_ = l.listener.Close() // nobody is waited for any more
	}
	l.work.Wait()
	select {
	case try := <-l.dialled:
		if try.err == nil {
			drop(try.conn)
		}
	default:
	}
	text := "The conversation was ended."
	if fatal, ok := errors.AsType[*session.EndedError](err); ok {
		text = fatal.Text
	}
	l.status(wire.StateEnded, strings.TrimSpace(text))
	l.feed.Flush(l.events)
}
