package client

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"labchat/internal/memnet"
	"labchat/internal/wire"
)

// impostor listens where a server that is known by its key was. It writes down
// every byte.
type impostor struct {
	*memnet.Listener
	does string      // with a TLS greeting
	tls  *tls.Config // shown, if it does so
	done sync.WaitGroup

	mu    sync.Mutex
	heard []*strings.Builder // by connection
}

// What an impostor does with a TLS greeting. Whoever comes in plain text is
// answered by all of them.
const (
	closes  = "closes"
	resets  = "resets"
	hangs   = "hangs"
	replies = "answers in plain text"
	shows   = "shows another certificate"
	halts   = "ends within its answer over TLS"
	breaks  = "goes on in plain text after a record of TLS"
	leaves  = "ends as soon as it has shown a certificate"
)

func imposture(does string, cfg *tls.Config) *impostor {
	p := &impostor{Listener: memnet.Listen(), does: does, tls: cfg}
	p.done.Go(func() {
		for {
			c, err := p.Accept()
			if err != nil {
				return
			}
			p.done.Go(func() { p.talk(c.(*memnet.Conn)) })
		}
	})
	return p
}

// tap notes what a connection brings.
type tap struct {
	*memnet.Conn
	p     *impostor
	heard *strings.Builder
}

func (t tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	t.heard.Write(b[:n])
	return n, err
}

func (p *impostor) talk(c *memnet.Conn) {
	defer c.Close()
	t := tap{c, p, &strings.Builder{}}
	p.mu.Lock()
	p.heard = append(p.heard, t.heard)
	p.mu.Unlock()
	switch p.does {
	case closes, resets:
		var first [4096]byte
		if _, err := t.Read(first[:]); err != nil || first[0] != 0x16 {
			break
		}
		if p.does == resets {
			c.Reset()
		}
		return
	case shows:
		_ = tls.Server(t, p.tls).Handshake() // it ends with its connection
	case replies:
		_, _ = io.WriteString(c, "cmderr command not supported\n")
	case halts, breaks, leaves:
		p.begin(t)
		return
	}
	_, _ = io.Copy(io.Discard, t)
}

// begin answers a TLS greeting, and ends somewhere on the way.
func (p *impostor) begin(t tap) {
	if p.does == leaves {
		_ = tls.Server(deaf{t}, p.tls).Handshake() // it ends after its first flight
		return
	}
	var hello [4096]byte
	if _, err := t.Read(hello[:]); err != nil {
		return
	}
	record := []byte{0x16, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3}
	if p.does == breaks {
		record = []byte{0x16, 3, 3, 0, 4, 2, 0, 0, 118}
		record = append(record, "cmderr command not supported\n"...)
	}
	_, _ = t.Write(record) // whoever has gone is gone
}

// deaf has nothing more to read once something was written.
type deaf struct{ tap }

func (d deaf) Write(b []byte) (int, error) {
	n, err := d.tap.Write(b)
	d.Close()
	return n, err
}

func (p *impostor) stop() {
	p.Close()
	p.done.Wait()
}

// tries is how many connections there were.
func (p *impostor) tries() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.heard)
}

// greeted checks that nothing came but TLS greetings, and what ends a handshake
// that leads nowhere.
func (p *impostor) greeted(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, heard := range p.heard {
		if err := onlyGreeting([]byte(heard.String())); err != nil {
			t.Errorf("the impostor has heard %v: %.200q", err, heard.String())
		}
	}
}

// onlyGreeting reads TLS records: a ClientHello, and then at most an alert.
func onlyGreeting(b []byte) error {
	const (
		head, handshake, clientHello = 5, 0x16, 1
		changeCipher, sealed         = 0x14, 0x17
		sealedAlert                  = 2 + 1 + 16
	)
	for n := 0; len(b) > 0; n++ {
		if len(b) < head || b[1] != 3 {
			return fmt.Errorf("no TLS record as number %d", n)
		}
		kind, size := b[0], int(binary.BigEndian.Uint16(b[3:]))
		if len(b) < head+size {
			size = len(b) - head // the impostor did not read on
		}
		switch {
		case n == 0 && kind == handshake && size > 0 && b[head] == clientHello:
		case n > 0 && kind == changeCipher && size == 1:
		case n > 0 && kind == sealed && size == sealedAlert:
		default:
			return fmt.Errorf("a record %#x of %d bytes as number %d", kind, size, n)
		}
		b = b[head+size:]
	}
	return nil
}

// A server that is known by its key gets nothing but TLS greetings from who is
// not that server, whatever that one does, and whatever the session is for.
func TestAFakeServerBehindAPinnedKeyGetsNoByteButTLSGreetings(t *testing.T) {
	other, _ := certificate(t)
	for _, does := range []string{closes, resets, hangs, replies, shows} {
		for _, mode := range []Mode{ModeGuest, ModeLogin, ModeRegister} {
			for _, dialect := range []string{DialectAuto, DialectChat1, DialectA3, "prompt-accounts"} {
				for _, attended := range []bool{false, true} {
					for _, password := range []wire.Secret{"", "sesame-of-alice"} {
						name := fmt.Sprintf("%s/%s/%s/attended %v/password %v", does, mode, dialect, attended, password != "")
						t.Run(name, func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) {
								p := imposture(does, other)
								defer p.stop()
								store := newMemStore()
								cfg := Config{
									Server: "127.0.0.1:1301", Dialect: dialect, Rooms: []string{wire.Lobby}, Attended: attended,
									Identity: Identity{Mode: mode, Name: "alice", Password: password},
									Store:    store, Known: store, Dial: p.DialContext, Program: "test",
								}
								store.pins[cfg.Server], store.tokens["alice"] = "SHA256:a", "token-of-alice"
								r := start(t, &fake{}, cfg)
								defer r.end()
								r.s.Say(wire.Lobby, "a line of alice", false)
								r.until("three tries", func() bool { return p.tries() > 3 || len(r.ended) > 0 })
								r.s.Do(wire.Login{Name: "alice", Password: "sesame"})
								if attended && len(r.ended) > 0 {
									t.Errorf("the session has ended (%v), so that nobody can answer", <-r.ended)
								}
								_, err := Probe(t.Context(), cfg, "alice")
								if err == nil {
									t.Error("a look at the impostor finds nothing wrong")
								}
								if _, err := Ask(t.Context(), Question{Server: cfg.Server, Dialect: "sum", Request: wire.Calc{Left: "1", Op: "+", Right: "2", By: wire.Integers}, Known: store, Dial: p.DialContext}); err == nil {
									t.Error("the impostor has computed for us")
								}
								p.greeted(t)
								if store.pins[cfg.Server] != "SHA256:a" {
									t.Errorf("the key is %q now", store.pins[cfg.Server])
								}
							})
						})
					}
				}
			}
		}
	}
}

