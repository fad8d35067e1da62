package hub

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"labchat/internal/wire"
)

func TestPrivateConversations(t *testing.T) {
	tests := []struct {
		name   string
		script string
	}{
		{name: "two guests agree, and datagrams pass", script: `
			enter alice
			enter bob
			alice: #1 udp phone
			  alice < endpoint
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			seen bob 10.0.0.2:5000
			alice: #2 punch bob c1
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000 seen=10.0.0.2:5000
			alice: #3 relay bob too early
			  alice < refused relay no_endpoint
			bob: #4 punch alice c1
			  bob < done punch
			  alice < punched bob guest c1 at laptop addrs=10.0.0.2:5000 seen=10.0.0.1:4000
			alice: relay bob hello
			  bob < relayed alice: hello
			bob: #5 relay alice hello yourself
			  bob < done relay
			  alice < relayed bob: hello yourself
		`},
		{name: "who has no endpoint asks nobody and is asked by nobody", script: `
			quietly op add carl
			enter alice
			enter bob
			alice: #1 punch bob c1 | #2 decline bob c1 | #3 relay bob x
			  alice < refused punch no_endpoint
			  alice < refused decline no_endpoint
			  alice < refused relay no_endpoint
			quietly alice: udp phone
			alice: #4 punch bob c1 | #5 punch carl c1 | #6 punch nobody c1 | #7 punch alice c1
			  alice < refused punch no_user
			  alice < refused punch no_user
			  alice < refused punch no_user
			  alice < refused punch no_user
		`},
		{name: "both may ask at once", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c2
			quietly alice: punch bob c2
			alice: relay bob open
			  bob < relayed alice: open
			quietly bob: punch alice c1
			bob: relay alice and stays so
			  alice < relayed bob: and stays so
		`},
		{name: "a call that was made for somebody else opens nothing", script: `
			enter alice
			enter bob
			enter mallory
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly mallory: udp pad
			quietly alice: punch bob c1
			mallory: punch alice c1
			  mallory < done punch
			  alice < punched mallory guest c1 at pad
			mallory: #1 relay alice evil | relay alice evil
			  mallory < refused relay no_endpoint
			mallory: punch bob c1
			  mallory < done punch
			  bob < punched mallory guest c1 at pad
			bob: punch alice c1
			  bob < done punch
			  alice < punched bob guest c1 at laptop
			mallory: #2 relay bob evil | relay bob evil
			  mallory < refused relay no_endpoint
		`},
		{name: "what is wrong with a punch is said", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			alice: punch bob junk | punch bob c1 1 2 3 4 5 6 7 8 9
			  alice < refused punch malformed
			  alice < refused punch malformed
			alice: udp junk
			  alice < refused udp malformed
		`},
		{name: "who declines is not asked by that call, and ends what was agreed", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			bob: decline alice c1
			  bob < done decline
			quietly alice: punch bob c1
			bob: decline alice c9
			  bob < done decline
			bob: decline alice c1
			  bob < done decline
			  alice < declined bob c1
			bob: decline alice c1
			  bob < done decline
			quietly alice: punch bob c2
			quietly bob: punch alice c2
			alice: relay bob open
			  bob < relayed alice: open
			alice: decline bob c2
			  alice < done decline
			  bob < declined alice c2
			bob: #1 relay alice closed
			  bob < refused relay no_endpoint
		`},
		{name: "who wants to be relayed tells no address and hears none", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			seen bob 10.0.0.1:5000
			alice: punch bob c1 192.168.1.7:4000 relay
			  alice < done punch
			  bob < punched alice guest c1 at phone seen=10.0.0.1:5000 relay
			bob: punch alice c1 192.168.1.8:4000
			  bob < done punch
			  alice < punched bob guest c1 at laptop seen=10.0.0.1:4000 relay
			alice: punch bob c1 192.168.1.7:4000
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000,192.168.1.7:4000 seen=10.0.0.1:5000
		`},
		{name: "candidates can't be aimed at a stranger", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			seen bob 10.0.0.2:5000
			alice: punch bob c1 203.0.113.9:4000 192.168.1.7:4000 127.0.0.1:4000
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000 seen=10.0.0.2:5000
			seen bob 10.0.0.1:5000
			alice: punch bob c2 203.0.113.9:4000 192.168.1.7:22 127.0.0.1:4000 nonsense 192.168.1.7:4000 192.168.1.7:4000 224.0.0.1:4000 0.0.0.0:4000
			  alice < done punch
			  bob < punched alice guest c2 at phone addrs=10.0.0.1:4000,192.168.1.7:4000 seen=10.0.0.1:5000
			seen alice 127.0.0.1:4000
			alice: punch bob c3 127.0.0.1:6000
			  alice < done punch
			  bob < punched alice guest c3 at phone seen=10.0.0.1:5000
			seen bob 127.0.0.1:5000
			alice: punch bob c4 127.0.0.1:6000
			  alice < done punch
			  bob < punched alice guest c4 at phone addrs=127.0.0.1:4000,127.0.0.1:6000 seen=127.0.0.1:5000
		`},
		{name: "an address is forgotten that sends nothing", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			pass 59s
			alice: punch bob c1
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000
			pass 1s
			alice: punch bob c2
			  alice < done punch
			  bob < punched alice guest c2 at phone
		`},
		{name: "a guest who takes another name keeps its conversations", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			quietly alice: guest anna
			bob: #1 relay alice x | relay anna hello
			  bob < refused relay no_user
			  alice < relayed bob: hello
		`},
		{name: "who logs out, or into an account, holds no conversations any more", script: `
			quietly op add carl
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			quietly bob: logout
			alice: #1 relay bob x
			  alice < refused relay no_user
			quietly bob: guest bob
			alice: #2 punch bob c1
			  alice < refused punch no_user
			quietly bob: udp laptop
			alice: #3 relay bob x
			  alice < refused relay no_endpoint
			quietly alice: login carl pw
			bob: #4 punch carl c1
			  bob < refused punch no_user
			gone bob
			quietly alice: udp phone
			alice: #5 relay bob x
			  alice < refused relay no_user
		`},
		{name: "people are found under any dialect", script: `
			quietly op add carl
			enter alice
			enter bob
			old dora
			quietly bob: udp laptop
			alice: find bob | find BOB | find carl | find dora | find eve
			  alice < found bob guest online at laptop
			  alice < found bob guest online at laptop
			  alice < found carl account
			  alice < found dora old online
			  alice < refused find no_user
		`},
		{name: "the secret is told where secrets may travel", script: `
			open alice native from 10.0.0.1
			quietly alice: guest alice
			alice: udp phone
			  alice < refused udp insecure
			open bob safe from 10.0.0.1
			quietly bob: guest bob
			bob: udp phone
			  bob < endpoint
		`},
		{name: "older programs have none of it", script: `
			old dora
			dora: udp phone | punch alice c1 | devices
			  dora < refused udp unsupported
			  dora < refused punch unsupported
			  dora < refused devices unsupported
		`},
		{name: "a datagram passes lines by that wait for the disk", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			log off
			alice: say lobby slow | topic lobby slower | relay bob fast
			  bob < relayed alice: fast
			quietly log on
		`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
		})
	}
}

