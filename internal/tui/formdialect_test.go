package tui

import (
	"errors"
	"testing"

	"labchat/internal/client"
	"labchat/internal/wire"
)

func TestTheFormOffersTheDialectsAsAChoice(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeLogin)
	looks := len(d.probes)
	s.press("shift+tab", "shift+tab")
	s.shows("< auto >▮")
	s.shows("found out by itself; an older server's is")
	seen := map[string]bool{}
	for s.form.dialect != "names" {
		seen[s.form.dialect] = true
		s.press("right")
	}
	for _, want := range []string{"auto", "chat1", "a3", "prompt", "prompt-m1", "prompt-accounts"} {
		if !seen[want] {
			t.Errorf("%s is not offered", want)
		}
	}
	s.shows("< names >")
	s.shows("nothing there is encrypted")
	if s.form.mode != ModeGuest {
		t.Errorf("the mode is %d at a room that knows no accounts", s.form.mode)
	}
	s.press("tab", "tab")
	s.types("sara")
	s.press("enter")
	want := Login{Server: "chat.example.org:1300", Dialect: "names", Mode: ModeGuest, Name: "sara"}
	if len(d.logins) != 1 || d.logins[0] != want {
		t.Errorf("got %v, want %v", d.logins, want)
	}
	if len(d.probes) > looks {
		t.Errorf("an older server is looked at: %v", d.probes)
	}
}

func TestARegistryThatIsChosenHasItsPort(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeGuest)
	s.press("shift+tab", "shift+tab", "left")
	s.shows("< ias >")
	s.press("tab", "tab")
	s.types("sara")
	s.press("enter")
	if len(d.logins) != 1 || d.logins[0].Server != "chat.example.org:2020" || d.logins[0].Dialect != "ias" {
		t.Errorf("got %v", d.logins)
	}
}

func TestAModeThatADialectHasNoWordsForIsRefusedInTheForm(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeLogin)
	s.types("sara")
	s.press("shift+tab", "shift+tab")
	for s.form.dialect != "names" {
		s.press("right")
	}
	s.press("tab", "right", "enter")
	s.shows("names has no words for that: choose guest")
	if len(d.logins) != 0 {
		t.Errorf("it connects: %v", d.logins)
	}
}

func TestAGuestIsToldInTheFormThatADialectKnowsNone(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeGuest)
	s.types("sara")
	s.press("shift+tab", "shift+tab")
	for s.form.dialect != "prompt-accounts" {
		s.press("right")
	}
	if s.form.mode != ModeLogin {
		t.Errorf("the form proposes mode %v, which the dialect has no words for", s.form.mode)
	}
	s.form.mode = ModeGuest
	s.press("tab", "enter")
	s.shows("prompt-accounts knows no guests: choose log")
	if len(d.logins) != 0 {
		t.Errorf("it connects: %v", d.logins)
	}
}

// Whoever has had one greeting that led nowhere is not greeted again before
// somebody asks for it.
func TestAServerThatALookWasLostOnIsLookedAtOnce(t *testing.T) {
	d := &desk{fail: errors.New("This may be an older server."), found: Probed{Unfit: true}}
	s := open(t, 80, 24, func(c *Config) {
		c.Session, c.Archive = nil, nil
		c.Form, c.Connect, c.Probe = true, d.connect, d.probe
		c.Login = Login{Server: "10.0.0.1:4000", Mode: ModeGuest}
	})
	s.shows("This may be an older server.")
	s.types("sara")
	s.wait(draftPause)
	s.press("tab", "shift+tab")
	s.types("h")
	s.wait(draftPause)
	if len(d.probes) != 1 {
		t.Errorf("it is looked at %d times: %v", len(d.probes), d.probes)
	}
}

func TestAServerThatASessionWasLostOnIsNotLookedAt(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeGuest)
	s.types("sara")
	s.press("enter")
	d.probes = nil
	s.hear(&wire.Status{State: wire.StateEnded, Code: wire.CodeUnsupported, Reason: "This may be an older server."})
	s.press("tab", "tab", "tab")
	s.types("h")
	s.wait(draftPause)
	if len(d.probes) != 0 {
		t.Errorf("it is looked at: %v", d.probes)
	}
}

func TestTheFormsWordForFindingOutIsTheClients(t *testing.T) {
	if autoDialect != client.DialectAuto {
		t.Errorf("got %q, want %q", autoDialect, client.DialectAuto)
	}
}
