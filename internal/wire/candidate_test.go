package wire_test

import (
	"net/netip"
	"slices"
	"testing"

	"labchat/internal/wire"
)

func TestAnAddressIsTakenOnlyWhereItLeadsToItsOwner(t *testing.T) {
	for _, c := range []struct {
		name     string
		at, seen string
		local    []string
		want     []string
	}{
		{"somebody elsewhere", "203.0.113.9:4000", "198.51.100.1:5000", []string{"192.168.1.7:4000", "127.0.0.1:4000"}, []string{"203.0.113.9:4000"}},
		{"behind one router", "203.0.113.9:4000", "203.0.113.9:5000", []string{"192.168.1.7:4000", "127.0.0.1:4000", "203.0.113.10:4000", "192.168.1.7:4000"}, []string{"203.0.113.9:4000", "192.168.1.7:4000"}},
		{"one network", "10.0.0.2:4000", "10.0.0.3:4000", nil, []string{"10.0.0.2:4000"}},
		{"a network that is not ours", "10.0.0.2:4000", "203.0.113.9:4000", nil, nil},
		{"a network, where nobody has seen us", "10.0.0.2:4000", "", nil, []string{"10.0.0.2:4000"}},
		{"one host", "127.0.0.1:4000", "127.0.0.1:5000", []string{"127.0.0.1:6000", "[::1]:6000", "10.0.0.2:6000"}, []string{"127.0.0.1:4000", "127.0.0.1:6000", "[::1]:6000", "10.0.0.2:6000"}},
		{"another host's loopback", "127.0.0.1:4000", "10.0.0.3:5000", nil, nil},
		{"to the server's own host", "10.0.0.2:4000", "127.0.0.1:5000", nil, []string{"10.0.0.2:4000"}},
		{"nobody was seen", "", "", []string{"192.168.1.7:4000"}, nil},
		{"a service", "203.0.113.9:53", "203.0.113.9:5000", []string{"192.168.1.7:22"}, nil},
		{"a group", "224.0.0.1:4000", "224.0.0.1:4000", []string{"[ff02::1]:4000"}, nil},
		{"everybody", "255.255.255.255:4000", "10.0.0.1:4000", nil, nil},
		{"nobody", "0.0.0.0:4000", "0.0.0.0:4000", []string{"[::]:4000", "0.1.2.3:4000"}, nil},
		{"a link of one's own", "[fe80::1%eth0]:4000", "[fe80::2%eth0]:4000", []string{"[fe80::1%eth0]:4000"}, nil},
		{"IPv4 in IPv6", "10.0.0.2:4000", "10.0.0.2:4001", []string{"[::ffff:10.0.0.9]:4000"}, []string{"10.0.0.2:4000", "10.0.0.9:4000"}},
	} {
		at, _ := netip.ParseAddrPort(c.at)
		seen, _ := netip.ParseAddrPort(c.seen)
		var got []string
		for _, a := range wire.Candidates(at, seen, c.local) {
			got = append(got, a.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