// TestCandidatesNeverLeadToAStranger tries addresses of all kinds.
func TestCandidatesNeverLeadToAStranger(t *testing.T) {
	ips := []string{
		"127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "10.0.0.2", "192.168.1.7", "203.0.113.9", "203.0.113.10", "169.254.1.1",
		"fe80::1", "fe80::1%eth0", "fd00::1", "2001:db8::1", "::ffff:203.0.113.9", "::ffff:10.0.0.9", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "nonsense",
	}
	ports := []uint16{0, 22, 53, 1023, 1024, 4000, 65535}
	address := func(t *rapid.T, label string) string {
		ip, port := rapid.SampledFrom(ips).Draw(t, label), rapid.SampledFrom(ports).Draw(t, label+" port")
		if strings.Contains(ip, ":") {
			ip = "[" + ip + "]"
		}
		return fmt.Sprintf("%s:%d", ip, port)
	}
	rapid.Check(t, func(t *rapid.T) {
		at, _ := netip.ParseAddrPort(address(t, "at"))
		seen, _ := netip.ParseAddrPort(address(t, "seen"))
		local := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return address(t, "local") }), 0, 20).Draw(t, "local")
		list := candidates(at, seen, local)
		if len(list) > wire.MaxCandidates {
			t.Fatalf("%d candidates", len(list))
		}
		for _, text := range list {
			a, err := netip.ParseAddrPort(text)
			ip := a.Addr()
			switch {
			case err != nil:
				t.Fatalf("%q is no address", text)
			case ip.IsLoopback() && !(at.Addr().IsLoopback() && seen.Addr().IsLoopback()):
				t.Fatalf("%v told of %v to %v", a, at, seen)
			case a == at: // where it was seen
			case at.Addr() != seen.Addr():
				t.Fatalf("%v told of %v to another network, %v", a, at, seen)
			case !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast(), ip.Is4In6(), ip.Zone() != "", a.Port() < 1024:
				t.Fatalf("%v told", a)
			}
		}
	})
}

