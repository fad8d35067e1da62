package netlab

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// send sends a datagram.
func send(t *testing.T, from *net.UDPConn, to netip.AddrPort, text string) {
	t.Helper()
	if _, err := from.WriteToUDPAddrPort([]byte(text), to); err != nil {
		t.Fatal(err)
	}
}

// hear waits for a datagram.
func hear(t *testing.T, at *net.UDPConn) (string, netip.AddrPort) {
	t.Helper()
	at.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 2048)
	n, from, err := at.ReadFromUDPAddrPort(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n]), from
}

func addr(conn *net.UDPConn) netip.AddrPort { return conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// arrive sends a datagram and says from where it came.
func arrive(t *testing.T, from, to *net.UDPConn) netip.AddrPort {
	t.Helper()
	want := "from " + from.LocalAddr().String()
	send(t, from, addr(to), want)
	got, source := hear(t, to)
	if got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	return source
}

func TestTwoHostsReachEachOther(t *testing.T) {
	lab := New(t)
	a, b := lab.Host("a").ListenUDP(0), lab.Host("b").ListenUDP(0)
	for range 2 {
		if from := arrive(t, a, b); from != addr(a) {
			t.Errorf("got a datagram from %v, want %v", from, addr(a))
		}
		a, b = b, a
	}
}

func TestHostsOfTwoLabsHaveNothingToDoWithEachOther(t *testing.T) {
	one, two := New(t).Host("a"), New(t).Host("a")
	if one.Addr() != two.Addr() {
		t.Fatalf("got %v and %v, want the same address", one.Addr(), two.Addr())
	}
	a, b := one.ListenUDP(4000), two.ListenUDP(4000)
	send(t, a, addr(b), "to myself")
	if got, _ := hear(t, a); got != "to myself" {
		t.Errorf("got %q", got)
	}
}

func TestAProgramRunsOnItsHostAndNowhereElse(t *testing.T) {
	host := New(t).Host("a")
	out, err := host.Command(t.Context(), "ip", "-4", "-brief", "address").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var devices []string
	for line := range strings.Lines(string(out)) {
		devices = append(devices, strings.Fields(line)[0])
	}
	if got := strings.Join(devices, " "); got != "lo eth0@if3" || !strings.Contains(string(out), host.Addr().String()) {
		t.Errorf("got the devices %s in\n%s", got, out)
	}
}

func TestBehindANATTheSourceIsTheRouters(t *testing.T) {
	for _, tt := range []struct {
		name    string
		mapping Mapping
		same    bool // for both destinations
	}{
		{"endpoint-independent", Independent, true},
		{"endpoint-dependent", Dependent, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lab := New(t)
			router := lab.NAT("r", tt.mapping)
			inside := router.Host("a").ListenUDP(0)
			one, two := lab.Host("one").ListenUDP(0), lab.Host("two").ListenUDP(0)
			first, second := arrive(t, inside, one), arrive(t, inside, two)
			if first.Addr() != router.Addr() || second.Addr() != router.Addr() {
				t.Fatalf("came from %v and %v, want both from %v", first, second, router.Addr())
			}
			if same := first.Port() == second.Port(); same != tt.same {
				t.Errorf("came from %v and %v, want the same port: %v", first, second, tt.same)
			}
			if again := arrive(t, inside, one); again != first {
				t.Errorf("came from %v and then from %v", first, again)
			}
			send(t, one, first, "an answer")
			if got, from := hear(t, inside); got != "an answer" || from != addr(one) {
				t.Errorf("got %q from %v", got, from)
			}
		})
	}
}

func TestANATLetsNobodyInWhomNobodyHasSentTo(t *testing.T) {
	lab := New(t)
	router := lab.NAT("r", Independent)
	inside, one, two := router.Host("a").ListenUDP(0), lab.Host("one").ListenUDP(0), lab.Host("two").ListenUDP(0)
	outer := arrive(t, inside, one)
	send(t, two, outer, "unasked")
	send(t, one, outer, "asked")
	if got, _ := hear(t, inside); got != "asked" {
		t.Fatalf("got %q, want what was asked for only", got)
	}
	// What came unasked has not taken the way from him who sends there later.
	if from := arrive(t, inside, two); from != outer {
		t.Errorf("came from %v, want %v", from, outer)
	}
	send(t, two, outer, "asked as well")
	if got, _ := hear(t, inside); got != "asked as well" {
		t.Errorf("got %q", got)
	}
}

