package client

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// names lists the names that the session was given.
func names(r *rig) []string {
	var list []string
	for _, e := range all[*wire.LoggedIn](r) {
		list = append(list, e.Name)
	}
	return list
}

func TestTokensRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		cfg := config(f, store)
		cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		for i := range 4 {
			r.until("online", func() bool { return len(names(r)) == i+1 && r.state() == wire.StateOnline })
			if token := store.Token("", "alice"); f.tokens[token] != "alice" {
				t.Fatalf("the stored token is not the newest one")
			}
			f.cut()
			r.until("offline", func() bool { return r.state() == wire.StateOffline })
		}
		passwords := 0
		for _, login := range requests[wire.Login](f) {
			if login.Password != "" {
				passwords++
			}
		}
		if passwords != 1 {
			t.Errorf("the password was sent %d times, want once: the token costs the server no hash", passwords)
		}
	})
}

func TestATokenThatIsTooOldIsForgottenForThePassword(t *testing.T) {
	for _, c := range []struct {
		name     string
		password wire.Secret
		ends     bool
	}{
		{"with the password", "pw", false},
		{"without a password", "", true},
		{"with a wrong password", "wrong", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				store := newMemStore()
				store.tokens["alice"] = "expired"
				cfg := config(f, store)
				cfg.Identity = Identity{Mode: ModeLogin, Name: "alice", Password: c.password}
				r := start(t, f, cfg)
				defer r.end()
				if c.ends {
					if e := r.fatal(); e.Code != wire.CodeDenied || !strings.Contains(e.Text, "password") {
						t.Errorf("got %q: %q", e.Code, e.Text)
					}
					if got := store.Token("", "alice"); got != "" {
						t.Error("the token is still there")
					}
					return
				}
				r.until("online", func() bool { return r.state() == wire.StateOnline })
			})
		})
	}
}

func TestARegistrationWhoseAnswerWasLostIsALoginTheNextTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		tries := 0
		f.script = func(p *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Register); !ok {
				return nil
			}
			if tries++; tries == 1 { // done, but the answer is lost
				p.raw.Reset()
				return []wire.Event{}
			}
			return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.RequestTag()}, Of: wire.ActRegister, Code: wire.CodeRegistered, Text: "The name belongs to an account."}}
		}
		cfg := config(f, newMemStore())
		cfg.Identity = Identity{Mode: ModeRegister, Name: "alice", Password: "pw"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		if got := names(r); tries != 2 || !slices.Equal(got, []string{"alice"}) {
			t.Errorf("%d registrations, and the names %v", tries, got)
		}
	})
}

func TestANameOfOthersEndsTheFirstTry(t *testing.T) {
	for _, c := range []struct {
		mode Mode
		code wire.Code
	}{{ModeGuest, wire.CodeNameTaken}, {ModeRegister, wire.CodeRegistered}, {ModeLogin, wire.CodeBanned}} {
		t.Run(string(c.mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				f.script = func(_ *peer, r wire.Request) []wire.Event {
					switch r.(type) {
					case wire.Guest, wire.Register, wire.Login:
						return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.RequestTag()}, Of: r.Act(), Code: c.code, Text: "No."}}
					default:
						return nil
					}
				}
				cfg := config(f, newMemStore())
				cfg.Identity = Identity{Mode: c.mode, Name: "alice", Password: "pw"}
				r := start(t, f, cfg)
				defer r.end()
				if e := r.fatal(); e.Code != c.code {
					t.Errorf("got %v, want %v", e.Code, c.code)
				}
			})
		})
	}
}

func TestAServerThatIsTooBusyForALoginIsAskedAgainLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		refusals := 3
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Guest); !ok || refusals == 0 {
				return nil
			}
			refusals--
			return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.RequestTag()}, Of: r.Act(), Code: wire.CodeBusy, Text: "Busy.", RetryMS: 9000}}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		for _, s := range all[*wire.Status](r) {
			if s.State == wire.StateOffline && s.Code != wire.CodeBusy {
				t.Errorf("got %+v, want the server's code", s)
			}
		}
		if got := len(requests[wire.Guest](f)); got != 4 {
			t.Errorf("it asked %d times, want 4", got)
		}
	})
}

