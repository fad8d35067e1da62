package tui

import (
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// Who types without looking goes on with the password where none was asked for:
// it is not said without a second Enter, nor written to the disk.
func TestAPasswordThatNobodyAskedForIsNotSaidAtOnce(t *testing.T) {
	for name, before := range map[string]func(s *scene){
		"the command holds one already": func(s *scene) { s.enters("/login ada pw") },
		"a name of two words":           func(s *scene) { s.enters("/register ada lovelace") },
		"a mistyped command":            func(s *scene) { s.enters("/logni ada") },
		"a slip beside the prefix":      func(s *scene) { s.enters("7login ada") },
		"two that differ": func(s *scene) {
			s.enters("/register ada")
			s.enters("sesame-1")
			s.enters("sesame-2")
		},
		"the server refuses it": func(s *scene) {
			s.enters("/login ada")
			s.enters("sesame")
			_, tag := asked[wire.Login](s.session)
			s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActLogin, Code: wire.CodeDenied, Text: "Wrong name or password."})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := entered(t)
			before(s)
			s.enters("sesame-of-ada")
			s.expectSent("")
			s.shows("press Enter again")
			s.bar.keepDraft()
			for place, draft := range s.archive.drafts {
				if strings.Contains(draft, "sesame") {
					t.Errorf("%s: the disk has the draft %q", place, draft)
				}
			}
			s.enters("hello")
			s.expectSent("")
			s.press("enter")
			s.expectSent("#lab3: hello")
			for place, lines := range s.archive.inputs {
				if strings.Contains(strings.Join(lines, "|"), "sesame") {
					t.Errorf("%s: the disk has the lines %q", place, lines)
				}
			}
		})
	}
}

// What is no password costs one more Enter, and a command none.
func TestWhatIsNoPasswordIsSaidByASecondEnter(t *testing.T) {
	s := entered(t)
	s.enters("/login a b")
	s.enters("hello")
	s.press("enter")
	s.enters("and on")
	s.expectSent("#lab3: hello|#lab3: and on")
	s.enters("/login a b")
	s.enters("/msg bob hi")
	s.enters("on again")
	s.expectSent("#lab3: hello|#lab3: and on|#lab3: on again|@bob: hi")
}

func TestAPasswordGoesOnWhereADialogComesUp(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.Ask(s.Book.Current, wire.Verify{Name: "alice"})
	s.enters("/login ada")
	s.types("ses")
	e := safetyOf("alice")
	_, e.Re.Re = asked[wire.Verify](s.session)
	s.hear(e)
	s.types("ame")
	s.expectDraft("")
	s.lingers(restFor)
	s.press("esc")
	s.hides("sesame")
	s.press("enter")
	if got, _ := asked[wire.Login](s.session); len(got) != 1 || got[0].Password != "sesame" {
		t.Errorf("got %d logins", len(got))
	}
}

// The form of a lost session goes when the session is back: whoever has stopped
// within the password for a moment goes on with it.
func TestTheRestOfAPasswordIsNotSaidWhenTheFormGoes(t *testing.T) {
	s := open(t, 120, 40, func(c *Config) { c.Form = true; c.Connect = neverConnect })
	s.form.mode, s.form.focus = ModeLogin, fieldPassword
	s.types("secr")
	s.lingers(5 * time.Second)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.enters("et-of-ada")
	s.expectSent("")
	s.shows("press Enter again")

	s = open(t, 120, 40, func(c *Config) { c.Form = true; c.Connect = neverConnect })
	s.form.mode, s.form.focus = ModeLogin, fieldPassword
	s.types("secret")
	s.form.busy = true // it was sent
	s.lingers(5 * time.Second)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.enters("hello")
	s.expectSent("#lab3: hello")
}
