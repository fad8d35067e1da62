package prompt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

func TestTheListIsWhatPythonWrites(t *testing.T) {
	// python3 -c 'import json; print(json.dumps([...]))'
	e := &wire.PeerList{Peers: []wire.Peer{
		{Name: "al", Addr: "127.0.0.61"}, {Name: "nowhere"}, {Name: "six", Addr: "::1"}, {Name: "åse\U0001F600", Addr: "10.0.0.1"}, {Name: "\"\\\x01\n\x7f", Addr: "10.0.0.2"},
	}}
	const want = `[["al", "127.0.0.61"], ["\u00e5se\ud83d\ude00", "10.0.0.1"], ["\"\\\u0001\n\u007f", "10.0.0.2"]]`
	all, d := wiretest.Frames(t, M2.Server(), e)
	if len(all) != 1 || all[0] != want || !cmp.Equal(d, wire.Delivery{Gap: 500 * time.Millisecond, Replaces: "list"}) {
		t.Errorf("got %q, %+v, want %q alone", all, d, want)
	}
	if all, _ := wiretest.Frames(t, M2.Server(), &wire.PeerList{}); all[0] != "[]" {
		t.Errorf("nobody is %q, want []", all)
	}
	if _, _, err := M1.Server().AppendEvent(nil, e); !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("milestone 1 has a list: %v", err)
	}
}

func TestTheListFitsIntoOneRead(t *testing.T) {
	e := &wire.PeerList{Room: wire.Lobby}
	for i := range 100 {
		e.Peers = append(e.Peers, wire.Peer{Name: fmt.Sprintf("somebody-%010d", i), Addr: fmt.Sprintf("127.0.100.%d", 100+i)})
	}
	all, _ := wiretest.Frames(t, M2.Server(), e)
	got, err := M2.Client().ParseEvent([]byte(all[0]))
	if err != nil {
		t.Fatal(err)
	}
	const fit = 2046 / len(`["somebody-0000000000", "127.0.100.100"], `)
	if len(all[0]) > 2048 || !cmp.Equal(got, wire.Event(&wire.PeerList{Room: wire.Lobby, Peers: e.Peers[:fit]}), wiretest.ByValue()) {
		t.Errorf("a list of %d bytes has %d people, want the first %d", len(all[0]), len(got.(*wire.PeerList).Peers), fit)
	}
}

// FuzzList checks the list against encoding/json's reading of it.
func FuzzList(f *testing.F) {
	f.Add("al", "åse\U0001F600")
	f.Fuzz(func(t *testing.T, a, b string) {
		e := &wire.PeerList{Room: wire.Lobby, Peers: []wire.Peer{{Name: strings.ToValidUTF8(a, "?"), Addr: "10.0.0.1"}, {Name: strings.ToValidUTF8(b, "?"), Addr: "10.0.0.2"}}}
		said, _, err := M2.Server().AppendEvent(nil, e)
		if err != nil || len(said) > maxRead || !utf8.Valid(said) {
			t.Fatalf("%q, %v", said, err)
		}
		got, err := M2.Client().ParseEvent(said)
		if a == "" || b == "" || len(a)+len(b) > 300 {
			return // left out
		}
		if diff := cmp.Diff(wire.Event(e), got, wiretest.ByValue()); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", said, err, diff)
		}
	})
}
