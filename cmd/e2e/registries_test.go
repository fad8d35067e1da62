package e2e_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
)

// directory is a registry of an older family: what its program answers to the
// datagrams that it knows, and nothing to others. It ends with the test.
type directory struct {
	conn    *net.UDPConn
	answers func(from netip.AddrPort, word, arg string) []string
	cut     string // between the word of a datagram and the rest
}

func newDirectory(t *testing.T, cut string, answers func(from netip.AddrPort, word, arg string) []string) *directory {
	t.Helper()
	d := &directory{conn: onLoopback(t), answers: answers, cut: cut}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		hears(d.conn, func(from netip.AddrPort, datagram string) bool {
			word, arg, _ := strings.Cut(datagram, d.cut)
			for _, answer := range d.answers(from, word, arg) {
				_, _ = d.conn.WriteToUDPAddrPort([]byte(answer), from)
			}
			return true
		})
	}()
	t.Cleanup(func() {
		d.conn.Close()
		<-ended
	})
	return d
}

func onLoopback(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// hears reads datagrams, as much of each as the originals do, until the socket is
// closed or enough says so.
func hears(conn *net.UDPConn, more func(from netip.AddrPort, datagram string) bool) {
	buf := make([]byte, 1024)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil || !more(from, string(buf[:n])) {
			return
		}
	}
}

// oldClient is somebody with an original client, of whom only the socket matters
// here: each datagram that it reads is a line.
type oldClient struct {
	conn *net.UDPConn
	all  chan []string // what was heard, once farewell has come
}

// farewell is the last datagram that an oldClient reads.
const farewell = "that was all"

func oldClientAt(t *testing.T, conn *net.UDPConn) *oldClient {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	l := &oldClient{conn: conn, all: make(chan []string, 1)}
	go func() {
		var heard []string
		hears(conn, func(_ netip.AddrPort, datagram string) bool {
			heard = append(heard, datagram)
			return datagram != farewell
		})
		l.all <- heard
	}()
	return l
}

// inGroup is the socket of somebody who is in a multicast group on the loopback
// interface, and one that says something there.
func inGroup(t *testing.T, group netip.AddrPort) (in, out *net.UDPConn) {
	t.Helper()
	var lo *net.Interface
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].Flags&net.FlagLoopback != 0 && all[i].Flags&net.FlagUp != 0 {
			lo = &all[i]
		}
	}
	if lo == nil {
		t.Skip("no loopback interface, and multicast may not leave this machine")
	}
	if in, err = net.ListenMulticastUDP("udp4", lo, net.UDPAddrFromAddrPort(group)); err != nil {
		t.Skipf("no multicast on the loopback interface: %v", err)
	}
	out = onLoopback(t)
	t.Cleanup(func() { out.Close() })
	if err := ipv4.NewPacketConn(out).SetMulticastInterface(lo); err != nil {
		t.Skipf("no multicast on the loopback interface: %v", err)
	}
	return in, out
}

// fortyLines runs one of our programs with 40 lines as its input, and returns
// these.
func fortyLines(t *testing.T, format string, args ...string) (rows []string) {
	t.Helper()
	var input strings.Builder
	for i := range 40 {
		row := fmt.Sprintf("row %02d", i)
		rows = append(rows, row)
		fmt.Fprintf(&input, format+"\n", row)
	}
	s := &harness{t: t, dir: t.TempDir()}
	cmd := s.program(t.TempDir(), "chat-tui", args...)
	var problems bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(input.String()), &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &problems)
	}
	return rows
}

// heardOnce compares what somebody has heard, without its frame, with what was
// said.
func (l *oldClient) heardOnce(t *testing.T, frame string, want []string) {
	t.Helper()
	select {
	case heard := <-l.all:
		var got []string
		for _, datagram := range heard {
			if line := strings.TrimSuffix(datagram, "\n"); strings.Contains(line, "row ") {
				got = append(got, strings.TrimPrefix(line, frame))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %d lines: %q", len(got), got)
		}
	case <-time.After(patience):
		t.Error("the last datagram did not come")
	}
}

func sendTo(t *testing.T, conn *net.UDPConn, to netip.AddrPort, datagram string) {
	t.Helper()
	if _, err := conn.WriteToUDPAddrPort([]byte(datagram), to); err != nil {
		t.Fatal(err)
	}
}

func addrPortOf(conn *net.UDPConn) netip.AddrPort { return conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Forty lines come as forty datagrams to each of those who sit at a registry, of
// which no program answers more than its original.
func TestFortyLinesArriveInARoomOfATobiRegistry(t *testing.T) {
	t.Parallel()
	olaf := oldClientAt(t, onLoopback(t))
	at := addrPortOf(olaf.conn)
	d := newDirectory(t, " ", func(_ netip.AddrPort, word, arg string) []string {
		switch word {
		case "hi", "rc":
			return []string{word + " " + arg}
		case "rl":
			return []string{"rl lobby"}
		case "rj":
			return []string{"rj __clear_peers__", fmt.Sprintf("rj %s %d", at.Addr(), at.Port())}
		case "by":
			return []string{"by"}
		}
		return nil
	})
	rows := fortyLines(t, "%s", "send", "--dialect", "tobi", "--server", d.conn.LocalAddr().String(), "--user", "guest", "--room", "lobby", "-")
	sendTo(t, d.conn, at, farewell)
	olaf.heardOnce(t, "msg guest> ", rows)
}

// The original knows names only: what is asked about groups it does not answer.
func TestFortyPrivateLinesArriveAtSomebodyOfAnIASRegistry(t *testing.T) {
	t.Parallel()
	olaf := oldClientAt(t, onLoopback(t))
	at := addrPortOf(olaf.conn)
	d := newDirectory(t, ":", func(_ netip.AddrPort, word, arg string) []string {
		switch {
		case word == "REG":
			return []string{"LIN:" + arg}
		case word == "REQ" && arg == "olaf\n":
			return []string{fmt.Sprintf("PIN:%s_%d", at.Addr(), at.Port())}
		case word == "REQ":
			return []string{"PIN:"}
		}
		return nil
	})
	rows := fortyLines(t, "@olaf: %s", "--plain", "--dialect", "ias", "--server", d.conn.LocalAddr().String(), "--user", "guest")
	sendTo(t, d.conn, at, farewell)
	olaf.heardOnce(t, "MSG:", rows)
}

// The original knows groups, and looks nobody up.
func TestFortyLinesArriveInAGroupOfAnIASRegistry(t *testing.T) {
	t.Parallel()
	free := onLoopback(t)
	group := netip.AddrPortFrom(netip.MustParseAddr("239.255.77.40"), addrPortOf(free).Port())
	free.Close()
	in, out := inGroup(t, group)
	olaf := oldClientAt(t, in)
	d := newDirectory(t, ":", func(_ netip.AddrPort, word, arg string) []string {
		switch {
		case word == "REG":
			return []string{"LIN:" + arg}
		case word == "GRP":
			return []string{"GTA:g1"}
		case word == "GAC" && arg == "g1":
			return []string{fmt.Sprintf("GRI:%s_%d", group.Addr(), group.Port())}
		case word == "GAC":
			return []string{"GRI:"}
		}
		return nil
	})
	rows := fortyLines(t, "%s", "send", "--dialect", "ias", "--server", d.conn.LocalAddr().String(), "--user", "guest", "--room", "g1", "-")
	sendTo(t, out, group, farewell)
	olaf.heardOnce(t, "MSG:", rows)
}
