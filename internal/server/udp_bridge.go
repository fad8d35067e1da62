package server

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// bridge joins a room to the multicast group that its older people talk in.
// What is heard in the group is said in the room, and what others say in the
// room goes out from the registry's own socket, with the reach that systems
// give multicast by themselves: this network, and this host. So what the
// registry has sent is known by its source when it comes back.
type bridge struct {
	conn  *net.UDPConn
	ahead atomic.Int32                   // lines that the loop has not seen yet
	nicks *table[netip.AddrPort, string] // what speakers have called themselves. Owned by the loop
}

// bridges says whether there are any. Owned by the loop.
type bridges struct {
	on    bool
	open  int
	start func(func()) // a goroutine that the daemon waits for
}

// heard is a datagram of a group.
type heard struct {
	datagram

	in *party
}

const (
	// maxBridges is how many groups the registry joins, lowestPort the lowest
	// port of one: protocols, bridges of the registry.
	maxBridges = 32
	// maxSpeakers is how many speakers of a group are remembered.
	maxSpeakers = 256
	// maxHeard is how many lines of a group may wait for the loop.
	maxHeard = 64
	// iasDialect is the dialect of those who talk in groups.
	iasDialect = "ias"
	// greeting is what their programs say when they enter, before a name.
	greeting = "Hey there I am "
	// nobody is a speaker who has not said a name.
	nobody = "someone"
)

// joinable says whether the registry may join a group: not the network's own,
// and no service's port.
func joinable(group netip.AddrPort) bool {
	a := group.Addr()
	return a.Is4() && a.IsMulticast() && !a.IsLinkLocalMulticast() && group.Port() >= lowestPort
}

// bridgeNew joins the groups of rooms that a batch has made.
func (l *loop) bridgeNew(batch []hub.Entry) {
	for i := range batch {
		if made, ok := batch[i].Record.(hub.RoomMade); ok {
			l.bridge(made.Name, made.Group)
		}
	}
}

// bridge joins a room's group. Where that fails the room has its group all the
// same: its people need no registry to talk to each other.
func (l *loop) bridge(room, group string) {
	g := &l.registry
	addr, err := netip.ParseAddrPort(group)
	if !g.bridges.on || err != nil || !joinable(addr) || g.bridges.open >= maxBridges {
		return
	}
	conn, err := joinGroup(addr)
	if err != nil {
		l.log.Info("multicast group not joined", "room", room, "group", group, "err", err)
		return
	}
	d := g.sieve.dialect(iasDialect)
	l.clients.last++
	p := &party{
		source: source{addr, iasDialect}, id: l.clients.last, codec: d.Server(), to: g.out.target(addr),
		bridge: &bridge{conn: conn, nicks: newTable[netip.AddrPort, string](maxSpeakers)},
	}
	g.parties[p.id] = p
	g.bridges.open++
	l.hub.Open(l.now, p.id, hub.Origin{Addr: addr, Dialect: iasDialect, Manners: d.Manners(), Datagram: true, Group: room}, &l.out)
	l.carry()
	g.bridges.start(func() { p.hear(g.sieve) })
}

// leave ends a bridge, and its reader.
func (g *registry) leave(b *bridge) {
	g.bridges.open--
	_ = b.conn.Close() // it holds nothing
}

// hear reads what is said in a group until its socket is closed.
func (p *party) hear(s *sieve) {
	rates := newTable[netip.Addr, *rate.Limiter](maxSpeakers)
	for failed := 0; failed < maxReadErrors; {
		b := packets.Get().(*packet)
		n, from, err := p.bridge.conn.ReadFromUDPAddrPort(b[:])
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			packets.Put(b)
			failed++
			continue
		}
		failed = 0
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if !s.answers(from) || s.socket.ours(from) || n > maxDatagram || !mayAsk(rates, from.Addr()) || p.bridge.ahead.Load() >= maxHeard {
			packets.Put(b)
			continue
		}
		p.bridge.ahead.Add(1)
		s.inbox.post(item{what: whatHeard, arg: &heard{datagram{from: from, b: b, n: n}, p}})
	}
}

func mayAsk(rates *table[netip.Addr, *rate.Limiter], a netip.Addr) bool {
	r, ok := rates.hear(a)
	if !ok {
		r = rate.NewLimiter(askRate, askBurst)
		rates.put(a, r)
	}
	return r.AllowN(time.Now(), 1)
}

// heardInGroup says in a room what was said in its group.
func (l *loop) heardInGroup(h *heard) {
	defer packets.Put(h.b)
	p := h.in
	p.bridge.ahead.Add(-1)
	if !l.stopping.IsZero() || l.registry.parties[p.id] != p {
		return
	}
	line, ok := p.request(h.bytes()).(wire.Say)
	if n, bytes := l.hub.Pending(p.id); !ok || n >= maxPending || bytes >= maxPendingBytes {
		return
	}
	if p.bridge.repeats(h.from, line.Text) {
		return
	}
	line.Speaker = p.bridge.speaker(h.from, line.Text)
	l.hub.Handle(l.now, p.id, line, &l.out)
}

// repeats says whether somebody only says again who they are: programs do that
// when they are asked, and nothing of it is news for the room.
func (b *bridge) repeats(from netip.AddrPort, text string) bool {
	called, greets := strings.CutPrefix(text, greeting)
	nick, known := b.nicks.hear(from)
	return greets && known && nick == strings.TrimSpace(called)
}

// speaker is how a speaker is shown: by the name that they have given
// themselves, marked, and by their address.
func (b *bridge) speaker(from netip.AddrPort, text string) string {
	nick, known := b.nicks.hear(from)
	if called, greets := strings.CutPrefix(text, greeting); greets {
		called = strings.TrimSpace(called)
		if wire.CheckUser(called) == nil && called != "None" {
			b.nicks.drop(from)
			b.nicks.put(from, called)
			nick, known = called, true
		}
	}
	if !known {
		nick = nobody
	}
	return "~" + nick + "@" + from.Addr().String()
}
