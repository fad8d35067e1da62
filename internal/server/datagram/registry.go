package datagram

import (
	"errors"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// Config is what a registry works with.
type Config struct {
	Log      *slog.Logger
	Dialects []wire.Datagrams
	Open     bool // sources anywhere are answered, and not near ones only
	Bridge   bool // multicast groups are joined

	// Hub knows the registry's sessions. What it wants is gathered in Out, and
	// Carry carries it out, with Registry.Effect for what is the registry's.
	Hub   *hub.Hub
	Out   *hub.Out
	Carry func()
	NewID func() hub.SessionID // returns one that no session has
	// Wake has Receive called soon. It is called by all goroutines.
	Wake func()
	// Go starts a goroutine that the daemon waits for at its end.
	Go func(func())
}

// Registry has the sessions of those who are known by where their datagrams
// come from. Owned by the loop, but for Run.
type Registry struct {
	cfg     Config
	sockets Sockets
	filter  *filter // for all
	tally   *tally  // for all
	sender  sender

	sessions map[hub.SessionID]*session
	// named are the sessions that hold a name, unnamed those that do not.
	named, unnamed *lru[source, *session]
	audiences      map[hub.Audience][]*session // in order of subscription
	bridges        int                         // that are open
	endpoints      endpoints
	lineSeed       maphash.Seed // of session.last
	swept          time.Time    // when silent sessions were looked for
	stopped        bool         // nothing that comes counts any more

	round []datagram // that are looked at
	lines []groupLine
}

// source is whose datagrams make a session.
type source struct {
	from    netip.AddrPort
	dialect string
}

// session is one of the registry's. Owned by the loop.
type session struct {
	source
	outgoing

	id      hub.SessionID
	service bool // asks and is answered, nothing is kept of it
	codec   wire.DatagramServer
	named   bool           // it holds a name, and is in the table of those who do
	local   netip.AddrPort // that its last datagram was sent to
	control []byte         // makes datagrams leave from there
	to      target
	heard   time.Time
	subs    []hub.Audience
	last    lastLine
	bridge  *bridge // not nil: a group's
}

// lastLine is the last line that a session has sent.
type lastLine struct {
	hash uint64
	at   time.Time
}

const (
	// maxNamed and maxUnnamed bound the sessions, with a name and without.
	maxNamed   = 16384
	maxUnnamed = 4096
	// namedIdle is how long a name is held after its last datagram, and
	// unnamedIdle how long a session without one is kept.
	namedIdle   = 12 * time.Hour
	unnamedIdle = 10 * time.Minute
	// sweepEvery is how often silent sessions are looked for.
	sweepEvery = time.Minute
	// copyWithin is how soon after a line the same is a copy: a program that
	// knows us by two ways sends each line on both.
	copyWithin = 50 * time.Millisecond
	// maxPending is how many requests of a session may wait to be committed,
	// and maxPendingBytes how many bytes of them, before more are dropped: as of
	// a connection.
	maxPending      = 64
	maxPendingBytes = 256 << 10
)

// New returns a registry on sockets that are open.
func New(cfg Config, s Sockets) *Registry {
	t := &tally{}
	return &Registry{
		cfg: cfg, sockets: s, tally: t,
		filter:    newFilter(&cfg, s.registry, t),
		sender:    sender{log: cfg.Log, out: s.registry, tally: t, budgets: newBudgets()},
		sessions:  map[hub.SessionID]*session{},
		named:     newLRU[source, *session](maxNamed),
		unnamed:   newLRU[source, *session](maxUnnamed),
		audiences: map[hub.Audience][]*session{},
		endpoints: newEndpoints(time.Now()),
		lineSeed:  maphash.MakeSeed(),
	}
}

// Run reads the sockets until they are stopped.
func (g *Registry) Run() {
	var readers sync.WaitGroup
	if s := g.sockets.registry; s != nil {
		readers.Go(func() { s.read(g.cfg.Log, g.filter.take) })
	}
	if s := g.sockets.probe; s != nil {
		p := &prober{socket: s, open: g.cfg.Open, tally: g.tally, rates: newRates[payer](maxRates)}
		readers.Go(func() { s.read(g.cfg.Log, p.take) })
	}
	readers.Wait()
}

// Stop has all that comes from now on passed over. What the hub wants is still
// carried out: its sessions are said goodbye to.
func (g *Registry) Stop() { g.stopped = true }

// Receive looks at what has come.
func (g *Registry) Receive(now time.Time) {
	g.round, g.lines = g.filter.next(g.round[:0], g.lines[:0])
	for i := range g.round {
		d := &g.round[i]
		switch {
		case g.stopped:
		case d.dialect == nil:
			g.handleSignal(now, d)
		default:
			g.handle(now, d)
		}
		packets.Put(d.b)
	}
	for i := range g.lines {
		l := &g.lines[i]
		if !g.stopped && g.sessions[l.in.id] == l.in {
			g.handleInGroup(now, l)
		}
		packets.Put(l.b)
	}
	clear(g.round)
	clear(g.lines)
}

// handle hands what was asked to the hub. What asks nothing makes no session.
func (g *Registry) handle(now time.Time, d *datagram) {
	s := g.find(d)
	s.credit = min(s.credit+amplification*d.n, maxCredit)
	g.sender.budgets.earn(s.from.Addr(), d.n)
	r := s.request(d.bytes())
	if r == nil || g.isCopy(now, s, r, d.bytes()) {
		return
	}
	if s.id == 0 {
		g.open(now, s, d.dialect)
	}
	if g.isFull(s) {
		g.tally.count(dropPending)
		return
	}
	g.cfg.Hub.Handle(now, s.id, r, g.cfg.Out)
	g.cfg.Carry()
	if s.service {
		g.end(now, s)
		return
	}
	g.file(now, s)
}

// find returns the session of a datagram's source, which may be a new one that
// the hub does not know yet.
func (g *Registry) find(d *datagram) *session {
	from := source{d.from, d.dialect.Name()}
	s, ok := g.named.use(from)
	if !ok {
		s, ok = g.unnamed.use(from)
	}
	if !ok {
		s = &session{source: from, codec: d.dialect.Server(), to: g.sender.out.target(d.from)}
		s.service = d.dialect.Manners().Service
	}
	if s.local != d.to {
		s.local, s.control = d.to, g.sender.out.from(d.to.Addr())
	}
	return s
}

// request reads a datagram; nil is one that asks nothing.
func (s *session) request(b []byte) wire.Request {
	r, err := s.codec.ParseDatagram(b)
	if bad := (*wire.FrameError)(nil); errors.As(err, &bad) {
		return bad.Request()
	}
	if err != nil {
		return nil
	}
	return r
}

// isCopy reports whether a datagram is the line that the session has just
// sent, and remembers it.
func (g *Registry) isCopy(now time.Time, s *session, r wire.Request, b []byte) bool {
	s.heard = now
	if _, line := r.(wire.Say); !line {
		return false
	}
	hash := maphash.Bytes(g.lineSeed, b)
	if s.last.hash == hash && now.Sub(s.last.at) < copyWithin {
		return true
	}
	s.last = lastLine{hash, now}
	return false
}

// isFull reports whether too much of a session waits to be committed.
func (g *Registry) isFull(s *session) bool {
	n, bytes := g.cfg.Hub.Pending(s.id)
	return n >= maxPending || bytes >= maxPendingBytes
}

// open takes in a session, for which another may have to go.
func (g *Registry) open(now time.Time, s *session, d wire.Datagrams) {
	s.id = g.cfg.NewID()
	g.sessions[s.id] = s
	if evicted, full := g.unnamed.put(s.source, s); full {
		g.end(now, evicted)
	}
	g.cfg.Hub.Open(now, s.id, hub.Origin{Addr: s.from, Dialect: s.dialect, Manners: d.Manners(), Datagram: true}, g.cfg.Out)
	g.cfg.Carry()
}

// end ends a session from our side.
func (g *Registry) end(now time.Time, s *session) {
	g.cfg.Hub.Disconnect(now, s.id, g.cfg.Out)
	g.forget(s)
	g.cfg.Carry()
}

// file puts a session into the table that it belongs to now.
func (g *Registry) file(now time.Time, s *session) {
	named := g.cfg.Hub.HasName(s.id)
	if named == s.named || g.sessions[s.id] != s {
		return
	}
	s.named = named
	from, to := g.named, g.unnamed
	if named {
		from, to = to, from
		g.filter.hold(s.from)
	} else {
		g.filter.release(s.from)
	}
	from.remove(s.source)
	if evicted, full := to.put(s.source, s); full {
		g.end(now, evicted)
	}
}

// forget takes a session out of everything.
func (g *Registry) forget(s *session) {
	for len(s.subs) > 0 {
		g.unsubscribe(s, s.subs[0])
	}
	g.sender.drain(s)
	delete(g.sessions, s.id)
	switch {
	case s.bridge != nil:
		g.bridges--
		_ = s.bridge.conn.Close() // it holds nothing; its reader ends
	case s.named:
		g.named.remove(s.source)
		g.filter.release(s.from)
	default:
		g.unnamed.remove(s.source)
	}
}

// Effect carries out a step that is about the registry's sessions, and reports
// whether it is about nobody else.
func (g *Registry) Effect(now time.Time, e *hub.Effect) bool {
	s := g.sessions[e.Session]
	if e.Op == hub.OpCast {
		g.sender.cast(g.audiences[e.Audience], e.Event, s, now)
		if s != nil && e.Instead != nil {
			g.sender.tell(s, e.Instead, now)
		}
		return false
	}
	if s == nil {
		return false
	}
	switch e.Op {
	case hub.OpDeliver:
		g.sender.tell(s, e.Event, now)
	case hub.OpSubscribe:
		g.subscribe(s, e.Audience)
	case hub.OpUnsubscribe:
		g.unsubscribe(s, e.Audience)
	case hub.OpClose:
		if e.Event != nil {
			g.sender.tell(s, e.Event, now)
		}
		g.forget(s)
	case hub.OpCast, hub.OpDecided: // the one is above, the other is about connections
	}
	return true
}

func (g *Registry) subscribe(s *session, t hub.Audience) {
	if !slices.Contains(s.subs, t) {
		s.subs = append(s.subs, t)
		g.audiences[t] = append(g.audiences[t], s)
	}
}

func (g *Registry) unsubscribe(s *session, t hub.Audience) {
	s.subs = slices.DeleteFunc(s.subs, func(o hub.Audience) bool { return o == t })
	g.audiences[t] = slices.DeleteFunc(g.audiences[t], func(o *session) bool { return o == s })
	if len(g.audiences[t]) == 0 {
		delete(g.audiences, t)
	}
}

// Tick does what is due.
func (g *Registry) Tick(now time.Time) {
	g.sender.sendWaiting(now)
	g.tally.log(g.cfg.Log, now)
	if now.Sub(g.swept) < sweepEvery {
		return
	}
	g.swept = now
	g.expire(now, g.named, namedIdle)
	g.expire(now, g.unnamed, unnamedIdle)
	g.sweepEndpoints(now)
}

// Next returns when Tick is due, if ever; who is silent is looked for where it
// is called for another reason.
func (g *Registry) Next(now time.Time) (next time.Time, ok bool) {
	return now.Add(payEvery), len(g.sender.waiting) > 0
}

// expire ends sessions that have been silent too long.
func (g *Registry) expire(now time.Time, t *lru[source, *session], after time.Duration) {
	for s, ok := t.oldest(); ok && now.Sub(s.heard) >= after; s, ok = t.oldest() {
		g.end(now, s)
	}
}
