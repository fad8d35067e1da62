package registry

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// loop is the state of a session while it runs. Owned by Run's goroutine.
type loop struct {
	*Session
	conn     net.PacketConn
	heard    chan oldpeer.Datagram
	resolved chan resolution
	work     sync.WaitGroup              // readers and the resolver
	spawn    func(func(context.Context)) // has work done beside the loop until the session ends

	codec wire.DatagramClient // for the registry
	peers wire.DatagramClient // reads strangers: what they say changes nothing in codec

	registry registry
	asks     asks
	talk     *oldpeer.Talk
	rooms    rooms
	outbox   outbox
	feed     session.Feed

	me   string  // the name that the registry knows us by, "" before
	last wire.ID // of a line
	over error   // set: the session has ended with this
	quit bool    // set: the person asked
}

// resolution is where the registry is.
type resolution struct {
	addr netip.AddrPort
	err  error
}

func newLoop(s *Session) *loop {
	l := &loop{
		Session: s, heard: make(chan oldpeer.Datagram), resolved: make(chan resolution, 1),
		codec: s.cfg.Dialect.Client(), peers: s.cfg.Dialect.Client(),
		registry: registry{name: s.cfg.Name, retryAt: time.Now()},
		asks:     newAsks(s.cfg.Dialect.Manners()),
	}
	l.talk = oldpeer.NewTalk(oldpeer.Config{
		Store: s.cfg.Store, Log: s.cfg.Log, Emit: l.emit, Me: func() string { return l.me },
		Stamp: l.stamp, Asks: func(label string) { l.emit(&wire.Called{From: label}) },
	})
	return l
}

// run is the loop: wait for one thing to happen, and do what is due.
func (l *loop) run(ctx context.Context) error {
	if err := l.open(ctx); err != nil {
		return err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.act(time.Now())
		if l.over != nil || l.quit {
			return l.over
		}
		timer.Reset(time.Until(l.next()))
		select {
		case <-ctx.Done():
			return nil
		case <-l.box.Wake:
			for _, call := range l.box.Taken() {
				call(l)
			}
		case d := <-l.heard:
			l.datagram(d)
		case r := <-l.resolved:
			l.found(r)
		case l.feed.Output(l.box.Events) <- l.feed.Batch:
			l.feed.Handed(time.Now())
		case <-timer.C:
		}
	}
}

// open makes the socket and begins to read it.
func (l *loop) open(ctx context.Context) error {
	if l.cfg.Store != nil {
		if err := l.cfg.Store.Home(l.cfg.Registry, ""); err != nil {
			return session.Ended(wire.CodeStorage, "The profile can't be read: %v.", err)
		}
	}
	local := l.cfg.Local
	if local == "" {
		local = ":0"
	}
	var err error
	if l.conn, err = l.cfg.Listen(ctx, "udp4", local); err != nil {
		return session.Ended(wire.CodeUnsupported, "The socket %s can't be opened: %s. Choose another one with --udp HOST:PORT.", local, session.Cause(err))
	}
	l.spawn(func(ctx context.Context) { oldpeer.Read(ctx, l.conn, netip.AddrPort{}, l.heard) })
	return nil
}

// act does what is due.
func (l *loop) act(now time.Time) {
	if due := l.registry.retryAt; !due.IsZero() && !now.Before(due) {
		l.connect()
	}
	if due := l.registry.checkAt; !due.IsZero() && !now.Before(due) {
		l.check()
	}
	if due := l.rooms.due(); !due.IsZero() && !now.Before(due) {
		l.rooms.takeOver(l)
	}
	l.actInGroups(now)
	l.askAgain(now)
	l.sendLines(now)
	if due := l.talk.Due(); !due.IsZero() && !now.Before(due) {
		l.talk.Keep()
	}
}

// next is the earliest time at which something is due.
func (l *loop) next() time.Time {
	earliest := l.feed.Next()
	for _, t := range []time.Time{l.registry.retryAt, l.registry.checkAt, l.rooms.due(), l.groupsDue(), l.asks.due(), l.linesDue(), l.talk.Due()} {
		if !t.IsZero() && t.Before(earliest) {
			earliest = t
		}
	}
	return earliest
}

// emit lets an event come out.
func (l *loop) emit(e wire.Event) { l.feed.Add(e) }

func (l *loop) notice(format string, args ...any) {
	l.emit(&wire.Notice{Text: fmt.Sprintf(format, args...), Own: true})
}

// write sends one datagram.
func (l *loop) write(to netip.AddrPort, d []byte) error {
	if _, err := l.conn.WriteTo(d, net.UDPAddrFromAddrPort(to)); err != nil {
		return fmt.Errorf("send to %s: %w", to, err)
	}
	return nil
}

// stamp makes an id and a time for a line.
func (l *loop) stamp(room string) (wire.ID, wire.Millis) {
	now := wire.MillisOf(time.Now())
	l.last = max(l.last+1, wire.FirstID(now))
	if l.cfg.Store != nil {
		l.last = max(l.last, l.cfg.Store.LastSeen(room)+1)
	}
	return l.last, now
}

// end closes what is open and says that the session has ended.
func (l *loop) end(stop context.CancelFunc, err error) {
	if l.conn != nil {
		l.farewell()
		l.conn.Close()
	}
	l.rooms.closeAll()
	stop()
	l.work.Wait()
	for _, call := range l.box.Taken() {
		call(l)
	}
	l.outbox.failAll(l, "The session has ended.")
	text, code := "The session was ended.", wire.CodeQuit
	if fatal, ok := err.(*session.EndedError); ok { //nolint:errorlint // made here, never wrapped
		text, code = fatal.Text, fatal.Code
	}
	l.status(wire.StateEnded, code, text)
	l.feed.Flush(l.box.Events)
}
