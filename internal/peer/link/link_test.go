package link

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func identity(t *testing.T, n byte) *Identity {
	t.Helper()
	id, err := NewIdentity(wire.Secret(bytes.Repeat([]byte{n}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// side is one end of a test: a socket of this host, and its carrier.
type side struct {
	*Carrier
	socket PlainConn
	id     *Identity
}

func udp(t *testing.T) PlainConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return Share(conn, anywhere)
}

func anywhere(netip.AddrPort) bool { return true }

func newSide(t *testing.T, n byte, conn net.PacketConn, expects func(string) bool) *side {
	t.Helper()
	s := &side{id: identity(t, n)}
	s.socket, _ = conn.(PlainConn)
	var err error
	if s.Carrier, err = NewCarrier(conn, s.id, expects); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		_ = conn.Close()
	})
	return s
}

func anybody(string) bool { return true }

// pair links two sides; the first one dials.
func pair(t *testing.T, a, b *side, addr net.Addr) (dialled, accepted *Link) {
	t.Helper()
	got := make(chan *Link, 1)
	go func() {
		defer close(got)
		h, err := b.Accept(t.Context())
		if err != nil {
			return
		}
		if k, err := h.Link(t.Context()); err == nil {
			got <- k
		}
	}()
	k, err := a.Dial(t.Context(), addr, b.id.Key())
	if err != nil {
		t.Fatal(err)
	}
	say(t, k, &peer1.Hello{Version: 1})
	accepted = <-got
	if accepted == nil {
		t.Fatal("the link was not taken")
	}
	hear(t, accepted, &peer1.Hello{Version: 1})
	say(t, accepted, &peer1.Hello{Version: 1})
	hear(t, k, &peer1.Hello{Version: 1})
	return k, accepted
}

// let is the gate's word that a key may be spoken to.
func let(key string) gate.Verdict {
	return gate.Decide(gate.Facts{Person: gate.Person{Contact: wire.Contact{Accepted: true}}, Way: gate.ByLink, Key: key})
}

func say(t *testing.T, k *Link, m peer1.Message) {
	t.Helper()
	frame, err := peer1.Append(nil, m)
	if err == nil {
		err = k.Write(let(k.Key), frame)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func hear(t *testing.T, k *Link, want peer1.Message) {
	t.Helper()
	got, err := k.Read()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTwoDevicesTalkAndKnowEachOthersKeys(t *testing.T) {
	a, b := newSide(t, 1, udp(t), anybody), newSide(t, 2, udp(t), anybody)
	k, other := pair(t, a, b, b.socket.LocalAddr())
	if k.Key != b.id.Key() || other.Key != a.id.Key() || k.Key == other.Key {
		t.Errorf("got the keys %s and %s", k.Key, other.Key)
	}
	say(t, k, &peer1.Line{Seq: 7, Text: "hello"})
	hear(t, other, &peer1.Line{Seq: 7, Text: "hello"})
	if s := k.Stats(); s.RTT <= 0 || s.Packets == 0 {
		t.Errorf("got %+v, want a round-trip time and packets", s)
	}
	k.Close(false)
	if _, err := other.Read(); !Gone(err) {
		t.Errorf("got %v, want an end in order", err)
	}
}

func TestAnotherKeyThanExpectedIsNotSpokenTo(t *testing.T) {
	a, b := newSide(t, 1, udp(t), anybody), newSide(t, 2, udp(t), anybody)
	k, err := a.Dial(t.Context(), b.socket.LocalAddr(), identity(t, 3).Key())
	if err == nil || k != nil || !strings.Contains(err.Error(), errOtherKey.Error()) {
		t.Errorf("got %v, %v", k, err)
	}
}

func TestADeviceThatIsNotExpectedIsNotLetIn(t *testing.T) {
	friend := identity(t, 1).Key()
	b := newSide(t, 2, udp(t), func(key string) bool { return key == friend })
	pair(t, newSide(t, 1, udp(t), anybody), b, b.socket.LocalAddr())
	stranger := newSide(t, 3, udp(t), anybody)
	k, err := stranger.Dial(t.Context(), b.socket.LocalAddr(), b.id.Key())
	if err == nil { // the handshake is over for the one who dials before it is judged
		_, err = k.Read()
	}
	if err == nil {
		t.Error("a stranger was let in")
	}
}

// TestPlainDatagramsPassQUIC holds the recipe for one socket: nothing that an
// older program says is taken for a packet, also while a connection is busy.
func TestPlainDatagramsPassQUIC(t *testing.T) {
	texts := []string{
		"hello", "@bob hi", "{\"a\":1}", "msg ann> hi\n", "MSG:hi", "PTP:", " raw", "0123", "/x", "<y", "é", "日本語", "😀 smile", "A", "~",
		"\x00LC\x01" + strings.Repeat("x", 96), strings.Repeat("long ", 2000), "\xff", "@\xff\xff", "\xc0\x00\x00\x00\x09 strange",
	}
	for name, share := range map[string]func(*net.UDPConn) PlainConn{
		"a socket":         func(c *net.UDPConn) PlainConn { return Share(c, anywhere) },
		"any other socket": func(c *net.UDPConn) PlainConn { return Share(struct{ net.PacketConn }{c}, anywhere) },
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			a, b := newSide(t, 1, udp(t), anybody), newSide(t, 2, share(conn), anybody)
			k, other := pair(t, a, b, b.socket.LocalAddr())
			old, err := net.Dial("udp4", b.socket.LocalAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer old.Close()
			for i, text := range texts {
				if _, err := old.Write([]byte(text)); err != nil {
					t.Fatal(err)
				}
				say(t, k, &peer1.Line{Seq: wire.ID(i)})
				hear(t, other, &peer1.Line{Seq: wire.ID(i)})
				if d := <-b.socket.Plain(); string(d.Data) != text || d.From.String() != old.LocalAddr().String() {
					t.Errorf("got %.40q from %s, want %.40q from %s", d.Data, d.From, text, old.LocalAddr())
				}
			}
		})
	}
}

// relays connects two relays to each other, but for what lose says.
func relays(lose func(n int) bool) (a, b *Relay) {
	sent := make(chan int, 1)
	sent <- 0
	carry := func(to func() *Relay, from string) func(string, []byte) {
		return func(_ string, data []byte) {
			n := <-sent
			sent <- n + 1
			if !lose(n) {
				to().Deliver(from, bytes.Clone(data))
			}
		}
	}
	a = NewRelay(carry(func() *Relay { return b }, "ann"))
	b = NewRelay(carry(func() *Relay { return a }, "bob"))
	b.Addr("ann")
	return a, b
}

func TestLinesGoThroughARelayThatLosesDatagrams(t *testing.T) {
	ra, rb := relays(func(n int) bool { return n%5 == 4 })
	a, b := newSide(t, 1, ra, anybody), newSide(t, 2, rb, anybody)
	k, other := pair(t, a, b, ra.Addr("bob"))
	if !k.Relayed || !other.Relayed {
		t.Error("a relayed link does not say so")
	}
	const lines = 200
	done := make(chan error, 1)
	go func() {
		var frames []byte
		for i := range lines {
			frames, _ = peer1.Append(frames, &peer1.Line{Seq: wire.ID(i), Text: strings.Repeat("x", 100)})
		}
		done <- k.Write(let(k.Key), frames)
	}()
	for i := range lines {
		m, err := other.Read()
		if line, ok := m.(*peer1.Line); err != nil || !ok || line.Seq != wire.ID(i) {
			t.Fatalf("got %v, %v, want line %d", m, err, i)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAFileHasAStreamOfItsOwn(t *testing.T) {
	a, b := newSide(t, 1, udp(t), anybody), newSide(t, 2, udp(t), anybody)
	k, other := pair(t, a, b, b.socket.LocalAddr())
	file := bytes.Repeat([]byte("0123456789"), 100_000)
	done := make(chan error, 1)
	go func() {
		out, err := k.OpenFile(t.Context(), let(k.Key))
		if err == nil {
			_, err = out.Write(file)
			err = errors.Join(err, out.Close())
		}
		done <- err
	}()
	in, err := other.AcceptFile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(in)
	if err != nil || sha256.Sum256(got) != sha256.Sum256(file) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWhatCantBeReadEndsTheLink(t *testing.T) {
	for name, frame := range map[string]string{
		"no JSON":       "\x00\x00\x00\x05hello",
		"too long":      "\xff\xff\xff\xff",
		"empty":         "\x00\x00\x00\x00",
		"a key twice":   frame(`{"type":"line","seq":"1","seq":"2"}`),
		"not UTF-8":     frame("{\"type\":\"line\",\"text\":\"\xff\"}"),
		"a wrong type":  frame(`{"type":"line","seq":1}`),
		"no type at al": frame(`{"seq":"1"}`),
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newSide(t, 1, udp(t), anybody), newSide(t, 2, udp(t), anybody)
			k, other := pair(t, a, b, b.socket.LocalAddr())
			if err := k.Write(let(k.Key), []byte(frame)); err != nil {
				t.Fatal(err)
			}
			if m, err := other.Read(); err == nil {
				t.Errorf("got %v, want it refused", m)
			}
		})
	}
}

func frame(s string) string { return fmt.Sprintf("\x00\x00%c%c%s", len(s)>>8, len(s)&0xff, s) }

func TestClosingEndsEverythingSoon(t *testing.T) {
	ra, rb := relays(func(int) bool { return false })
	a, b := newSide(t, 1, ra, anybody), newSide(t, 2, rb, anybody)
	k, _ := pair(t, a, b, ra.Addr("bob"))
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-k.Done():
	case <-time.After(10 * time.Second):
		t.Error("the link outlived its carrier")
	}
	if _, err := a.Accept(context.Background()); err == nil {
		t.Error("a closed carrier takes links")
	}
}
