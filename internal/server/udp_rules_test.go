package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

// desk is the registry's side of a loop that nobody runs: what it sends is
// kept.
type desk struct {
	*loop

	to    netip.AddrPort
	known map[target]netip.AddrPort
	sent  map[netip.AddrPort][]string
}

// target, from and send are those of a socket.
func (d *desk) target(to netip.AddrPort) target {
	t := d.registry.sieve.socket.target(to)
	d.known[t] = to
	return t
}

func (d *desk) from(netip.Addr) []byte { return nil }

func (d *desk) send(b, _ []byte, to target) error {
	d.sent[d.known[to]] = append(d.sent[d.known[to]], string(b))
	return nil
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	s, err := listenPackets(context.Background(), loopback+":0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.close)
	cfg := Config{Log: testLog(tb)}.orDefaults()
	d := &daemon{cfg: cfg, store: storetest.New(nil), late: newCoarseTimer(), registry: s}
	k := &desk{loop: d.newLoop(context.Background(), hub.State{}), to: s.addr, known: map[target]netip.AddrPort{}, sent: map[netip.AddrPort][]string{}}
	k.registry.out = k
	k.now = time.Now()
	tb.Cleanup(func() { d.late.close(); d.store.Close() })
	return k
}

// hear has a datagram come, and returns what its source is sent.
func (d *desk) hear(from netip.AddrPort, text string) []string {
	d.sent[from] = nil
	d.now = time.Now()
	b := packets.Get().(*packet)
	d.registry.sieve.take(b, copy(b[:], text), from, d.to)
	d.datagrams()
	return d.sent[from]
}

// passed lets time go by, and returns what a source is sent meanwhile.
func (d *desk) passed(span time.Duration, from netip.AddrPort) []string {
	d.sent[from] = nil
	<-time.After(span)
	d.now = time.Now()
	d.hub.Tick(d.now, &d.out)
	d.carry()
	d.tickRegistry()
	return d.sent[from]
}

func total(texts []string) (n int) {
	for _, s := range texts {
		n += len(s)
	}
	return n
}

var stranger = netip.MustParseAddrPort("10.1.2.3:4567")

func TestAnAddressMayAskTwentyTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		answered := func(from netip.AddrPort, n int) (all int) {
			for range n {
				all += len(d.hear(from, "ar nobody"))
			}
			return all
		}
		other := netip.AddrPortFrom(stranger.Addr(), 9999)
		if n := answered(stranger, 100) + answered(other, 100); n != askBurst {
			t.Errorf("%d of 200 were answered at once, want %d", n, askBurst)
		}
		<-time.After(time.Second)
		if n := answered(other, 100); n != askRate {
			t.Errorf("%d of 100 were answered a second later, want %d", n, askRate)
		}
		<-time.After(time.Minute)
		d.hear(stranger, "hi known")
		answered(other, 100)
		if n := answered(stranger, 20); n != 20 {
			t.Errorf("another port's flood left a name %d of 20 answers", n)
		}
	})
}

func TestALineThatComesTwiceAtOnceIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.hear(stranger, "hi known")
		d.hear(stranger, "rj lobby")
		said := func(text string, after time.Duration) int {
			before := len(d.group.pending)
			d.hear(stranger, text)
			d.hear(stranger, text)
			<-time.After(after)
			return len(d.group.pending) - before
		}
		if n := said("msg known> hello\n", echoWithin-1); n != 1 {
			t.Errorf("it was said %d times, want once", n)
		}
		if n := said("msg known> hello\n", 0); n != 0 {
			t.Errorf("a late copy was said")
		}
		if n := said("msg known> other\n", echoWithin) + said("msg known> other\n", 0); n != 2 {
			t.Errorf("two lines were said %d times", n)
		}
	})
}

func TestPublicAddressesAreAnsweredOnlyWhereTheRegistryIsOpen(t *testing.T) {
	tests := map[string]struct{ closed, open bool }{
		"127.0.0.1:4000":    {true, true},
		"10.0.0.1:4000":     {true, true},
		"192.168.1.1:4000":  {true, true},
		"169.254.1.1:4000":  {true, true},
		"[fe80::1%lo]:4000": {true, true},
		"[fd00::1]:4000":    {true, true},
		"8.8.8.8:4000":      {false, true},
		"[2001:db8::1]:400": {false, false}, // below all ports of programs
		"224.0.0.1:4000":    {false, false},
		"0.0.0.0:4000":      {false, false},
		"10.0.0.1:7":        {false, false},
	}
	for from, want := range tests {
		t.Run(from, func(t *testing.T) {
			addr := netip.MustParseAddrPort(from)
			if got := (&sieve{}).answers(addr); got != want.closed {
				t.Errorf("closed: got %v", got)
			}
			if got := (&sieve{open: true}).answers(addr); got != want.open {
				t.Errorf("open: got %v", got)
			}
		})
	}
}

func TestWhatTheRegistrySeemsToHaveSentItselfIsDropped(t *testing.T) {
	d := newDesk(t)
	if got := d.hear(d.to, "hi anna"); got != nil {
		t.Errorf("answered %q", got)
	}
	if n := d.registry.tally.n[dropForeign].Load(); n != 1 {
		t.Errorf("%d were counted, want 1", n)
	}
}