// pairUp has two guests agree on a private conversation.
func pairUp(t *testing.T) *script {
	t.Helper()
	return run(t, Config{}, `
		enter alice
		enter bob
		quietly alice: udp phone
		quietly bob: udp laptop
		quietly alice: punch bob c1
		quietly bob: punch alice c1
	`)
}

func TestAPairIsRelayedSoMuchASecond(t *testing.T) {
	s := pairUp(t)
	bytes := 0
	s.onDeliver = func(_ SessionID, e wire.Event) { bytes += len(e.(*wire.Relayed).Data) }
	frame := make([]byte, 1000)
	for range 10_000 { // ten seconds of a megabyte each, half from either side
		s.ask(s.names["alice"], wire.Relay{To: "bob", Data: frame[:600]})
		s.ask(s.names["bob"], wire.Relay{To: "alice", Data: frame[:400]})
		s.pass(time.Millisecond)
	}
	most := relayAllowed.atOnce + 10*relayAllowed.perSecond
	if bytes > most || bytes < most-2*len(frame) {
		t.Errorf("%d bytes were relayed in 10 s, want %d", bytes, most)
	}
}

func TestARelayedDatagramIsNotTooLongAndNotALine(t *testing.T) {
	s := pairUp(t)
	s.hub.cfg.Rate = 1
	s.ask(s.names["alice"], wire.Relay{Head: wire.Head{Tag: "1"}, To: "bob", Data: make([]byte, wire.MaxRelayed+1)})
	if got := words(s.heard[s.names["alice"]][0]); got != "refused relay too_long" {
		t.Errorf("a datagram that is too long is answered %q", got)
	}
	clear(s.heard)
	for range 40 {
		s.ask(s.names["alice"], wire.Relay{To: "bob", Data: make([]byte, wire.MaxRelayed)})
	}
	if got := len(s.heard[s.names["bob"]]); got != 40 {
		t.Errorf("%d of 40 datagrams came", got)
	}
	clear(s.heard)
	s.ask(s.names["alice"], wire.Say{Room: wire.Lobby, Text: "the first line"})
	if got := words(s.heard[s.names["alice"]][0]); got != "accepted 1" {
		t.Errorf("after datagrams a line is answered %q", got)
	}
}

