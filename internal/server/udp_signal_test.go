package server

import (
	"net/netip"
	"testing"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

// endpoint has a native session hold private conversations, and returns its
// endpoint.
func (d *desk) endpoint(tb testing.TB, name string) endpoint {
	tb.Helper()
	d.clients.last++
	id := d.clients.last
	chat := wire.ByName(nativeDialect)
	d.hub.Open(d.now, id, hub.Origin{Addr: netip.MustParseAddrPort("127.0.0.1:4000"), Dialect: chat.Name(), Manners: chat.Manners()}, &d.out)
	d.hub.Handle(d.now, id, wire.Hello{Version: 1}, &d.out)
	d.hub.Handle(d.now, id, wire.Guest{Name: name}, &d.out)
	return d.udp(tb, id)
}

func (d *desk) udp(tb testing.TB, id hub.SessionID) endpoint {
	tb.Helper()
	d.out = hub.Out{}
	d.hub.Handle(d.now, id, wire.UDP{Key: deviceKey("phone")}, &d.out)
	for _, e := range d.out.Effects {
		if e, ok := e.Event.(*wire.Endpoint); ok {
			d.out = hub.Out{}
			return endpointOf(tb, e.ID, e.Secret.Reveal(), *e)
		}
	}
	tb.Fatalf("no endpoint among %v", d.out.Effects)
	return endpoint{}
}

// signals has a signal come and returns the answer, zero if there is none. No
// answer may be longer than its question.
func (d *desk) signals(tb testing.TB, from netip.AddrPort, s wire.Signal, secret []byte) wire.Signal {
	tb.Helper()
	question := s.Append(nil, secret)
	answers := d.hear(from, string(question))
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
func (d *desk) registers(tb testing.TB, e endpoint, from netip.AddrPort, counter uint64) {
	tb.Helper()
	s := wire.Signal{Kind: wire.SignalRegister, Nonce: counter, ID: e.id, Counter: counter}
	s.Token = d.signals(tb, from, s, e.secret).Token
	if got := d.signals(tb, from, s, e.secret); got.Kind != wire.SignalRegistered || got.Addr != from {
		tb.Fatalf("registering from %v was answered %+v", from, got)
	}
}

// at is where the hub takes an endpoint to be.
func (d *desk) at(e endpoint) netip.AddrPort {
	r, _ := d.hub.Registration(d.now, e.id)
	return r.Addr
}

func (d *desk) dropped(why drop) int64 { return d.registry.tally.n[why].Load() }

var (
	home  = netip.MustParseAddrPort("10.0.0.1:4000")
	cafe  = netip.MustParseAddrPort("10.0.0.2:5000")
	thief = netip.MustParseAddrPort("10.0.0.66:6000")
)

func TestForgedAndReplayedRegistrationsChangeNothing(t *testing.T) {
	d := newDesk(t)
	e, other := d.endpoint(t, "ann"), d.endpoint(t, "eve")
	d.registers(t, e, home, 5)
	register := func(counter uint64) wire.Signal {
		return wire.Signal{Kind: wire.SignalRegister, Nonce: 1, ID: e.id, Counter: counter}
	}
	answer := d.signals(t, thief, wire.Signal{Kind: wire.SignalRegister, ID: other.id, Counter: 1}, other.secret)
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
			before := d.dropped(test.why)
			if got := d.signals(t, test.from, test.signal, test.secret); got != (wire.Signal{}) {
				t.Errorf("it was answered %+v", got)
			}
			if n := d.dropped(test.why) - before; n != 1 {
				t.Errorf("%d were counted as %s, want 1", n, names[test.why])
			}
			if at := d.at(e); at != home {
				t.Errorf("the endpoint is at %v now, want %v", at, home)
			}
		})
	}
}

