package tui

import (
	"testing"

	"labchat/internal/command"
	"labchat/internal/wire"
)

// lists lets the server list rooms, if it was asked to.
func (s *scene) lists(rooms ...string) {
	s.t.Helper()
	all, tag := asked[wire.Rooms](s.session)
	if len(all) == 0 {
		s.t.Fatal("the server was not asked for its rooms")
	}
	e := &wire.RoomList{Re: wire.Re{Re: tag}}
	for _, name := range rooms {
		e.Rooms = append(e.Rooms, wire.RoomInfo{Room: name, People: 3})
	}
	s.hear(e)
}

func TestTheSwitcherGoesToTheNameThatFitsBest(t *testing.T) {
	for query, want := range map[string]string{
		"ann": "@ann", "#ann": "#announcements", "@an": "@ann", "rdm": "#random", "udp": "#tcp-udp", "lab": "#lab3",
	} {
		s := entered(t)
		for _, room := range []string{"announcements", "random", "tcp-udp"} {
			s.hear(&wire.Entered{Room: room})
		}
		s.hear(&wire.Joined{Room: "lab3", Name: "ann", Kind: wire.KindAccount}, &wire.Joined{Room: "lab3", Name: "mia-lab", Kind: wire.KindGuest})
		s.hear(said("announcements", "prof", 14, 33, 0, "unread, but it is not what was typed"))
		s.press("ctrl+n", "ctrl+k")
		s.types(query)
		s.press("enter")
		if got := s.Book.Current.ID; got != want {
			t.Errorf("%q: got %s, want %s", query, got, want)
		}
	}
}

func TestRoomsThatOneHasNotJoinedAreKnownWithoutAsking(t *testing.T) {
	s := entered(t)
	before := len(s.Book.Current.Log.Lines)
	s.lists("lab3", "ias-sheet3", "sheet4")
	if n := len(s.Book.Current.Log.Lines); n != before {
		t.Errorf("the answer to a question that nobody typed shows %d lines", n-before)
	}
	s.press("ctrl+k")
	s.types("sheet3")
	s.shows("# ias-sheet3")
	s.press("enter")
	if all, _ := asked[wire.Join](s.session); len(all) != 1 || all[0].Room != "ias-sheet3" {
		t.Errorf("joined %v", all)
	}
}

func TestTheRoomsAreAskedForWhicheverComesFirstOfNameAndConnection(t *testing.T) {
	for name, events := range map[string][]wire.Event{
		"connection": online(),
		"name":       {&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount}, &wire.Status{State: wire.StateOnline}, &wire.Status{State: wire.StateOnline}},
	} {
		s := open(t, 80, 24)
		s.hear(events...)
		if all, _ := asked[wire.Rooms](s.session); len(all) != 1 {
			t.Errorf("%s first: asked %d times, want once", name, len(all))
		}
	}
}

func TestEnterInTheSwitcherGoesWhereItWasSeenGoing(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "random"}, &wire.Entered{Room: "rabbits"})
	s.press("ctrl+k")
	s.types("ra")
	s.shows("▌# random")
	s.hear(said("rabbits", "bob", 14, 33, 0, "news"))
	s.shows("▌# random")
	s.press("enter")
	if got := s.Book.Current.ID; got != "#random" {
		t.Errorf("got %s", got)
	}
}

func TestTabAfterJoinKnowsTheServersRooms(t *testing.T) {
	s := entered(t)
	s.types("/join ")
	s.lists("lab3", "sheet4")
	s.shows("sheet4")
	s.types("sh4")
	s.press("tab")
	if got := s.bar.composer.draft.String(); got != "/join sheet4 " {
		t.Errorf("got %q", got)
	}
}

func TestTheServerIsNotAskedForItsRoomsWithEveryKey(t *testing.T) {
	s := entered(t)
	s.types("/join lab")
	s.press("ctrl+k", "esc", "ctrl+k")
	if all, _ := asked[wire.Rooms](s.session); len(all) > 2 { // after the login, and a minute later
		t.Errorf("asked %d times", len(all))
	}
	old := open(t, 120, 40)
	old.hear(&wire.Status{State: wire.StateOnline, Dialect: "relay"}, &wire.LoggedIn{Name: "sara", Kind: wire.KindOld})
	old.Link.Offer = command.Offer{command.Quit: true}
	old.press("ctrl+k")
	if all, _ := asked[wire.Rooms](old.session); len(all) != 0 {
		t.Error("a server whose dialect has no words for it was asked for its rooms")
	}
}

func TestRoomsThatAreGoneAreForgotten(t *testing.T) {
	s := entered(t)
	s.lists("lab3", "old-room")
	s.lists("lab3")
	s.press("ctrl+k")
	s.hides("old-room")
}
