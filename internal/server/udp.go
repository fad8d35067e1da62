package server

import (
	"errors"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// registry is the datagram side of the loop: sessions that are known by where
// their datagrams come from. Owned by the loop but for sieve and tally. The
// zero value is a daemon without one.
type registry struct {
	log   *slog.Logger
	out   packetWriter
	named func(hub.SessionID) bool // whether a session holds a name
	sieve *sieve
	tally *tally

	parties map[hub.SessionID]*party
	// known are the sessions that hold a name, unknown those that do not.
	known, unknown *table[source, *party]
	topics         map[hub.Audience][]*party // in order of subscription
	purses         purses
	bridges        bridges
	signals        signals
	waiting        []*party // with datagrams that its purse could not pay yet
	queued         int      // bytes of all of them
	round          []datagram
	said           maphash.Seed
	swept          time.Time
}

// packetWriter sends datagrams.
type packetWriter interface {
	target(to netip.AddrPort) target
	from(local netip.Addr) (control []byte)
	// send must not wait, nor keep b.
	send(b, control []byte, to target) error
}

// source is whose datagrams make a session.
type source struct {
	from    netip.AddrPort
	dialect string
}

// party is a session of the registry. Owned by the loop.
type party struct {
	source
	id      hub.SessionID
	service bool // asks and is answered, nothing is kept of it
	codec   wire.DatagramServer
	known   bool           // in which table it is
	local   netip.AddrPort // that its last datagram was sent to
	control []byte         // makes datagrams leave from there
	to      target
	heard   time.Time
	subs    []hub.Audience
	last    said
	bridge  *bridge // not nil: a group's
	outgoing
}

// said is the last line that a session has sent.
type said struct {
	hash uint64
	at   time.Time
}

const (
	// maxKnown and maxUnknown bound the sessions, with a name and without.
	maxKnown   = 16384
	maxUnknown = 4096
	// knownIdle is how long a name is held after its last datagram, and
	// unknownIdle how long a session without one is kept.
	knownIdle   = 12 * time.Hour
	unknownIdle = 10 * time.Minute
	// echoWithin is how soon after a line the same is a copy: a program that
	// knows us by two ways sends each line on both.
	echoWithin = 50 * time.Millisecond
)

func newRegistry(cfg Config, s *packetSocket, in *inbox, named func(hub.SessionID) bool) registry {
	t := &tally{}
	return registry{
		log: cfg.Log, out: s, named: named, tally: t,
		sieve:   newSieve(cfg.RegistryOpen, cfg.datagrams(), s, t, in),
		parties: map[hub.SessionID]*party{},
		known:   newTable[source, *party](maxKnown),
		unknown: newTable[source, *party](maxUnknown),
		topics:  map[hub.Audience][]*party{},
		purses:  newPurses(),
		bridges: bridges{on: cfg.BridgeMulticast},
		signals: newSignals(time.Now()),
		said:    maphash.MakeSeed(),
	}
}

// datagrams returns the registry's dialects, in the styles that were chosen.
func (cfg Config) datagrams() []wire.Datagrams {
	all := wire.AllDatagrams()
	clock := wire.ClockIn(wire.DateStyle(cfg.Styles.Date))
	for i, d := range all {
		if d.Name() == clock.Name() {
			all[i] = clock
		}
	}
	return all
}

// datagrams looks at what the sieve has let through.
func (l *loop) datagrams() {
	g := &l.registry
	g.round = g.sieve.next(g.round[:0])
	for i := range g.round {
		d := &g.round[i]
		if d.dialect == nil {
			l.signal(d)
		} else {
			l.datagram(d)
		}
		packets.Put(d.b)
	}
	clear(g.round)
}

// datagram hands what was asked to the hub. What asks nothing makes no session.
func (l *loop) datagram(d *datagram) {
	if !l.stopping.IsZero() {
		return
	}
	g := &l.registry
	p := g.find(d)
	g.earn(p, d.n)
	r := p.request(d.bytes())
	if r == nil || g.copied(p, r, d.bytes(), l.now) {
		return
	}
	if p.id == 0 {
		l.meet(p, d.dialect)
	}
	if n, bytes := l.hub.Pending(p.id); n >= maxPending || bytes >= maxPendingBytes {
		g.tally.count(dropPending)
		return
	}
	l.hub.Handle(l.now, p.id, r, &l.out)
	l.carry()
	if p.service {
		l.part(p)
		return
	}
	l.file(p)
}

// find returns the session of a datagram's source, which may be a new one that
// the hub does not know yet.
func (g *registry) find(d *datagram) *party {
	s := source{d.from, d.dialect.Name()}
	p, ok := g.known.hear(s)
	if !ok {
		p, ok = g.unknown.hear(s)
	}
	if !ok {
		p = &party{source: s, codec: d.dialect.Server(), to: g.out.target(d.from)}
		p.service = d.dialect.Manners().Service
	}
	if p.local != d.to {
		p.local, p.control = d.to, g.out.from(d.to.Addr())
	}
	return p
}

// earn notes what a session has sent.
func (g *registry) earn(p *party, bytes int) {
	p.credit = min(p.credit+amplification*bytes, maxCredit)
	g.purses.earn(p.from.Addr(), bytes)
}

// request reads a datagram; nil is one that asks nothing.
func (p *party) request(b []byte) wire.Request {
	r, err := p.codec.ParseDatagram(b)
	if bad := (*wire.FrameError)(nil); errors.As(err, &bad) {
		return bad.Request()
	}
	if err != nil {
		return nil
	}
	return r
}

// copied says whether a datagram is the line that the session has just sent.
func (g *registry) copied(p *party, r wire.Request, b []byte, now time.Time) bool {
	p.heard = now
	if _, line := r.(wire.Say); !line {
		return false
	}
	hash := maphash.Bytes(g.said, b)
	if p.last.hash == hash && now.Sub(p.last.at) < echoWithin {
		return true
	}
	p.last = said{hash, now}
	return false
}

// meet takes in a session, for which another may have to go.
func (l *loop) meet(p *party, d wire.Datagrams) {
	g := &l.registry
	l.clients.last++
	p.id = l.clients.last
	g.parties[p.id] = p
	if gone, full := g.unknown.put(p.source, p); full {
		l.part(gone)
	}
	l.hub.Open(l.now, p.id, hub.Origin{Addr: p.from, Dialect: p.dialect, Manners: d.Manners(), Datagram: true}, &l.out)
	l.carry()
}

// part ends a session from our side.
func (l *loop) part(p *party) {
	l.hub.Disconnect(l.now, p.id, &l.out)
	l.registry.forget(p)
	l.carry()
}

// file puts a session into the table that it belongs to now.
func (l *loop) file(p *party) {
	g := &l.registry
	named := g.named(p.id)
	if named == p.known || g.parties[p.id] != p {
		return
	}
	from, to := g.known, g.unknown
	if named {
		from, to = to, from
	}
	from.drop(p.source)
	p.known = named
	g.sieve.know(p.from, named)
	if gone, full := to.put(p.source, p); full {
		l.part(gone)
	}
}

// forget takes a session out of everything.
func (g *registry) forget(p *party) {
	for len(p.subs) > 0 {
		g.unsubscribe(p, p.subs[0])
	}
	g.drain(p)
	delete(g.parties, p.id)
	if p.bridge != nil {
		g.leave(p.bridge)
		return
	}
	if p.known {
		g.known.drop(p.source)
		g.sieve.know(p.from, false)
		return
	}
	g.unknown.drop(p.source)
}

// datagramEffect carries out a step that is about the registry's sessions, and says
// whether it is about nobody else.
func (l *loop) datagramEffect(e *hub.Effect) bool {
	g := &l.registry
	p := g.parties[e.Session]
	if e.Op == hub.OpCast {
		g.cast(e, p, l.now)
		return false
	}
	if p == nil {
		return false
	}
	switch e.Op {
	case hub.OpDeliver:
		g.tell(p, e.Event, l.now)
	case hub.OpSubscribe:
		g.subscribe(p, e.Audience)
	case hub.OpUnsubscribe:
		g.unsubscribe(p, e.Audience)
	case hub.OpClose:
		if e.Event != nil {
			g.tell(p, e.Event, l.now)
		}
		g.forget(p)
	case hub.OpCast, hub.OpDecided: // the one is above, the other is about connections
	}
	return true
}

func (g *registry) subscribe(p *party, t hub.Audience) {
	if !slices.Contains(p.subs, t) {
		p.subs = append(p.subs, t)
		g.topics[t] = append(g.topics[t], p)
	}
}

func (g *registry) unsubscribe(p *party, t hub.Audience) {
	same := func(o hub.Audience) bool { return o == t }
	p.subs = slices.DeleteFunc(p.subs, same)
	g.topics[t] = slices.DeleteFunc(g.topics[t], func(o *party) bool { return o == p })
	if len(g.topics[t]) == 0 {
		delete(g.topics, t)
	}
}

// tickRegistry does what is due.
func (l *loop) tickRegistry() {
	g := &l.registry
	if g.sieve == nil {
		return
	}
	g.sendWaiting(l.now)
	g.tally.log(l.log, l.now)
	if l.now.Sub(g.swept) < sweepEvery {
		return
	}
	g.swept = l.now
	l.expire(g.known, knownIdle)
	l.expire(g.unknown, unknownIdle)
	l.sweepEndpoints()
}

// expire ends sessions that have been silent too long.
func (l *loop) expire(t *table[source, *party], after time.Duration) {
	for p, ok := t.oldest(); ok && l.now.Sub(p.heard) >= after; p, ok = t.oldest() {
		l.part(p)
	}
}
