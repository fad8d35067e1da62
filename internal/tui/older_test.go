package tui

import (
	"testing"

	"labchat/internal/app"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

func TestRoomsOfRegistriesAreMarkedAsPlainText(t *testing.T) {
	s := entered(t)
	s.hides("# lab3 · not encrypted")
	for _, dialect := range []string{"ias", "tobi"} {
		s.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:2020", Dialect: dialect, Direct: true})
		s.shows("# lab3 · not encrypted")
		s.shows("#lab3, in plain text (readable on the way) › ")
	}
	s.tell(bubble.Sized{W: 50, H: 15})
	s.shows("· not encrypted")
	s.shows("#lab3 (plain text) › ")
	s.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:1302", Dialect: "prompt", Direct: true})
	s.hides("#lab3 (plain text)") // its lines go through the server
}

func TestSomebodyWithAnOlderProgramAsksBesideEncryptedConversations(t *testing.T) {
	const olaf = "olaf@10.0.0.7"
	s := entered(t)
	way := wire.Path{User: olaf, Way: wire.WayPlain, Addr: "10.0.0.7:6001", Reason: "an older program", Request: true}
	asks, talks := way, way
	talks.Request = false
	s.hear(&wire.Called{From: olaf, Kind: wire.KindDatagram}, &asks,
		&wire.Whispered{ID: 5, At: at(14, 1), From: olaf, To: "sara", Text: "psst", Kind: wire.KindDatagram, Via: wire.Via{Direct: true, Way: wire.WayPlain}})
	s.shows("~olaf@10.0.0.7 asks for a private conversation, in plain")
	s.shows(" ask│")
	s.press("alt+a")
	s.shows("@ olaf@10.0.0.7 · asks for a private conversation · not encrypted: an o")
	s.shows("(a line accepts their request) › ")
	s.hear(&talks)
	s.shows(" pln│")
	s.shows("@ olaf@10.0.0.7 · not encrypted: an older program")
	s.shows("to olaf@10.0.0.7 only (plain text) › ")
}

// State, badge and composer of a private place say what becomes of a line at
// this server.
func TestPrivatePlacesTellTheTruthOfAnOlderDialect(t *testing.T) {
	const registry = "10.0.0.1:2020"
	for name, c := range map[string]struct {
		status  wire.Status
		path    wire.Path
		badge   string
		heading string
		prompt  string
	}{
		"a3": {
			wire.Status{Dialect: "a3"},
			wire.Path{Way: wire.WayPlain, Reason: "through the server, which can read it"},
			"srv", "@ ben · not encrypted: through the server, which can", "to ben only, through the server (readable by it) › ",
		},
		"names": {
			wire.Status{Dialect: "names"},
			wire.Path{Way: wire.WayNever, Reason: "this server has no private lines"},
			"", "@ ben · this server has no private lines", "to ben only (not possible here) › ",
		},
		"prompt with --udp": {
			wire.Status{Dialect: "prompt", Direct: true},
			wire.Path{Way: wire.WayPlain, Addr: "10.0.0.3:13000", Reason: "plain text past the server"},
			"pln", "@ ben · not encrypted: plain text past the server", "to ben only, in plain text (readable on the way) › ",
		},
		"tobi": {
			wire.Status{Dialect: "tobi", Direct: true, Remote: registry},
			wire.Path{Way: wire.WayPlain, Addr: "10.0.0.3:4000", Reason: "plain text past the registry"},
			"pln", "@ ben · not encrypted: plain text past the registry", "to ben only, in plain text (readable on the way) › ",
		},
		"tobi, carried by the registry": {
			wire.Status{Dialect: "tobi", Direct: true, Remote: registry},
			wire.Path{Way: wire.WayPlain, Addr: registry, Reason: "by way of the registry, which can read it"},
			"srv", "@ ben · not encrypted: by way of the registry", "to ben only, through the server (readable by it) › ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := entered(t)
			status, path := c.status, c.path
			status.State, path.User = wire.StateOnline, "ben"
			s.hear(&status)
			s.enters("/msg ben")
			s.hear(&path)
			s.shows(c.heading)
			s.shows(c.prompt)
			if _, got := s.badge(s.Book.Current); string(got) != c.badge {
				t.Errorf("the badge is %q, want %q", got, c.badge)
			}
			s.hides("lines wait here")
			s.tell(bubble.Sized{W: 50, H: 15})
			s.shows("@ben (" + map[string]string{"srv": "srv", "pln": "plain text", "": "not possible"}[c.badge] + ") › ")
		})
	}
}

