package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func namedIAS() DatagramClient { return &iasClient{name: "anna"} }

func FuzzIASRequests(f *testing.F) { fuzzDatagramRequests(f, ias{}, namedIAS) }
func FuzzIASEvents(f *testing.F)   { fuzzDatagramEvents(f, ias{}) }
func FuzzIASTexts(f *testing.F)    { fuzzDatagramTexts(f, ias{}) }

func TestIASGivesBackTheVeryBytesOfAName(t *testing.T) {
	server := ias{}.Server()
	for _, d := range []string{"REG:anna\n", "REG:bob", "REG:carl\r\n"} {
		if _, err := server.ParseDatagram([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, name := range []string{"carl", "bob", "anna", "dora"} {
		got = append(got, said(t, server, &LoggedIn{Name: name})...)
	}
	if diff := cmp.Diff([]string{"LIN:carl\r\n", "LIN:bob", "LIN:anna\n", "LIN:dora\n"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestIASRemembersAFewUnansweredNamesOnly(t *testing.T) {
	server := &iasServer{}
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
	server := ias{}.Server()
	line := func(from string) string {
		return said(t, server, &Whispered{From: from, Text: "hi"})[0]
	}
	if got := line("sara"); got != "MSG:sara> hi\n" {
		t.Errorf("before anybody was found: %q", got)
	}
	said(t, server, &Found{Name: "Sara", Addr: "127.0.0.1:2020"})
	if got := line("sara"); got != "MSG:hi\n" {
		t.Errorf("of the one who was found: %q", got)
	}
	if got := line("bob"); got != "MSG:bob> hi\n" {
		t.Errorf("of somebody else: %q", got)
	}
	said(t, server, &Found{Name: "bob"})
	if got := line("bob"); got != "MSG:bob> hi\n" {
		t.Errorf("of one whose address could not be told: %q", got)
	}
}

func TestIASListsOnlyGroupsThatItCanSpell(t *testing.T) {
	rooms := []RoomInfo{
		{Room: "lobby"},
		{Room: "a_b", Group: "239.1.1.1:5001"},
		{Room: "six", Group: "[ff02::1]:5002"},
		{Room: "uni", Group: "10.0.0.1:5003"},
		{Room: "g1", Group: "239.1.1.1:5004"},
		{Room: "zoë", Group: "239.1.1.2:5004"},
	}
	if got := said(t, ias{}.Server(), &RoomList{Rooms: rooms}); got[0] != "GTA:g1_zoë" {
		t.Errorf("got %q", got)
	}
	rooms = nil
	for i := range maxListed {
		rooms = append(rooms, RoomInfo{Room: fmt.Sprintf("%032d", i), Group: "239.1.1.1:5004"})
	}
	got := said(t, ias{}.Server(), &RoomList{Rooms: rooms})
	if len(got) != 1 || len(got[0]) > maxDatagram || strings.HasSuffix(got[0], "_") {
		t.Errorf("the longest list is %q", got)
	}
}

func TestIASPeopleAreNotToldWhatTheyHaveHeardInTheirGroup(t *testing.T) {
	_, err := ias{}.Server().AppendDatagrams(nil, &Said{From: "bob", Text: "hi", Via: Via{Dialect: "ias"}})
	if !errors.Is(err, ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
}

func TestIASClientCallsUnderItsName(t *testing.T) {
	c := ias{}.Client()
	call := func() string {
		d, err := c.AppendDatagrams(nil, Call{})
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
	if diff := cmp.Diff(&Called{From: "bob"}, e, byValue()); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestIASClientSurvivesWhatKillsTheOriginal(t *testing.T) {
	for _, d := range []string{"", "LIN", "PIN", "MSG", "PTP", "PIN:1.2.3.4", "PIN:1.2.3.4_x", "GRI:10.0.0.1_9", "GRI:x", "MSG:\n", "\xff:"} {
		if e, err := ias.Client(ias{}).ParseDatagram([]byte(d)); e != nil {
			t.Errorf("%q is read as %v, %v", d, e, err)
		}
	}
}
