package datagram

import (
	"net/netip"
	"time"

	"labchat/internal/wire"
)

// prober answers probes on a port of their own, from which a client learns
// whether its NAT gives it another address for each one that it talks to.
// Owned by the goroutine that reads the socket, which sends too.
type prober struct {
	socket *socket
	open   bool // to sources anywhere
	tally  *tally
	rates  rates[payer]
}

// take answers a datagram that is a probe, or drops and counts it.
func (p *prober) take(b *packet, n int, from, to netip.AddrPort) {
	defer packets.Put(b)
	d := datagram{from: from, to: to, b: b, n: n}
	s, err := wire.ParseSignal(d.bytes())
	switch {
	case p.socket.isForeign(p.open, &d):
		p.tally.count(dropForeign)
	case err != nil || s.Kind != wire.SignalProbe:
		p.tally.count(dropUnknown)
	case !p.rates.allow(payerOf(from, false), time.Now()):
		p.tally.count(dropRate)
	default:
		answerSignal(p.socket, p.tally, &d, answerTo(s, from), nil)
	}
}

// answerTo says to a probe from where it came.
func answerTo(probe wire.Signal, from netip.AddrPort) wire.Signal {
	return wire.Signal{Kind: wire.SignalProbed, Nonce: probe.Nonce, Addr: from}
}

// answerSignal sends a signal from where the question came to.
func answerSignal(w packetWriter, t *tally, d *datagram, s wire.Signal, secret []byte) {
	b := s.Append(make([]byte, 0, wire.SignalSize), secret)
	if w.send(b, w.from(d.to.Addr()), w.target(d.from)) != nil {
		t.count(dropRefused)
	}
}