// A place that a line has made, and nobody has opened, says the same.
func TestAPlaceThatALineMakesAtAnOlderServerSaysHowItsLinesGo(t *testing.T) {
	s := entered(t)
	older := &wire.Status{State: wire.StateOnline, Dialect: "prompt"}
	never := &wire.Path{User: "ben", Way: wire.WayNever, Reason: "this server has no private lines"}
	s.hear(older)
	s.enters("/msg ben hi")
	s.hear(&wire.Receipt{Client: "c1", To: "ben", Text: "hi", State: wire.ReceiptQueued},
		&wire.Receipt{Client: "c1", To: "ben", Text: "hi", State: wire.ReceiptFailed, Reason: "no"})
	answer := func(times int) {
		t.Helper()
		s.hear(&wire.Joined{Room: "lab3", Name: "carl"}) // nothing is asked twice
		all, tag := asked[wire.Route](s.session)
		if len(all) != times || all[times-1].Name != "ben" {
			t.Fatalf("got %+v, want to have asked %d times for ben", all, times)
		}
		p := *never
		p.Re.Re = tag
		s.hear(&p)
	}
	answer(1)
	s.enters("/go 2")
	s.shows("@ ben · this server has no private lines")
	s.shows("to ben only (not possible here) › ")
	s.hear(&wire.Status{State: wire.StateOffline}, older) // it may be another program by then
	answer(2)
}

func TestARoomWhosePeopleAreNotToldSaysSo(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Status{State: wire.StateOnline, Dialect: "names"})
	s.Book.Room("lab3").Stands = app.Outside
	me := wire.Person{Name: "sara", Kind: wire.KindOld}
	s.hear(&wire.PeopleList{Room: "lab3", People: []wire.Person{me}, Partial: true, Own: true})
	s.tell(bubble.Sized{W: 80, H: 24})
	s.shows("1 person known")
	s.tell(bubble.Sized{W: 160, H: 40})
	s.shows("PEOPLE 1 known")
	s.hear(&wire.PeopleList{Room: "lab3", People: []wire.Person{me}, More: 2, Own: true}) // the server has counted
	s.shows("PEOPLE 3")
	s.hides("known")
	s.shows("and 2 more")
	s.tell(bubble.Sized{W: 80, H: 24})
	s.shows("3 people")
	s.hides("online:") // nobody has asked
	if s.Book.Room("lab3").Stands != app.Inside {
		t.Error("it is a room that we are not in")
	}
}

// atRegistry is a start at a registry that has no lobby.
func atRegistry(t *testing.T, dialect string, no *wire.Refused) *scene {
	t.Helper()
	s := open(t, 120, 40, func(c *Config) { c.Room = "" })
	s.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:2020", Dialect: dialect, Direct: true}, &wire.LoggedIn{Name: "sara", Kind: wire.KindDatagram}, no)
	return s
}

func TestTheLobbyIsNotOpenedWhereTheRegistryHasNone(t *testing.T) {
	for dialect, no := range map[string]*wire.Refused{
		"tobi": {Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no such room. Create it, or join one that exists."},
		"ias":  {Of: wire.ActJoin, Code: wire.CodeNotMember, Text: "You are in no group: /rooms lists them, /join enters one."},
	} {
		t.Run(dialect, func(t *testing.T) {
			s := atRegistry(t, dialect, no)
			s.shows("1 no room")
			s.hides("lobby")
			s.shows("You are ?sara, in no room.")
			s.shows(no.Text[:20])
			s.shows("nowhere › ")
			s.shows("/join NAME")
			s.types("hello")
			s.press("enter")
			s.shows("You are in no room: /rooms lists them, /join enters one")
			if len(s.session.said) != 0 {
				t.Errorf("%v is said", s.session.said)
			}
			s.hear(&wire.Entered{Room: "lab3", People: []wire.Person{{Name: "sara", Kind: wire.KindDatagram}}})
			s.shows("# lab3 · not encrypted")
			s.shows("#lab3, in plain text (readable on the way) › hello")
			s.hides("1 no room")
			if n := len(s.Book.All()); n != 1 {
				t.Errorf("there are %d conversations, want the room alone", n)
			}
		})
	}
}

func TestTheLobbyThatARegistryHasIsEntered(t *testing.T) {
	s := open(t, 120, 40, func(c *Config) { c.Room = "" })
	s.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:2020", Dialect: "tobi", Direct: true}, &wire.LoggedIn{Name: "sara", Kind: wire.KindDatagram},
		&wire.Entered{Room: wire.Lobby}, &wire.Refused{Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no such room."})
	s.shows("# lobby · not encrypted")
}
