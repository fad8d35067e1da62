package datagram

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func TestAnAddressMayAskTwentyTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		answered := func(from netip.AddrPort, n int) (all int) {
			for range n {
				all += len(h.hear(from, "ar nobody"))
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
		h.hear(stranger, "hi known")
		answered(other, 100)
		if n := answered(stranger, 20); n != 20 {
			t.Errorf("another port's flood left a name %d of 20 answers", n)
		}
	})
}

func TestALineThatComesTwiceAtOnceIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.hear(stranger, "hi known")
		h.hear(stranger, "rj lobby")
		said := func(text string, after time.Duration) int {
			before := len(h.entries)
			h.hear(stranger, text)
			h.hear(stranger, text)
			<-time.After(after)
			return len(h.entries) - before
		}
		if n := said("msg known> hello\n", copyWithin-1); n != 1 {
			t.Errorf("it was said %d times, want once", n)
		}
		if n := said("msg known> hello\n", 0); n != 0 {
			t.Errorf("a late copy was said")
		}
		if n := said("msg known> other\n", copyWithin) + said("msg known> other\n", 0); n != 2 {
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
			if got := isAnswered(false, addr); got != want.closed {
				t.Errorf("closed: got %v", got)
			}
			if got := isAnswered(true, addr); got != want.open {
				t.Errorf("open: got %v", got)
			}
		})
	}
}

func TestWhatTheRegistrySeemsToHaveSentItselfIsDropped(t *testing.T) {
	h := newHarness(t)
	if got := h.hear(h.to, "hi anna"); got != nil {
		t.Errorf("answered %q", got)
	}
	if n := h.dropped(dropForeign); n != 1 {
		t.Errorf("%d were counted, want 1", n)
	}
}

func TestTheRegistryKeepsSoManySessionsAndTheOldestSilentGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		at := func(i int) netip.AddrPort {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 3, byte(i >> 8), byte(i)}), 5000)
		}
		h.hear(stranger, "hi known")
		for i := range maxUnnamed + 100 {
			h.hear(at(i), "ar nobody")
			if i%100 == 0 {
				<-time.After(time.Second)
				h.hear(at(0), "ar nobody")
			}
		}
		if n := len(h.unnamed.at); n != maxUnnamed {
			t.Errorf("%d sessions without a name, want %d", n, maxUnnamed)
		}
		if n := len(h.sessions); n != maxUnnamed+1 {
			t.Errorf("%d sessions, want %d", n, maxUnnamed+1)
		}
		if _, ok := h.unnamed.use(source{at(0), "tobi"}); !ok {
			t.Error("one that was heard of all the time had to go")
		}
		if _, ok := h.unnamed.use(source{at(1), "tobi"}); ok {
			t.Error("the one that was silent the longest is there")
		}
		if len(h.filter.rates.of.at) > maxRates || len(h.sender.budgets.at.at) > maxBudgets {
			t.Errorf("%d rates, %d budgets", len(h.filter.rates.of.at), len(h.sender.budgets.at.at))
		}
		h.pass(unnamedIdle, stranger)
		if len(h.unnamed.at) != 0 || len(h.named.at) != 1 {
			t.Errorf("after a silence there are %d without and %d with a name, want 0 and 1", len(h.unnamed.at), len(h.named.at))
		}
		h.pass(namedIdle, stranger)
		if len(h.sessions) != 0 || len(h.filter.holds) != 0 {
			t.Errorf("after half a day there are %d sessions, %d addresses with a name", len(h.sessions), len(h.filter.holds))
		}
	})
}

func TestOurOwnAddressIsToldAsTheSessionKnowsIt(t *testing.T) {
	h := newHarness(t)
	h.hear(stranger, "hi known")
	h.hear(stranger, "rc two words") // which pays for what it will be answered
	p, _ := h.named.use(source{stranger, "tobi"})
	h.sent[stranger] = nil
	h.sender.tell(p, &wire.PeerList{Room: "r", Peers: []wire.Peer{{Name: "x", Addr: "10.0.0.9:1"}, {}}}, h.now)
	h.sender.tell(p, &wire.Found{Name: "sara"}, h.now)
	us := fmt.Sprintf("%v %d", h.to.Addr(), h.to.Port())
	if got, want := fmt.Sprint(h.sent[stranger]), fmt.Sprint([]string{"rj __clear_peers__", "rj 10.0.0.9 1", "rj " + us, "ar " + us}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnEmptyDatagramIsNeverSent(t *testing.T) {
	h := newHarness(t)
	h.hear(stranger, "hi known")
	p, _ := h.named.use(source{stranger, "tobi"})
	h.sent[stranger] = nil
	h.sender.send(p, [][]byte{{}, []byte("x"), nil}, h.now)
	if got := h.sent[stranger]; len(got) != 1 || got[0] != "x" {
		t.Errorf("sent %q", got)
	}
}

func TestWhatWasDroppedIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logged := newHarness(t), &strings.Builder{}
		h.cfg.Log = slog.New(slog.NewTextHandler(logged, nil))
		for range 3 {
			h.hear(stranger, "what is this")
			h.pass(time.Second, stranger)
		}
		if got := strings.Count(logged.String(), "\n"); got != 1 || !strings.Contains(logged.String(), "unknown=1") {
			t.Errorf("logged %q", logged)
		}
		h.pass(time.Minute, stranger)
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
		h := newHarness(t)
		other := netip.MustParseAddrPort("127.0.0.2:5000")
		var sent []string
		for _, from := range []netip.AddrPort{stranger, other} {
			for _, text := range []string{string(b), "hi name" + from.Addr().String()[:2], string(b)} {
				sent = append(sent, h.hear(from, text[:min(len(text), maxDatagram+1)])...)
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
