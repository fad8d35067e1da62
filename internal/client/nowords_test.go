package client

import (
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestWhatADialectHasNoWordsForIsNamed with the dialect and the command, for who
// has typed several.
func TestWhatADialectHasNoWordsForIsNamed(t *testing.T) {
	for _, c := range []struct {
		dialect string
		ask     wire.Request
		words   string
	}{
		{"names", wire.Rooms{}, "speaks names, which has no words for /rooms. /help"},
		{"names", wire.Whois{Name: "bob"}, "speaks names, which has no words for /whois."},
		{"names", wire.Guest{Name: "bob"}, "speaks names, which has no words for /nick."},
		{"names", wire.History{Room: wire.Lobby}, "speaks names, which has no words for /read."},
		{"names-echo", wire.People{}, "speaks names-echo, which has no words for /users."},
		{"prompt", wire.Topic{Room: wire.Lobby}, "speaks prompt, which has no words for /topic."},
		{"names", wire.Private{To: "bob", Text: "hi"}, "speaks names, which has no private lines"},
		{"prompt", wire.Private{To: "bob", Text: "hi"}, "--udp ADDRESS:PORT"},
	} {
		t.Run(c.dialect+" "+string(c.ask.Act()), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveOld(oldRooms[c.dialect]())
				defer s.stop()
				r := oldRig(t, s, c.dialect, "alice", newMemStore())
				defer r.end()
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				if p, private := c.ask.(wire.Private); private {
					id := r.s.Whisper(p.To, p.Text, false)
					r.until("not sent", func() bool { e := r.fate(id); return e != nil && e.State == wire.ReceiptFailed })
					if e := r.fate(id); !strings.Contains(e.Reason, c.words) {
						t.Errorf("got %q, want %q", e.Reason, c.words)
					}
					return
				}
				tag := r.s.Do(c.ask)
				r.until("refused", func() bool { return len(all[*wire.Refused](r)) > 0 })
				if e := all[*wire.Refused](r)[0]; e.Re.Re != tag || e.Code != wire.CodeUnsupported || !strings.Contains(e.Text, c.words) {
					t.Errorf("got %+v, want %q", e, c.words)
				}
			})
		})
	}
}

// TestWhoComesInAWayThatADialectLacksIsToldWhichItHas and never the one that was
// just tried.
func TestWhoComesInAWayThatADialectLacksIsToldWhichItHas(t *testing.T) {
	for _, c := range []struct {
		name, dialect string
		who           Identity
		want          string
	}{
		{
			"a guest, where there are accounts only", "prompt-accounts",
			Identity{Mode: ModeGuest, Name: "bob"},
			"which lets nobody in without an account. Log in with --user bob, without --guest; --user bob --register makes an account first.",
		},
		{
			"a guest without a name", "prompt-accounts",
			Identity{Mode: ModeGuest},
			"which lets nobody in without an account. Log in with --user NAME, without --guest; --user NAME --register makes an account first.",
		},
		{
			"an account, where there is none", "names",
			Identity{Mode: ModeRegister, Name: "bob", Password: "sesame seeds"},
			"which knows no accounts. Come in with --guest --user bob.",
		},
		{
			"a login, where there is none", "names",
			Identity{Mode: ModeLogin, Name: "bob", Password: "sesame seeds"},
			"which knows no accounts. Come in with --guest --user bob.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveOld(oldRooms[c.dialect]())
				defer s.stop()
				r := oldRigAs(t, s, c.dialect, c.who, newMemStore())
				defer r.end()
				want := "127.0.0.1:12000 speaks " + c.dialect + ", " + c.want
				if e := r.fatal(); e.Code != wire.CodeUnsupported || e.Text != want {
					t.Errorf("got %+v, want %q", e, want)
				}
			})
		})
	}
}
