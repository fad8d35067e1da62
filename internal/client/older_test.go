package client

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// oldRig runs a session with an oldServer.
func oldRig(t *testing.T, s *oldServer, dialect, name string, store *memStore) *rig {
	t.Helper()
	id := Identity{Mode: ModeGuest, Name: name}
	if dialect == "prompt-accounts" {
		id.Mode, id.Password = ModeRegister, "sesame"
	}
	return oldRigAs(t, s, dialect, id, store)
}

// oldRigAs is oldRig for who comes in in a way of their own.
func oldRigAs(t *testing.T, s *oldServer, dialect string, id Identity, store *memStore) *rig {
	t.Helper()
	r := &rig{t: t, store: store, ended: make(chan error, 1)}
	r.s = New(Config{
		Server: "127.0.0.1:12000", Dialect: dialect, Identity: id, Rooms: []string{wire.Lobby},
		Store: store, Known: store, Dial: s.DialContext, Program: "test",
	})
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	r.done.Go(func() { r.ended <- r.s.Run(ctx) })
	r.done.Go(r.listen)
	return r
}

// hears counts the lines of somebody that came out.
func (r *rig) hears(from, text string) int {
	n := 0
	for _, e := range all[*wire.Said](r) {
		if e.From == from && e.Text == text && e.Room == wire.Lobby {
			n++
		}
	}
	return n
}

func TestAConversationWithEachOlderFamily(t *testing.T) {
	for dialect, room := range oldRooms {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveOld(room())
				defer s.stop()
				alice := oldRig(t, s, dialect, "alice", newMemStore())
				defer alice.end()
				alice.until("alice online", func() bool { return alice.state() == wire.StateOnline })
				bob := oldRig(t, s, dialect, "bob", newMemStore())
				defer bob.end()
				bob.until("bob online", func() bool { return bob.state() == wire.StateOnline })
				if dialect != "names-echo" && dialect != "a3" {
					alice.until("bob coming", func() bool { return len(all[*wire.Joined](alice)) > 0 })
					if e := all[*wire.Joined](alice)[0]; e.Name != "bob" && e.Name != "alice" || e.Room != wire.Lobby {
						t.Errorf("got %+v, want bob in the lobby", e)
					}
				}
				one := alice.s.Say(wire.Lobby, "hi from alice", false)
				alice.sent(one)
				bob.until("alice's line", func() bool { return bob.hears("alice", "hi from alice") == 1 })
				bob.sent(bob.s.Say(wire.Lobby, "hi from bob", false))
				alice.until("bob's line", func() bool { return alice.hears("bob", "hi from bob") == 1 })
				if n := alice.hears("alice", "hi from alice"); n != 0 {
					t.Errorf("alice's own line came out %d times more", n)
				}
				alice.sent(alice.s.Say(wire.Lobby, "waves", true))
				bob.until("what alice does", func() bool { return bob.hears("alice", "* waves") == 1 })
				if n := alice.hears("alice", "* waves"); n != 0 {
					t.Errorf("what alice herself does came out %d times more", n)
				}
				if s := all[*wire.Status](alice); s[len(s)-1].Dialect != dialect {
					t.Errorf("got %+v, want the dialect %s", s[len(s)-1], dialect)
				}
				s.cut()
				alice.until("the loss", func() bool { return alice.state() != wire.StateOnline })
				late := alice.s.Say(wire.Lobby, "typed while the server was away", false)
				alice.sent(late)
				if n := s.times("typed while the server was away"); n != 1 {
					t.Errorf("the late line came %d times, want once", n)
				}
			})
		})
	}
}

func TestAPromptRoomIsFoundOutByItsGreeting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(promptRoom())
		defer s.stop()
		r := oldRig(t, s, DialectAuto, "alice", newMemStore())
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if list := all[*wire.Status](r); list[len(list)-1].Dialect != "prompt" {
			t.Errorf("got %+v, want prompt", list[len(list)-1])
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(accountsRoom())
		defer s.stop()
		r := oldRig(t, s, DialectAuto, "alice", newMemStore())
		defer r.end()
		if e := r.fatal(); !strings.Contains(e.Text, "prompt-accounts") || !strings.Contains(e.Text, "--register") {
			t.Errorf("a guest is told %q, want the dialect and another way", e.Text)
		}
	})
}

func TestANameThatAPromptRoomRefusesEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(promptRoom())
		defer s.stop()
		first := oldRig(t, s, "prompt", "alice", newMemStore())
		defer first.end()
		first.until("online", func() bool { return first.state() == wire.StateOnline })
		second := oldRig(t, s, "prompt", "alice", newMemStore())
		defer second.end()
		if e := second.fatal(); e.Code != wire.CodeNameTaken {
			t.Errorf("got %+v, want the name taken", e)
		}
	})
}

func TestARoomThatWantsANameSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(promptRoom())
		defer s.stop()
		r := oldRig(t, s, "prompt", "", newMemStore())
		defer r.end()
		if e := r.fatal(); !strings.Contains(e.Text, "--user") {
			t.Errorf("got %q, want what to do", e.Text)
		}
	})
}

func TestANameThatIsRefusedLateEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveOld(&oldServer{
			hear: func(p *oldPeer, _ string) {
				said, _, err := dialects.ByName("names").Server().AppendEvent(nil, &wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "taken"})
				if err != nil {
					t.Error(err)
				}
				p.say(string(said))
				p.conn.Close()
			},
			leave: func(*oldPeer) {},
		})
		defer s.stop()
		r := oldRig(t, s, "names", "alice", newMemStore())
		defer r.end()
		if e := r.fatal(); e.Code != wire.CodeNameTaken {
			t.Errorf("got %+v, want the name taken", e)
		}
	})
}