func TestTheRegistryKeepsSoManySessionsAndTheOldestSilentGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		at := func(i int) netip.AddrPort {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 3, byte(i >> 8), byte(i)}), 5000)
		}
		d.hear(stranger, "hi known")
		for i := range maxUnknown + 100 {
			d.hear(at(i), "ar nobody")
			if i%100 == 0 {
				<-time.After(time.Second)
				d.hear(at(0), "ar nobody")
			}
		}
		g := &d.registry
		if n := len(g.unknown.at); n != maxUnknown {
			t.Errorf("%d sessions without a name, want %d", n, maxUnknown)
		}
		if n := len(g.parties); n != maxUnknown+1 {
			t.Errorf("%d sessions, want %d", n, maxUnknown+1)
		}
		if _, ok := g.unknown.hear(source{at(0), "tobi"}); !ok {
			t.Error("one that was heard of all the time had to go")
		}
		if _, ok := g.unknown.hear(source{at(1), "tobi"}); ok {
			t.Error("the one that was silent the longest is there")
		}
		if len(g.sieve.rates.of.at) > maxRates || len(g.purses.at.at) > maxPurses {
			t.Errorf("%d rates, %d purses", len(g.sieve.rates.of.at), len(g.purses.at.at))
		}
		d.passed(unknownIdle, stranger)
		if len(g.unknown.at) != 0 || len(g.known.at) != 1 {
			t.Errorf("after a silence there are %d without and %d with a name, want 0 and 1", len(g.unknown.at), len(g.known.at))
		}
		d.passed(knownIdle, stranger)
		if len(g.parties) != 0 || len(g.sieve.named) != 0 {
			t.Errorf("after half a day there are %d sessions, %d addresses with a name", len(g.parties), len(g.sieve.named))
		}
	})
}

func TestOurOwnAddressIsToldAsTheSessionKnowsIt(t *testing.T) {
	d := newDesk(t)
	d.hear(stranger, "hi known")
	d.hear(stranger, "rc two words") // which pays for what it will be answered
	p, _ := d.registry.known.hear(source{stranger, "tobi"})
	d.sent[stranger] = nil
	d.registry.tell(p, &wire.PeerList{Room: "r", Peers: []wire.Peer{{Name: "x", Addr: "10.0.0.9:1"}, {}}}, d.now)
	d.registry.tell(p, &wire.Found{Name: "sara"}, d.now)
	us := fmt.Sprintf("%v %d", d.to.Addr(), d.to.Port())
	if got, want := fmt.Sprint(d.sent[stranger]), fmt.Sprint([]string{"rj __clear_peers__", "rj 10.0.0.9 1", "rj " + us, "ar " + us}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnEmptyDatagramIsNeverSent(t *testing.T) {
	d := newDesk(t)
	d.hear(stranger, "hi known")
	p, _ := d.registry.known.hear(source{stranger, "tobi"})
	d.sent[stranger] = nil
	d.registry.send(p, [][]byte{{}, []byte("x"), nil}, d.now)
	if got := d.sent[stranger]; len(got) != 1 || got[0] != "x" {
		t.Errorf("sent %q", got)
	}
}

func TestWhatWasDroppedIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, logged := newDesk(t), &strings.Builder{}
		d.log = slog.New(slog.NewTextHandler(logged, nil))
		for range 3 {
			d.hear(stranger, "what is this")
			d.passed(time.Second, stranger)
		}
		if got := strings.Count(logged.String(), "\n"); got != 1 || !strings.Contains(logged.String(), "unknown=1") {
			t.Errorf("logged %q", logged)
		}
		d.passed(time.Minute, stranger)
		if !strings.Contains(logged.String(), "unknown=2") {
			t.Errorf("logged %q", logged)
		}
	})
}

// FuzzRegistry has anything come as a datagram, twice and from two addresses,
// and looks that nothing empty or too long leaves.
func FuzzRegistry(f *testing.F) {
	for _, s := range []string{
		"", " ", "\xff\xfe", "hi anna", "by", "ar anna", "ul", "rl", "rc r", "rj r", "rk", "msg a> b\n", "REG:anna\n", "REG:a:b\n", "REQ:anna\n",
		"GRP:", "CGR:g_224.1.1.1_5007", "CGR:g_notanip_port", "CGR:a_b_224.1.1.1_1", "GAC:g", "PTP:x", "MSG:hi\n", "SEND_DATE", "SEND_X", "\x00LC\x01",
		string(wire.Signal{Kind: wire.SignalProbe, Nonce: 1}.Append(nil, nil)), string(wire.Signal{Kind: wire.SignalRegister, ID: 1}.Append(nil, nil)),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := newDesk(t)
		other := netip.MustParseAddrPort("127.0.0.2:5000")
		var sent []string
		for _, from := range []netip.AddrPort{stranger, other} {
			for _, text := range []string{string(b), "hi name" + from.Addr().String()[:2], string(b)} {
				sent = append(sent, d.hear(from, text[:min(len(text), maxDatagram+1)])...)
			}
		}
		for _, s := range sent {
			if wire.IsSignal([]byte(s)) && len(s) <= len(b) {
				continue
			}
			if s == "" || len(s) > 1024 || !strings.HasPrefix(s, strings.ToValidUTF8(s, "")) {
				t.Errorf("%q was answered by %q", b, s)
			}
		}
	})
}
