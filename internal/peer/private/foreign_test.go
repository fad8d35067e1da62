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
				w := newHarness(t)
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

// TestAnOlderServersSpellingOfANameIsTakenOver as soon as it is known, and not only
// when somebody writes: such a server can't be asked for one name.
func TestAnOlderServersSpellingOfANameIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann := w.enter("ann", wire.KindGuest, newMemory("ann"))
		ann.server.push(&wire.Status{State: wire.StateOffline})
		ann.server.push(&wire.Status{State: wire.StateOnline, Dialect: "a3"})
		ann.server.push(&wire.LoggedIn{Name: "ann"})
		settle()
		called := func(typed string) string {
			t.Helper()
			tag := ann.Do(wire.Poke{Name: typed})
			settle()
			got := last(ann, func(e *wire.Path) bool { return e.Re.Re == tag })
			if got == nil {
				t.Fatalf("nothing is said of %s", typed)
			}
			return got.User
		}
		if got := called("BOB"); got != "BOB" {
			t.Errorf("before anything is known they are called %q", got)
		}
		ann.server.push(&wire.PeopleList{Room: wire.Lobby, People: []wire.Person{{Name: "bob"}, {Name: "Cleo"}, {Name: "dan"}, {Name: "Dan"}}})
		settle()
		if e := last(ann, func(e *wire.TalkRenamed) bool { return e.Old == "BOB" }); e == nil || e.Name != "bob" {
			t.Errorf("the open conversation is told %+v", e)
		}
		for typed, want := range map[string]string{"BOB": "bob", "cleo": "Cleo", "Dan": "Dan", "eve": "eve"} {
			if got := called(typed); got != want {
				t.Errorf("%s is called %q, want %q", typed, got, want)
			}
		}
	})
}
