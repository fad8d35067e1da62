package tui

import (
	"testing"

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
	s.tell(sized{50, 15})
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
