package server

import (
	"log/slog"
	"net/netip"
	"time"

	"labchat/internal/wire"
)

// prober answers probes on a port of their own, from which a client learns
// whether its NAT gives it another address for each one that it talks to.
// Owned by the goroutine that reads the socket, which sends too.
type prober struct {
	socket *packetSocket
	open   bool // to sources anywhere
	tally  *tally
	rates  rates
}

func newProber(open bool, s *packetSocket, t *tally) *prober {
	return &prober{socket: s, open: open, tally: t, rates: newRates()}
}

// run answers until the socket is told to stop.
func (p *prober) run(log *slog.Logger) { p.socket.hear(log, p.take) }

// take answers a datagram that is a probe, or drops and counts it.
func (p *prober) take(b *packet, n int, from, to netip.AddrPort) {
	defer packets.Put(b)
	d := datagram{from: from, to: to, b: b, n: n}
	s, err := wire.ParseSignal(d.bytes())
	switch {
	case p.socket.foreign(p.open, &d):
		p.tally.count(dropForeign)
	case err != nil || s.Kind != wire.SignalProbe:
		p.tally.count(dropUnknown)
	case !p.rates.allow(payerOf(from, false), time.Now()):
		p.tally.count(dropRate)
	default:
		p.answer(&d, s)
	}
}

func (p *prober) answer(d *datagram, s wire.Signal) {
	b := probed(s, d.from).Append(make([]byte, 0, wire.SignalSize), nil)
	if p.socket.send(b, p.socket.from(d.to.Addr()), p.socket.target(d.from)) != nil {
		p.tally.count(dropRefused)
	}
}
