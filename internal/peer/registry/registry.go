package registry

import (
	"context"
	"net/netip"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

const (
	// checkEvery is how often the registry is asked whether it still knows us;
	// it keeps the address translation of a router alive, too.
	checkEvery = 25 * time.Second
	// checkAfter is when that is tried again while something else is asked.
	checkAfter = time.Second
	// farewellWait bounds the wait for the registry when the session ends.
	farewellWait = 500 * time.Millisecond
)

// backoff is between two tries to reach a registry.
var backoff = session.Backoff{First: time.Second, Last: 30 * time.Second}

// registry is how the session stands with its registry. Owned by loop.
type registry struct {
	addr    netip.AddrPort // of the last try
	name    string         // that we want
	online  bool
	was     bool // online before
	attempt int
	retryAt time.Time // when the next try is due, zero: none
	checkAt time.Time // when it is asked whether it knows us, zero: never
	heard   time.Time // when it said something last
	unsent  error     // why the last datagram did not leave this machine, nil: it did
}

// status says where the session stands.
func (l *loop) status(state wire.State, code wire.Code, reason string) {
	s := &wire.Status{
		State: state, Code: code, Reason: reason, Server: l.cfg.Registry,
		Dialect: l.cfg.Dialect.Name(), Attempt: l.registry.attempt, Direct: true,
	}
	if state == wire.StateOnline {
		s.Remote = l.registry.addr.String()
	}
	if state == wire.StateOffline {
		s.RetryAt = wire.MillisOf(l.registry.retryAt)
	}
	l.emit(s)
}

// connect looks for the registry's address, which takes a goroutine of its own.
func (l *loop) connect() {
	l.registry.retryAt = time.Time{}
	l.status(wire.StateConnecting, "", "")
	l.spawn(func(ctx context.Context) {
		addr, err := resolve(ctx, l.cfg.Registry)
		l.resolved <- resolution{addr, err} // has room: one try at a time
	})
}

// retry connects now if the session waits for its next try, or asks the registry
// whether it still knows us.
func (l *loop) retry() {
	if r := &l.registry; !r.online && !r.retryAt.IsZero() {
		r.retryAt = time.Now()
	}
	l.checkSoon(time.Now())
}

// checkSoon has the registry asked whether it knows us, unless that is being
// done.
func (l *loop) checkSoon(now time.Time) {
	if r := &l.registry; r.online && !r.checkAt.IsZero() {
		r.checkAt = now
	}
}

// found registers, once it is known where.
func (l *loop) found(r resolution) {
	if r.err != nil {
		l.offline(session.Trouble(l.cfg.Registry, r.err))
		return
	}
	l.registry.addr = r.addr
	l.register()
}

// register asks for our name.
func (l *loop) register() {
	q := &ask{req: wire.Guest{Name: l.registry.name}}
	q.done = func(e wire.Event) {
		switch e := e.(type) {
		case *wire.LoggedIn:
			l.online(e.Name)
		case *wire.Refused:
			l.taken(q, e)
		default:
			l.offline(l.away())
		}
	}
	if _, why := l.ask(q); why != "" {
		l.over = session.Ended(wire.CodeNameInvalid, "%s can't be told the name %.40q. Choose another one with --user.", l.cfg.Registry, l.registry.name)
	}
}

// taken looks whether it is we who have the name: the registry's answer may
// have been lost, or a session before this one has left it. IAS gives a name
// again to the address that has it, so that it is somebody else there.
func (l *loop) taken(q *ask, e *wire.Refused) {
	sorry := session.Ended(e.Code, "The name %.40q is taken at %s. Choose another one with --user.", l.registry.name, l.cfg.Registry)
	if l.isIAS() || q.sends == 1 && l.cfg.Local == "" && !l.registry.was {
		l.over = sorry
		return
	}
	l.ask(&ask{req: wire.Find{Name: l.registry.name}, done: func(e wire.Event) {
		switch e := e.(type) {
		case nil:
			l.offline(l.away())
		case *wire.Found:
			if l.usAt(e.Addr) {
				l.online(l.registry.name)
				return
			}
			l.over = sorry
		default:
			l.over = sorry
		}
	}})
}

// usAt says whether an address that the registry told is ours.
func (l *loop) usAt(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	return err == nil && ours(l.conn, ap)
}

// online begins the session proper, or goes on with it.
func (l *loop) online(name string) {
	g := &l.registry
	if g.online && l.me == name { // IAS is asked so whether it knows us
		g.checkAt = time.Now().Add(checkEvery)
		return
	}
	again := g.was
	l.outbox.carried = ""
	g.online, g.was, g.attempt, g.retryAt = true, true, 0, time.Time{}
	g.checkAt = time.Now().Add(checkEvery)
	l.me, g.name = name, name
	l.status(wire.StateOnline, "", "")
	l.emit(&wire.LoggedIn{Name: name, Kind: wire.KindDatagram})
	l.rooms.enter(l, again)
}

// offline tries again later.
func (l *loop) offline(reason string) {
	g := &l.registry
	g.online, g.checkAt = false, time.Time{}
	g.retryAt = time.Now().Add(backoff.Wait(g.attempt))
	g.attempt++
	l.asks.refuseAll()
	l.status(wire.StateOffline, "", reason)
}

// check asks the registry whether it knows us. The families differ: IAS takes
// a name again from the same address, tobi is asked where we are. What else is
// asked comes first: its answer says as much, or is another name.
func (l *loop) check() {
	if !l.asks.idle() {
		l.registry.checkAt = time.Now().Add(checkAfter)
		return
	}
	l.registry.checkAt = time.Time{}
	if l.isIAS() {
		l.register()
		return
	}
	l.ask(&ask{req: wire.Find{Name: l.me}, done: func(e wire.Event) {
		switch e.(type) {
		case *wire.Found:
			l.registry.checkAt = time.Now().Add(checkEvery)
		case *wire.Refused:
			l.notice("%s has forgotten us, and is told again who we are.", l.cfg.Registry)
			l.registry.online = false
			l.register()
		default:
			l.offline(l.away())
		}
	}})
}

// farewell frees our name where the dialect has a word for it. It makes sure
// that the registry knows us: an original one ends at a stranger's farewell.
func (l *loop) farewell() {
	if !l.registry.online || l.isIAS() || !l.say(wire.Find{Name: l.me}) {
		return
	}
	timer := time.NewTimer(farewellWait)
	defer timer.Stop()
	for {
		select {
		case d := <-l.heard:
			if e, err := l.codec.ParseDatagram(d.Data); err == nil && d.From == l.registry.addr {
				if _, ok := e.(*wire.Found); ok {
					l.say(wire.Logout{})
					return
				}
			}
		case <-timer.C:
			return
		}
	}
}

// say sends a request without waiting for its answer.
func (l *loop) say(r wire.Request) bool {
	all, err := l.codec.AppendDatagrams(nil, r)
	if err != nil {
		return false
	}
	for _, d := range all {
		if l.registry.unsent = l.write(l.registry.addr, d); l.registry.unsent != nil {
			l.cfg.Log.Debug("not sent", "err", l.registry.unsent)
		}
	}
	return true
}

// away says in a sentence why the registry has not answered.
func (l *loop) away() string {
	if l.registry.unsent != nil {
		return session.Trouble(l.cfg.Registry, l.registry.unsent)
	}
	return l.cfg.Registry + " does not answer."
}

// isIAS reports whether people talk to one correspondent, or in multicast groups.
func (l *loop) isIAS() bool { return l.cfg.Dialect.Manners().Groups }
