package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/memnet"
	"labchat/internal/server/store/storetest"
)

func TestMain(m *testing.M) {
	becomeVictim()
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// harness is a daemon under test.
type harness struct {
	t    *testing.T // of everywhere
	dial func(tb testing.TB) net.Conn
	addr string // of the chat port
	// registry is the address of the datagram port.
	registry string
	addrs    map[string]string // of all ports, by name
	key      string
	stop     context.CancelFunc
	done     chan error
}

// option changes a daemon before it starts.
type option func(*Config)

// onMemory puts the daemon on a network in memory.
func onMemory(l *memnet.Listener) option {
	return func(cfg *Config) {
		cfg.Listen = func(string, string) (net.Listener, error) { return l, nil }
		cfg.Ports = Ports{Chat: 0}
	}
}

// allBut returns free ports for all families but some.
func allBut(names ...string) Ports {
	p := FreePorts()
	for _, name := range names {
		delete(p, name)
	}
	return p
}

// start runs a daemon on loopback with a store in memory, unless options say
// otherwise, and ends it with the test.
func start(tb testing.TB, opts ...option) *harness {
	tb.Helper()
	cfg := Config{Register: true, TLS: TLSConfig{Off: true}, Ports: Ports{Chat: 0}, Log: testLog(tb)}
	for _, o := range opts {
		o(&cfg)
	}
	if cfg.Data == "" && cfg.Store == nil {
		cfg.Store = storetest.New(nil)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := &harness{stop: cancel, done: make(chan error, 1), addrs: map[string]string{}}
	ready := make(chan struct{})
	cfg.Ready = func(l Listener) {
		if l == (Listener{}) {
			close(ready)
			return
		}
		h.addrs[l.Name] = l.Addr
		if l.Name == Registry {
			h.registry = l.Addr
		}
		if l.Name == Chat {
			h.addr, h.key = l.Addr, l.Key
		}
	}
	h.dial = func(tb testing.TB) net.Conn {
		tb.Helper()
		nc, err := net.Dial("tcp", h.addr)
		if err != nil {
			tb.Fatal(err)
		}
		return nc
	}
	go func() { h.done <- Run(ctx, cfg) }()
	select {
	case <-ready:
	case err := <-h.done:
		cancel()
		tb.Fatalf("the daemon did not start: %v", err)
	}
	tb.Cleanup(func() { h.end(tb) })
	return h
}

// end stops the daemon and waits for it.
func (h *harness) end(tb testing.TB) {
	tb.Helper()
	h.stop()
	err, ended := <-h.done
	if ended && err != nil {
		tb.Errorf("Run: %v", err)
	}
	if ended {
		close(h.done)
	}
}

func testLog(tb testing.TB) *slog.Logger {
	tb.Helper()
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.DiscardHandler)
}

// everywhere runs a test over sockets and over memory, on both stores.
func everywhere(t *testing.T, test func(h *harness)) {
	t.Helper()
	for _, network := range []string{"tcp", "memory"} {
		for _, disk := range []bool{false, true} {
			name := network + " network, store in memory"
			if disk {
				name = network + " network, SQLite"
			}
			t.Run(name, func(t *testing.T) {
				var opts []option
				if disk {
					opts = append(opts, func(cfg *Config) { cfg.Data = t.TempDir() })
				}
				if network == "tcp" {
					h := start(t, opts...)
					h.t = t
					test(h)
					return
				}
				l := memnet.Listen()
				h := start(t, append(opts, onMemory(l))...)
				h.t = t
				h.dial = func(tb testing.TB) net.Conn {
					tb.Helper()
					nc, err := l.Dial(context.Background())
					if err != nil {
						tb.Fatal(err)
					}
					return nc
				}
				test(h)
			})
		}
	}
}

// peer is a program that talks to the daemon.
type peer struct {
	net.Conn

	t             testing.TB
	r             *bufio.Reader
	name, welcome string // where it has said hello: the guest, and what the daemon has answered
}

func (h *harness) peer(tb testing.TB) *peer {
	tb.Helper()
	return newPeer(tb, h.dial(tb))
}

func newPeer(tb testing.TB, nc net.Conn) *peer {
	tb.Helper()
	tb.Cleanup(func() { nc.Close() })
	return &peer{Conn: nc, t: tb, r: bufio.NewReader(nc)}
}

// wait gives what follows its time.
func (p *peer) wait() { p.SetDeadline(time.Now().Add(patience)) }

// secure puts TLS on a peer that has said nothing yet.
func (p *peer) secure() *peer {
	nc := tls.Client(p.Conn, &tls.Config{InsecureSkipVerify: true})
	return &peer{Conn: nc, t: p.t, r: bufio.NewReader(nc)}
}

// send writes text as it is.
func (p *peer) send(text string) {
	p.t.Helper()
	p.wait()
	if _, err := io.WriteString(p.Conn, text); err != nil {
		p.t.Fatalf("send %q: %v", text, err)
	}
}

// line reads one line.
func (p *peer) line() string {
	p.t.Helper()
	p.wait()
	s, err := p.r.ReadString('\n')
	if err != nil {
		p.t.Fatalf("read a line: %v, after %q", err, s)
	}
	return strings.TrimSuffix(s, "\n")
}

// wants reads as many bytes as text has and compares them.
func (p *peer) wants(text string) {
	p.t.Helper()
	p.wait()
	b := make([]byte, len(text))
	n, err := io.ReadFull(p.r, b)
	if string(b[:n]) != text {
		p.t.Fatalf("got %q, %v; want %q", b[:n], err, text)
	}
}

// ask sends a request and compares the answer.
func (p *peer) ask(request, answer string) {
	p.t.Helper()
	p.send(request)
	p.wants(answer)
}

// ends reads to the end and returns what was left.
func (p *peer) ends() string {
	p.t.Helper()
	p.wait()
	b, err := io.ReadAll(p.r)
	if err != nil {
		p.t.Fatalf("want the end, got %v after %d bytes: %.200q", err, len(b), b)
	}
	return string(b)
}

// silent says that nothing has come: it asks something and looks that the
// answer is the next thing.
func (p *peer) silent() {
	p.t.Helper()
	p.ask("foo\n", "cmderr command not supported\n")
}

// hello begins a native session under a guest's name and enters the lobby.
func (p *peer) hello(name string) *peer {
	p.t.Helper()
	p.send(`{"type":"hello","id":"h","version":1}` + "\n")
	p.name, p.welcome = name, p.want(`"type":"welcome"`)
	p.send(`{"type":"guest","id":"g","name":"` + name + `"}` + "\n")
	p.want(`"type":"logged_in"`)
	p.send(`{"type":"join","id":"j","room":"lobby"}` + "\n")
	p.want(`"type":"entered"`)
	return p
}

// want reads lines up to one that holds part.
func (p *peer) want(part string) string {
	p.t.Helper()
	for {
		if s := p.line(); strings.Contains(s, part) {
			return s
		}
	}
}

// gone waits until the connection has ended, in whatever way.
func (p *peer) gone() {
	p.t.Helper()
	p.wait()
	_, err := io.Copy(io.Discard, p.r)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		p.t.Fatal("the connection did not end")
	}
}
