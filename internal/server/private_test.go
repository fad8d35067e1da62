package server

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"labchat/internal/memnet"
	"labchat/internal/wire"
)

// device is one that is known by a name.
func device(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func deviceKey(name string) string {
	return wire.DeviceKey(device(name).Public().(ed25519.PublicKey))
}

// proof is what shows that a session has a device's key.
func (p *peer) proof(name string) string {
	p.t.Helper()
	var w struct{ Node, Nonce string }
	if err := json.Unmarshal([]byte(p.welcome), &w); err != nil {
		p.t.Fatalf("%q: %v", p.welcome, err)
	}
	return base64.StdEncoding.EncodeToString(ed25519.Sign(device(name), wire.ProofText(w.Node, p.name, deviceKey(name), w.Nonce)))
}

// endpoint is what a client needs for its signals.
type endpoint struct {
	id     uint64
	secret []byte
	wire.Endpoint
}

// udp has a native session hold its user's private conversations.
func (p *peer) udp(device string) endpoint {
	p.t.Helper()
	p.send(`{"type":"udp","id":"u","key":"` + deviceKey(device) + `","sig":"` + p.proof(device) + `"}` + "\n")
	frame := p.want(`"type":"udp"`)
	var e struct {
		wire.Endpoint
		Secret string `json:"secret"`
	}
	if err := json.Unmarshal([]byte(frame), &e); err != nil {
		p.t.Fatalf("%q: %v", frame, err)
	}
	return endpointOf(p.t, e.ID, e.Secret, e.Endpoint)
}

func endpointOf(tb testing.TB, id, secret string, e wire.Endpoint) endpoint {
	tb.Helper()
	n, err := strconv.ParseUint(id, 16, 64)
	raw, errSecret := hex.DecodeString(secret)
	if err != nil || errSecret != nil || len(id) != 16 || len(raw) != 32 {
		tb.Fatalf("endpoint %q with a secret of %d bytes: %v, %v", id, len(raw), err, errSecret)
	}
	return endpoint{id: n, secret: raw, Endpoint: e}
}

// call makes a call of a number.
func call32(n int) string { return fmt.Sprintf("%032x", n) }

// agree has two native sessions agree on a private conversation.
func agree(a *peer, nameA string, b *peer, nameB string, call int) {
	a.t.Helper()
	a.send(fmt.Sprintf(`{"type":"punch","id":"p","to":%q,"call":%q}`+"\n", nameB, call32(call)))
	a.want(`"of":"punch"`)
	b.want(`"type":"punched"`)
	b.send(fmt.Sprintf(`{"type":"punch","id":"p","to":%q,"call":%q}`+"\n", nameA, call32(call)))
	b.want(`"of":"punch"`)
	a.want(`"type":"punched"`)
}

// relayFrame is a relay request, answered if it has a tag.
func relayFrame(to, tag string, data []byte) string {
	id := ""
	if tag != "" {
		id = fmt.Sprintf(`"id":%q,`, tag)
	}
	return fmt.Sprintf(`{"type":"relay",%s"to":%q,"data":%q}`+"\n", id, to, base64.StdEncoding.EncodeToString(data))
}

func TestDatagramsAreRelayedUnread(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		a, b := h.peer(t).hello("ann"), h.peer(t).hello("ben")
		a.udp("phone")
		b.udp("laptop")
		a.send(relayFrame("ben", "", []byte("too early")))
		a.send(relayFrame("ben", "early", []byte("too early")))
		if got := a.line(); !strings.Contains(got, `"re":"early"`) || !strings.Contains(got, `"code":"no_endpoint"`) {
			t.Errorf("a datagram before anything was agreed is answered %q, want one refusal of the one with a tag", got)
		}
		agree(a, "ann", b, "ben", 1)
		data := []byte{0, 1, 2, 0xff, '\n', '"'}
		a.send(relayFrame("ben", "", data))
		want := `{"type":"relayed","from":"ann","data":"` + base64.StdEncoding.EncodeToString(data) + `"}`
		if got := b.line(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestWhoDoesNotReadIsSparedRelayedDatagrams has many relay to one that reads
// nothing, more than an outbox holds.
func TestWhoDoesNotReadIsSparedRelayedDatagrams(t *testing.T) {
	everywhere(t, func(h *harness) {
		t := h.t
		nc := h.dial(t)
		if tcp, ok := nc.(*net.TCPConn); ok {
			tcp.SetReadBuffer(64 << 10)
		}
		deaf := newPeer(t, nc).hello("deaf")
		deaf.udp("phone")
		const senders, each = 60, 45
		peers, data := make([]*peer, senders), make([]byte, wire.MaxRelayed)
		for i := range peers {
			name := "user" + strconv.Itoa(i)
			peers[i] = h.peer(t).hello(name)
			peers[i].udp("laptop")
			agree(peers[i], name, deaf, "deaf", i)
		}
		for _, p := range peers {
			p.send(strings.Repeat(relayFrame("deaf", "", data), each-1) + relayFrame("deaf", "end", data))
			p.want(`"re":"end","of":"relay"`)
		}
		peers[0].send(`{"type":"say","id":"last","room":"lobby","text":"are you there"}` + "\n")
		peers[0].want(`"type":"accepted"`)
		came := 0
		for frame := ""; !strings.Contains(frame, "are you there"); came++ {
			if frame = deaf.line(); strings.Contains(frame, `"goodbye"`) {
				t.Fatalf("it was ended: %q", frame)
			}
		}
		if sent := senders * each; sent*wire.MaxRelayed < 2*maxOutbox || came >= sent {
			t.Errorf("%d of %d datagrams came to one that read nothing", came, sent)
		}
	})
}

// TestAPairIsRelayedAQuarterOfAMegabyteASecond counts what comes in ten
// seconds of a clock that stands still while anything is under way.
func TestAPairIsRelayedAQuarterOfAMegabyteASecond(t *testing.T) {
	inBubble(t, func(b chatHarness) {
		a, z := newPeer(b.t, dial(b.t, b.l)).hello("ann"), newPeer(b.t, dial(b.t, b.l, memnet.Buffer(64<<20))).hello("ben")
		a.udp("phone")
		z.udp("laptop")
		agree(a, "ann", z, "ben", 1)
		data := make([]byte, wire.MaxRelayed)
		taken, begun := 0, time.Now()
		for time.Since(begun) < 10*time.Second { // who sends too much is read more slowly
			for range 50 { // 70,000 bytes each tenth of a second
				a.send(relayFrame("ben", "r", data))
				if frame := a.line(); strings.Contains(frame, `"done"`) {
					taken++
				} else if !strings.Contains(frame, `"code":"rate"`) || !strings.Contains(frame, `"retry_ms"`) {
					b.t.Fatalf("refused with %q", frame)
				}
			}
			pass(100 * time.Millisecond)
		}
		took := time.Since(begun)
		most := 64<<10 + int(took.Seconds()*(256<<10))
		if bytes := taken * len(data); bytes > most || bytes < most-256<<10/10-2*len(data) {
			b.t.Errorf("%d bytes were taken in %v, want %d", bytes, took, most)
		}
	})
}

// signalTo sends a signal to an address and returns what comes back from there.
func signalTo(tb testing.TB, c *net.UDPConn, to string, s wire.Signal, secret []byte) (wire.Signal, []byte) {
	tb.Helper()
	addr := netip.MustParseAddrPort(to)
	if _, err := c.WriteToUDPAddrPort(s.Append(nil, secret), addr); err != nil {
		tb.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 2048)
	n, from, err := c.ReadFromUDPAddrPort(b)
	if err != nil {
		tb.Fatalf("no answer from %s: %v", to, err)
	}
	if got := netip.AddrPortFrom(from.Addr().Unmap(), from.Port()); got != addr {
		tb.Errorf("the answer came from %v, want %v", got, addr)
	}
	answer, err := wire.ParseSignal(b[:n])
	if err != nil || n != wire.SignalSize {
		tb.Fatalf("an answer of %d bytes: %v", n, err)
	}
	return answer, b[:n]
}

// enroll has an endpoint register from a socket that is new to the registry.
func enroll(t *testing.T, h *harness, c *udpClient, e endpoint) {
	t.Helper()
	mine := netip.MustParseAddrPort(c.LocalAddr().String())
	cookie, raw := signalTo(t, c.UDPConn, h.registry, wire.Signal{Kind: wire.SignalRegister, Nonce: 7, ID: e.id, Counter: 1}, e.secret)
	if cookie.Kind != wire.SignalCookie || cookie.Nonce != 7 || !wire.SignedSignal(raw, e.secret) {
		t.Fatalf("a new address was answered %+v, want a cookie", cookie)
	}
	done, raw := signalTo(t, c.UDPConn, h.registry, wire.Signal{Kind: wire.SignalRegister, Nonce: 8, ID: e.id, Counter: 2, Token: cookie.Token}, e.secret)
	want := wire.Signal{Kind: wire.SignalRegistered, Nonce: 8, ID: e.id, Addr: mine}
	if done != want || !wire.SignedSignal(raw, e.secret) {
		t.Fatalf("got %+v, want %+v, signed", done, want)
	}
}

func TestAnEndpointRegistersAndIsToldToWhomItAsks(t *testing.T) {
	h := start(t, withRegistry)
	a, b := h.peer(t).hello("ann"), h.peer(t).hello("ben")
	e := a.udp("phone")
	enroll(t, h, h.udpClient(t, ""), b.udp("laptop"))
	if portIn(t, h.registry) != e.Port || portIn(t, h.addrs[probeName]) != e.Probe {
		t.Errorf("ports %d and %d were told of %v", e.Port, e.Probe, h.addrs)
	}
	c := h.udpClient(t, "")
	mine := netip.MustParseAddrPort(c.LocalAddr().String())
	enroll(t, h, c, e)
	a.send(`{"type":"punch","id":"p","to":"ben","call":"` + call32(1) + `"}` + "\n")
	if got := b.want(`"type":"punched"`); !strings.Contains(got, `"addrs":["`+mine.String()+`"]`) {
		t.Errorf("ben was told %q, want the address %v", got, mine)
	}
}

func portIn(tb testing.TB, addr string) int {
	tb.Helper()
	_, text, err := net.SplitHostPort(addr)
	port, errPort := strconv.Atoi(text)
	if err != nil || errPort != nil {
		tb.Fatalf("no port in %q", addr)
	}
	return port
}

func TestProbesAreAnsweredAtEqualSizeOnBothPorts(t *testing.T) {
	h := start(t, withRegistry, func(cfg *Config) { cfg.Host = "0.0.0.0" })
	for _, name := range []string{Registry, probeName} {
		for _, ip := range []string{"127.0.0.1", "127.0.0.9"} {
			c := newUDPClient(t, "127.0.0.5", h.registry)
			mine := netip.MustParseAddrPort(c.LocalAddr().String())
			to := fmt.Sprintf("%s:%d", ip, portIn(t, h.addrs[name]))
			got, _ := signalTo(t, c.UDPConn, to, wire.Signal{Kind: wire.SignalProbe, Nonce: 42}, nil)
			if want := (wire.Signal{Kind: wire.SignalProbed, Nonce: 42, Addr: mine}); got != want {
				t.Errorf("%s at %s answered %+v, want %+v", name, ip, got, want)
			}
		}
	}
}

func TestThePortForProbesAnswersNothingElse(t *testing.T) {
	h := start(t, withRegistry)
	e := h.peer(t).hello("ann").udp("phone")
	c := newUDPClient(t, "", h.addrs[probeName])
	c.send("hi anna")
	c.send("")
	c.send(string(wire.Signal{Kind: wire.SignalRegister, Nonce: 1, ID: e.id, Counter: 1}.Append(nil, e.secret)))
	c.send(string(wire.Signal{Kind: wire.SignalProbed, Nonce: 2}.Append(nil, nil)))
	c.send(string(wire.Signal{Kind: wire.SignalProbe, Nonce: 3}.Append(nil, nil))[:wire.SignalSize-1])
	got, _ := signalTo(t, c.UDPConn, h.addrs[probeName], wire.Signal{Kind: wire.SignalProbe, Nonce: 4}, nil)
	if got.Nonce != 4 {
		t.Errorf("the first answer was to %d, want none before the probe's", got.Nonce)
	}
}

func TestWithoutARegistryThereIsNoPort(t *testing.T) {
	h := start(t)
	if e := h.peer(t).hello("ann").udp("phone"); e.Port != 0 || e.Probe != 0 {
		t.Errorf("ports %d and %d were told", e.Port, e.Probe)
	}
	if _, ok := h.addrs[probeName]; ok {
		t.Error("there is a port for probes")
	}
}
