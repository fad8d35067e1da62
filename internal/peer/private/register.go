package private

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

const (
	// registerEvery is how often the registry hears of us: more often than NATs
	// forget.
	registerEvery = 15 * time.Second
	// registerAgain is when a registration is repeated that was not answered.
	registerAgain = time.Second
	// registerTries is how many go unanswered before UDP to the server counts as
	// blocked; it is tried on, slowly.
	registerTries = 5
)

// registration is our place at the server's registry. Owned by loop.
type registration struct {
	on       bool
	id       uint64
	secret   []byte
	registry *net.UDPAddr
	probe    *net.UDPAddr
	counter  uint64
	nonce    uint64
	cookie   [16]byte
	silent   int            // registrations in a row that were not answered
	seen     netip.AddrPort // by the registry
	probed   netip.AddrPort // by its second socket
	kind     wire.NAT
	due      time.Time
}

// begin registers with what the server has given us.
func (r *registration) begin(l *loop, e *wire.Endpoint) {
	*r = registration{}
	id, errID := hex.DecodeString(e.ID)
	secret, errSecret := hex.DecodeString(e.Secret.Reveal())
	host, err := netip.ParseAddrPort(l.server.remote)
	if l.sockets.udp == nil || e.Port == 0 || errID != nil || len(id) != 8 || errSecret != nil || err != nil {
		return
	}
	ip := host.Addr().Unmap()
	r.on, r.id, r.secret = true, binary.BigEndian.Uint64(id), secret
	r.registry = net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(e.Port)))
	if e.Probe != 0 {
		r.probe = net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(e.Probe)))
	}
	r.counter = uint64(time.Now().UnixMilli()) // greater than what an earlier session of this endpoint has used
	r.due = time.Now()
}

// act registers again when it is time.
func (r *registration) act(l *loop, now time.Time) {
	if !r.on || r.due.IsZero() || now.Before(r.due) {
		return
	}
	r.due = now.Add(registerAgain)
	if r.silent++; r.silent > registerTries {
		r.due = now.Add(registerEvery)
	}
	r.send(l)
}

func (r *registration) send(l *loop) {
	r.counter++
	r.nonce = rand.Uint64()
	q := wire.Signal{Kind: wire.SignalRegister, Nonce: r.nonce, ID: r.id, Counter: r.counter, Token: r.cookie}
	l.sockets.send(r.registry, q.Append(nil, r.secret))
	if r.probe != nil && !r.probed.IsValid() {
		l.sockets.send(r.probe, wire.Signal{Kind: wire.SignalProbe, Nonce: r.nonce}.Append(nil, nil))
	}
}

// handleSignal takes a datagram of our own kind.
func (l *loop) handleSignal(d link.Datagram) {
	s, err := wire.ParseSignal(d.Data)
	if err != nil {
		return
	}
	switch s.Kind {
	case wire.SignalKnock, wire.SignalKnocked:
		l.handleKnock(d.From, s)
	case wire.SignalCookie, wire.SignalRegistered, wire.SignalProbed:
		l.place.handleAnswer(l, d, s)
	case wire.SignalProbe, wire.SignalRegister: // questions are for registries
	}
}

// handleAnswer takes what the registry says, if it is what we have just asked.
func (r *registration) handleAnswer(l *loop, d link.Datagram, s wire.Signal) {
	if !r.on || s.Nonce != r.nonce {
		return
	}
	from := r.registry.AddrPort()
	switch {
	case s.Kind == wire.SignalProbed && r.probe != nil && d.From == r.probe.AddrPort():
		r.probed = s.Addr
		r.kind = r.nat(l.sockets.own())
	case d.From != from || !wire.SignedSignal(d.Data, r.secret): // somebody else says so
	case s.Kind == wire.SignalCookie && r.cookie != s.Token:
		r.cookie = s.Token
		r.send(l)
	case s.Kind == wire.SignalRegistered:
		r.handleSeen(l, s.Addr)
	}
}

// handleSeen follows our address as others see it.
func (r *registration) handleSeen(l *loop, seen netip.AddrPort) {
	moved := r.seen.IsValid() && r.seen != seen
	first := !r.seen.IsValid()
	r.seen, r.silent, r.due = seen, 0, time.Now().Add(registerEvery)
	if moved {
		l.Check()
		r.probed = netip.AddrPort{} // another network, maybe another NAT
	}
	r.kind = r.nat(l.sockets.own())
	for _, c := range l.convs {
		if moved || first {
			c.addressChanged()
		}
	}
}

// again registers now: our address may be another one.
func (r *registration) again() {
	if r.on {
		r.due = time.Now()
	}
}

// isReady reports whether it makes sense to tell somebody where we are: the registry
// knows, or it does not answer.
func (r *registration) isReady() bool { return !r.on || r.seen.IsValid() || r.silent >= registerTries }

// nat says what is between us and the network.
func (r *registration) nat(own []netip.AddrPort) wire.NAT {
	switch {
	case !r.seen.IsValid():
		return wire.NATUnknown
	case slices.Contains(own, r.seen):
		return wire.NATNone
	case !r.probed.IsValid():
		return wire.NATUnknown
	case r.probed == r.seen:
		return wire.NATIndependent
	default:
		return wire.NATDependent
	}
}

// candidates are the addresses of a call that may be knocked at, as the server tells
// them: the client believes it no more than it believes other clients. remote is the
// server's own address.
func (r *registration) candidates(remote string, addrs []string) []netip.AddrPort {
	if len(addrs) == 0 {
		return nil
	}
	at, err := netip.ParseAddrPort(addrs[0])
	if err != nil {
		return nil
	}
	// Where the registry does not see us, or says that this is the host itself though the
	// server is elsewhere, the server's own address has to say what is near.
	near := r.seen
	server, _ := netip.ParseAddrPort(remote) // zero is near to nothing
	server = netip.AddrPortFrom(server.Addr().Unmap(), server.Port())
	if !near.IsValid() || near.Addr().IsLoopback() && !server.Addr().IsLoopback() {
		near = server
	}
	return wire.Candidates(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), near, addrs[1:])
}
