package tui

import (
	"testing"

	"labchat/internal/wire"
)

const (
	oldKey = "SHA256:4rxlMFPoTZAA6YVvyv2ZMZuNzUy0pTIlOoGNZIRRzno"
	newKey = "SHA256:VBXjBzCOkzWlZf3xb0QxNvtIhWjYkPyQqcAIYnuTGH8"
)

// mistrusted is what a session says of a server that is not the one we know.
func mistrusted(shows string) *wire.Status {
	return &wire.Status{
		State: wire.StateOffline, Server: "h:1", Code: wire.CodeDenied, Reason: "The key of h:1 has changed.", RetryAt: wire.MillisOf(noon) + 8000,
		Mistrust: &wire.Mistrust{Had: oldKey, Shows: shows},
	}
}

func TestAPersonIsShownBothKeysBeforeTheNewOneIsTrusted(t *testing.T) {
	for _, c := range []struct{ name, shows, says string }{
		{"another key", newKey, newKey},
		{"plain text", "", "plain text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, 120, 40)
			s.hear(mistrusted(c.shows))
			s.shows("The key of h:1 has changed.")
			s.shows("/server trust")
			s.press("esc")
			s.enters("/server trust")
			for _, part := range []string{oldKey, c.says, "h:1?"} {
				s.shows(part)
			}
			s.press("n")
			s.types("n")
			if asked, _ := asked[wire.TrustServer](s.session); len(asked) != 0 {
				t.Fatal("it was trusted though the answer was no")
			}
			s.press("ctrl+u")
			s.enters("/server trust")
			s.hear(&wire.Status{State: wire.StateConnecting, Server: "h:1", Attempt: 1}) // a try goes on meanwhile
			s.types("y")
			asked, tag := asked[wire.TrustServer](s.session)
			if len(asked) != 1 || asked[0].Shows != c.shows {
				t.Fatalf("got %+v, want what was shown trusted", asked)
			}
			s.hear(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActTrust})
			s.shows("noted")
		})
	}
}

func TestAPersonIsToldThatACertificateTakesThePlaceOfAKey(t *testing.T) {
	s := open(t, 120, 40)
	doubt := mistrusted(newKey)
	doubt.Mistrust.Valid = true
	s.hear(doubt)
	s.press("esc")
	s.enters("/server trust")
	s.shows("valid for its name")
	s.shows("if you say yes, any key with such a certificate is")
	s.shows("trust certificates in place of the key of h:1?")
	s.types("y")
	if asked, _ := asked[wire.TrustServer](s.session); len(asked) != 1 || asked[0] != (wire.TrustServer{Shows: newKey, Valid: true}) {
		t.Errorf("got %+v", asked)
	}
}

// TestWhatWasAskedAtOneServerIsNotAnsweredAtAnother has a person go to another server
// while a question stands.
func TestWhatWasAskedAtOneServerIsNotAnsweredAtAnother(t *testing.T) {
	for name, ask := range map[string]func(s *scene){
		"a server's key": func(s *scene) {
			s.hear(mistrusted(""))
			s.press("esc")
			s.enters("/server trust")
			s.shows("plain text to h:1?")
		},
		"a person's key": func(s *scene) {
			lab(s)
			s.switchTo(s.Book.Person("alice"))
			verifying(s)
			s.shows("is this really alice?")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, 120, 40)
			ask(s)
			other := &session{}
			s.use(Connected{Session: other, Archive: s.Link.Archive})
			if s.over != nil || s.bar.composer.query != nil {
				t.Error("the question stands")
			}
			s.lingers(guardFor)
			s.types("y")
			s.press("ctrl+u")
			s.enters("/verify alice same")
			for _, r := range other.done {
				switch r := r.(type) {
				case wire.TrustServer:
					t.Errorf("asked %+v", r)
				case wire.Verify:
					if r.Print != "" {
						t.Errorf("asked %+v", r)
					}
				default:
				}
			}
		})
	}
}

func TestAPersonIsShownBothNamesBeforeANewServerIsGoneOnWith(t *testing.T) {
	s := open(t, 120, 40)
	status := mistrusted("node2")
	status.Mistrust = &wire.Mistrust{Had: "node1", Shows: "node2\x1b[2J", Node: true}
	s.hear(status)
	s.shows("/server trust")
	s.press("esc")
	s.enters("/server trust")
	for _, part := range []string{"called itself: node1", "calls itself now: node2", "as a new server?"} {
		s.shows(part)
	}
	s.types("y")
	asked, tag := asked[wire.TrustServer](s.session)
	if len(asked) != 1 || !asked[0].Node || asked[0].Shows != status.Mistrust.Shows {
		t.Fatalf("got %+v, want what was shown trusted", asked)
	}
	s.hear(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActTrust}, &wire.Status{
		State: wire.StateEnded, Server: "h:1", Code: wire.CodeEnded, Reason: "h:1 is a new server from now on. Start again to go on.",
	})
	s.shows("Start again to go on")
}

func TestWhereNothingHasChangedThereIsNothingToTrust(t *testing.T) {
	s := open(t, 120, 40)
	status := online()[0].(*wire.Status)
	status.Key = oldKey
	s.hear(status)
	s.enters("/server trust")
	s.shows(oldKey)
	if s.bar.composer.query != nil {
		t.Error("a question is asked")
	}
}

func TestAServerThatIsNotTheKnownOneLeadsFromTheFormToTheScreen(t *testing.T) {
	s, _ := atForm(t, 120, 40, ModeLogin)
	s.types("sara")
	s.press("tab")
	s.types("correct horse")
	s.press("enter")
	s.hear(mistrusted(newKey))
	s.enters("/server trust")
	s.shows(newKey)
}

func TestWhyAServerIsNotTrustedCanBeReadWhole(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	for n := range 8 { // so that there is no room for all that can be said
		s.hear(said("lab3", "bob", 14, n, 0, "a line"))
	}
	status := mistrusted("")
	status.Reason = "h:1 ends the connection when it is greeted over TLS, but it was spoken to over TLS before. Nothing is sent to it, or type /server trust"
	s.hear(status)
	for _, part := range []string{"h:1 ends the connection when", "or type /server trust  "} {
		s.shows(part)
	}
}
