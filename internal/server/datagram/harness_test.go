package datagram

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/server/hub"
	"labchat/internal/wire/dialects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// harness is a registry and its hub, in a loop's place: what is sent is kept.
type harness struct {
	*Registry

	hub     *hub.Hub
	out     hub.Out
	entries []hub.Entry // for the log
	last    hub.SessionID
	now     time.Time

	to    netip.AddrPort // where the registry is
	known map[target]netip.AddrPort
	sent  map[netip.AddrPort][]string
}

func newHarness(tb testing.TB) *harness {
	tb.Helper()
	s, err := listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.close)
	h := &harness{now: time.Now(), to: s.addr, known: map[target]netip.AddrPort{}, sent: map[netip.AddrPort][]string{}}
	h.hub = hub.New(hub.Config{Server: "labchat", Program: "chatd", Random: rand.Reader, UDP: hub.UDPPorts{Registry: int(s.addr.Port())}}, hub.State{})
	h.Registry = New(Config{
		Log: slog.New(slog.DiscardHandler), Dialects: dialects.Datagrams(),
		Hub: h.hub, Out: &h.out, Carry: h.carry, NewID: h.newID, Wake: func() {},
	}, Sockets{registry: s})
	h.sender.out = h
	return h
}

func (h *harness) newID() hub.SessionID {
	h.last++
	return h.last
}

func (h *harness) carry() {
	for done := 0; done < len(h.out.Effects); { // a step may add others
		e := h.out.Effects[done]
		done++
		h.Effect(h.now, &e)
	}
	h.entries = append(h.entries, h.out.Entries...)
	h.out = hub.Out{}
}

// target, from and send are those of a socket.
func (h *harness) target(to netip.AddrPort) target {
	t := h.filter.socket.target(to)
	h.known[t] = to
	return t
}

func (h *harness) from(netip.Addr) []byte { return nil }

func (h *harness) send(b, _ []byte, to target) error {
	h.sent[h.known[to]] = append(h.sent[h.known[to]], string(b))
	return nil
}

// hear has a datagram come, and returns what its source is sent.
func (h *harness) hear(from netip.AddrPort, text string) []string {
	h.sent[from] = nil
	h.now = time.Now()
	b := packets.Get().(*packet)
	h.filter.take(b, copy(b[:], text), from, h.to)
	h.Receive(h.now)
	return h.sent[from]
}

// pass lets time go by, and returns what a source is sent meanwhile.
func (h *harness) pass(span time.Duration, from netip.AddrPort) []string {
	h.sent[from] = nil
	<-time.After(span)
	h.now = time.Now()
	h.hub.Tick(h.now, &h.out)
	h.carry()
	h.Tick(h.now)
	return h.sent[from]
}

// dropped returns how many datagrams were dropped for a reason.
func (h *harness) dropped(why drop) int64 { return h.tally.n[why].Load() }

// total returns how many bytes texts have.
func total(texts []string) (n int) {
	for _, s := range texts {
		n += len(s)
	}
	return n
}

var stranger = netip.MustParseAddrPort("10.1.2.3:4567")
