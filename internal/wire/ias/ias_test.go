package ias

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
	"labchat/internal/wire/wiretest"
)

func named() wire.DatagramClient { return &client{name: "anna"} }

func FuzzIASRequests(f *testing.F) { wiretest.FuzzDatagramRequests(f, Dialect{}, named) }
func FuzzIASEvents(f *testing.F)   { wiretest.FuzzDatagramEvents(f, Dialect{}) }
func FuzzIASTexts(f *testing.F)    { wiretest.FuzzDatagramTexts(f, Dialect{}) }

func TestIASGivesBackTheVeryBytesOfAName(t *testing.T) {
	server := Dialect{}.Server()
	for _, d := range []string{"REG:anna\n", "REG:bob", "REG:carl\r\n"} {
		if _, err := server.ParseDatagram([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, name := range []string{"carl", "bob", "anna", "dora"} {
		got = append(got, wiretest.Said(t, server, &wire.LoggedIn{Name: name})...)
	}
	if diff := cmp.Diff([]string{"LIN:carl\r\n", "LIN:bob", "LIN:anna\n", "LIN:dora\n"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestIASRemembersAFewUnansweredNamesOnly(t *testing.T) {
	server := &server{}
	for i := range 10 * maxSpelled {
		if _, err := server.ParseDatagram(fmt.Appendf(nil, "REG:n%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(server.spelled); n != maxSpelled {
		t.Errorf("remembers %d names, want %d", n, maxSpelled)
	}
}

func TestIASNamesWhoIsNotTheOneThatWasFound(t *testing.T) {
	server := Dialect{}.Server()
	line := func(from string) string {
		return wiretest.Said(t, server, &wire.Whispered{From: from, Text: "hi"})[0]
	}
	if got := line("sara"); got != "MSG:sara> hi\n" {
		t.Errorf("before anybody was found: %q", got)
	}
	wiretest.Said(t, server, &wire.Found{Name: "Sara", Addr: "127.0.0.1:2020"})
	if got := line("sara"); got != "MSG:hi\n" {
		t.Errorf("of the one who was found: %q", got)
	}
	if got := line("bob"); got != "MSG:bob> hi\n" {
		t.Errorf("of somebody else: %q", got)
	}
	wiretest.Said(t, server, &wire.Found{Name: "bob"})
	if got := line("bob"); got != "MSG:bob> hi\n" {
		t.Errorf("of one whose address could not be told: %q", got)
	}
}

func TestIASListsOnlyGroupsThatItCanSpell(t *testing.T) {
	rooms := []wire.RoomInfo{
		{Room: "lobby"},
		{Room: "a_b", Group: "239.1.1.1:5001"},
		{Room: "six", Group: "[ff02::1]:5002"},
		{Room: "uni", Group: "10.0.0.1:5003"},
		{Room: "g1", Group: "239.1.1.1:5004"},
		{Room: "zoë", Group: "239.1.1.2:5004"},
	}
	if got := wiretest.Said(t, Dialect{}.Server(), &wire.RoomList{Rooms: rooms}); got[0] != "GTA:g1_zoë" {
		t.Errorf("got %q", got)
	}
	rooms = nil
	for i := range oldtext.MaxListed {
		rooms = append(rooms, wire.RoomInfo{Room: fmt.Sprintf("%032d", i), Group: "239.1.1.1:5004"})
	}
	got := wiretest.Said(t, Dialect{}.Server(), &wire.RoomList{Rooms: rooms})
	if len(got) != 1 || len(got[0]) > oldtext.MaxDatagram || strings.HasSuffix(got[0], "_") {
		t.Errorf("the longest list is %q", got)
	}
}

func TestIASPeopleAreNotToldWhatTheyHaveHeardInTheirGroup(t *testing.T) {
	_, err := Dialect{}.Server().AppendDatagrams(nil, &wire.Said{From: "bob", Text: "hi", Via: wire.Via{Dialect: "ias"}})
	if !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
}

func TestIASClientCallsUnderItsName(t *testing.T) {
	c := Dialect{}.Client()
	call := func() string {
		d, err := c.AppendDatagrams(nil, wire.Call{})
		if err != nil {
			t.Fatal(err)
		}
		return string(d[0])
	}
	if got := call(); got != "PTP:None" {
		t.Errorf("without a name: %q", got)
	}
	if _, err := c.ParseDatagram([]byte("LIN:anna\n")); err != nil {
		t.Fatal(err)
	}
	if got := call(); got != "PTP:anna\n" {
		t.Errorf("with a name: %q", got)
	}
	e, err := c.ParseDatagram([]byte("PTP:bob\n"))
	if diff := cmp.Diff(&wire.Called{From: "bob"}, e, wiretest.ByValue()); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestIASClientSurvivesWhatKillsTheOriginal(t *testing.T) {
	for _, d := range []string{"", "LIN", "PIN", "MSG", "PTP", "PIN:1.2.3.4", "PIN:1.2.3.4_x", "GRI:10.0.0.1_9", "GRI:x", "MSG:\n", "\xff:"} {
		if e, err := Dialect.Client(Dialect{}).ParseDatagram([]byte(d)); e != nil {
			t.Errorf("%q is read as %v, %v", d, e, err)
		}
	}
}
