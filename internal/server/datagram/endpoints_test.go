package datagram

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// endpoint is what a client needs for its signals.
type endpoint struct {
	id     uint64
	secret []byte
}

// endpoint has a native session hold private conversations, and returns its
// endpoint.
func (h *harness) endpoint(tb testing.TB, name string) endpoint {
	tb.Helper()
	id := h.newID()
	chat := dialects.ByName("chat1")
	h.hub.Open(h.now, id, hub.Origin{Addr: netip.MustParseAddrPort("127.0.0.1:4000"), Dialect: chat.Name(), Manners: chat.Manners()}, &h.out)
	h.hub.Handle(h.now, id, wire.Hello{Version: 1}, &h.out)
	h.hub.Handle(h.now, id, wire.Guest{Name: name}, &h.out)
	return h.udp(tb, id)
}

func (h *harness) udp(tb testing.TB, id hub.SessionID) endpoint {
	tb.Helper()
	h.out = hub.Out{}
	h.hub.Handle(h.now, id, wire.UDP{Key: wire.DeviceKey(make([]byte, ed25519.PublicKeySize))}, &h.out)
	for _, e := range h.out.Effects {
		if e, ok := e.Event.(*wire.Endpoint); ok {
			h.out = hub.Out{}
			id, err := strconv.ParseUint(e.ID, 16, 64)
			secret, errSecret := hex.DecodeString(e.Secret.Reveal())
			if err != nil || errSecret != nil || len(secret) != 32 {
				tb.Fatalf("endpoint %q with a secret of %d bytes: %v, %v", e.ID, len(secret), err, errSecret)
			}
			return endpoint{id, secret}
		}
	}
	tb.Fatalf("no endpoint among %v", h.out.Effects)
	return endpoint{}
}

// signals has a signal come and returns the answer, zero if there is none. No
// answer may be longer than its question.
func (h *harness) signals(tb testing.TB, from netip.AddrPort, s wire.Signal, secret []byte) wire.Signal {
	tb.Helper()
	question := s.Append(nil, secret)
	answers := h.hear(from, string(question))
	if len(answers) == 0 {
		return wire.Signal{}
	}
	if len(answers) > 1 || len(answers[0]) > len(question) {
		tb.Fatalf("%d answers, the first of %d bytes", len(answers), len(answers[0]))
	}
	answer, err := wire.ParseSignal([]byte(answers[0]))
	if err != nil {
		tb.Fatal(err)
	}
	return answer
}

// registers has an endpoint register from an address, which is new.
func (h *harness) registers(tb testing.TB, e endpoint, from netip.AddrPort, counter uint64) {
	tb.Helper()
	s := wire.Signal{Kind: wire.SignalRegister, Nonce: counter, ID: e.id, Counter: counter}
	s.Token = h.signals(tb, from, s, e.secret).Token
	if got := h.signals(tb, from, s, e.secret); got.Kind != wire.SignalRegistered || got.Addr != from {
		tb.Fatalf("registering from %v was answered %+v", from, got)
	}
}

// at is where the hub takes an endpoint to be.
func (h *harness) at(e endpoint) netip.AddrPort {
	r, _ := h.hub.Registration(h.now, e.id)
	return r.Addr
}

var (
	home  = netip.MustParseAddrPort("10.0.0.1:4000")
	cafe  = netip.MustParseAddrPort("10.0.0.2:5000")
	thief = netip.MustParseAddrPort("10.0.0.66:6000")
)

func TestForgedAndReplayedRegistrationsChangeNothing(t *testing.T) {
	h := newHarness(t)
	e, other := h.endpoint(t, "ann"), h.endpoint(t, "eve")
	h.registers(t, e, home, 5)
	register := func(counter uint64) wire.Signal {
		return wire.Signal{Kind: wire.SignalRegister, Nonce: 1, ID: e.id, Counter: counter}
	}
	answer := h.signals(t, thief, wire.Signal{Kind: wire.SignalRegister, ID: other.id, Counter: 1}, other.secret)
	withToken := register(9)
	withToken.Token = answer.Token // a cookie of the thief's own endpoint
	tests := []struct {
		name   string
		from   netip.AddrPort
		signal wire.Signal
		secret []byte
		why    drop
	}{
		{"without a signature", home, register(6), nil, dropForged},
		{"signed with another secret", home, register(6), other.secret, dropForged},
		{"of an endpoint that does not exist", home, wire.Signal{Kind: wire.SignalRegister, ID: e.id + 1, Counter: 6}, e.secret, dropForged},
		{"sent again", home, register(5), e.secret, dropReplayed},
		{"from before", home, register(4), e.secret, dropReplayed},
		{"sent again from elsewhere", thief, register(5), e.secret, dropReplayed},
		{"with the cookie of another endpoint", thief, withToken, other.secret, dropForged},
		{"that is an answer", home, wire.Signal{Kind: wire.SignalRegistered, ID: e.id, Counter: 6}, e.secret, dropUnknown},
		{"that is for a client", home, wire.Signal{Kind: wire.SignalKnock, ID: e.id, Counter: 6}, e.secret, dropUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := h.dropped(test.why)
			if got := h.signals(t, test.from, test.signal, test.secret); got != (wire.Signal{}) {
				t.Errorf("it was answered %+v", got)
			}
			if n := h.dropped(test.why) - before; n != 1 {
				t.Errorf("%d were counted as %s, want 1", n, dropNames[test.why])
			}
			if at := h.at(e); at != home {
				t.Errorf("the endpoint is at %v now, want %v", at, home)
			}
		})
	}
}

