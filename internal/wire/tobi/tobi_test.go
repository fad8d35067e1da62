package tobi

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
	"labchat/internal/wire/wiretest"
)

// namedTobi is a client that the registry knows as anna.
func namedTobi() wire.DatagramClient { return &client{name: "anna"} }

func FuzzTobiRequests(f *testing.F) { wiretest.FuzzDatagramRequests(f, Dialect{}, namedTobi) }
func FuzzTobiEvents(f *testing.F)   { wiretest.FuzzDatagramEvents(f, Dialect{}) }
func FuzzTobiTexts(f *testing.F)    { wiretest.FuzzDatagramTexts(f, Dialect{}) }

func TestTobiSaysEachLineInPiecesThatItsProgramsRead(t *testing.T) {
	text := strings.Repeat("æ", 500) + "\n \nsecond"
	got := wiretest.Said(t, server{}, &wire.Said{From: "sara", Text: text})
	want := []string{
		"msg sara> " + strings.Repeat("æ", 450) + "\n",
		"msg sara> " + strings.Repeat("æ", 50) + "\n",
		"msg sara> second\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTobiPeopleAreNotToldWhatTheyHaveToldEachOther(t *testing.T) {
	_, err := server{}.AppendDatagrams(nil, &wire.Said{From: "bob", Text: "hi", Via: wire.Via{Dialect: "tobi"}})
	if !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
}

func TestTobiNeverTellsAnAddressThatItsProgramsDieOf(t *testing.T) {
	for _, addr := range []string{"", "127.0.0.1", "127.0.0.1:0", "[::1]:9", "sara:9", "1.2.3.4:70000"} {
		if got := wiretest.Said(t, server{}, &wire.Found{Addr: addr}); got[0] != "ar" || len(got) != 1 {
			t.Errorf("%s is told as %q, want ar alone", addr, got)
		}
		if got := wiretest.Said(t, server{}, &wire.PeerList{Peers: []wire.Peer{{Addr: addr}}}); len(got) != 1 {
			t.Errorf("the peer %s is told as %q, want nothing", addr, got)
		}
	}
	if got := wiretest.Said(t, server{}, &wire.Found{Addr: "[::ffff:10.0.0.1]:9"}); got[0] != "ar 10.0.0.1 9" {
		t.Errorf("an IPv4 address that was written as IPv6 is told as %q", got)
	}
}

func TestTobiListsHaveAnEnd(t *testing.T) {
	people := make([]wire.Person, 200)
	peers := make([]wire.Peer, 200)
	for i := range people {
		people[i].Name, peers[i].Addr = "anna", "127.0.0.1:9"
	}
	if n := len(wiretest.Said(t, server{}, &wire.PeopleList{People: people})); n != oldtext.MaxListed {
		t.Errorf("a list has %d datagrams, want %d", n, oldtext.MaxListed)
	}
	if n := len(wiretest.Said(t, server{}, &wire.PeerList{Peers: peers})); n != oldtext.MaxListed+1 {
		t.Errorf("a list of peers has %d datagrams, want %d", n, oldtext.MaxListed+1)
	}
}

func TestTobiClientAddsUpThePeersThatItIsTold(t *testing.T) {
	c := &client{}
	var last wire.Event
	for _, d := range []string{"rj 10.0.0.9 9", "rj __clear_peers__", "rj 10.0.0.1 1", "rj 10.0.0.2 2", "rj 10.0.0.1 1"} {
		var err error
		if last, err = c.ParseDatagram([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	want := &wire.PeerList{Peers: []wire.Peer{{Addr: "10.0.0.1:1"}, {Addr: "10.0.0.2:2"}}}
	if diff := cmp.Diff(want, last, wiretest.ByValue()); diff != "" {
		t.Error(diff)
	}
}

func TestTobiClientSaysNothingWithoutAName(t *testing.T) {
	if d, err := (&client{}).AppendDatagrams(nil, wire.Say{Text: "hi"}); err == nil {
		t.Errorf("said %q", d)
	}
}

func TestTobiClientSurvivesWhatKillsTheOriginal(t *testing.T) {
	for _, d := range []string{"", "  \n", "\xff\xfe", "ar 1.2.3.4", "ar 1.2.3.4 x", "rj 1.2.3.4", "rj x y z", "msg", "msg ", "ar \xff 9"} {
		if e, err := (&client{}).ParseDatagram([]byte(d)); e != nil {
			t.Errorf("%q is read as %v, %v", d, e, err)
		}
	}
}
