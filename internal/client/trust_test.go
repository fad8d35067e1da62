package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestJudge(t *testing.T) {
	a, valid := pin{key: "SHA256:a", known: true}, pin{known: true}
	for _, c := range []struct {
		name   string
		proof  proof
		want   verdict
		ends   bool
		notice bool
	}{
		{"a key seen first is pinned and told", proof{key: "SHA256:a"}, verdict{add: true, key: "SHA256:a", first: true}, false, true},
		{"over loopback, too", proof{key: "SHA256:a", local: true}, verdict{add: true, key: "SHA256:a", first: true}, false, true},
		{"the pinned key is accepted", proof{key: "SHA256:a", pin: a}, verdict{}, false, false},
		{"a changed key ends it", proof{key: "SHA256:b", pin: a}, verdict{}, true, false},
		{"over loopback, too", proof{key: "SHA256:b", local: true, pin: a}, verdict{}, true, false},
		{"a valid certificate is a pin of its own", proof{key: "SHA256:a", valid: true}, verdict{add: true}, false, false},
		{"a renewed certificate is accepted", proof{key: "SHA256:b", valid: true, pin: valid}, verdict{}, false, false},
		{"a valid certificate does not take the place of a key", proof{key: "SHA256:b", valid: true, pin: a}, verdict{}, true, false},
		{"a certificate that was valid and is not ends it", proof{key: "SHA256:b", pin: valid}, verdict{}, true, false},
		{"a demanded key takes the place of a pin", proof{key: "SHA256:b", demanded: "SHA256:b", pin: a}, verdict{set: true, key: "SHA256:b"}, false, false},
		{"a demanded key may be written without its hash", proof{key: "SHA256:b", demanded: " b= "}, verdict{add: true, key: "SHA256:b"}, false, false},
		{"a demanded key that is not shown ends it", proof{key: "SHA256:a", demanded: "SHA256:b", pin: a}, verdict{}, true, false},
		{"even over loopback", proof{key: "SHA256:a", demanded: "SHA256:b", local: true}, verdict{}, true, false},
		{"even with a valid certificate", proof{key: "SHA256:a", demanded: "SHA256:b", valid: true}, verdict{}, true, false},
		{"nobody's password goes to a key seen first", proof{key: "SHA256:a", secret: true}, verdict{}, true, false},
		{"but to a demanded one", proof{key: "SHA256:a", secret: true, demanded: "SHA256:a"}, verdict{add: true, key: "SHA256:a"}, false, false},
		{"to a pinned one", proof{key: "SHA256:a", secret: true, pin: a}, verdict{}, false, false},
		{"to a valid certificate", proof{key: "SHA256:a", secret: true, valid: true}, verdict{add: true}, false, false},
		{"and over loopback", proof{key: "SHA256:a", secret: true, local: true}, verdict{add: true, key: "SHA256:a", first: true}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.proof.server = "chat.example.org:1300"
			got, err := c.proof.judge()
			if (err != nil) != c.ends || (got.notice != "") != c.notice {
				t.Fatalf("got %+v, %v", got, err)
			}
			if got.notice = ""; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// remote is the configuration of a session with a server that is not here.
func remote(f *fake, store *memStore) Config {
	cfg := config(f, store)
	cfg.Server, cfg.Dial = "chat.example.org:1300", elsewhere(f)
	return cfg
}

func TestTheKeyIsPinnedAtFirstUseAndAChangedOneStopsForGood(t *testing.T) {
	first, cert := certificate(t)
	second, other := certificate(t)
	key, changed := wire.KeyPrint(cert.RawSubjectPublicKeyInfo), wire.KeyPrint(other.RawSubjectPublicKeyInfo)
	synctest.Test(t, func(t *testing.T) {
		store := newMemStore()
		f := serve("chat1", first)
		r := start(t, f, remote(f, store))
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if got := store.pins["chat.example.org:1300"]; got != key {
			t.Errorf("the pin is %q, want %q", got, key)
		}
		if notices := all[*wire.Notice](r); len(notices) != 1 || !notices[0].Own || !strings.Contains(notices[0].Text, key) {
			t.Errorf("got the notices %v, want one with the key", notices)
		}
		if s := all[*wire.Status](r); !s[len(s)-1].Secure || s[len(s)-1].Key != key {
			t.Errorf("got the status %+v, want it secure with the key", s[len(s)-1])
		}
		r.end()
		f.stop()

		f = serve("chat1", second)
		defer f.stop()
		r = start(t, f, remote(f, store))
		defer r.end()
		text := r.fatal().Text
		for _, part := range []string{key, "--server-key " + changed, "operator"} {
			if !strings.Contains(text, part) {
				t.Errorf("%q does not hold %q", text, part)
			}
		}
		if got := len(f.asked); got != 0 {
			t.Errorf("%d requests were sent to the wrong server", got)
		}
	})
}

func TestAValidCertificateIsAPinOfItsOwn(t *testing.T) {
	cfg, cert := certificate(t)
	selfMade, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		store := newMemStore()
		f := serve("chat1", cfg)
		c := remote(f, store)
		c.roots = x509.NewCertPool()
		c.roots.AddCert(cert)
		r := start(t, f, c)
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if key, known := store.pins[c.Server]; key != "" || !known {
			t.Errorf("got the pin %q, %v; want that of a certificate", key, known)
		}
		if n := all[*wire.Notice](r); len(n) != 0 {
			t.Errorf("got the notice %q", n[0].Text)
		}
		r.end()
		f.stop()
		f = serve("chat1", selfMade)
		defer f.stop()
		c.Dial = elsewhere(f)
		r = start(t, f, c)
		defer r.end()
		if e := r.fatal(); e.Code != wire.CodeDenied {
			t.Errorf("got %v", e)
		}
	})
}

// A server that was known by its key comes with a certificate that is valid for its
// name: the person is told so, and what it means to say yes. What they were not told
// of is not believed.
func TestAValidCertificateInPlaceOfAKnownKeyIsTold(t *testing.T) {
	cfg, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	for _, valid := range []bool{true, false} {
		t.Run(fmt.Sprintf("valid %v", valid), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := newMemStore()
				f := serve("chat1", cfg)
				defer f.stop()
				c := remote(f, store)
				c.Attended = true
				store.pins[c.Server] = "SHA256:a"
				if c.roots = x509.NewCertPool(); valid {
					c.roots.AddCert(cert)
				}
				r := start(t, f, c)
				defer r.end()
				r.until("refused", func() bool { return r.state() == wire.StateOffline })
				list := all[*wire.Status](r)
				s := list[len(list)-1]
				if s.Mistrust == nil || *s.Mistrust != (wire.Mistrust{Had: "SHA256:a", Shows: key, Valid: valid}) {
					t.Fatalf("got %+v", s.Mistrust)
				}
				if strings.Contains(s.Reason, "certificate that is valid") != valid {
					t.Errorf("the person reads %q", s.Reason)
				}
				r.s.Do(wire.TrustServer{Shows: key, Valid: !valid})
				r.until("an answer", func() bool { return len(all[*wire.Refused](r)) > 0 })
				if got := store.pins[c.Server]; got != "SHA256:a" || len(f.asked) != 0 {
					t.Errorf("it is known by %q, and %d requests were sent", got, len(f.asked))
				}
				r.s.Do(wire.TrustServer{Shows: key, Valid: valid})
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				told := slices.ContainsFunc(all[*wire.Notice](r), func(n *wire.Notice) bool { return n.Own && strings.Contains(n.Text, "any key is accepted") })
				want := key
				if valid {
					want = ""
				}
				if got, known := store.pins[c.Server]; got != want || !known || told != valid {
					t.Errorf("it is known by %q, %v; that any certificate is accepted was told: %v", got, known, told)
				}
			})
		})
	}
}

