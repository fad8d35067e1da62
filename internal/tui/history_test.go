package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// offered is what Up offers in the conversation on the screen, the newest first.
func (s *scene) offered() string {
	var all []string
	for before := s.bar.composer.draft.String(); ; before = s.bar.composer.draft.String() {
		s.press("up")
		if s.bar.composer.draft.String() == before {
			break
		}
		all = append(all, s.bar.composer.draft.String())
	}
	for range all {
		s.press("down")
	}
	return strings.Join(all, "|")
}

func (s *scene) expectOffered(want string) {
	s.t.Helper()
	if got := s.offered(); got != want {
		s.t.Errorf("%s is offered %q, want %q", s.Book.Current.ID, got, want)
	}
}

func TestALineToOnePersonIsOfferedNowhereElse(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.enters("hello room")
	for _, line := range []string{
		"/msg alice one", "@alice: two", "$msg alice three", "cmd:msg @Alice four", " :msg alice: five", "/msg alice", // which goes there
	} {
		s.enters(line)
	}
	s.expectPlace("@alice")
	s.enters("six")
	s.expectOffered("six|/msg alice| :msg alice: five|cmd:msg @Alice four|$msg alice three|@alice: two|/msg alice one")
	s.enters("/whois alice")
	s.press("alt+1")
	s.expectPlace("#lab3")
	s.expectOffered("hello room")
	s.press("ctrl+n")
	s.expectOffered("")
	s.enters("/whois bob")
	s.expectOffered("")
	s.enters("/msg mallory")
	s.expectPlace("@mallory")
	s.expectOffered("/msg mallory")
	for place, lines := range s.archive.inputs {
		if place != "@alice" && strings.Contains(fmt.Sprint(lines), "lice") {
			t.Errorf("the disk has under %s: %q", place, lines)
		}
	}
}

func TestEachConversationHasItsOwnHistoryAfterARestart(t *testing.T) {
	s := entered(t)
	s.enters("for the room")
	s.enters("/msg alice between us")
	again := open(t, 120, 40, func(c *Config) { c.Archive = s.archive })
	again.hear(online()...)
	again.hear(&wire.Entered{Room: "general"})
	again.expectOffered("for the room")
	again.switchTo(again.Book.Person("alice"))
	again.expectOffered("/msg alice between us")
	again.switchTo(again.Book.Room("general"))
	again.expectOffered("")
}

func TestALineLookedAtInTheHistoryIsNoDraft(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.enters("said before")
	s.types("half a thou")
	s.press("up", "ctrl+n")
	s.expectDraft("")
	s.press("ctrl+_")
	s.expectDraft("")
	s.press("ctrl+p")
	s.expectDraft("half a thou")
	s.press("down", "up")
	s.expectDraft("said before")
	s.types("!") // a draft of its own now
	s.press("ctrl+n", "ctrl+p")
	s.expectDraft("said before!")
}

func TestADraftNeverFollowsToAnotherConversation(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, &wire.Entered{Room: "random"})
	s.types("for lab3")
	for _, move := range []func(){
		func() { s.press("ctrl+n") }, func() { s.press("alt+3") },
		func() {
			s.press("ctrl+k")
			s.types("general")
			s.press("enter")
		},
		func() { s.enters("/leave"); s.tell(bubble.Key{Text: "y"}) },
		func() { s.enters("/msg bob") },
	} {
		move()
		s.press("ctrl+_")
		s.expectDraft("")
	}
	s.press("alt+1")
	s.expectDraft("for lab3")
}

func TestWhatIsTypedAsTheProgramStartsIsNotGluedToAnOldDraft(t *testing.T) {
	s := entered(t)
	s.types("half a line")
	s.wait(draftPause)
	again := open(t, 120, 40, func(c *Config) { c.Archive = s.archive })
	again.types("/msg bob psst")
	again.expectDraft("/msg bob psst")
	again.press("enter")
	again.expectSent("@bob: psst")
	again.expectOffered("half a line")
	again = open(t, 120, 40, func(c *Config) { c.Archive = s.archive })
	again.expectDraft("") // it was set aside
	kept := newArchive()
	kept.drafts["#lab3"] = "half a line"
	again = open(t, 120, 40, func(c *Config) { c.Archive = kept })
	again.lingers(restFor)
	again.types(" goes on")
	again.expectDraft("half a line goes on")
}

