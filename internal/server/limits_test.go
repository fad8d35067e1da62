package server

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"labchat/internal/memnet"
)

func TestAHostWithManyIPv6AddressesHasTheConnectionsOfOne(t *testing.T) {
	inBubble(t, func(b chatHarness) {
		taken := func(prefix string, at int) (n int, why string) {
			for i := range 60 {
				a := netip.MustParseAddr(prefix).As16()
				a[at] = byte(i)
				nc := dial(b.t, b.l, memnet.From(&net.TCPAddr{IP: a[:], Port: 1}))
				nc.SetReadDeadline(time.Now().Add(time.Millisecond)) // who is in is told nothing
				if told, err := io.ReadAll(nc); err == nil {
					why = string(told)
				} else {
					n++
				}
			}
			return n, why
		}
		if n, why := taken("2001:db8:1:2::", 15); n != 4 || !strings.Contains(why, "4 connections from 2001:db8:1:2::/64 ") {
			b.t.Errorf("sixty addresses of one host had %d connections, want 4; the last was told %q", n, why)
		}
		if n, why := taken("2001:db8:3::", 7); n != 32 || !strings.Contains(why, "32 connections from 2001:db8:3::/48 ") {
			b.t.Errorf("sixty networks of one site had %d connections, want 32; the last was told %q", n, why)
		}
		if n, _ := taken("2001:db8:4::", 15); n != 4 {
			b.t.Errorf("a host elsewhere had %d connections, want 4", n)
		}
	}, func(cfg *Config) { cfg.MaxPerAddress = 4 })
}