func TestAnAddressIsBelievedOnceItEchoesItsCookie(t *testing.T) {
	h := newHarness(t)
	e := h.endpoint(t, "ann")
	h.registers(t, e, home, 1)
	keep := wire.Signal{Kind: wire.SignalRegister, Nonce: 2, ID: e.id, Counter: 2}
	if got := h.signals(t, home, keep, e.secret); got.Kind != wire.SignalRegistered {
		t.Errorf("a keepalive from the same address was answered %+v", got)
	}
	moved := wire.Signal{Kind: wire.SignalRegister, Nonce: 3, ID: e.id, Counter: 3}
	cookie := h.signals(t, cafe, moved, e.secret)
	if cookie.Kind != wire.SignalCookie || h.at(e) != home {
		t.Fatalf("a new address was answered %+v, and the endpoint is at %v", cookie, h.at(e))
	}
	moved.Token = cookie.Token
	if got := h.signals(t, thief, moved, e.secret); got.Kind != wire.SignalCookie || h.at(e) != home {
		t.Errorf("the cookie of another address was answered %+v, and the endpoint is at %v", got, h.at(e))
	}
	if got := h.signals(t, cafe, moved, e.secret); got.Kind != wire.SignalRegistered || h.at(e) != cafe {
		t.Errorf("the cookie was answered %+v, and the endpoint is at %v", got, h.at(e))
	}
	if got := h.signals(t, cafe, moved, e.secret); got != (wire.Signal{}) {
		t.Errorf("the same once more was answered %+v", got)
	}
	fresh := h.udp(t, h.last)
	if got := h.signals(t, cafe, wire.Signal{Kind: wire.SignalRegister, ID: e.id, Counter: 9}, e.secret); got != (wire.Signal{}) {
		t.Errorf("an endpoint that was replaced was answered %+v", got)
	}
	h.registers(t, fresh, cafe, 1)
}

func TestACookieIsGoodForAMinuteOrTwo(t *testing.T) {
	begin := time.Unix(1_000_000, 0)
	c := newEndpoints(begin).cookies
	baked := begin.Add(30 * time.Second)
	token := c.bake(7, home, c.period(baked))
	for after, want := range map[time.Duration]bool{0: true, time.Minute: true, 89 * time.Second: true, 90 * time.Second: false, time.Hour: false} {
		if got := c.isGood(token, 7, home, baked.Add(after)); got != want {
			t.Errorf("after %v it is good: %t, want %t", after, got, want)
		}
	}
	other := newEndpoints(begin).cookies
	if c.isGood(token, 8, home, baked) || c.isGood(token, 7, cafe, baked) || other.isGood(token, 7, home, baked) || c.isGood([16]byte{}, 7, home, baked) {
		t.Error("it is good for another endpoint, address or daemon, or none is needed")
	}
}

func TestAnEndpointsAddressIsKnownToTheFilterWhileItIsThere(t *testing.T) {
	h := newHarness(t)
	e := h.endpoint(t, "ann")
	h.registers(t, e, home, 1)
	known := func(at netip.AddrPort) bool { return h.filter.holds[at] > 0 }
	if !known(home) {
		t.Error("the address of an endpoint is not known")
	}
	h.registers(t, e, cafe, 2)
	if known(home) || !known(cafe) {
		t.Error("the endpoint has moved and its address has not")
	}
	h.now = h.now.Add(sweepEvery)
	h.Tick(h.now)
	if known(cafe) || len(h.endpoints.at) != 0 {
		t.Error("an endpoint that has been silent for a minute is known still")
	}
	if h.at(e).IsValid() {
		t.Error("its address is told still")
	}
}

func TestSignalsOfOneAddressAreCounted(t *testing.T) {
	h := newHarness(t)
	answered := 0
	for n := range uint64(4 * askBurst) {
		if h.signals(t, home, wire.Signal{Kind: wire.SignalProbe, Nonce: n}, nil).Kind == wire.SignalProbed {
			answered++
		}
	}
	if answered < askBurst || answered > 2*askBurst || h.dropped(dropRate) == 0 {
		t.Errorf("%d of %d probes at once were answered, want some %d", answered, 4*askBurst, askBurst)
	}
}
