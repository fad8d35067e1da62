package hub

import (
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestAServerTellsGuestsToRegisterOnlyWhereTheyCan(t *testing.T) {
	for _, open := range []bool{true, false} {
		w := newHarness(t, Config{Register: open, Limits: Limits{RoomsPerAddress: 1}})
		id := w.open(origin("native", loopback))
		w.ask(id, wire.Hello{Version: 1})
		w.ask(id, wire.Guest{Name: "ann"})
		w.ask(id, wire.Join{Room: wire.Lobby})
		w.ask(id, wire.Create{Room: "one"})
		w.ask(id, wire.Create{Room: "two"})
		if no, ok := w.heard[id][len(w.heard[id])-1].(*wire.Refused); !ok || no.Code != wire.CodeFull || strings.Contains(no.Text, "register") != open {
			t.Errorf("a room too many where registration is open=%v: %+v", open, w.heard[id][len(w.heard[id])-1])
		}
		topic := "ours"
		for name, r := range map[string]wire.Request{"a topic": wire.Topic{Room: wire.Lobby, Text: &topic}, "sessions": wire.Sessions{}} {
			w.ask(id, r)
			heard := w.heard[id]
			no, ok := heard[len(heard)-1].(*wire.Refused)
			if !ok || no.Code != wire.CodeAccountOnly {
				t.Fatalf("%s: got %+v", name, heard[len(heard)-1])
			}
			if strings.Contains(no.Text, "Register first") != open || strings.Contains(no.Text, "operator") == open {
				t.Errorf("%s where registration is open=%v: %q", name, open, no.Text)
			}
		}
	}
}