// A certificate of an authority is renewed with a new key; then another comes,
// that no authority vouches for.
func TestARenewedCertificateIsTheSameServer(t *testing.T) {
	authority, ca := certificate(t)
	selfMade, _ := certificate(t)
	servers := []*tls.Config{renewed(t, authority), renewed(t, authority), selfMade}
	synctest.Test(t, func(t *testing.T) {
		store := newMemStore()
		for i, cert := range servers {
			f := serve("chat1", cert)
			c := remote(f, store)
			c.roots = x509.NewCertPool()
			c.roots.AddCert(ca)
			r := start(t, f, c)
			if i < 2 {
				r.until("online", func() bool { return r.state() == wire.StateOnline })
			} else if e := r.fatal(); e.Code != wire.CodeDenied || len(f.asked) != 0 {
				t.Errorf("got %v, and %d requests were sent", e, len(f.asked))
			}
			r.end()
			f.stop()
			if key, known := store.pins[c.Server]; key != "" || !known {
				t.Errorf("got the pin %q, %v; want that of a certificate", key, known)
			}
		}
	})
}

// A password or a token must never be seen on a wire that is not encrypted,
// but for loopback, whatever the server does.
func TestAPasswordNeverTravelsUnencryptedExceptOverLoopback(t *testing.T) {
	secure, _ := certificate(t)
	const password = "hunter2-very-secret"
	for _, c := range []struct {
		name    string
		dialect string // of the server
		flag    string // of the client
		mode    Mode
		tls     bool
		local   bool
		clear   bool // it may be seen
	}{
		{"chat/1 server without TLS elsewhere", "chat1", DialectAuto, ModeLogin, false, false, false},
		{"chat/1 server without TLS elsewhere, chat1 asked for", "chat1", DialectChat1, ModeRegister, false, false, false},
		{"A3 server elsewhere", "a3", DialectAuto, ModeLogin, false, false, false},
		{"A3 server elsewhere, A3 asked for", "a3", DialectA3, ModeLogin, false, false, false},
		{"A3 server elsewhere, A3 asked for, to register", "a3", DialectA3, ModeRegister, false, false, false},
		{"chat/1 server with TLS elsewhere", "chat1", DialectAuto, ModeLogin, true, false, false},
		{"chat/1 server with TLS over loopback", "chat1", DialectAuto, ModeLogin, true, true, false},
		{"chat/1 server without TLS over loopback", "chat1", DialectAuto, ModeLogin, false, true, true},
		{"A3 server over loopback", "a3", DialectAuto, ModeLogin, false, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve(c.dialect, nil)
				defer f.stop()
				if c.tls {
					f.tls = secure
				}
				store := newMemStore()
				store.tokens["alice"] = "old-token-of-alice"
				cfg := remote(f, store)
				if c.local {
					cfg = config(f, store)
				}
				cfg.Dialect = c.flag
				cfg.Identity = Identity{Mode: c.mode, Name: "alice", Password: password}
				r := start(t, f, cfg)
				defer r.end()
				r.until("it is decided", func() bool { return r.state() == wire.StateOnline || len(r.ended) > 0 })
				r.s.Do(wire.Login{Name: "alice", Password: password})
				r.s.Do(wire.Passwd{Old: password, New: password})
				r.until("it is quiet", func() bool { return true })
				f.mu.Lock()
				defer f.mu.Unlock()
				seen := bytes.Join(f.heard, nil)
				if got := bytes.Contains(seen, []byte(password)); got != c.clear {
					t.Errorf("the password is on the wire: %v, want %v", got, c.clear)
				}
				if bytes.Contains(seen, []byte("old-token")) && !c.clear {
					t.Error("the token is on the wire")
				}
			})
		})
	}
}

