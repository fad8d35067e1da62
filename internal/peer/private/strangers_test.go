package private_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

// stranger has a socket, and a device key that nobody knows.
type stranger struct {
	conn    link.PlainConn
	carrier *link.Carrier
	at      netip.AddrPort
}

func (w *harness) stranger(name, at string) *stranger {
	w.t.Helper()
	s := &stranger{at: netip.MustParseAddrPort(at)}
	conn, err := w.net.Listen(s.at)
	must(w.t, err)
	id, err := link.NewIdentity(wire.Secret(newMemory(name).seed))
	must(w.t, err)
	s.conn = link.Share(conn, anywhere)
	s.carrier, err = link.NewCarrier(s.conn, id, func(string) bool { return true })
	must(w.t, err)
	return s
}

func (s *stranger) close() {
	_ = s.carrier.Close()
	_ = s.conn.Close()
}

// tries sends all that may draw an answer, and dials.
func (s *stranger) tries(t *testing.T, to *person) (*link.Link, error) {
	t.Helper()
	long := func(version string, n int) []byte {
		return slices.Concat([]byte{0xc3}, []byte(version), []byte("\x08\xff\xc0345678\x08\xff\xc0abcdef"), make([]byte, n))
	}
	for _, d := range [][]byte{
		long("\x00\x00\x00\x01", 1200), long("\x6b\x33\x43\xcf", 1200), long("\x00\x00\x00\x00", 60), long("\x1a\x2a\x3a\x4a", 1200),
		append([]byte("\x40\xff\xc0345678"), make([]byte, 1200)...),
		wire.Signal{Kind: wire.SignalProbe, Nonce: 7}.Append(nil, nil),
		wire.Signal{Kind: wire.SignalRegister, Nonce: 7, ID: 2, Counter: 1 << 60}.Append(nil, secretOf(2)),
		wire.Signal{Kind: wire.SignalKnock, Token: [16]byte{1, 2, 3}}.Append(nil, nil),
		wire.Signal{Kind: wire.SignalKnocked, Token: [16]byte{1, 2, 3}}.Append(nil, nil),
		[]byte("hi eve"), []byte("{}"),
	} {
		_, err := s.conn.WriteTo(d, to.addr())
		must(t, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	k, err := s.carrier.Dial(ctx, to.addr(), to.server.key)
	return k, err
}

// TestOurPortIsSilentToStrangers holds that no address outside of a live call gets a
// byte, and so learns neither that a chat is there nor whose key it has.
func TestOurPortIsSilentToStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		eve := w.stranger("eve", "10.0.0.66:4000")
		defer eve.close()
		silent := func(when string) {
			t.Helper()
			sent := w.watch(ann)
			if _, err := eve.tries(t, ann); err == nil {
				t.Errorf("%s: a link was made", when)
			}
			if got := sent.to(eve.at); len(got) > 0 {
				t.Errorf("%s: a stranger was answered with %v bytes", when, got)
			}
		}
		silent("before any call")
		bob.server.deaf(true)
		ann.Whisper("bob", "hello", false)
		settle()
		silent("while somebody is called")
		bob.server.deaf(false)
		wait(2 * time.Minute)
		bob.wantTexts("ann", "hello")
		if p := ann.path("bob"); p == nil || p.Way != wire.WayDirect {
			t.Fatalf("ann's path is %+v, want a direct one", p)
		}
		silent("beside a link")
	})
}

// TestWhoHasKnockedMayDialUntilTheCallIsOver has a device that is trusted dial with
// and without a call.
func TestWhoHasKnockedMayDialUntilTheCallIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("bob", "hello", false)
		settle()
		ann.quit()
		x := w.stranger("ann", "10.0.0.66:4000") // ann's key at another address
		defer x.close()
		if _, err := x.tries(t, bob); err == nil {
			t.Error("a link was made though nothing was agreed")
		}
		w.knocks(x.conn, x.key(t), ann.server, bob)
		k, err := x.tries(t, bob)
		if err != nil {
			t.Fatalf("who has knocked is not heard: %v", err)
		}
		k.Close(false)
		wait(time.Minute) // the call is over
		if _, err := x.tries(t, bob); err == nil {
			t.Error("a link was made though the call was over")
		}
	})
}

func (*stranger) key(t *testing.T) string {
	t.Helper()
	return identity(t, newMemory("ann")).Key()
}

// TestLinksOverTheRelayBeginWithWhomACallIsLiveOnly has the server carry datagrams of
// people with whom nothing was agreed.
func TestLinksOverTheRelayBeginWithWhomACallIsLiveOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, _ := friends(w)
		ann.Do(wire.Route{Name: "bob", Mode: wire.RouteRelay})
		ann.Whisper("bob", "hello", false)
		wait(time.Minute)
		if p := ann.path("bob"); p == nil || p.Way != wire.WayRelay {
			t.Fatalf("ann's path is %+v, want the relay", p)
		}
		for _, name := range []string{"eve", "bob"} { // a stranger, and who has a link, but no call
			answers := 0
			w.carries(func(from, to string, data []byte) bool {
				if from == "ann" && to == name && link.Begins(data) {
					answers++
				}
				return false
			})
			relay := link.NewRelay(func(_ string, data []byte) {
				ann.server.push(&wire.Relayed{From: name, Data: slices.Clone(data)})
			})
			c, err := link.NewCarrier(relay, identity(t, newMemory("bob")), func(string) bool { return true })
			must(t, err)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			if _, err := c.Dial(ctx, relay.Addr("ann"), ann.server.key); err == nil {
				t.Errorf("%s made a link", name)
			}
			cancel()
			_ = c.Close()
			_ = relay.Close()
			if answers > 0 {
				t.Errorf("%d packets of a handshake went to %s", answers, name)
			}
		}
	})
}
