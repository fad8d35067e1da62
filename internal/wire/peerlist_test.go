package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTheListIsWhatPythonWrites(t *testing.T) {
	// python3 -c 'import json; print(json.dumps([...]))'
	e := &PeerList{Peers: []Peer{
		{"al", "127.0.0.61"}, {"nowhere", ""}, {"six", "::1"}, {"åse\U0001F600", "10.0.0.1"}, {"\"\\\x01\n\x7f", "10.0.0.2"},
	}}
	const want = `[["al", "127.0.0.61"], ["\u00e5se\ud83d\ude00", "10.0.0.1"], ["\"\\\u0001\n\u007f", "10.0.0.2"]]`
	all, d := frames(t, promptM2.Server(), e)
	if len(all) != 1 || all[0] != want || !cmp.Equal(d, Delivery{Gap: 500 * time.Millisecond, Replaces: "list"}) {
		t.Errorf("got %q, %+v, want %q alone", all, d, want)
	}
	if all, _ := frames(t, promptM2.Server(), &PeerList{}); all[0] != "[]" {
		t.Errorf("nobody is %q, want []", all)
	}
	if _, _, err := promptM1.Server().AppendEvent(nil, e); !errors.Is(err, ErrUnsupported) {
		t.Errorf("milestone 1 has a list: %v", err)
	}
}

func TestTheListFitsIntoOneRead(t *testing.T) {
	e := &PeerList{Room: Lobby}
	for i := range 100 {
		e.Peers = append(e.Peers, Peer{fmt.Sprintf("somebody-%010d", i), fmt.Sprintf("127.0.100.%d", 100+i)})
	}
	all, _ := frames(t, promptM2.Server(), e)
	got, err := promptM2.Client().ParseEvent([]byte(all[0]))
	if err != nil {
		t.Fatal(err)
	}
	const fit = 2046 / len(`["somebody-0000000000", "127.0.100.100"], `)
	if len(all[0]) > 2048 || !cmp.Equal(got, Event(&PeerList{Room: Lobby, Peers: e.Peers[:fit]}), byValue()) {
		t.Errorf("a list of %d bytes has %d people, want the first %d", len(all[0]), len(got.(*PeerList).Peers), fit)
	}
}

// FuzzList checks the list against encoding/json's reading of it.
func FuzzList(f *testing.F) {
	f.Add("al", "åse\U0001F600")
	f.Fuzz(func(t *testing.T, a, b string) {
		e := &PeerList{Room: Lobby, Peers: []Peer{{strings.ToValidUTF8(a, "?"), "10.0.0.1"}, {strings.ToValidUTF8(b, "?"), "10.0.0.2"}}}
		said, _, err := promptM2.Server().AppendEvent(nil, e)
		if err != nil || len(said) > promptMax || !utf8.Valid(said) {
			t.Fatalf("%q, %v", said, err)
		}
		got, err := promptM2.Client().ParseEvent(said)
		if a == "" || b == "" || len(a)+len(b) > 300 {
			return // left out
		}
		if diff := cmp.Diff(Event(e), got, byValue()); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", said, err, diff)
		}
	})
}
