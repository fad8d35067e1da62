package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// TestASocketAnswersNobodyWhoIsNotAdmitted sends what begins a connection from an
// address before and after it is admitted, as QUIC reads it from a socket of the
// system and from any other one.
func TestASocketAnswersNobodyWhoIsNotAdmitted(t *testing.T) {
	begin := initial(t)
	for name, wrap := range map[string]func(*net.UDPConn) net.PacketConn{
		"a socket":         func(c *net.UDPConn) net.PacketConn { return c },
		"any other socket": func(c *net.UDPConn) net.PacketConn { return struct{ net.PacketConn }{c} },
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			var admitted atomic.Bool
			b := newSide(t, 2, Share(wrap(conn), func(netip.AddrPort) bool { return admitted.Load() }), anybody)
			stranger, err := net.Dial("udp4", b.socket.LocalAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer stranger.Close()
			answer := func(within time.Duration) error {
				t.Helper()
				if _, err := stranger.Write(begin); err != nil {
					t.Fatal(err)
				}
				if err := stranger.SetReadDeadline(time.Now().Add(within)); err != nil {
					t.Fatal(err)
				}
				_, err := stranger.Read(make([]byte, maxDatagram))
				return err
			}
			for range 3 {
				if err := answer(100 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("a stranger got an answer: %v", err)
				}
			}
			select {
			case d := <-b.socket.Plain():
				t.Errorf("%d bytes were taken for plain text", len(d.Data))
			default:
			}
			admitted.Store(true)
			if err := answer(10 * time.Second); err != nil {
				t.Errorf("who is admitted got no answer: %v", err)
			}
		})
	}
}

// initial is the first packet of somebody who dials.
func initial(t *testing.T) []byte {
	t.Helper()
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	a := newSide(t, 1, udp(t), anybody)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = a.Dial(ctx, sink.LocalAddr(), a.id.Key()) // nobody answers
	}()
	buf := make([]byte, maxDatagram)
	n, _, err := sink.ReadFrom(buf)
	cancel()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

func TestARelayHearsNobodyWhoseAddressNobodyAskedFor(t *testing.T) {
	r := NewRelay(func(string, []byte) {})
	defer r.Close()
	r.Deliver("eve", []byte("unasked"))
	bob := r.Addr("bob")
	r.Deliver("bob", []byte("asked"))
	buf := make([]byte, 100)
	n, from, err := r.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "asked" || from.String() != bob.String() {
		t.Errorf("got %q from %v, %v", buf[:n], from, err)
	}
}