// What a person is told names both keys, and what to do.
func TestWhoIsNotTheServerThatWeKnowIsExplained(t *testing.T) {
	other, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	for _, c := range []struct {
		does, dialect string
		attended      bool
		state         wire.State
		want          *wire.Mistrust
		says          []string
	}{
		{closes, DialectAuto, true, wire.StateOffline, &wire.Mistrust{Had: "SHA256:a"}, []string{"SHA256:a", "/server trust"}},
		{closes, DialectAuto, false, wire.StateOffline, &wire.Mistrust{Had: "SHA256:a"}, []string{"SHA256:a", "the file of known servers"}},
		{resets, DialectChat1, true, wire.StateOffline, &wire.Mistrust{Had: "SHA256:a"}, []string{"ends the connection"}},
		{hangs, DialectAuto, true, wire.StateOffline, nil, []string{"does not answer in time"}},
		{replies, DialectAuto, true, wire.StateOffline, &wire.Mistrust{Had: "SHA256:a"}, []string{"plain text", "/server trust"}},
		{replies, DialectAuto, false, wire.StateEnded, nil, []string{"plain text", "the file of known servers"}},
		{replies, DialectA3, true, wire.StateOffline, &wire.Mistrust{Had: "SHA256:a"}, []string{"--dialect a3", "/server trust"}},
		{replies, DialectA3, false, wire.StateEnded, nil, []string{"--dialect a3"}},
		{shows, DialectAuto, true, wire.StateOffline, &wire.Mistrust{Had: "SHA256:a", Shows: key}, []string{"SHA256:a", key, "/server trust"}},
		{shows, DialectAuto, false, wire.StateEnded, nil, []string{"SHA256:a", "--server-key " + key}},
	} {
		t.Run(fmt.Sprintf("%s/%s/attended %v", c.does, c.dialect, c.attended), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := imposture(c.does, other)
				defer p.stop()
				store := newMemStore()
				cfg := config(&fake{Listener: p.Listener}, store)
				cfg.Dialect, cfg.Attended = c.dialect, c.attended
				store.pins[cfg.Server] = "SHA256:a"
				r := start(t, &fake{}, cfg)
				defer r.end()
				r.until("refused", func() bool { return r.state() == c.state })
				list := all[*wire.Status](r)
				s := list[len(list)-1]
				for _, part := range c.says {
					if !strings.Contains(s.Reason, part) {
						t.Errorf("%q does not hold %q", s.Reason, part)
					}
				}
				if got := s.Mistrust; (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

// The person who was told says otherwise; what they were not told of is not
// believed.
func TestAPersonSaysOtherwiseAndTheSessionGoesOn(t *testing.T) {
	first, _ := certificate(t)
	second, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	for _, c := range []struct {
		name  string
		tls   *tls.Config
		shows string
	}{{"another key", second, key}, {"plain text", nil, ""}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := newMemStore()
				f := serve("chat1", first)
				r := start(t, f, config(f, store))
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				r.end()
				f.stop()

				f = serve("chat1", c.tls)
				defer f.stop()
				cfg := config(f, store)
				cfg.Attended = true
				r = start(t, f, cfg)
				defer r.end()
				r.until("refused", func() bool { return r.state() == wire.StateOffline })
				tag := r.s.Do(wire.TrustServer{Shows: "SHA256:of-somebody-else"})
				r.until("an answer", func() bool { return len(all[*wire.Refused](r)) > 0 })
				if e := all[*wire.Refused](r)[0]; e.Re.Re != tag || len(f.asked) != 0 {
					t.Errorf("got %+v, and %d requests were sent", e, len(f.asked))
				}
				tag = r.s.Do(wire.TrustServer{Shows: c.shows})
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				if got := all[*wire.Done](r); len(got) != 1 || got[0].Re.Re != tag {
					t.Errorf("got %+v, want it done", got)
				}
				if got, known := store.pins[cfg.Server]; got != c.shows || known != (c.shows != "") {
					t.Errorf("it is known by %q, %v; want %q", got, known, c.shows)
				}
			})
		})
	}
}

// An unknown server that does not answer a TLS greeting is not known to have no
// TLS.
func TestATimeOutIsNoReasonForPlainText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := imposture(hangs, nil)
		defer p.stop()
		r := start(t, &fake{}, config(&fake{Listener: p.Listener}, newMemStore()))
		defer r.end()
		r.until("three tries", func() bool { return p.tries() > 3 })
		p.greeted(t)
	})
}
