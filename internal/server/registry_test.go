package server

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

// withRegistry opens the registry's port too.
func withRegistry(cfg *Config) { cfg.Ports[Registry] = 0 }

// udpClient is an old program with a datagram socket.
type udpClient struct {
	*net.UDPConn

	t  testing.TB
	to *net.UDPAddr
}

// udpClient opens a socket on an address of the host, "" is 127.0.0.1, that talks
// to the registry.
func (h *harness) udpClient(tb testing.TB, ip string) *udpClient {
	tb.Helper()
	return newUDPClient(tb, ip, h.registry)
}

func newUDPClient(tb testing.TB, ip, registry string) *udpClient {
	tb.Helper()
	if ip == "" {
		ip = loopback
	}
	to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(registry))
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	return &udpClient{UDPConn: c, t: tb, to: to}
}

// port is the one that the registry sees.
func (c *udpClient) port() string {
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return port
}

func (c *udpClient) send(text string) {
	c.t.Helper()
	if _, err := c.WriteToUDP([]byte(text), c.to); err != nil {
		c.t.Fatalf("send %q: %v", text, err)
	}
}

// datagram reads one, which must come from where the client's go.
func (c *udpClient) datagram() string {
	c.t.Helper()
	c.SetReadDeadline(time.Now().Add(3 * patience))
	b := make([]byte, 64<<10)
	n, from, err := c.ReadFromUDPAddrPort(b)
	if err != nil {
		c.t.Fatalf("read a datagram: %v", err)
	}
	if want := c.to.AddrPort(); from.Port() != want.Port() || from.Addr().Unmap() != want.Addr().Unmap() {
		c.t.Fatalf("%q came from %v, want it from %v", b[:n], from, want)
	}
	return string(b[:n])
}

// wants reads datagrams and compares them.
func (c *udpClient) wants(texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		if got := c.datagram(); got != want {
			c.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// ask sends a request and compares the answers.
func (c *udpClient) ask(request string, answers ...string) {
	c.t.Helper()
	c.send(request)
	c.wants(answers...)
}

func TestARegisteredNameIsFoundWhereItsDatagramsComeFrom(t *testing.T) {
	h := start(t, withRegistry)
	anna, ben := h.udpClient(t, ""), h.udpClient(t, "127.0.0.3")
	anna.ask("hi anna", "hi anna")
	anna.ask("hi anna", "hi")
	ben.ask("REG:benno\n", "LIN:benno\n")
	anna.ask("ul", "ul anna", "ul benno")
	ben.ask("REQ:benno\n", "PIN:127.0.0.3_"+ben.port())
}

func TestOnEveryAddressAnswersLeaveFromTheOneThatWasAsked(t *testing.T) {
	h := start(t, withRegistry, func(cfg *Config) { cfg.Host = "0.0.0.0" })
	_, port, err := net.SplitHostPort(h.registry)
	if err != nil {
		t.Fatal(err)
	}
	for i, ip := range []string{"127.0.0.1", "127.0.0.2", "127.9.8.7"} {
		name := []string{"anna", "benno", "carla"}[i]
		newUDPClient(t, "127.0.0.5", ip+":"+port).ask("hi "+name, "hi "+name)
	}
}
