package registry_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"labchat/internal/peer/registry"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
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
	ttl     atomic.Int32 // of what was heard last, 0 where the system does not tell
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
	go m.reading()
	m.say("PROBE:")
	select {
	case <-m.heard:
	case <-time.After(slow):
		t.Skip("multicast does not come back on the loopback interface")
	}
	return m
}

// reading hears the group until its socket is closed.
func (m *member) reading() {
	packets := ipv4.NewPacketConn(m.in)
	_ = packets.SetControlMessage(ipv4.FlagTTL, true) // not every system can
	buf := make([]byte, 1024)
	for {
		n, cm, _, err := packets.ReadFrom(buf)
		if err != nil {
			return
		}
		if cm != nil {
			m.ttl.Store(int32(cm.TTL))
		}
		m.heard <- strings.TrimRight(string(buf[:n]), "\n")
	}
}

func (m *member) say(d string) { send(m.out, m.group, "%s", d) }

// next waits for an event that holds.
func next[E wire.Event](t *testing.T, s *registry.Session, holds func(E) bool) E {
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

// freeGroup is a group at a port that nobody uses.
func freeGroup(t *testing.T, ip string) netip.AddrPort {
	t.Helper()
	free, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return netip.AddrPortFrom(netip.MustParseAddr(ip), addrOf(free).Port())
}

func addrOf(conn net.PacketConn) netip.AddrPort { return conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// registryOfGroups starts a registry on the loopback interface.
func registryOfGroups(t *testing.T) (addr string) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := &iasRegistry{conn: conn, names: make(map[string]netip.AddrPort)}
	go serve(conn, r.answer)
	return conn.LocalAddr().String()
}

// inGroup brings a session of ours into a group that it makes if nobody has.
func inGroup(t *testing.T, at, name string, group netip.AddrPort) (s *registry.Session, end func()) {
	t.Helper()
	s = registry.New(registry.Config{Dialect: dialects.DatagramsByName("ias"), Registry: at, Name: name, Local: "127.0.0.1:0"})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	next(t, s, func(e *wire.Status) bool { return e.State == wire.StateOnline })
	s.Do(wire.Create{Room: "g1", Group: group.String()})
	s.Do(wire.Join{Room: "g1"})
	next(t, s, func(e *wire.Entered) bool { return e.Room == "g1" && e.Group == group.String() })
	return s, func() {
		t.Helper()
		stop()
		for range s.Events() { // to its end
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestAGroupIsHeardAndSpokenTo(t *testing.T) {
	group := freeGroup(t, "239.255.77.1")
	m := newMember(t, group)
	s, end := inGroup(t, registryOfGroups(t), "anna", group)
	wants(t, m, "MSG:Hey there I am anna")
	s.Say("g1", "hello: all", false)
	wants(t, m, "MSG:hello\u2236 all")
	if ttl := m.ttl.Load(); ttl != 1 && ttl != 0 {
		t.Errorf("what is said in a group has TTL %d: it leaves this network", ttl)
	}
	m.say("MSG:Hey there I am olaf\n")
	next(t, s, func(e *wire.Joined) bool { return e.Room == "g1" && e.Name == "olaf@127.0.0.1" })
	m.say("MSG:hello anna\n")
	said := next[*wire.Said](t, s, nil) // had the echo been taken for a line, it would come first
	if said.From != "olaf@127.0.0.1" || said.Text != "hello anna" || said.Room != "g1" {
		t.Errorf("got %+v", said)
	}
	s.Do(wire.Leave{Room: "g1"})
	next(t, s, func(e *wire.Done) bool { return e.Of == wire.ActLeave })
	end()
	m.in.Close()
}

func TestAGroupThatOneIsInIsEnteredAgainWithoutAWord(t *testing.T) {
	group := freeGroup(t, "239.255.77.5")
	m := newMember(t, group)
	s, end := inGroup(t, registryOfGroups(t), "anna", group)
	wants(t, m, "MSG:Hey there I am anna")
	tag := s.Do(wire.Join{Room: "g1"})
	e := next(t, s, func(e wire.Event) bool {
		answer, is := e.(interface{ Answers() string })
		return is && answer.Answers() == tag
	})
	if entered, is := e.(*wire.Entered); !is || entered.Room != "g1" || entered.Group != group.String() {
		t.Errorf("got %+v, want to be in the group", e)
	}
	s.Say("g1", "hello", false)
	wants(t, m, "MSG:hello")
	end()
	m.in.Close()
}

func TestWhoIsInAGroupIsAsked(t *testing.T) {
	group := freeGroup(t, "239.255.77.2")
	m := newMember(t, group)
	registry := registryOfGroups(t)
	anna, endAnna := inGroup(t, registry, "anna", group)
	m.say("MSG:Hey there I am olaf\n") // an original, who has come later than anna
	next(t, anna, func(e *wire.Joined) bool { return e.Name == "olaf@127.0.0.1" })
	ben, endBen := inGroup(t, registry, "ben", group)
	wants(t, m, "MSG:Hey there I am anna")
	wants(t, m, "MSG:Hey there I am olaf")
	wants(t, m, "MSG:Hey there I am ben")

	tag := ben.Do(wire.People{})
	wants(t, m, "MSG:Who is here?")
	wants(t, m, "MSG:Hey there I am anna")
	wantsPeople(t, next(t, ben, func(e *wire.PeopleList) bool { return e.Answers() == tag }), "anna@127.0.0.1", "ben")
	tag = anna.Do(wire.People{Room: "G1"})
	wantsPeople(t, next(t, anna, func(e *wire.PeopleList) bool { return e.Answers() == tag }), "anna", "ben@127.0.0.1", "olaf@127.0.0.1")

	tag = ben.Do(wire.People{Room: "elsewhere"})
	next(t, ben, func(e *wire.Refused) bool { return e.Answers() == tag && e.Code == wire.CodeNotMember })
	ben.Do(wire.Leave{Room: "g1"})
	tag = ben.Do(wire.People{})
	next(t, ben, func(e *wire.Refused) bool { return e.Answers() == tag && e.Code == wire.CodeNotMember })
	endBen()
	endAnna()
	m.in.Close()
}

func wantsPeople(t *testing.T, e *wire.PeopleList, want ...string) {
	t.Helper()
	var got []string
	for _, p := range e.People {
		got = append(got, p.Name)
	}
	slices.Sort(got)
	if e.Room != "g1" || !slices.Equal(got, want) {
		t.Errorf("in #%s are %q, want %q in #g1", e.Room, got, want)
	}
}

func TestLeavingAGroupLeavesItsMembership(t *testing.T) {
	const members = "/proc/net/igmp"
	if _, err := os.Stat(members); err != nil {
		t.Skip("this system does not list its groups in " + members)
	}
	group := freeGroup(t, "239.255.77.3")
	newMember(t, freeGroup(t, "239.255.77.4")) // skips where there is no multicast
	isIn := func() bool {
		list, err := os.ReadFile(members)
		if err != nil {
			t.Fatal(err)
		}
		a := group.Addr().As4()
		return strings.Contains(string(list), fmt.Sprintf("%08X", binary.NativeEndian.Uint32(a[:])))
	}
	s, end := inGroup(t, registryOfGroups(t), "anna", group)
	if !isIn() {
		t.Fatal("who has joined a group is not in it")
	}
	s.Do(wire.Leave{Room: "g1"})
	next(t, s, func(e *wire.Done) bool { return e.Of == wire.ActLeave })
	if isIn() {
		t.Error("who has left a group is still in it")
	}
	end()
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
	s := registry.New(registry.Config{Dialect: dialects.DatagramsByName("ias"), Registry: conn.LocalAddr().String(), Name: "anna", Local: "127.0.0.1:0"})
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
