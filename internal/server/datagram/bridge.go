package datagram

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// bridge joins a room to the multicast group that its older people talk in.
// What is heard in the group is said in the room, and what others say in the
// room goes out from the registry's own socket, with the reach that systems
// give multicast by themselves: this network, and this host. So what the
// registry has sent is known by its source when it comes back.
type bridge struct {
	conn  *net.UDPConn                 // its reader's
	ahead int                          // lines that the loop has not seen yet. Guarded by filter.mu
	nicks *lru[netip.AddrPort, string] // what speakers have called themselves. Owned by the loop
}

const (
	// maxBridges is how many groups the registry joins, lowestPort the lowest
	// port of one: protocols, bridges of the registry.
	maxBridges = 32
	// maxSpeakers is how many speakers of a group are remembered.
	maxSpeakers = 256
	// maxAhead is how many lines of a group may wait for the loop.
	maxAhead = 64
	// iasDialect is the dialect of those who talk in groups.
	iasDialect = "ias"
	// greeting is what their programs say when they enter, before a name.
	greeting = "Hey there I am "
	// nobody is a speaker who has not said a name.
	nobody = "someone"
)

// isJoinable reports whether the registry may join a group: not the network's
// own, and no service's port.
func isJoinable(group netip.AddrPort) bool {
	a := group.Addr()
	return a.Is4() && a.IsMulticast() && !a.IsLinkLocalMulticast() && group.Port() >= lowestPort
}

// Bridge joins the group of a room that was made. Where that fails the room
// has its group all the same: its people need no registry to talk to each
// other.
func (g *Registry) Bridge(now time.Time, room, group string) {
	addr, err := netip.ParseAddrPort(group)
	if g.sockets.registry == nil || !g.cfg.Bridge || err != nil || !isJoinable(addr) || g.bridges >= maxBridges || g.stopped {
		return
	}
	conn, err := joinGroup(addr)
	if err != nil {
		g.cfg.Log.Info("multicast group not joined", "room", room, "group", group, "err", err)
		return
	}
	d := g.filter.dialect(iasDialect)
	s := &session{
		source: source{addr, iasDialect}, id: g.cfg.NewID(), codec: d.Server(), to: g.sender.out.target(addr),
		bridge: &bridge{conn: conn, nicks: newLRU[netip.AddrPort, string](maxSpeakers)},
	}
	g.sessions[s.id] = s
	g.bridges++
	g.cfg.Hub.Open(now, s.id, hub.Origin{Addr: addr, Dialect: iasDialect, Manners: d.Manners(), Datagram: true, Group: room}, g.cfg.Out)
	g.cfg.Carry()
	g.cfg.Go(func() { s.readGroup(g.filter) })
}

// readGroup reads what is said in a session's group until its socket is
// closed.
func (s *session) readGroup(f *filter) {
	rates := newRates[netip.Addr](maxSpeakers)
	for failed := 0; failed < maxReadErrors; {
		b := packets.Get().(*packet)
		n, from, err := s.bridge.conn.ReadFromUDPAddrPort(b[:])
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
		takes := isAnswered(f.open, from) && !f.socket.isOurs(from) && n <= maxDatagram && rates.allow(from.Addr(), time.Now())
		if !takes || !f.queueInGroup(groupLine{datagram{from: from, b: b, n: n}, s}) {
			packets.Put(b)
		}
	}
}

// handleInGroup says in a room what was said in its group.
func (g *Registry) handleInGroup(now time.Time, l *groupLine) {
	b := l.in.bridge
	line, ok := l.in.request(l.bytes()).(wire.Say)
	if !ok || g.isFull(l.in) || b.isRepeated(l.from, line.Text) {
		return
	}
	line.Speaker = b.speaker(l.from, line.Text)
	g.cfg.Hub.Handle(now, l.in.id, line, g.cfg.Out)
	g.cfg.Carry()
}

// isRepeated reports whether somebody only says again who they are: programs do
// that when they are asked, and nothing of it is news for the room.
func (b *bridge) isRepeated(from netip.AddrPort, text string) bool {
	called, greets := strings.CutPrefix(text, greeting)
	nick, known := b.nicks.use(from)
	return greets && known && nick == strings.TrimSpace(called)
}

// speaker returns how a speaker is shown: by the name that they have given
// themselves, marked, and by their address.
func (b *bridge) speaker(from netip.AddrPort, text string) string {
	nick, known := b.nicks.use(from)
	if called, greets := strings.CutPrefix(text, greeting); greets {
		called = strings.TrimSpace(called)
		if wire.CheckUser(called) == nil && called != "None" {
			b.nicks.remove(from)
			b.nicks.put(from, called)
			nick, known = called, true
		}
	}
	if !known {
		nick = nobody
	}
	return "~" + nick + "@" + from.Addr().String()
}