func TestHostsBehindTwoNATsMeetHalfWay(t *testing.T) {
	lab := New(t)
	a, b := lab.NAT("r", Independent).Host("a").ListenUDP(0), lab.NAT("s", Independent).Host("b").ListenUDP(0)
	server := lab.Host("server").ListenUDP(0)
	outerA, outerB := arrive(t, a, server), arrive(t, b, server)
	send(t, a, outerB, "opens the way")
	send(t, b, outerA, "comes through")
	if got, from := hear(t, a); got != "comes through" || from != outerB {
		t.Fatalf("got %q from %v", got, from)
	}
	send(t, a, outerB, "so does this")
	if got, from := hear(t, b); got != "so does this" || from != outerA {
		t.Errorf("got %q from %v", got, from)
	}
}

// many is how many datagrams a burst has.
const many = 2000

// burst sends numbered datagrams and returns the numbers that arrive, in the
// order in which they do. It sends so many at a time as every buffer holds.
func burst(t *testing.T, from, to *net.UDPConn) []int {
	t.Helper()
	const group = 100
	var got []int
	for i := range many {
		send(t, from, addr(to), strconv.Itoa(i))
		if i%group != group-1 {
			continue
		}
		for end, heard := fmt.Sprintf("after %d", i), false; !heard; {
			send(t, from, addr(to), end)
			var some []int
			some, heard = hearUntil(t, to, end)
			got = append(got, some...)
		}
	}
	return got
}

// hearUntil returns the numbers that come before end, or before it is clear
// that end is lost.
func hearUntil(t *testing.T, at *net.UDPConn, end string) ([]int, bool) {
	t.Helper()
	at.SetReadDeadline(time.Now().Add(patience / 300))
	var got []int
	for b := make([]byte, 2048); ; {
		n, err := at.Read(b)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return got, false
		case err != nil:
			t.Fatal(err)
		case string(b[:n]) == end:
			return got, true
		}
		if i, err := strconv.Atoi(string(b[:n])); err == nil {
			got = append(got, i)
		}
	}
}

// inOrder says how many numbers are greater than all before.
func inOrder(numbers []int) int {
	n, last := 0, -1
	for _, i := range numbers {
		if i > last {
			n, last = n+1, i
		}
	}
	return n
}

func TestAsManyDatagramsAreLostAsIsSaid(t *testing.T) {
	lab := New(t)
	a, b, c := lab.Host("a"), lab.Host("b"), lab.Host("c")
	lab.ImpairBetween(a, b, Fault{Lose: 30})
	from, to, third := a.ListenUDP(0), b.ListenUDP(0), c.ListenUDP(0)
	for _, ends := range [][2]*net.UDPConn{{from, to}, {to, from}} {
		got := burst(t, ends[0], ends[1])
		if lost := many - len(got); lost < many*20/100 || lost > many*40/100 || inOrder(got) != len(got) {
			t.Errorf("%d of %d are lost, and %d of the others in order", lost, many, inOrder(got))
		}
	}
	if got := burst(t, from, third); len(got) != many {
		t.Errorf("%d of %d are lost to somebody else", many-len(got), many)
	}
	lab.ImpairBetween(a, b, Fault{})
	lab.Impair(c, Fault{Lose: 30})
	if got := burst(t, from, to); len(got) != many {
		t.Errorf("%d of %d are lost after that is over", many-len(got), many)
	}
	if lost := many - len(burst(t, third, to)); lost < many*20/100 || lost > many*40/100 {
		t.Errorf("%d of %d are lost on the link of the sender", lost, many)
	}
}

func TestDatagramsComeTwice(t *testing.T) {
	lab := New(t)
	a, b := lab.Host("a"), lab.Host("b")
	lab.ImpairBetween(a, b, Fault{Double: 30})
	c := lab.Host("c")
	lab.Impair(c, Fault{Double: 30})
	from, to := a.ListenUDP(0), b.ListenUDP(0)
	for _, ends := range [][2]*net.UDPConn{{from, to}, {to, from}, {from, c.ListenUDP(0)}} {
		got := burst(t, ends[0], ends[1])
		if doubled := len(got) - many; doubled < many*20/100 || doubled > many*40/100 || inOrder(got) != many {
			t.Errorf("%d of %d came, %d of them in order", len(got), many, inOrder(got))
		}
	}
}

