package tui

import (
	"testing"

	"labchat/internal/app"
	"labchat/internal/wire"
)

func TestTheConversationOfLastTimeIsOpenedAgain(t *testing.T) {
	s := open(t, 80, 24, func(c *Config) {
		c.Room = ""
		c.Archive.(*archive).place = "@bob"
		c.Archive.(*archive).drafts["@bob"] = "half a thou"
	})
	s.shows("#lobby ›") // our own lines could not be told from his yet
	s.hear(append(online(), &wire.Entered{Room: "lobby"})...)
	s.shows("to bob")
	s.shows("half a thou")
	s.press("ctrl+p")
	if got := s.archive.place; got != "#lobby" {
		t.Errorf("after a switch the archive has %q, want #lobby", got)
	}
}

func TestARoomOfLastTimeIsOpenedBeforeTheServerAnswers(t *testing.T) {
	s := open(t, 80, 24, func(c *Config) {
		c.Room = ""
		c.Archive.(*archive).place = "#tea"
	})
	s.shows("#tea ›")
}

func TestNobodyIsTakenToAnotherConversationThanAskedFor(t *testing.T) {
	named := open(t, 80, 24, func(c *Config) { c.Archive.(*archive).place = "@bob" })
	named.shows("#lab3 ›")

	// The archive answers late: who has begun to type means what is on the screen.
	typing := open(t, 80, 24, func(c *Config) { c.Room = "" })
	typing.hear(online()...)
	typing.types("h")
	typing.tell(func() { typing.HandleRestored(app.Restored{Place: "@bob"}) })
	typing.shows("#lobby › h")
}

func TestTheConversationOfLastTimeComesAfterTheForm(t *testing.T) {
	s, d := atForm(t, 80, 24, ModeGuest)
	s.cfg.Room = ""
	d.place = "#tea"
	s.types("sara")
	s.press("enter")
	s.hear(&wire.Status{State: wire.StateOnline}, &wire.LoggedIn{Name: "sara"}, &wire.Entered{Room: "lobby"}, &wire.Entered{Room: "tea"})
	s.shows("#tea ›")
}

func TestAServerThatIsAwayKeepsNobodyOutWhoWasThere(t *testing.T) {
	away := &wire.Status{State: wire.StateOffline, Server: "chat.example.org:1300", Reason: "Nobody answers."}
	for _, known := range []bool{false, true} {
		s, d := atForm(t, 80, 24, ModeGuest)
		s.cfg.Room = ""
		d.place, d.known = "#tea", known
		s.types("sara")
		s.press("enter")
		s.hear(away)
		if !known {
			s.shows("✗ Nobody answers.")
			s.shows("Username")
			continue
		}
		s.shows("#tea (offline: will be queued) ›")
		s.shows("alt+e edit server")
		s.press("alt+e")
		s.hear(away) // it tries again, while the form is there because somebody wants it
		s.shows("Username")
	}
}
