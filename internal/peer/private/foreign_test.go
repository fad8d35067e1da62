package private_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// What is said of a private place at an older server is what becomes of a line
// there.
func TestAPrivatePlaceAtAnOlderServerSaysHowItsLinesGo(t *testing.T) {
	for dialect, want := range map[string]struct {
		way  wire.Way
		says string
	}{
		"a3":              {wire.WayPlain, "through the server, which can read it"},
		"prompt":          {wire.WayNever, "--udp"},
		"prompt-accounts": {wire.WayNever, "--udp"},
		"prompt-m1":       {wire.WayNever, "no private lines"},
		"names":           {wire.WayNever, "no private lines"},
		"names-clock":     {wire.WayNever, "no private lines"},
		"names-echo":      {wire.WayNever, "no private lines"},
	} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newLab(t)
				defer w.end()
				ann := w.enter("ann", wire.KindGuest, newMemory("ann"))
				ann.server.push(&wire.Status{State: wire.StateOffline})
				ann.server.push(&wire.Status{State: wire.StateOnline, Dialect: dialect})
				ann.server.push(&wire.LoggedIn{Name: "ann"})
				settle()
				for _, ask := range []wire.Request{wire.Poke{Name: "olaf"}, wire.Route{Name: "olaf"}} {
					tag := ann.Do(ask)
					settle()
					got := last(ann, func(e *wire.Path) bool { return e.Re.Re == tag })
					if got == nil || got.Way != want.way || !strings.Contains(got.Reason, want.says) {
						t.Errorf("%T: got %+v, want %s, %q", ask, got, want.way, want.says)
					}
				}
			})
		})
	}
}
