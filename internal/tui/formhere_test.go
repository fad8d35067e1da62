package tui

import (
	"errors"
	"fmt"
	"testing"

	"labchat/internal/wire"
)

// nobodyAnswers begins a scene with the form of somebody who has no server, and
// returns the names under which one was started here.
func nobodyAnswers(t *testing.T, w, h int, change ...func(*Config)) (*scene, *desk, *[]string) {
	t.Helper()
	d := &desk{fail: errors.New("Nobody answers at 127.0.0.1:1300.")}
	var started []string
	s := open(t, w, h, append([]func(*Config){func(c *Config) {
		c.Session, c.Archive = nil, nil
		c.Form, c.Connect, c.Probe = true, d.connect, d.probe
		c.Login = Login{Server: "127.0.0.1:1300", Mode: ModeGuest}
		c.Here = func(name string) { started = append(started, name) }
	}}, change...)...)
	return s, d, &started
}

func TestWhereNobodyAnswersTheFormOffersAServerOnThisMachine(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			s, _, _ := nobodyAnswers(t, size[0], size[1])
			golden(t, fmt.Sprintf("form-nobody-%dx%d.txt", size[0], size[1]), s.View(), size[0], size[1])
		})
	}
	for name, start := range map[string]func(*scene){
		"by its key":          func(s *scene) { s.press("f2") },
		"as the last field":   func(s *scene) { s.press("tab", "enter") },
		"from the other side": func(s *scene) { s.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "enter") },
	} {
		t.Run(name, func(t *testing.T) {
			s, d, started := nobodyAnswers(t, 80, 24)
			s.shows("start one on this machine")
			s.types("sara")
			start(s)
			if len(*started) != 1 || (*started)[0] != "sara" || s.quits != 1 {
				t.Errorf("started as %q, the screen ended %d times; want once, as sara", *started, s.quits)
			}
			if len(d.logins) != 0 {
				t.Errorf("it logged in as well: %v", d.logins)
			}
		})
	}
}

func TestAServerOnThisMachineIsNotStartedUnderABadName(t *testing.T) {
	s, _, started := nobodyAnswers(t, 80, 24)
	s.types("two words")
	s.press("f2")
	if len(*started) != 0 || s.quits != 0 || s.form.focus != fieldName {
		t.Errorf("started as %q, ended %d times, the keys go to field %d", *started, s.quits, s.form.focus)
	}
}

func TestWhereAServerAnswersNoneIsOffered(t *testing.T) {
	s, d, started := nobodyAnswers(t, 80, 24)
	d.fail = nil
	s.press("shift+tab", "shift+tab", "shift+tab", "ctrl+u")
	s.types("lab:1300")
	s.hides("start one on this machine")
	s.press("f2")
	s.wait(draftPause)
	s.shows("✓ reachable")
	s.hides("start one on this machine")
	s.press("f2")
	if len(*started) != 0 {
		t.Errorf("started as %q", *started)
	}
}

func TestWhoHadAServerOnThisMachineIsOneKeyAwayFromIt(t *testing.T) {
	s, _, started := nobodyAnswers(t, 80, 24, func(c *Config) { c.Login.Here, c.Login.Name = true, "sara" })
	s.shows("start one on this machine ]▮")
	s.shows("as last time")
	s.press("enter")
	if len(*started) != 1 || (*started)[0] != "sara" {
		t.Errorf("started as %q, want once, as sara", *started)
	}
}

func TestWhoWasLoggedInHereNeedsNoPassword(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeLogin)
	d.found.Resumes = true
	s.types("sara")
	s.press("tab", "enter")
	if want := (Login{Server: "chat.example.org:1300", Dialect: "auto", Mode: ModeLogin, Name: "sara"}); len(d.logins) != 1 || d.logins[0] != want {
		t.Errorf("got %v, want %v", d.logins, want)
	}

	// It counts for this name alone.
	s, d = atForm(t, 80, 24, ModeLogin)
	d.found.Resumes = true
	s.types("sara")
	s.press("tab")
	s.shows("✓ not needed")
	d.found.Resumes = false
	s.press("shift+tab")
	s.types("2")
	s.hides("✓ not needed")
	s.press("tab", "enter")
	s.shows("✗ type the password")
	if len(d.logins) != 0 {
		t.Errorf("it logged in: %v", d.logins)
	}
}

func TestASessionThatWasLetInIsToldOnce(t *testing.T) {
	told := 0
	s := open(t, 80, 24, func(c *Config) { c.Arrived = func() { told++ } })
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "Nobody answers."})
	if told != 0 {
		t.Error("told before the login")
	}
	s.hear(online()...)
	s.hear(online()...)
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
}
