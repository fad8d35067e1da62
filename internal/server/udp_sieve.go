package server

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"labchat/internal/wire"
)

// datagram is one that the loop should look at.
type datagram struct {
	from    netip.AddrPort
	to      netip.AddrPort // of the host's addresses, that it was sent to
	dialect wire.Datagrams // nil: it is a signal
	b       *packet
	n       int
}

func (d *datagram) bytes() []byte { return d.b[:d.n] }

// sieve stands between the registry's reader and the loop, and lets through
// what the registry may answer, in bounded number. Addresses that hold a name
// have a queue of their own, so that a flood of others' datagrams does not
// keep theirs out.
type sieve struct {
	open     bool // to sources anywhere
	socket   *packetSocket
	dialects []wire.Datagrams
	tally    *tally
	inbox    *inbox
	rates    rates // owned by the reader

	mu      sync.Mutex
	named   map[netip.AddrPort]int // how many sessions of the address hold a name
	known   []datagram
	unknown []datagram
}

const (
	// askRate and askBurst are how many datagrams a second an address may
	// send, and how many at once: protocols, the registry's rules.
	askRate  = 20
	askBurst = 40
	// maxRates is how many addresses' rates are remembered.
	maxRates = 8192
	// maxQueued bounds what waits for the loop, of known and of unknown
	// addresses each.
	maxQueued = 1024
	// unknownAtOnce is how many datagrams of unknown addresses the loop looks
	// at in one round.
	unknownAtOnce = 256
	// lowestPort is below all ports of chat programs. What comes from lower
	// ones was made to look so, to have us talk to another service.
	lowestPort = 1024
)

func newSieve(open bool, dialects []wire.Datagrams, s *packetSocket, t *tally, in *inbox) *sieve {
	return &sieve{
		open: open, socket: s, dialects: dialects, tally: t, inbox: in,
		rates: newRates(), named: map[netip.AddrPort]int{},
	}
}

// dialect returns one of the registry's dialects.
func (s *sieve) dialect(name string) wire.Datagrams {
	i := slices.IndexFunc(s.dialects, func(d wire.Datagrams) bool { return d.Name() == name })
	return s.dialects[i]
}

// take queues what the reader has read, or drops and counts it.
func (s *sieve) take(b *packet, n int, from, to netip.AddrPort) {
	if n == 0 {
		packets.Put(b)
		return
	}
	d := datagram{from: from, to: to, b: b, n: n}
	if why, ok := s.judge(&d); !ok {
		s.tally.count(why)
		packets.Put(b)
	}
}

func (s *sieve) judge(d *datagram) (why drop, ok bool) {
	if s.socket.foreign(s.open, d) {
		return dropForeign, false
	}
	if d.n > maxDatagram {
		return dropLong, false
	}
	if wire.IsSignal(d.bytes()) {
		if d.n != wire.SignalSize {
			return dropUnknown, false
		}
		return s.queue(d, time.Now())
	}
	for _, dialect := range s.dialects {
		if dialect.Mine(d.bytes()) {
			d.dialect = dialect
			break
		}
	}
	if d.dialect == nil {
		return dropUnknown, false
	}
	return s.queue(d, time.Now())
}

// answers says whether the registry talks to an address.
func (s *sieve) answers(from netip.AddrPort) bool { return answered(s.open, from) }

// foreign says whether a datagram is from where its socket does not answer, or
// was not sent to one host.
func (s *packetSocket) foreign(open bool, d *datagram) bool {
	return !answered(open, d.from) || !d.to.IsValid() || d.to.Addr().IsMulticast() || s.ours(d.from)
}

// answered says whether an address is answered, where all are that may be, or
// those that are near.
func answered(open bool, from netip.AddrPort) bool {
	a := from.Addr()
	if from.Port() < lowestPort || a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	return open || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

func (s *sieve) queue(d *datagram, now time.Time) (why drop, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue, named := &s.unknown, s.named[d.from] > 0
	if named {
		queue = &s.known
	}
	if !s.rates.allow(payerOf(d.from, named), now) {
		return dropRate, false
	}
	if len(*queue) >= maxQueued {
		return dropBehind, false
	}
	*queue = append(*queue, *d)
	if len(s.known)+len(s.unknown) == 1 {
		s.inbox.post(item{what: whatDatagrams})
	}
	return 0, true
}

// next moves what is to be looked at in one round to the end of d.
func (s *sieve) next(d []datagram) []datagram {
	s.mu.Lock()
	defer s.mu.Unlock()
	d = append(d, s.known...)
	clear(s.known)
	s.known = s.known[:0]
	n := min(len(s.unknown), unknownAtOnce)
	d = append(d, s.unknown[:n]...)
	left := copy(s.unknown, s.unknown[n:])
	clear(s.unknown[left:])
	if s.unknown = s.unknown[:left]; left > 0 {
		s.inbox.post(item{what: whatDatagrams})
	}
	return d
}

// know notes that one session more of an address holds a name, or one less.
func (s *sieve) know(from netip.AddrPort, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if more {
		s.named[from]++
		return
	}
	if s.named[from]--; s.named[from] == 0 {
		delete(s.named, from)
	}
}
