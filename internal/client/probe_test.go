package client

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestProbe(t *testing.T) {
	secure, cert := certificate(t)
	key := wire.KeyPrint(cert.RawSubjectPublicKeyInfo)
	for _, c := range []struct {
		name    string
		dialect string
		tls     bool
		far     bool
		pin     string
		ask     string
		want    Probed
		fails   string
	}{
		{name: "a server seen first", dialect: "chat1", tls: true, far: true, ask: "alice", want: Probed{Dialect: "chat1", Secure: true, Key: key}},
		{name: "a server known", dialect: "chat1", tls: true, far: true, pin: key, want: Probed{Dialect: "chat1", Secure: true, Key: key, Pinned: true}},
		{name: "a changed key", dialect: "chat1", tls: true, far: true, pin: "SHA256:x", fails: "has changed"},
		{name: "plain text elsewhere", dialect: "chat1", far: true, fails: "TLS only"},
		{name: "plain text here", dialect: "chat1", ask: "alice", want: Probed{Dialect: "chat1"}},
		{name: "an A3 server here", dialect: "a3", want: Probed{Dialect: "a3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve(c.dialect, nil)
				defer f.stop()
				if c.tls {
					f.tls = secure
				}
				store := newMemStore()
				cfg := config(f, store)
				if c.far {
					cfg = remote(f, store)
				}
				if c.pin != "" {
					store.pins[cfg.Server] = c.pin
				}
				got, err := Probe(t.Context(), cfg, c.ask)
				if c.fails != "" {
					if err == nil || !strings.Contains(err.Error(), c.fails) {
						t.Errorf("got %v, want %q", err, c.fails)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if c.dialect == "chat1" && (got.Welcome == nil || got.Welcome.Node != "node1") {
					t.Errorf("got the welcome %+v", got.Welcome)
				}
				if c.ask != "" && (got.Name == nil || got.Name.State != wire.NameFree) {
					t.Errorf("got the name %+v, want it free", got.Name)
				}
				got.RTT, got.Welcome, got.Name = 0, nil, nil
				if got != c.want {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
				if len(store.pins) != 0 && c.pin == "" {
					t.Error("a probe has pinned a key")
				}
			})
		})
	}
}

func TestProbeGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(*peer, wire.Request) []wire.Event { return []wire.Event{} }
		if _, err := Probe(context.Background(), config(f, newMemStore()), "alice"); err == nil {
			t.Error("a silent server was taken for a good one")
		}
		f.Close()
		_, err := Probe(context.Background(), config(f, newMemStore()), "alice")
		if err == nil || !strings.HasPrefix(err.Error(), "Nobody answers") {
			t.Errorf("got %v, want the reason", err)
		}
	})
}