// When a name is lost, what was typed under it waits; it goes out under no
// other name, and does when the name is back.
func TestLinesNeverGoOutUnderAnotherName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.mu.Lock()
		clear(f.tokens) // the server was started anew,
		thief := &peer{}
		f.mu.Unlock()
		f.cut()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		f.mu.Lock()
		f.names["alice"] = thief // and somebody else was faster
		f.mu.Unlock()
		kept := r.s.Say(wire.Lobby, "as alice", false)
		r.until("online under another name", func() bool { return slices.Contains(names(r), "Anonymous7") && r.state() == wire.StateOnline })
		other := r.s.Say(wire.Lobby, "as nobody", false)
		r.sent(other)
		if diff := cmp.Diff([]wire.ReceiptState{wire.ReceiptQueued, wire.ReceiptQueued}, r.receipts(kept)); diff != "" {
			t.Errorf("the line of alice (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"as nobody"}, f.texts()); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
		var told strings.Builder
		for _, n := range all[*wire.Notice](r) {
			told.WriteString(n.Text)
		}
		if !strings.Contains(told.String(), "Anonymous7") || !strings.Contains(told.String(), "typed as alice wait (1)") {
			t.Errorf("got the notices %q, want the new name and the line that waits", told.String())
		}
		if last := r.fate(kept); last.State != wire.ReceiptQueued || !strings.HasPrefix(last.Reason, "typed as alice") {
			t.Errorf("got the receipt %+v, want what the line waits for", last)
		}

		f.mu.Lock()
		delete(f.names, "alice")
		f.mu.Unlock()
		r.s.Do(wire.Guest{Name: "alice"})
		r.sent(kept)
		f.mu.Lock()
		defer f.mu.Unlock()
		lines := f.log[wire.Lobby]
		if l := lines[len(lines)-1]; l.From != "alice" || l.Text != "as alice" {
			t.Errorf("got %q of %s", l.Text, l.From)
		}
		if last := r.fate(kept); last.Reason != "" {
			t.Errorf("got the receipt %+v of a line that was sent", last)
		}
	})
}

func TestAPersonsChangeOfNameOutlivesTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		tag := r.s.Do(wire.Guest{Name: "ann"})
		r.until("renamed", func() bool { return len(names(r)) == 2 })
		if got := all[*wire.LoggedIn](r)[1].Re.Re; got != tag {
			t.Errorf("the answer has the tag %q, want %q", got, tag)
		}
		f.mu.Lock()
		clear(f.tokens)
		f.mu.Unlock()
		f.cut()
		r.until("back", func() bool { return len(names(r)) == 3 })
		r.sent(r.s.Say(wire.Lobby, "hello", false))
		if got := f.log[wire.Lobby][0].From; names(r)[2] != "ann" || got != "ann" {
			t.Errorf("it came back as %v and speaks as %s", names(r), got)
		}
		r.s.Do(wire.Logout{})
		r.until("logged out", func() bool { return len(all[*wire.Done](r)) == 1 })
		logins := len(requests[wire.Guest](f)) + len(requests[wire.Login](f))
		f.cut()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		r.until("back without a name", func() bool { return r.state() == wire.StateOnline })
		if now := len(requests[wire.Guest](f)) + len(requests[wire.Login](f)); now != logins {
			t.Error("it took a name after the logout")
		}
	})
}

func TestAGuestWithoutANameComesBackAsTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		cfg.Identity.Name = ""
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		f.cut()
		r.until("back", func() bool { return len(names(r)) == 2 })
		if diff := cmp.Diff([]string{"Anonymous7", "Anonymous7"}, names(r)); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		if got := len(requests[wire.Login](f)); got != 1 {
			t.Errorf("%d tokens were used, want 1", got)
		}
		r.sent(r.s.Say(wire.Lobby, "hello", false))
	})
}
