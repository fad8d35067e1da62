package datagram

import (
	"net/netip"
	"testing"
	"time"
)

func TestDatagramsOfOneHostShareARateHoweverManyIPv6AddressesItTakes(t *testing.T) {
	r, now := newRates[payer](maxRates), time.Unix(0, 0)
	passed := func(from func(i int) netip.Addr) (n int) {
		for i := range 3 * askBurst {
			if r.allow(payerOf(netip.AddrPortFrom(from(i), 40_000), false), now) {
				n++
			}
		}
		return n
	}
	if n := passed(func(i int) netip.Addr { return netip.AddrFrom16([16]byte{0: 0x20, 15: byte(i)}) }); n != askBurst {
		t.Errorf("%d datagrams of one host passed, want %d", n, askBurst)
	}
	if n := passed(func(i int) netip.Addr { return netip.AddrFrom16([16]byte{0: 0x21, 7: byte(i)}) }); n != 3*askBurst {
		t.Errorf("%d datagrams of as many hosts passed, want %d", n, 3*askBurst)
	}
}
