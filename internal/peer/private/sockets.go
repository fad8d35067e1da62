package private

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"

	"labchat/internal/peer/link"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// sockets are what links and datagrams go over. Owned by loop.
type sockets struct {
	log      *slog.Logger
	udp      link.PlainConn    // nil: there is none
	plain    *oldpeer.Conn     // udp, as those have it who speak plain datagrams
	direct   *link.Carrier     // over udp, nil without it
	relay    *link.Relay       // through the server
	carried  *link.Carrier     // over relay
	expected admission[string] // keys of devices that links are taken from
	// admitted are the addresses that may begin a link: the other sides of live
	// calls, which have knocked with what only a call's two sides and the server
	// know. To all others our socket is silent.
	admitted admission[netip.AddrPort]
}

// admission is who is let in. The loop writes it, and those ask it who take what
// comes.
type admission[K comparable] struct {
	mu sync.Mutex
	in map[K]bool
}

func (a *admission[K]) has(who K) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.in[who]
}

func (a *admission[K]) set(in map[K]bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.in = in
}

// open opens them. It is an error where a person has named a socket and that can't be
// had; without one that is named the relay has to do.
func (s *sockets) open(ctx context.Context, cfg *Config, tell func(wire.Relay)) *session.EndedError {
	local := cfg.Local
	if local == "" {
		local = ":0"
	}
	conn, err := cfg.Listen(ctx, "udp", local)
	switch {
	case err == nil:
		s.udp = link.Share(conn, s.admitted.has)
		s.plain.Open(conn)
		s.direct, err = link.NewCarrier(s.udp, nil, s.expected.has)
	case cfg.Local != "":
		return session.Ended(wire.CodeUnsupported, "The socket %s can't be opened: %s. Choose another one with --udp HOST:PORT.", cfg.Local, session.Cause(err))
	default:
		s.log.Warn("no UDP socket: private lines go through the server", "err", err)
		err = nil
	}
	s.relay = link.NewRelay(func(to string, data []byte) { tell(wire.Relay{To: to, Data: append([]byte(nil), data...)}) })
	if err == nil {
		s.carried, err = link.NewCarrier(s.relay, nil, s.expected.has)
	}
	if err != nil {
		return session.Ended(wire.CodeUnsupported, "Encrypted conversations can't begin: %v.", err)
	}
	return nil
}

// carriers are what links go over.
func (s *sockets) carriers() []*link.Carrier {
	if s.direct == nil {
		return []*link.Carrier{s.carried}
	}
	return []*link.Carrier{s.carried, s.direct}
}

// datagrams is where plain ones come from, nil without a socket.
func (s *sockets) datagrams() <-chan link.Datagram {
	if s.udp == nil {
		return nil
	}
	return s.udp.Plain()
}

// send sends one datagram.
func (s *sockets) send(to *net.UDPAddr, d []byte) {
	if s.udp == nil || to == nil {
		return
	}
	if _, err := s.udp.WriteTo(d, to); err != nil && !errors.Is(err, net.ErrClosed) {
		s.log.Debug("a datagram was not sent", "err", err)
	}
}

// own are our addresses on this machine.
func (s *sockets) own() []netip.AddrPort {
	if s.udp == nil {
		return nil
	}
	local, err := netip.ParseAddrPort(s.udp.LocalAddr().String())
	if err != nil {
		return nil
	}
	if ip := local.Addr().Unmap(); !ip.IsUnspecified() {
		return []netip.AddrPort{netip.AddrPortFrom(ip, local.Port())}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.AddrPort
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
			own = append(own, netip.AddrPortFrom(p.Addr().Unmap(), local.Port()))
		}
	}
	return own
}

// close ends all links.
func (s *sockets) close() {
	_ = s.plain.Close() // it only ends reading, as that of the relay
	for _, c := range s.carriers() {
		_ = c.Close() // what is left of it goes with the program
	}
	_ = s.relay.Close()
	if s.udp != nil {
		s.udp.Close()
	}
}