func TestAnAddressIsBelievedOnceItEchoesItsCookie(t *testing.T) {
	d := newDesk(t)
	e := d.endpoint(t, "ann")
	d.registers(t, e, home, 1)
	keep := wire.Signal{Kind: wire.SignalRegister, Nonce: 2, ID: e.id, Counter: 2}
	if got := d.signals(t, home, keep, e.secret); got.Kind != wire.SignalRegistered {
		t.Errorf("a keepalive from the same address was answered %+v", got)
	}
	moved := wire.Signal{Kind: wire.SignalRegister, Nonce: 3, ID: e.id, Counter: 3}
	cookie := d.signals(t, cafe, moved, e.secret)
	if cookie.Kind != wire.SignalCookie || d.at(e) != home {
		t.Fatalf("a new address was answered %+v, and the endpoint is at %v", cookie, d.at(e))
	}
	moved.Token = cookie.Token
	if got := d.signals(t, thief, moved, e.secret); got.Kind != wire.SignalCookie || d.at(e) != home {
		t.Errorf("the cookie of another address was answered %+v, and the endpoint is at %v", got, d.at(e))
	}
	if got := d.signals(t, cafe, moved, e.secret); got.Kind != wire.SignalRegistered || d.at(e) != cafe {
		t.Errorf("the cookie was answered %+v, and the endpoint is at %v", got, d.at(e))
	}
	if got := d.signals(t, cafe, moved, e.secret); got != (wire.Signal{}) {
		t.Errorf("the same once more was answered %+v", got)
	}
	fresh := d.udp(t, d.clients.last)
	if got := d.signals(t, cafe, wire.Signal{Kind: wire.SignalRegister, ID: e.id, Counter: 9}, e.secret); got != (wire.Signal{}) {
		t.Errorf("an endpoint that was replaced was answered %+v", got)
	}
	d.registers(t, fresh, cafe, 1)
}

func TestACookieIsGoodForAMinuteOrTwo(t *testing.T) {
	begin := time.Unix(1_000_000, 0)
	c := newSignals(begin).cookies
	baked := begin.Add(30 * time.Second)
	token := c.bake(7, home, c.period(baked))
	for after, want := range map[time.Duration]bool{0: true, time.Minute: true, 89 * time.Second: true, 90 * time.Second: false, time.Hour: false} {
		if got := c.good(token, 7, home, baked.Add(after)); got != want {
			t.Errorf("after %v it is good: %t, want %t", after, got, want)
		}
	}
	other := newSignals(begin).cookies
	if c.good(token, 8, home, baked) || c.good(token, 7, cafe, baked) || other.good(token, 7, home, baked) || c.good([16]byte{}, 7, home, baked) {
		t.Error("it is good for another endpoint, address or daemon, or none is needed")
	}
}

func TestAnEndpointsAddressIsKnownToTheSieveWhileItIsThere(t *testing.T) {
	d := newDesk(t)
	e := d.endpoint(t, "ann")
	d.registers(t, e, home, 1)
	known := func(at netip.AddrPort) bool { return d.registry.sieve.named[at] > 0 }
	if !known(home) {
		t.Error("the address of an endpoint is not known")
	}
	d.registers(t, e, cafe, 2)
	if known(home) || !known(cafe) {
		t.Error("the endpoint has moved and its address has not")
	}
	d.now = d.now.Add(sweepEvery)
	d.tickRegistry()
	if known(cafe) || len(d.registry.signals.known) != 0 {
		t.Error("an endpoint that has been silent for a minute is known still")
	}
	if d.at(e).IsValid() {
		t.Error("its address is told still")
	}
}

func TestSignalsOfOneAddressAreCounted(t *testing.T) {
	d := newDesk(t)
	answered := 0
	for n := range uint64(4 * askBurst) {
		if d.signals(t, home, wire.Signal{Kind: wire.SignalProbe, Nonce: n}, nil).Kind == wire.SignalProbed {
			answered++
		}
	}
	if answered < askBurst || answered > 2*askBurst || d.dropped(dropRate) == 0 {
		t.Errorf("%d of %d probes at once were answered, want some %d", answered, 4*askBurst, askBurst)
	}
}
