package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// typed is what went out, as "#room: words" and "@person: words".
func (s *scene) sent() string {
	var all []string
	for _, l := range s.session.said {
		all = append(all, "#"+l.Room+": "+l.Text)
	}
	for _, l := range s.session.private {
		all = append(all, "@"+l.To+": "+l.Text)
	}
	return strings.Join(all, "|")
}

func (s *scene) expectSent(want string) {
	s.t.Helper()
	if got := s.sent(); got != want {
		s.t.Errorf("sent %q, want %q", got, want)
	}
}

func (s *scene) expectDraft(want string) {
	s.t.Helper()
	if got := s.bar.composer.draft.String(); got != want {
		s.t.Errorf("the draft is %q, want %q", got, want)
	}
}

func (s *scene) expectPlace(want string) {
	s.t.Helper()
	if got := s.Book.Current.ID; got != want {
		s.t.Errorf("on %s, want %s", got, want)
	}
}

// lingers lets time pass without a timer going off.
func (s *scene) lingers(d time.Duration) { s.clock.now = s.clock.now.Add(d) }

// neverConnect is a server that does not answer.
func neverConnect(context.Context, Login) (Connected, error) {
	return Connected{}, errors.New("nobody answers")
}

func TestAFormThatComesUpByItselfTakesNoKeysThatAreUnderWay(t *testing.T) {
	s := open(t, 120, 40, func(c *Config) { c.Connect = neverConnect })
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.types("/msg b")
	s.hear(&wire.Status{State: wire.StateEnded, Reason: "gone"})
	for _, r := range "ob psst" {
		s.lingers(restFor / 2)
		s.types(string(r))
	}
	s.press("enter", "esc")
	if s.form == nil || s.form.busy || s.quits != 0 {
		t.Fatal("the form took Enter or Esc")
	}
	if got := s.form.name.String() + s.form.password.String(); got != "" {
		t.Errorf("the form holds %q", got)
	}
	s.expectDraft("/msg bob psst")
	s.lingers(restFor)
	s.types("sara")
	if got := s.form.name.String() + s.form.server.String(); !strings.Contains(got, "sara") {
		t.Errorf("the form holds %q", got)
	}
}

func TestThePasswordThatIsTypedIntoAFormWhichGoesIsNotADraft(t *testing.T) {
	s := open(t, 120, 40, func(c *Config) { c.Form = true; c.Connect = neverConnect })
	s.types("secr")
	s.hear(online()...)
	if s.form != nil {
		t.Fatal("the form is there")
	}
	s.types("et")
	s.press("enter")
	s.expectDraft("")
	s.expectSent("")
	s.lingers(restFor)
	s.types("hello")
	s.expectDraft("hello")
}

func TestNothingIsHeldAfterASwitchThatSomebodyAskedFor(t *testing.T) {
	s := entered(t)
	s.enters("/join random")
	_, tag := asked[wire.Join](s.session)
	s.hear(&wire.Entered{Re: wire.Re{Re: tag}, Room: "random"})
	s.expectPlace("#random")
	s.types("/join tcp-udp")
	s.press("enter")
	if all, _ := asked[wire.Join](s.session); len(all) != 2 || all[1].Room != "tcp-udp" {
		t.Fatalf("asked %+v", all)
	}
	_, tag = asked[wire.Join](s.session)
	s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActJoin, Code: wire.CodeNoRoom})
	s.press("alt+/")
	s.types("hello")
	s.press("enter")
	s.press("alt+2")
	s.types("hello too")
	s.press("enter")
	s.types("/msg bob")
	s.press("enter")
	s.types("psst")
	s.press("enter")
	s.expectSent("#lab3: hello|#random: hello too|@bob: psst")
}

// removed has the server take us out of the room on the screen.
func removed(t *testing.T) *scene {
	t.Helper()
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.hear(&wire.Left{Room: "lab3", Name: "sara", Reason: "removed"})
	s.expectPlace("#general")
	return s
}

