package tui

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// desk is the other side of the form.
type desk struct {
	probes []inquiry
	logins []Login
	found  Probed
	fail   error
	to     *session
	place  string // of the archive that connect gives
	known  bool   // what connect says of the server
}

func (d *desk) probe(_ context.Context, l Login) (Probed, error) {
	d.probes = append(d.probes, inquiry{l.Server, l.Dialect, l.Name})
	found := d.found
	if l.Name != "" {
		found.Name = &wire.NameChecked{Name: l.Name, State: wire.NameFree}
	}
	return found, d.fail
}

func (d *desk) connect(_ context.Context, l Login) (Connected, error) {
	d.logins = append(d.logins, l)
	d.to = &session{}
	kept := newArchive()
	kept.place = d.place
	return Connected{Session: d.to, Archive: kept, Known: d.known}, d.fail
}

// atForm begins a scene with the form.
func atForm(t *testing.T, w, h int, mode Mode) (*scene, *desk) {
	t.Helper()
	d := &desk{found: Probed{RTT: 12 * time.Millisecond, Secure: true, Key: "SHA256:9f2c8d41", Register: true}}
	s := open(t, w, h, func(c *Config) {
		c.Session, c.Archive = nil, nil
		c.Form, c.Connect, c.Probe = true, d.connect, d.probe
		c.Login = Login{Server: "chat.example.org", Mode: mode}
	})
	return s, d
}

func TestFormsLookAsAgreed(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			s, _ := atForm(t, size[0], size[1], ModeRegister)
			s.types("sara")
			s.press("tab")
			s.types("correct horse")
			golden(t, fmt.Sprintf("form-%dx%d.txt", size[0], size[1]), s.View(), size[0], size[1])
		})
	}
}

func TestTheFormBeginsAtTheFirstThingThatIsNotKnown(t *testing.T) {
	for name, tt := range map[string]struct {
		known Login
		want  field
	}{
		"nothing is known":            {Login{}, fieldServer},
		"the server is known":         {Login{Server: "h"}, fieldName},
		"the name is known too":       {Login{Server: "h", Name: "sara"}, fieldPassword},
		"a guest's name may be other": {Login{Server: "h", Name: "sara", Mode: ModeGuest}, fieldName},
	} {
		if got := newForm(&Model{cfg: Config{Login: tt.known}, paint: newPaint(plainTheme(), nil)}).focus; got != tt.want {
			t.Errorf("%s: got field %d, want %d", name, got, tt.want)
		}
	}
}

func TestServerAndNameAreLookedAtBeforeThePassword(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeRegister)
	if len(d.probes) != 1 || d.probes[0] != (inquiry{"chat.example.org:1300", "auto", ""}) {
		t.Fatalf("at first: got %v", d.probes)
	}
	s.shows("✓ reachable 12 ms · TLS · new key 9f2c…41")
	s.types("sara")
	if len(d.probes) != 1 {
		t.Fatalf("while the name is typed: got %v", d.probes)
	}
	s.wait(draftPause)
	if len(d.probes) != 2 || d.probes[1].name != "sara" {
		t.Fatalf("after a rest: got %v", d.probes)
	}
	s.shows("✓ free")
	s.press("tab")
	s.types("geheim")
	s.press("shift+tab", "tab")
	if len(d.probes) != 2 {
		t.Errorf("asked again: %v", d.probes)
	}
	if len(d.logins) != 0 {
		t.Error("it logged in before Enter")
	}
	s.hides("geheim")
	s.press("alt+v")
	s.shows("geheim")
}

func TestRegisterIsNotAdvisedWhereNobodyMay(t *testing.T) {
	const advice = "Choose register below"
	s, d := atForm(t, 80, 24, ModeGuest)
	s.shows(advice)
	d.found.Register = false
	s.types("sara")
	s.wait(draftPause)
	s.hides(advice)
	s.shows("This server takes no new accounts: log in, or be a guest.")
	d.found.Name = &wire.NameChecked{Name: "saras", State: wire.NameFree}
	s.press("shift+tab", "left", "left", "tab")
	s.types("s")
	s.wait(draftPause)
	s.shows("has no account here: come in as a guest")
}

func TestAServerThatIsNotThereIsSaidAtOnce(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeGuest)
	d.fail = errors.New("connection refused")
	s.press("shift+tab", "shift+tab", "shift+tab", "ctrl+u")
	s.types("nowhere:1")
	s.wait(draftPause)
	s.shows("✗ connection refused")
}