func TestAKilledWordIsPutElsewhereOnlyByAKey(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.types("moved")
	s.press("ctrl+u", "ctrl+n")
	s.expectDraft("")
	s.press("ctrl+y")
	s.expectDraft("moved")
}

func TestWhatWasWrittenAtAServerStaysThere(t *testing.T) {
	other := newArchive()
	s := open(t, 120, 40, func(c *Config) {
		c.Form, c.Session, c.Archive = true, nil, nil
		c.Login = Login{Server: "one:1300", Mode: ModeGuest}
		c.Connect = func(_ context.Context, l Login) (Connected, error) {
			if l.Server == "one:1300" {
				return Connected{Session: &session{}, Archive: newArchive()}, nil
			}
			return Connected{Session: &session{}, Archive: other}, nil
		}
	})
	s.press("enter")
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.enters("said at one")
	s.types("half a line for one")
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "gone"})
	s.press("alt+e")
	s.lingers(time.Minute)
	s.press("shift+tab", "shift+tab")
	for s.form.focus != fieldServer {
		s.press("up")
	}
	s.press("ctrl+u")
	s.types("two:1300")
	s.press("enter")
	s.hear(online()...)
	s.expectDraft("")
	s.expectOffered("")
	if len(other.drafts) != 0 || len(other.inputs) != 0 {
		t.Errorf("two keeps %v %v", other.drafts, other.inputs)
	}
}

// The same address, and another server: the profile says so by what it keeps.
func TestWhatWasWrittenAtAServerIsNotOfferedAtANewOneInItsPlace(t *testing.T) {
	first, other := newArchive(), newArchive()
	disks := []*archive{first, other}
	s := open(t, 120, 40, func(c *Config) {
		c.Form, c.Session, c.Archive = true, nil, nil
		c.Login = Login{Server: "one:1300", Mode: ModeGuest}
		c.Connect = func(context.Context, Login) (Connected, error) {
			disk := disks[0]
			disks = disks[1:]
			return Connected{Session: &session{}, Archive: disk}, nil
		}
	})
	s.press("enter")
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.enters("said at the first")
	s.types("half a line for the first")
	s.hear(&wire.Status{State: wire.StateEnded, Code: wire.CodeEnded, Reason: "one:1300 is a new server from now on."})
	if first.drafts["#lab3"] == "" {
		t.Error("the draft is lost")
	}
	s.shows("is a new server from now on")
	s.lingers(time.Minute)
	s.press("enter")
	s.hear(online()...)
	s.expectDraft("")
	s.expectOffered("")
	if len(other.drafts) != 0 || len(other.inputs) != 0 {
		t.Errorf("the new one keeps %v %v", other.drafts, other.inputs)
	}
}

func TestAPasswordInADraftIsNotKept(t *testing.T) {
	s := entered(t)
	for _, line := range []string{"/login sara hunter2", "//login sara hunter2", "cmd: register sara hunter2"} {
		s.types(line)
		s.wait(draftPause)
		if got := s.archive.drafts["#lab3"]; got != "" {
			t.Errorf("the disk has %q", got)
		}
		s.press("enter", "up")
		s.hides("hunter2")
		s.press("ctrl+_")
		s.hides("hunter2")
	}
}

func TestWhatWasRefusedCanBeRecalled(t *testing.T) {
	s := entered(t)
	s.enters("/verfy ann")
	s.shows("/verfy is no command")
	s.shows("/verify")
	s.expectOffered("/verfy ann")
	s.enters("/join nosuchroom")
	_, tag := asked[wire.Join](s.session)
	s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no room nosuchroom.", Near: []string{"lab3"}})
	s.expectOffered("/join nosuchroom|/verfy ann")
	s.enters("/whois annn") // is about a person, and is kept with that one unless it was refused
	_, tag = asked[wire.Whois](s.session)
	s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActWhois, Code: wire.CodeNoUser, Text: "There is nobody of that name."})
	s.shows("/whois annn: There is nobody of that name.")
	s.expectOffered("/whois annn|/join nosuchroom|/verfy ann")
	s.enters("/logni sara hunter2")
	s.expectOffered("/whois annn|/join nosuchroom|/verfy ann")
	for place, lines := range s.archive.inputs {
		if strings.Contains(fmt.Sprint(lines), "verfy") || strings.Contains(fmt.Sprint(lines), "hunter2") {
			t.Errorf("the disk has under %s: %q", place, lines)
		}
	}
}
