package server

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// presenceEnds is how long somebody whose other end is gone without a word may
// stay on the lists.
const presenceEnds = time.Minute

// TestAnEndThatIsGoneIsFoundWithinAMinute reads what the system was told to do
// for a connection: how long it waits before it asks, how often it asks, and
// how long what was sent may go unacknowledged. Whether the system does it is
// tried in a network of namespaces, where somebody has the time (cmd/e2e).
func TestAnEndThatIsGoneIsFoundWithinAMinute(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	accepted, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	sock, err := accepted.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{c: &conn{raw: accepted, sock: sock}, log: testLog(t)}
	r.tune()
	option := func(level, name int) (value int) {
		t.Helper()
		if err := sock.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), level, name) }); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	if option(unix.SOL_SOCKET, unix.SO_KEEPALIVE) == 0 {
		t.Error("nobody asks whether the other end is there")
	}
	silent := time.Duration(option(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE)+option(unix.IPPROTO_TCP, unix.TCP_KEEPCNT)*option(unix.IPPROTO_TCP, unix.TCP_KEEPINTVL)) * time.Second
	unacknowledged := time.Duration(option(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)) * time.Millisecond
	if silent > presenceEnds || unacknowledged > presenceEnds || unacknowledged == 0 {
		t.Errorf("a silent end is found after %v, one that acknowledges nothing after %v; want %v at most", silent, unacknowledged, presenceEnds)
	}
}