func TestDatagramsOvertakeEachOther(t *testing.T) {
	lab := New(t)
	a, b := lab.Host("a"), lab.Host("b")
	lab.ImpairBetween(a, b, Fault{Swap: 10})
	from, to := a.ListenUDP(0), b.ListenUDP(0)
	got := burst(t, from, to)
	for len(got) < many {
		text, _ := hear(t, to)
		if i, err := strconv.Atoi(text); err == nil {
			got = append(got, i)
		}
	}
	if late := many - inOrder(got); late < many/100 || late > many/2 {
		t.Errorf("%d of %d were overtaken", late, many)
	}
}

func TestACutLinkIsSilent(t *testing.T) {
	lab := New(t)
	router := lab.NAT("r", Independent)
	for _, tt := range []struct {
		name  string
		a, b  *Host
		fault Fault
	}{
		{"between two hosts", lab.Host("a"), lab.Host("b"), Fault{Cut: true}},
		{"behind a router", router.Host("c"), lab.Host("d"), Fault{Cut: true}},
		{"for datagrams", lab.Host("e"), lab.Host("f"), Fault{NoUDP: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, to := tt.a.ListenUDP(0), tt.b.ListenUDP(0)
			send(t, from, addr(to), "before")
			_, back := hear(t, to)
			lab.Impair(tt.a, tt.fault)
			send(t, from, addr(to), "lost on the way out")
			send(t, to, back, "lost on the way in")
			lab.Impair(tt.a, Fault{})
			send(t, from, addr(to), "after")
			if got, source := hear(t, to); got != "after" || source != back {
				t.Errorf("got %q from %v, want after from %v", got, source, back)
			}
			send(t, to, back, "answer")
			if got, _ := hear(t, from); got != "answer" {
				t.Errorf("got %q, want answer", got)
			}
		})
	}
}

func TestTCPGoesOnWhereUDPIsBlocked(t *testing.T) {
	lab := New(t)
	a, b := lab.Host("a"), lab.Host("b")
	lab.Impair(a, Fault{NoUDP: true, Lose: 30})
	lab.reach(a.ns, b.Addr())
}

func TestAHostMovesAndItsOldAddressIsDead(t *testing.T) {
	lab := New(t)
	a, router := lab.Host("a"), lab.NAT("r", Independent)
	inside, outside := router.Host("b").ListenUDP(0), lab.Host("c").ListenUDP(0)
	old := a.Addr()
	a.ListenUDP(0)
	if got := a.Move(); got == old || got != a.Addr() {
		t.Errorf("moved from %v to %v", old, got)
	}
	if from := arrive(t, a.ListenUDP(0), outside); from.Addr() != a.Addr() {
		t.Errorf("came from %v, want %v", from, a.Addr())
	}
	before := arrive(t, inside, outside)
	router.Move()
	after := arrive(t, inside, outside)
	if after.Addr() != router.Addr() {
		t.Errorf("came from %v, want %v", after, router.Addr())
	}
	send(t, outside, before, "to the old address")
	send(t, outside, after, "to the new one")
	if got, _ := hear(t, inside); got != "to the new one" {
		t.Errorf("got %q", got)
	}
}

func TestACaptureHoldsWhatWasOnTheWire(t *testing.T) {
	lab := New(t)
	a, b := lab.Host("a"), lab.Host("b")
	from, to := a.ListenUDP(0), b.ListenUDP(0)
	arrive(t, from, to)
	wire, loop := a.Capture(Wire), a.Capture(Loopback)
	send(t, from, addr(to), "a text on the wire")
	send(t, to, addr(from), "another on its way back")
	hear(t, from)
	send(t, from, addr(from), "a text to myself")
	for _, tt := range []struct {
		name     string
		got      []byte
		has, not []string
	}{
		{"wire", wire.Stop(), []string{"a text on the wire", "another on its way back"}, []string{"a text to myself"}},
		{"loopback", loop.Stop(), []string{"a text to myself"}, []string{"a text on the wire", "another on its way back"}},
	} {
		if magic := []byte{0xd4, 0xc3, 0xb2, 0xa1}; !bytes.HasPrefix(tt.got, magic) {
			t.Errorf("%s: no pcap file", tt.name)
		}
		for _, text := range tt.has {
			if !bytes.Contains(tt.got, []byte(text)) {
				t.Errorf("%s: has not %q", tt.name, text)
			}
		}
		for _, text := range tt.not {
			if bytes.Contains(tt.got, []byte(text)) {
				t.Errorf("%s: has %q", tt.name, text)
			}
		}
	}
}