// A server that shows TLS first and then answers in plain text, or the other
// way round, gets nothing either.
func TestAServerOnceSeenWithTLSIsNotSpokenToInPlainText(t *testing.T) {
	for _, dialect := range []string{DialectAuto, DialectChat1, DialectA3} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("a3", nil)
				defer f.stop()
				store := newMemStore()
				store.pins["chat.example.org:1300"] = "SHA256:a"
				cfg := remote(f, store)
				cfg.Dialect = dialect
				r := start(t, f, cfg)
				defer r.end()
				r.until("it has failed", func() bool { return r.state() == wire.StateOffline || len(r.ended) > 0 })
				if got := len(f.asked); got != 0 {
					t.Errorf("%d requests were sent", got)
				}
			})
		})
	}
}

func TestABrokenTLSHandshakeElsewhereIsTriedAgainAndNeverInPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		cfg := remote(f, newMemStore())
		dials := 0
		cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials++
			c, err := elsewhere(f)(ctx, network, addr)
			if err == nil {
				c.Close() // as if it was cut at once
			}
			return c, err
		}
		r := start(t, f, cfg)
		defer r.end()
		r.until("three tries", func() bool { return len(all[*wire.Status](r)) >= 6 })
		if tries := all[*wire.Status](r); dials != 3 || tries[5].Attempt != 3 {
			t.Errorf("%d connections were made in %d attempts, want 3", dials, tries[5].Attempt)
		}
		if got := len(f.asked); got != 0 {
			t.Errorf("%d requests were sent", got)
		}
	})
}

func TestAServerKeyIsDemandedOverLoopbackToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		cfg.ServerKey = "SHA256:x"
		r := start(t, f, cfg)
		defer r.end()
		if e := r.fatal(); !strings.Contains(e.Text, "--server-key") {
			t.Errorf("got %q", e.Text)
		}
	})
}
