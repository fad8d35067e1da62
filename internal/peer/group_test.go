package peer_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"labchat/internal/peer"
	"labchat/internal/wire"
)

// slow is how long something may take on a busy machine.
const slow = 30 * time.Second

// loopback returns the loopback interface: datagrams that leave by it stay on
// this machine, whatever their address is.
func loopback(t *testing.T) *net.Interface {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, ifi := range all {
		if ifi.Flags&net.FlagLoopback != 0 && ifi.Flags&net.FlagUp != 0 {
			return &ifi
		}
	}
	t.Skip("there is no loopback interface, and multicast may not leave this machine")
	return nil
}

// member is an original client in a group: it hears, and speaks from a socket
// of its own.
type member struct {
	in, out net.PacketConn
	group   netip.AddrPort
	heard   chan string
}

func newMember(t *testing.T, group netip.AddrPort) *member {
	t.Helper()
	ifi := loopback(t)
	in, err := net.ListenMulticastUDP("udp4", ifi, net.UDPAddrFromAddrPort(group))
	if err != nil {
		t.Skipf("no multicast on the loopback interface: %v", err)
	}
	t.Cleanup(func() { in.Close() })
	out, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	if err := ipv4.NewPacketConn(out).SetMulticastInterface(ifi); err != nil {
		t.Skipf("no multicast on the loopback interface: %v", err)
	}
	m := &member{in: in, out: out, group: group, heard: make(chan string, 100)}
	go serve(in, func(_ netip.AddrPort, d string) bool {
		m.heard <- strings.TrimRight(d, "\n")
		return true
	})
	m.say("PROBE:")
	select {
	case <-m.heard:
	case <-time.After(slow):
		t.Skip("multicast does not come back on the loopback interface")
	}
	return m
}

func (m *member) say(d string) { send(m.out, m.group, "%s", d) }

// next waits for an event that holds.
func next[E wire.Event](t *testing.T, s *peer.Session, holds func(E) bool) E {
	t.Helper()
	timeout := time.After(slow)
	for {
		select {
		case batch, ok := <-s.Events():
			if !ok {
				t.Fatal("the session has ended")
			}
			for _, e := range batch {
				if e, ok := e.(E); ok && (holds == nil || holds(e)) {
					return e
				}
			}
		case <-timeout:
			t.Fatalf("no %T came", *new(E))
		}
	}
}

func TestAGroupIsHeardAndSpokenTo(t *testing.T) {
	group := netip.MustParseAddrPort("239.255.77.1:0")
	free, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	group = netip.AddrPortFrom(group.Addr(), free.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	free.Close()
	m := newMember(t, group)

	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := &iasRegistry{conn: conn, names: make(map[string]netip.AddrPort)}
	go serve(conn, r.answer)

	s := peer.New(peer.Config{
		Dialect: wire.DatagramsByName("ias"), Registry: conn.LocalAddr().String(), Name: "anna", Local: "127.0.0.1:0",
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	next(t, s, func(e *wire.Status) bool { return e.State == wire.StateOnline })
	s.Do(wire.Create{Room: "g1", Group: group.String()})
	next[*wire.Created](t, s, nil)
	s.Do(wire.Join{Room: "g1"})
	next(t, s, func(e *wire.Entered) bool { return e.Room == "g1" && e.Group == group.String() })
	wants(t, m, "MSG:Hey there I am anna")
	s.Say("g1", "hello: all", false)
	wants(t, m, "MSG:hello\u2236 all")
	m.say("MSG:Hey there I am olaf\n")
	next(t, s, func(e *wire.Joined) bool { return e.Room == "g1" && e.Name == "olaf@127.0.0.1" })
	m.say("MSG:hello anna\n")
	said := next[*wire.Said](t, s, nil) // had the echo been taken for a line, it would come first
	if said.From != "olaf@127.0.0.1" || said.Text != "hello anna" || said.Room != "g1" {
		t.Errorf("got %+v", said)
	}
	s.Do(wire.Leave{Room: "g1"})
	next(t, s, func(e *wire.Done) bool { return e.Of == wire.ActLeave })
	stop()
	for range s.Events() { // to its end
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	m.in.Close()
}

func wants(t *testing.T, m *member, want string) {
	t.Helper()
	select {
	case got := <-m.heard:
		if got != want {
			t.Errorf("the group heard %q, want %q", got, want)
		}
	case <-time.After(slow):
		t.Errorf("the group heard nothing, want %q", want)
	}
}

func TestAGroupWithoutAnAddressGetsOneOfItsOwn(t *testing.T) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := &iasRegistry{conn: conn, names: make(map[string]netip.AddrPort)}
	heard := make(chan string, 100)
	go serve(conn, func(from netip.AddrPort, d string) bool {
		heard <- d
		return r.answer(from, d)
	})
	s := peer.New(peer.Config{Dialect: wire.DatagramsByName("ias"), Registry: conn.LocalAddr().String(), Name: "anna", Local: "127.0.0.1:0"})
	ctx, stop := context.WithCancel(t.Context())
	go func() { _ = s.Run(ctx) }()
	next(t, s, func(e *wire.Status) bool { return e.State == wire.StateOnline })
	s.Do(wire.Create{Room: "g1"})
	next[*wire.Created](t, s, nil)
	stop()
	for range s.Events() { // to its end
	}
	<-heard // its name
	var a, b, c, d, port int
	if _, err := fmt.Sscanf(<-heard, "CGR:g1_%d.%d.%d.%d_%d", &a, &b, &c, &d, &port); err != nil || a != 239 || b < 192 || b > 195 || port < 20000 {
		t.Errorf("the group is at %d.%d.%d.%d port %d, %v", a, b, c, d, port, err)
	}
}
