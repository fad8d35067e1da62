package client

import (
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// Beyond this machine, where nobody looks at a key that is seen first, no
// password goes to it, and it is not pinned: the next time would be the same.
func TestNobodysPasswordGoesToAKeyThatIsSeenFirst(t *testing.T) {
	secure, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", secure)
		defer f.stop()
		store := newMemStore()
		store.tokens["alice"] = "token-of-alice"
		cfg := remote(f, store)
		cfg.Identity, cfg.KnownOnly = Identity{Mode: ModeLogin, Name: "alice", Password: "sesame"}, true
		for range 2 {
			r := start(t, f, cfg)
			if e := r.fatal(); !strings.Contains(e.Text, "--server-key "+key) || len(f.asked) != 0 || len(store.pins) != 0 {
				t.Errorf("got %q, %d requests and the pins %v", e.Text, len(f.asked), store.pins)
			}
			r.end()
		}
		cfg.ServerKey = key
		r := start(t, f, cfg)
		defer r.end()
		r.until("decided", func() bool { return r.state() == wire.StateOnline || len(r.ended) > 0 })
		if len(requests[wire.Login](f)) == 0 || store.pins[cfg.Server] != key {
			t.Errorf("the key was given, and is known by %q", store.pins[cfg.Server])
		}
	})
}

// A token that is stored was given by a server that was met before: a key that
// is seen first beyond this machine has not given it.
func TestAKeyThatIsSeenFirstGetsNoStoredToken(t *testing.T) {
	secure, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", secure)
		defer f.stop()
		store := newMemStore()
		store.tokens["alice"] = "token-of-alice"
		r := start(t, f, remote(f, store))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if got := requests[wire.Login](f); len(got) != 0 {
			t.Errorf("the token was sent: %v", got)
		}
	})
}

// Where the key can't be noted, a guest goes on without secrets, and is told.
func TestAKeyThatCantBeNotedGetsNoSecret(t *testing.T) {
	secure, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	for _, c := range []struct {
		name     string
		mode     Mode
		attended bool
		demanded string
		local    bool
		ends     bool
		secrets  bool
	}{
		{"a guest goes on", ModeGuest, true, "", false, false, false},
		{"an account does not", ModeLogin, true, "", false, true, false},
		{"unless the key is given", ModeLogin, false, key, false, false, true},
		{"or over loopback", ModeLogin, true, "", true, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", secure)
				defer f.stop()
				store := newMemStore()
				store.unwritable = io.ErrShortWrite
				cfg := remote(f, store)
				if c.local {
					cfg = config(f, store)
				}
				cfg.Identity, cfg.Attended, cfg.ServerKey = Identity{Mode: c.mode, Name: "alice", Password: "sesame"}, c.attended, c.demanded
				r := start(t, f, cfg)
				defer r.end()
				if c.ends {
					if e := r.fatal(); e.Code != wire.CodeStorage || len(f.asked) != 0 {
						t.Errorf("got %+v, and %d requests were sent", e, len(f.asked))
					}
					return
				}
				r.until("named", func() bool { return len(all[*wire.LoggedIn](r)) > 0 || len(r.ended) > 0 })
				if n := all[*wire.Notice](r); len(n) != 1 || !strings.Contains(n[0].Text, "can't be noted") {
					t.Errorf("got the notices %v", n)
				}
				r.s.Do(wire.Login{Name: "alice", Password: "sesame"})
				r.until("quiet", func() bool { return true })
				if got := len(requests[wire.Login](f)) > 0; got != c.secrets {
					t.Errorf("the password was sent: %v, want %v", got, c.secrets)
				}
			})
		})
	}
}

// Where a line of the file can't be read, it may be that of the server.
func TestWhatCantBeReadOfTheKnownServersIsSaid(t *testing.T) {
	secure, cert := certificate(t)
	for _, known := range []bool{false, true} {
		t.Run(fmt.Sprintf("known %v", known), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", secure)
				defer f.stop()
				store := newMemStore()
				store.unreadable = io.ErrUnexpectedEOF
				cfg := config(f, store)
				if known {
					store.pins[cfg.Server] = wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
				}
				r := start(t, f, cfg)
				defer r.end()
				if !known {
					r.until("refused", func() bool { return r.state() == wire.StateOffline })
					if s := all[*wire.Status](r); !strings.Contains(s[len(s)-1].Reason, "can't be told") || len(f.asked) != 0 {
						t.Errorf("got %+v, and %d requests were sent", s[len(s)-1], len(f.asked))
					}
					return
				}
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				if n := all[*wire.Notice](r); len(n) != 1 || !strings.Contains(n[0].Text, "not all can be read") {
					t.Errorf("got the notices %v", n)
				}
			})
		})
	}
}

// The server that we know is back before the person has answered: the answer
// comes too late, and changes nothing.
func TestAnAnswerThatComesTooLateTrustsNobody(t *testing.T) {
	first, _ := certificate(t)
	second, cert := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		store := newMemStore()
		f := serve("chat1", first)
		defer f.stop()
		cfg := config(f, store)
		cfg.Attended = true
		r := start(t, f, cfg)
		defer r.end()
		online := func() bool { return r.state() == wire.StateOnline }
		r.until("online", online)
		known := store.pins[cfg.Server]
		f.show(second)
		r.until("refused", func() bool { return r.state() == wire.StateOffline && len(all[*wire.Status](r)) > 6 })
		f.show(first)
		r.until("online again", online)
		r.s.Do(wire.TrustServer{Shows: wire.KeyPrint(cert.RawSubjectPublicKeyInfo)})
		r.until("an answer", func() bool { return len(all[*wire.Refused](r)) > 0 || len(all[*wire.Done](r)) > 0 })
		if got := store.pins[cfg.Server]; got != known || len(all[*wire.Done](r)) > 0 {
			t.Errorf("it is known by %q now", got)
		}
	})
}

// The port of such a server changes, what it is known by does not.
func TestAServerIsKnownByItsNameAndNotByItsPort(t *testing.T) {
	first, _ := certificate(t)
	second, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		store := newMemStore()
		for i, cert := range []*tls.Config{first, first, second} {
			f := serve("chat1", cert)
			cfg := config(f, store)
			cfg.Server, cfg.KnownAs = fmt.Sprintf("127.0.0.1:%d", 2000+i), "local:/home/alice/local"
			r := start(t, f, cfg)
			if cert == first {
				r.until("online", func() bool { return r.state() == wire.StateOnline })
			} else if e := r.fatal(); e.Code != wire.CodeDenied {
				t.Errorf("got %+v", e)
			}
			r.end()
			f.stop()
		}
		if len(store.pins) != 1 {
			t.Errorf("got the pins %v", store.pins)
		}
	})
}

// Two programs meet a server for the first time at once, and are shown two
// keys: one of the two is not believed.
func TestOfTwoKeysThatAreSeenFirstAtOnceOneIsBelieved(t *testing.T) {
	secure, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", secure)
		defer f.stop()
		store := newMemStore()
		cfg := config(f, store)
		cfg.Known = &beaten{store}
		r := start(t, f, cfg)
		defer r.end()
		if e := r.fatal(); e.Code != wire.CodeDenied || len(f.asked) != 0 {
			t.Errorf("got %+v, and %d requests were sent", e, len(f.asked))
		}
	})
}

// beaten is written to by another program a moment before we do.
type beaten struct{ *memStore }

func (o *beaten) Add(server, _ string) error { return o.memStore.Add(server, "SHA256:other") }