func TestEnterAndPasteAreHeldAfterASwitchThatNobodyAskedFor(t *testing.T) {
	s := removed(t)
	s.types("oops")
	s.press("enter")
	s.expectSent("")
	s.lingers(guardFor)
	s.press("enter")
	s.expectSent("#general: oops")
	s = removed(t)
	s.tell(bubble.Key{Text: "for lab3", Paste: true})
	s.expectDraft("")
	s.shows("paste 1 line")
	s.tell(bubble.Key{Text: "y"})
	s.expectDraft("for lab3")
}

func TestACommandThatMeansTheSameAnywhereIsNotHeld(t *testing.T) {
	s := removed(t)
	s.types("/join tcp-udp")
	s.press("enter")
	if all, _ := asked[wire.Join](s.session); len(all) != 1 {
		t.Errorf("asked %+v", all)
	}
}

func TestALineTypedBeforeThereWasAScreenIsNotSaidUnseen(t *testing.T) {
	s := entered(t)
	s.guard.ahead = true
	s.lingers(restFor) // a slow start
	s.types("fast line")
	s.press("enter")
	s.types("/msg bob psst")
	s.press("enter")
	s.types("and more")
	s.expectDraft("and more")
	s.expectSent("@bob: psst")
	s.press("up")
	s.expectDraft("fast line")
}

func TestAFormTakesNoKeysThatWerePressedBeforeThereWasAScreen(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeGuest)
	s.guard.ahead = true
	s.lingers(restFor) // a slow start
	s.types("hello")
	s.press("enter")
	s.shows("press the key again")
	if len(d.logins) > 0 || s.form.name.String() != "" {
		t.Errorf("the form took %+v, name %q", d.logins, s.form.name.String())
	}
	s.expectDraft("hello")
}

func TestNothingIsHeldWhereNothingCameUp(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, &wire.Left{Room: "general", Name: "sara", Reason: "removed"})
	s.types("hello")
	s.press("enter")
	s.expectSent("#lab3: hello")
}

func TestALineThatWasHeldIsNotGluedToTheNext(t *testing.T) {
	s := removed(t)
	s.types("one")
	s.press("enter")
	s.lingers(guardFor)
	s.types("two")
	s.expectDraft("two")
	s.press("enter")
	s.expectSent("#general: two")
	s.press("up", "up")
	s.expectDraft("one")
}

func TestWhatWouldNotBeSentIsNotHeld(t *testing.T) {
	s := removed(t)
	s.types("/login sara hunter2")
	s.press("enter")
	s.hides("hunter2")
	s.expectDraft("")
	s.types("/verfy ann")
	s.press("enter")
	s.expectDraft("")
}

func TestALineBegunBeforeARoomWasThereStaysWhereItWasBegun(t *testing.T) {
	s := entered(t)
	s.enters("/join random")
	s.types("hel")
	_, tag := asked[wire.Join](s.session)
	s.hear(&wire.Entered{Re: wire.Re{Re: tag}, Room: "random"})
	s.shows("#random is there: this line stays in #lab3")
	s.types("lo")
	s.expectPlace("#lab3")
	s.expectDraft("hello")
	s.press("enter")
	s.expectSent("") // it may have been meant for #random
	s.shows("press Enter again to send this in #lab3")
	s.press("enter")
	s.expectSent("#lab3: hello")
}

func TestASecondAnswerDoesNotTakeAnybodyBackToARoom(t *testing.T) {
	s := entered(t)
	s.enters("/join random")
	_, first := asked[wire.Join](s.session)
	s.enters("/join random")
	_, second := asked[wire.Join](s.session)
	s.lingers(time.Millisecond)
	s.hear(&wire.Entered{Re: wire.Re{Re: first}, Room: "random"})
	s.expectPlace("#random")
	s.enters("/msg ann")
	s.expectPlace("@ann")
	s.hear(&wire.Entered{Re: wire.Re{Re: second}, Room: "random"})
	s.expectPlace("@ann")
	s.lingers(time.Millisecond)
	s.enters("/leave #random")
	s.hear(&wire.Left{Room: "random", Name: s.Link.Me})
	s.enters("/join random")
	_, third := asked[wire.Join](s.session)
	s.hear(&wire.Entered{Re: wire.Re{Re: third}, Room: "random"})
	s.expectPlace("#random")
}

