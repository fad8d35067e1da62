package hub

import (
	"net/netip"
	"testing"
)

func TestANetworkIsWhatOneHostCanHave(t *testing.T) {
	for _, tt := range []struct{ name, addr, network, site string }{
		{"IPv4: the address", "192.0.2.7", "192.0.2.7", "192.0.2.7"},
		{"IPv4 as IPv6 writes it is IPv4", "::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"},
		{"IPv6: the /64, in its /48", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"},
		{"a link is one whatever it is called here", "fe80::7%eth0", "fe80::/64", "fe80::/48"},
		{"the host itself", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
		{"another address of the host itself", "127.8.0.2", "127.8.0.2", "127.8.0.2"},
		{"the host itself by IPv6", "::1", "::1", "::1"},
	} {
		n := NetworkOf(netip.MustParseAddr(tt.addr))
		if got := n.String(); got != tt.network {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.network)
		}
		if got := n.Site().String(); got != tt.site {
			t.Errorf("%s: got site %v, want %v", tt.name, got, tt.site)
		}
	}
}

func TestNetworksAreComparedByWhatTheyCover(t *testing.T) {
	of := func(addr string) Network { return NetworkOf(netip.MustParseAddr(addr)) }
	for _, tt := range []struct {
		a, b       string
		same, site bool
	}{
		{"2001:db8::1", "2001:db8::ffff:2", true, true},
		{"2001:db8::1", "2001:db8:0:1::1", false, true},
		{"2001:db8::1", "2001:db8:1::1", false, false},
		{"192.0.2.1", "::ffff:192.0.2.1", true, true},
		{"192.0.2.1", "192.0.2.2", false, false},
		{"fe80::1%eth0", "fe80::2%eth1", true, true},
		{"::1", "::2", false, false},
	} {
		a, b := of(tt.a), of(tt.b)
		if got := a == b; got != tt.same {
			t.Errorf("%s and %s in one network: got %v, want %v", tt.a, tt.b, got, tt.same)
		}
		if got := a.Site() == b.Site(); got != tt.site {
			t.Errorf("%s and %s in one site: got %v, want %v", tt.a, tt.b, got, tt.site)
		}
	}
}

func TestOnlyTheHostItselfIsLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1": true, "127.8.0.2": true, "::1": true, "::ffff:127.0.0.1": true,
		"192.0.2.1": false, "::2": false, "fe80::1": false,
	} {
		n := NetworkOf(netip.MustParseAddr(addr))
		if n.IsLoopback() != want || n.Site().IsLoopback() != want {
			t.Errorf("%s is loopback: got %v, its site %v, want %v", addr, n.IsLoopback(), n.Site().IsLoopback(), want)
		}
	}
	if (NetworkOf(netip.Addr{}) != Network{}) || (Network{}).IsLoopback() || (Network{}).Site() != (Network{}) {
		t.Error("a connection without an address is of a network")
	}
}

func TestASiteHasTheLimitsOfEightNetworksInSum(t *testing.T) {
	counts := Counts{}
	in := func(i byte) Network { return NetworkOf(netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 7: i})) }
	taken := 0
	for i := range byte(60) {
		for range 4 {
			if !counts.Full(in(i), 3) {
				counts.Add(in(i), 1)
				taken++
			}
		}
	}
	if want := 3 * SiteShare; taken != want {
		t.Errorf("sixty networks of a site got %d, want %d", taken, want)
	}
	if other := NetworkOf(netip.MustParseAddr("2001:db8::1")); counts.Full(other, 3) {
		t.Error("another site is full, too")
	}
	for i := range byte(8) {
		counts.Add(in(i), -3)
	}
	if len(counts) > 0 {
		t.Errorf("all was given back, and %v is counted", counts)
	}
}

func TestOneHostHasOneShareHoweverManyIPv6AddressesItTakes(t *testing.T) {
	limits := Limits{Registrations: 1, RoomsPerAddress: 1, NamesPerHost: 1}
	run(t, Config{Register: true, Limits: limits}, `
open a safe from 2001:db8::1
open b safe from 2001:db8::2
open c safe from 2001:db8:0:1::2
quietly a: register one sesame-1
b: register two sesame-1
  b < refused register throttled retry
quietly c: register two sesame-1
quietly c: quit
open d safe from 2001:db8::3
open e safe from 2001:db8::4
quietly d: guest dora
quietly e: guest eve
d: create den
  d < created den
e: create pub
  e < refused create full
open A tobi from [2001:db8::1]:41001
open B tobi from [2001:db8::2]:41001
open C tobi from [2001:db8:0:1::2]:41001
A> hi anna
  A < hi anna
B> hi bert
  B < hi
C> hi carl
  C < hi carl
`)
}

func TestWrongPasswordsOfOneHostCountTogether(t *testing.T) {
	run(t, Config{}, `
quietly op add alice
open a safe from 2001:db8::1
open b safe from 2001:db8::2
open c safe from 2001:db8:0:1::2
quietly a: login alice 1 | login alice 2 | login alice 3 | login alice 4 | login alice 5
b: login alice 6 -- put off
c: login alice pw
  c < you are alice account token failed=5
pass 1s
  b < refused login denied
`)
}
