package client

import (
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// A name that leads to this machine leads to the server that is known there:
// calling it so is no way to have it spoken to in plain text.
func TestAnotherNameForThisMachineIsNoWayAroundWhatIsKnown(t *testing.T) {
	other, _ := certificate(t)
	for _, does := range []string{closes, resets, hangs, replies, shows} {
		for _, dialect := range []string{DialectAuto, DialectChat1, DialectA3} {
			t.Run(does+"/"+dialect, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := imposture(does, other)
					defer p.stop()
					store := newMemStore()
					cfg := config(&fake{Listener: p.Listener}, store)
					there := cfg.Server // where the name leads
					cfg.Server, cfg.Dialect, cfg.Attended = "ip6-localhost:1300", dialect, true
					cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "sesame-of-alice"}
					store.pins[there], store.tokens["alice"] = "SHA256:a", "token-of-alice"
					r := start(t, &fake{}, cfg)
					defer r.end()
					r.until("three tries", func() bool { return p.tries() > 3 })
					if _, err := Ask(t.Context(), Question{Server: cfg.Server, Dialect: "sum", Request: wire.Calc{Left: "1", Op: "+", Right: "2", By: wire.Integers}, Known: store, Dial: p.DialContext}); err == nil {
						t.Error("the impostor has computed for us")
					}
					p.greeted(t)
					if store.pins[there] != "SHA256:a" || len(store.pins) != 1 {
						t.Errorf("got the pins %v", store.pins)
					}
				})
			})
		}
	}
}

// What a server is known by is noted under its name and under the address on
// this machine that the name leads to.
func TestAServerOfThisMachineIsKnownByNameAndAddress(t *testing.T) {
	secure, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", secure)
		defer f.stop()
		store := newMemStore()
		cfg := config(f, store)
		there := cfg.Server
		cfg.Server = "workshop:1300"
		r := start(t, f, cfg)
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.end()
		if store.pins[cfg.Server] != key || store.pins[there] != key {
			t.Errorf("got the pins %v", store.pins)
		}
		store.pins[cfg.Server], store.pins[there] = "SHA256:a", "SHA256:a"
		cfg.Attended = true
		r = start(t, f, cfg)
		defer r.end()
		r.until("refused", func() bool { return r.state() == wire.StateOffline })
		r.s.Do(wire.TrustServer{Shows: key})
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if store.pins[cfg.Server] != key || store.pins[there] != key {
			t.Errorf("a person trusts the server, and it is known by %v", store.pins)
		}
	})
}

// A server that has begun to speak TLS is one that speaks TLS, also where it is
// not known yet and ends before it is.
func TestWhoHasBegunToSpeakTLSIsNotSpokenToInPlainText(t *testing.T) {
	cert, _ := certificate(t)
	for _, does := range []string{halts, breaks, leaves} {
		t.Run(does, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := imposture(does, cert)
				defer p.stop()
				cfg := config(&fake{Listener: p.Listener}, newMemStore())
				cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "sesame-of-alice"}
				r := start(t, &fake{}, cfg)
				defer r.end()
				r.until("three tries", func() bool { return p.tries() > 3 || len(r.ended) > 0 })
				p.greeted(t)
			})
		})
	}
}