func TestALineForARoomThatIsUnderWayIsAskedAboutOnce(t *testing.T) {
	s := entered(t)
	s.enters("/join random")
	_, first := asked[wire.Join](s.session)
	s.types("hello")
	s.press("enter")
	s.expectSent("")
	s.press("ctrl+u")
	s.types("/join general") // means the same anywhere
	s.press("enter")
	if all, _ := asked[wire.Join](s.session); len(all) != 2 {
		t.Errorf("asked %+v", all)
	}
	_, tag := asked[wire.Join](s.session)
	s.hear(&wire.Refused{Re: wire.Re{Re: first}, Of: wire.ActJoin, Code: wire.CodeNoRoom}, &wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActJoin, Code: wire.CodeNoRoom})
	s.lingers(restFor)
	s.types("hello")
	s.press("enter")
	s.expectSent("#lab3: hello")
}

func TestALineForARoomThatWasRefusedIsAskedAboutOnce(t *testing.T) {
	for _, ask := range []string{"/join random", "/create random"} {
		s := entered(t)
		s.enters(ask)
		refuse := func() {
			for tag := range s.Link.Errands {
				s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Code: wire.CodeNoRoom})
			}
		}
		s.types("he")
		refuse()
		s.lingers(5 * time.Second) // a slow writer
		s.types("llo")
		s.press("enter")
		s.expectSent("") // it was begun for #random
		s.shows("press Enter again to send this in #lab3")
		s.press("enter")
		s.expectSent("#lab3: hello")
		s.enters(ask)
		refuse()
		s.types("and this")
		s.press("enter")
		s.expectSent("#lab3: hello")
		s.press("ctrl+u")
		s.lingers(restFor)
		s.types("seen")
		s.press("enter")
		s.expectSent("#lab3: hello|#lab3: seen")
	}
}

func TestALineThatWasRefusedIsNotGluedToTheNext(t *testing.T) {
	s := entered(t)
	s.enters("/accept") // for nobody
	s.types("/verify")
	s.expectDraft("/verify")
	s.press("enter")
	s.lingers(restFor) // time to read why
	s.types("/who")
	s.expectDraft("/who")
	s.press("ctrl+u")
	s.enters("/nick")
	s.types("hello")
	s.expectDraft("hello")
	s.press("up")
	s.expectDraft("/nick")
	s.press("ctrl+u")
	s.enters(strings.Repeat("x", wire.MaxText) + "y")
	s.Link.MaxLine = 10
	s.press("ctrl+u")
	s.enters("far too long")
	s.types("next")
	s.expectDraft("next")
}

func TestALineThatWasRefusedCanBeMended(t *testing.T) {
	for _, c := range []struct {
		line string
		wait time.Duration
		keys []string
		then string
		want string
	}{
		{line: "/nick", then: " bob", want: "/nick bob"},
		{line: "/nick ", wait: restFor, then: "bob", want: "/nick bob"},
		{line: "/nick", keys: []string{"backspace"}, then: "/k", want: "/nic/k"},
		{line: "/send  ", wait: restFor, then: "/tmp", want: "/send  /tmp"},
	} {
		s := entered(t)
		s.enters(c.line)
		s.lingers(c.wait)
		s.press(c.keys...)
		s.types(c.then)
		s.expectDraft(c.want)
	}
}

func TestARoomThatIsLeftWhileALineIsWrittenStaysUntilOneGoesElsewhere(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.types("hel")
	s.hear(&wire.Left{Room: "lab3", Name: "sara", Reason: "removed"})
	s.types("lo")
	s.expectPlace("#lab3")
	s.expectDraft("hello")
	s.press("ctrl+n")
	if s.Book.ByID["#lab3"] != nil {
		t.Error("the room is on the list")
	}
	s.expectDraft("")
	s.hear(&wire.Entered{Room: "lab3"})
	s.press("ctrl+n")
	s.expectDraft("hello")
}
