package memnet_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"labchat/internal/memnet"
)

func TestDatagramsArriveWholeUnlessTheyGetLost(t *testing.T) {
	p := memnet.NewPackets()
	listen := func(addr string) *memnet.Packet {
		s, err := p.Listen(netip.MustParseAddrPort(addr))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	a, b := listen("10.0.0.1:0"), listen("10.0.0.2:9")
	if _, err := p.Listen(netip.MustParseAddrPort("10.0.0.2:9")); err == nil {
		t.Error("an address was given twice")
	}
	p.Lose(func(_, _ netip.AddrPort, d []byte) bool { return string(d) == "two" })
	for _, d := range []string{"one", "two", "three"} {
		if _, err := a.WriteTo([]byte(d), b.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 100)
	for _, want := range []string{"one", "three"} {
		n, from, err := b.ReadFrom(buf)
		if err != nil || string(buf[:n]) != want || from.String() != a.LocalAddr().String() {
			t.Errorf("got %q from %v, %v, want %q", buf[:n], from, err, want)
		}
	}
	b.Close()
	if _, _, err := b.ReadFrom(buf); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed socket reads: %v", err)
	}
	if _, err := a.WriteTo([]byte("x"), b.LocalAddr()); err != nil {
		t.Errorf("a datagram for nobody: %v", err)
	}
}

func TestDatagramsComeTwiceAndOvertakeEachOtherWhereThatIsWanted(t *testing.T) {
	network := memnet.NewPackets()
	a, errA := network.Listen(netip.MustParseAddrPort("10.0.0.1:1"))
	b, errB := network.Listen(netip.MustParseAddrPort("10.0.0.2:1"))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	said := 0
	network.Disturb(func() bool { return said == 3 }, func() bool { return said == 1 })
	for _, d := range []string{"one", "two", "three"} {
		said++
		if _, err := a.WriteTo([]byte(d), b.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 10)
	for _, want := range []string{"two", "one", "three", "three"} {
		n, _, err := b.ReadFrom(buf)
		if err != nil || string(buf[:n]) != want {
			t.Errorf("got %q, %v, want %q", buf[:n], err, want)
		}
	}
}
