package datagram

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"labchat/internal/server/hub"
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

// groupLine is a datagram that was heard in a multicast group.
type groupLine struct {
	datagram

	in *session
}

// filter stands between the readers and the loop, and lets through what the
// registry may answer, in bounded number. Addresses that are known, as one of
// their sessions has a name or an endpoint is there, have a queue of their own,
// so that a flood of others' datagrams does not keep theirs out.
type filter struct {
	open     bool // to sources anywhere
	socket   *socket
	dialects []wire.Datagrams
	tally    *tally
	wake     func()       // has the loop look at what came
	rates    rates[payer] // owned by the registry's reader

	mu       sync.Mutex
	holds    map[netip.AddrPort]int // by known address: how many sessions and endpoints
	known    []datagram
	unknown  []datagram
	inGroups []groupLine
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
)

func newFilter(cfg *Config, s *socket, t *tally) *filter {
	return &filter{
		open: cfg.Open, socket: s, dialects: cfg.Dialects, tally: t, wake: cfg.Wake,
		rates: newRates[payer](maxRates), holds: map[netip.AddrPort]int{},
	}
}

// dialect returns one of the registry's dialects.
func (f *filter) dialect(name string) wire.Datagrams {
	i := slices.IndexFunc(f.dialects, func(d wire.Datagrams) bool { return d.Name() == name })
	return f.dialects[i]
}

// take queues what the registry's reader has read, or drops and counts it.
func (f *filter) take(b *packet, n int, from, to netip.AddrPort) {
	if n == 0 {
		packets.Put(b)
		return
	}
	d := datagram{from: from, to: to, b: b, n: n}
	if why, ok := f.judge(&d); !ok {
		f.tally.count(why)
		packets.Put(b)
	}
}

// judge finds out what a datagram is, and queues it.
func (f *filter) judge(d *datagram) (why drop, ok bool) {
	switch {
	case f.socket.isForeign(f.open, d):
		return dropForeign, false
	case d.n > maxDatagram:
		return dropLong, false
	case wire.IsSignal(d.bytes()):
		if d.n != wire.SignalSize {
			return dropUnknown, false
		}
		return f.queue(d, time.Now())
	}
	i := slices.IndexFunc(f.dialects, func(dialect wire.Datagrams) bool { return dialect.Mine(d.bytes()) })
	if i < 0 {
		return dropUnknown, false
	}
	d.dialect = f.dialects[i]
	return f.queue(d, time.Now())
}

func (f *filter) queue(d *datagram, now time.Time) (why drop, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	queue, known := &f.unknown, f.holds[d.from] > 0
	if known {
		queue = &f.known
	}
	if !f.rates.allow(payerOf(d.from, known), now) {
		return dropRate, false
	}
	if len(*queue) >= maxQueued {
		return dropBehind, false
	}
	*queue = append(*queue, *d)
	f.wakeForFirst()
	return 0, true
}

// queueInGroup queues what a group's reader has heard, and reports whether
// there was room.
func (f *filter) queueInGroup(l groupLine) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l.in.bridge.ahead >= maxAhead {
		return false
	}
	l.in.bridge.ahead++
	f.inGroups = append(f.inGroups, l)
	f.wakeForFirst()
	return true
}

func (f *filter) wakeForFirst() {
	if len(f.known)+len(f.unknown)+len(f.inGroups) == 1 {
		f.wake()
	}
}

// next moves what is to be looked at in one round to the ends of d and of
// lines.
func (f *filter) next(d []datagram, lines []groupLine) ([]datagram, []groupLine) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.inGroups {
		f.inGroups[i].in.bridge.ahead--
	}
	lines = append(lines, f.inGroups...)
	clear(f.inGroups)
	f.inGroups = f.inGroups[:0]

	d = append(d, f.known...)
	clear(f.known)
	f.known = f.known[:0]
	n := min(len(f.unknown), unknownAtOnce)
	d = append(d, f.unknown[:n]...)
	left := copy(f.unknown, f.unknown[n:])
	clear(f.unknown[left:])
	if f.unknown = f.unknown[:left]; left > 0 {
		f.wake()
	}
	return d, lines
}

// hold makes an address a known one, until as many calls of release.
func (f *filter) hold(a netip.AddrPort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holds[a]++
}

// release takes back a call of hold.
func (f *filter) release(a netip.AddrPort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.holds[a]--; f.holds[a] == 0 {
		delete(f.holds, a)
	}
}

// rates are how fast each of many sends. For one goroutine.
type rates[K comparable] struct {
	of *lru[K, *rate.Limiter]
}

func newRates[K comparable](most int) rates[K] { return rates[K]{newLRU[K, *rate.Limiter](most)} }

// allow counts a datagram and reports whether there were not too many.
func (r rates[K]) allow(k K, now time.Time) bool {
	limit, ok := r.of.use(k)
	if !ok {
		limit = rate.NewLimiter(askRate, askBurst)
		r.of.put(k, limit)
	}
	return limit.AllowN(now, 1)
}

// payer is whose rate a datagram counts in: a known address's own, or that of
// all unknown ones of a network, with the zero address.
type payer struct {
	network hub.Network
	addr    netip.AddrPort
}

func payerOf(from netip.AddrPort, known bool) payer {
	n := hub.NetworkOf(from.Addr())
	if known || n.IsLoopback() { // users of this host share its address, and nobody else has it
		return payer{n, from}
	}
	return payer{network: n}
}
