package hub

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"labchat/internal/wire"
)

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
			case err != nil || ip.Zone() != "":
				t.Fatalf("%q is no address for others", text)
			case ip.IsLoopback() && (!at.Addr().IsLoopback() || !seen.Addr().IsLoopback()):
				t.Fatalf("%v told of %v to %v", a, at, seen)
			case a == at: // where it was seen
			case at.Addr() != seen.Addr():
				t.Fatalf("%v told of %v to another network, %v", a, at, seen)
			case !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast(), ip.Is4In6(), a.Port() < 1024:
				t.Fatalf("%v told", a)
			}
		}
	})
}