func TestTheFormConnectsAndGoesAway(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeRegister)
	s.types("sara")
	s.press("tab")
	s.types("correct horse")
	s.press("enter")
	want := Login{Server: "chat.example.org:1300", Dialect: "auto", Mode: ModeRegister, Name: "sara", Password: "correct horse"}
	if len(d.logins) != 1 || d.logins[0] != want {
		t.Fatalf("got %d logins", len(d.logins))
	}
	s.press("enter")
	if len(d.logins) != 1 {
		t.Error("Enter twice logs in twice")
	}
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.shows("#lab3 ›")
}

func TestARefusedLoginComesBackFilled(t *testing.T) {
	tests := []struct {
		name string
		say  wire.Event
		want string
		at   field
	}{
		{"a wrong password", &wire.Refused{Of: wire.ActLogin, Code: wire.CodeDenied, Text: "Wrong name or password."}, "✗ Wrong name or password.", fieldPassword},
		{"a name in use", &wire.Refused{Of: wire.ActLogin, Code: wire.CodeNameTaken, Text: "Somebody has that name."}, "✗ Somebody has that name.", fieldName},
		{"an end of the session", &wire.Status{State: wire.StateEnded, Code: wire.CodeBanned, Reason: "You are banned."}, "✗ You are banned.", fieldName},
		{"another key", &wire.Status{State: wire.StateEnded, Reason: "The server's key has changed."}, "✗ The server's key has changed.", fieldServer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, d := atForm(t, 80, 24, ModeLogin)
			s.types("sara")
			s.press("tab")
			s.types("correct horse")
			s.press("enter")
			s.hear(tt.say)
			s.shows(tt.want)
			s.shows("sara")
			if s.form.focus != tt.at {
				t.Errorf("the keys go to field %d, want %d", s.form.focus, tt.at)
			}
			s.press("enter")
			if len(d.logins) != 2 {
				t.Errorf("got %d logins, want a second", len(d.logins))
			}
		})
	}
}

func TestFieldsAreCheckedBeforeAnythingIsSent(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeRegister)
	s.press("enter")
	s.shows("✗ type the name that you want to be known by")
	s.types("two words")
	s.press("enter")
	s.shows("✗ ")
	s.press("ctrl+u")
	s.types("sara")
	s.press("enter")
	s.shows("✗ type the password")
	s.press("tab", "ctrl+u")
	s.types("host:99999999")
	s.press("enter")
	s.shows("✗ type HOST:PORT")
	if len(d.logins) != 0 {
		t.Errorf("it connected: %v", d.logins)
	}
}

func TestAGuestNeedsNoPassword(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeLogin)
	s.press("shift+tab", "left")
	s.hides("Password")
	s.press("enter")
	if len(d.logins) != 1 || d.logins[0].Mode != ModeGuest || d.logins[0].Password != "" {
		t.Errorf("got %+v", d.logins)
	}
}

func TestTheFormThatComesBackHoldsWhatWasTyped(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeRegister)
	s.types("sara")
	s.press("tab")
	s.types("correct horse")
	s.press("enter")
	s.hear(append(online(), &wire.Entered{Room: "lab3"})...)
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "Nobody answers."})
	s.press("alt+e")
	s.shows("sara")
	s.hides("correct horse")
	if s.form.mode != ModeLogin {
		t.Errorf("the account is there, and the form's mode is %d", s.form.mode)
	}

	// It lies over a conversation, to which Esc leads back.
	s.shows("[ Esc  back ]")
	s.press("esc")
	s.shows("#lab3 (offline")
	if s.quits != 0 {
		t.Error("Esc has ended the program")
	}
	s.press("alt+e", "tab", "tab", "tab", "tab")
	s.types("correct horse")
	s.press("enter", "esc")
	if s.quits != 1 || len(d.logins) != 2 {
		t.Errorf("there is no session to go back to after another login: %d quits, %d logins", s.quits, len(d.logins))
	}
}

func TestASignTurnsWhileTheFormConnects(t *testing.T) {
	s := open(t, 80, 24, func(c *Config) {
		c.Session, c.Form = nil, true
		c.Login = Login{Server: "h:1300", Name: "sara", Mode: ModeGuest}
		c.Connect = func(context.Context, Login) (Connected, error) { return Connected{}, nil }
	})
	s.Update(bubble.Key{Name: "enter"}) // the job that connects stays under way
	for _, sign := range string(s.paint.Glyph.Busy) {
		s.shows(string(sign) + " connecting")
		s.Update(ticked{s.moment.ticks})
	}
	s.form.Fail(wire.CodeDenied, "no")
	s.Update(ticked{s.moment.ticks})
	if s.runs() {
		t.Error("something runs, though the server has answered")
	}
}
