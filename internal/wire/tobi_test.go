package wire

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// namedTobi is a client that the registry knows as anna.
func namedTobi() DatagramClient { return &tobiClient{name: "anna"} }

func FuzzTobiRequests(f *testing.F) { fuzzDatagramRequests(f, tobi{}, namedTobi) }
func FuzzTobiEvents(f *testing.F)   { fuzzDatagramEvents(f, tobi{}) }
func FuzzTobiTexts(f *testing.F)    { fuzzDatagramTexts(f, tobi{}) }

func said(t *testing.T, server DatagramServer, e Event) []string {
	t.Helper()
	all, err := server.AppendDatagrams(nil, e)
	if err != nil {
		t.Fatalf("AppendDatagrams(%T): %v", e, err)
	}
	texts := make([]string, len(all))
	for i, d := range all {
		texts[i] = string(d)
	}
	return texts
}

func TestTobiSaysEachLineInPiecesThatItsProgramsRead(t *testing.T) {
	text := strings.Repeat("æ", 500) + "\n \nsecond"
	got := said(t, tobiServer{}, &Said{From: "sara", Text: text})
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
	_, err := tobiServer{}.AppendDatagrams(nil, &Said{From: "bob", Text: "hi", Via: Via{Dialect: "tobi"}})
	if !errors.Is(err, ErrUnsupported) {
		t.Errorf("got %v, want ErrUnsupported", err)
	}
}

func TestTobiNeverTellsAnAddressThatItsProgramsDieOf(t *testing.T) {
	for _, addr := range []string{"", "127.0.0.1", "127.0.0.1:0", "[::1]:9", "sara:9", "1.2.3.4:70000"} {
		if got := said(t, tobiServer{}, &Found{Addr: addr}); got[0] != "ar" || len(got) != 1 {
			t.Errorf("%s is told as %q, want ar alone", addr, got)
		}
		if got := said(t, tobiServer{}, &PeerList{Peers: []Peer{{Addr: addr}}}); len(got) != 1 {
			t.Errorf("the peer %s is told as %q, want nothing", addr, got)
		}
	}
	if got := said(t, tobiServer{}, &Found{Addr: "[::ffff:10.0.0.1]:9"}); got[0] != "ar 10.0.0.1 9" {
		t.Errorf("an IPv4 address that was written as IPv6 is told as %q", got)
	}
}

func TestTobiListsHaveAnEnd(t *testing.T) {
	people := make([]Person, 200)
	peers := make([]Peer, 200)
	for i := range people {
		people[i].Name, peers[i].Addr = "anna", "127.0.0.1:9"
	}
	if n := len(said(t, tobiServer{}, &PeopleList{People: people})); n != maxListed {
		t.Errorf("a list has %d datagrams, want %d", n, maxListed)
	}
	if n := len(said(t, tobiServer{}, &PeerList{Peers: peers})); n != maxListed+1 {
		t.Errorf("a list of peers has %d datagrams, want %d", n, maxListed+1)
	}
}

func TestTobiClientAddsUpThePeersThatItIsTold(t *testing.T) {
	c := &tobiClient{}
	var last Event
	for _, d := range []string{"rj 10.0.0.9 9", "rj __clear_peers__", "rj 10.0.0.1 1", "rj 10.0.0.2 2", "rj 10.0.0.1 1"} {
		var err error
		if last, err = c.ParseDatagram([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
	want := &PeerList{Peers: []Peer{{Addr: "10.0.0.1:1"}, {Addr: "10.0.0.2:2"}}}
	if diff := cmp.Diff(want, last, byValue()); diff != "" {
		t.Error(diff)
	}
}

func TestTobiClientSaysNothingWithoutAName(t *testing.T) {
	if d, err := (&tobiClient{}).AppendDatagrams(nil, Say{Text: "hi"}); err == nil {
		t.Errorf("said %q", d)
	}
}

func TestTobiClientSurvivesWhatKillsTheOriginal(t *testing.T) {
	for _, d := range []string{"", "  \n", "\xff\xfe", "ar 1.2.3.4", "ar 1.2.3.4 x", "rj 1.2.3.4", "rj x y z", "msg", "msg ", "ar \xff 9"} {
		if e, err := (&tobiClient{}).ParseDatagram([]byte(d)); e != nil {
			t.Errorf("%q is read as %v, %v", d, e, err)
		}
	}
}