func TestWhoAsksTooOftenIsRefusedForAWhile(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	alice := s.names["alice"]
	s.ask(alice, wire.UDP{Key: keyOf("phone")})
	for _, name := range numbered("user", 40) {
		s.openAs(name, "native", loopback)
		s.ask(s.names[name], wire.Guest{Name: name})
		s.ask(s.names[name], wire.UDP{Key: keyOf("laptop")})
	}
	count := func(ask func(i int)) (done int) {
		clear(s.heard)
		for i := range 1000 {
			ask(i)
		}
		for _, e := range s.heard[alice] {
			switch e := e.(type) {
			case *wire.Done, *wire.Found:
				done++
			case *wire.Refused:
				if e.RetryMS <= 0 || e.Code != wire.CodeRate && e.Code != wire.CodeThrottled {
					t.Fatalf("refused with %s, retry in %d ms", e.Code, e.RetryMS)
				}
			}
		}
		return done
	}
	punch := func(i int) {
		s.ask(alice, wire.Punch{To: fmt.Sprintf("user%d", i%40+1), Call: callOf("c1")})
	}
	if got := count(punch); got != punchesAllowed.atOnce {
		t.Errorf("%d punches were taken at once, want %d", got, punchesAllowed.atOnce)
	}
	s.pass(time.Minute)
	one := func(int) { s.ask(alice, wire.Punch{To: "user1", Call: callOf("c1")}) }
	if got := count(one); got != askedAllowed.atOnce {
		t.Errorf("one was asked %d times at once, want %d", got, askedAllowed.atOnce)
	}
	find := func(i int) { s.ask(alice, wire.Find{Name: fmt.Sprintf("user%d", i%40+1)}) }
	if got := count(find); got != findsAllowed.atOnce {
		t.Errorf("%d were looked up at once, want %d", got, findsAllowed.atOnce)
	}
	s.pass(time.Second)
	if got := count(find); got != findsAllowed.perSecond {
		t.Errorf("a second later %d were looked up, want %d", got, findsAllowed.perSecond)
	}
}

func TestPairsAreBoundedAndEndWithTheirEndpoint(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	alice := s.names["alice"]
	s.ask(alice, wire.UDP{Key: keyOf("phone")})
	names := numbered("user", maxOpen+20)
	for _, name := range names {
		s.openAs(name, "native", loopback)
		s.ask(s.names[name], wire.Guest{Name: name})
		s.ask(s.names[name], wire.UDP{Key: keyOf("laptop")})
		s.ask(alice, wire.Punch{To: name, Call: callOf("c1")})
		s.pass(time.Second)
	}
	e := s.hub.sessions[alice].endpoint
	if len(e.pairs) != maxAsked || s.hub.endpoints.pairs != maxAsked {
		t.Errorf("%d and %d pairs are kept that were not answered, want %d", len(e.pairs), s.hub.endpoints.pairs, maxAsked)
	}
	for _, name := range names {
		s.ask(alice, wire.Punch{To: name, Call: callOf("c1")})
		s.ask(s.names[name], wire.Punch{To: "alice", Call: callOf("c1")})
		s.pass(time.Second)
	}
	open := 0
	for _, p := range e.pairs {
		if p.open {
			open++
		}
	}
	if open != maxOpen {
		t.Errorf("%d conversations are open, want %d", open, maxOpen)
	}
	clear(s.heard)
	s.ask(alice, wire.Relay{To: names[0], Data: []byte("x")})
	s.ask(alice, wire.Relay{To: names[len(names)-1], Data: []byte("x")})
	if len(s.heard[s.names[names[0]]]) != 0 || len(s.heard[s.names[names[len(names)-1]]]) != 1 {
		t.Error("the conversation that was silent the longest has not given way")
	}
	for _, name := range names {
		s.gone(s.names[name])
	}
	if len(e.pairs) != 0 || s.hub.endpoints.pairs != 0 {
		t.Errorf("%d and %d pairs outlive their endpoints", len(e.pairs), s.hub.endpoints.pairs)
	}
	s.gone(alice)
	if len(s.hub.endpoints.byID) != 0 {
		t.Error("endpoints outlive their sessions")
	}
}
