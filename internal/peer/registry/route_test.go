package registry_test

import (
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestAPrivatePlaceAtARegistrySaysHowItsLinesGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.tobi("lobby")
		o := w.original("10.0.0.7:4000")
		r.names = append(r.names, entry{"olaf", o.addr}, entry{"sara", registryAddr}) // as chatd tells of its own people
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		s.Do(wire.Leave{Room: "lobby"})
		for _, to := range []struct{ name, addr, reason string }{ // whom the registry carries lines to comes last: it would tell both
			{"olaf", o.addr.String(), "plain text past the registry"},
			{"sara", registryAddr.String(), "by way of the registry, which can read it"},
		} {
			s.Do(wire.Poke{Name: to.name})
			until(s, "a way that is not known yet", func(e *wire.Path) bool {
				return e.User == to.name && e.Way == wire.WayPlain && e.Addr == "" && e.Reason == "plain text past the registry"
			})
			s.Whisper(to.name, "psst", false)
			until(s, "a way", func(e *wire.Path) bool { return e.User == to.name && e.Addr == to.addr && e.Reason == to.reason })
		}
		if n := len(r.heard); n == 0 {
			t.Error("the registry was asked for nobody")
		}
		w.end()
	})
}

func TestAPrivatePlaceOfAPromptRoomSaysWhetherItsLinesGoPastTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s, in := w.beside("alice", "10.0.0.2:13000")
		list := &wire.PeerList{Peers: []wire.Peer{{Name: "bob", Addr: "10.0.0.3"}}}
		in.events <- []wire.Event{list}
		s.Do(wire.Poke{Name: "bob"})
		until(s, "a way past the server", func(e *wire.Path) bool { return e.Way == wire.WayPlain && e.Addr == "10.0.0.3:13000" })
		tag := s.Do(wire.Poke{Name: "BOB"})
		until(s, "the list's spelling", func(e *wire.Path) bool { return e.Re.Re == tag && e.User == "bob" })
		s.Do(wire.Route{Name: "carl"})
		until(s, "none", func(e *wire.Path) bool { return e.User == "carl" && e.Way == wire.WayNever })
		in.events <- []wire.Event{&wire.PeerList{Peers: append(list.Peers, wire.Peer{Name: "carl", Addr: "10.0.0.4"})}}
		until(s, "a way now", func(e *wire.Path) bool { return e.User == "carl" && e.Way == wire.WayPlain })
	})
}
