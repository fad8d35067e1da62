package client

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestTheHostsServicesAreAskedBesideTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if hello, ok := r.(wire.Hello); ok {
				return []wire.Event{&wire.Welcome{
					Re: wire.Re{Re: hello.Tag}, Version: 1, Node: f.node, Services: []wire.Service{{Name: "sum", Port: 4711, Net: "tcp"}},
				}}
			}
			return nil
		}
		sum := &service{ended: make(chan struct{}), step: func(_ int, message string) (string, bool) {
			return map[string]string{"3+4\n": "7\n"}[message], message == "3+4\n"
		}}
		cfg := config(f, newMemStore())
		cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if addr == "127.0.0.1:4711" {
				return sum.dial(ctx, network, addr)
			}
			return f.DialContext(ctx, network, addr)
		}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		tag := r.s.Do(wire.Calc{Left: "3", Op: "+", Right: "4", By: wire.Integers})
		r.until("the sum", func() bool { return len(all[*wire.Calculated](r)) == 1 })
		if e := all[*wire.Calculated](r)[0]; e.Value != "7" || e.Re.Re != tag {
			t.Errorf("got %+v, want 7 for %s", e, tag)
		}
		r.s.Do(wire.Clock{})
		r.until("the refusal", func() bool { return len(all[*wire.Refused](r)) == 1 })
		if e := all[*wire.Refused](r)[0]; !strings.Contains(e.Text, "no such service") {
			t.Errorf("got %+v, want to hear that there is no clock", e)
		}
		<-sum.ended
	})
}
