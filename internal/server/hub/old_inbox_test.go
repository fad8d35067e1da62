package hub

import (
	"fmt"
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestInboxesOfOldPrograms(t *testing.T) {
	tests := []struct {
		name   string
		script string
		cfg    Config
	}{
		{name: "a line to oneself arrives before it is answered", script: `
			old a
			a: tell a to myself
			  a < whispered a>a: to myself
			  a < accepted 1
			a: sync
			  a < holding true
			a: tell a again
			  a < accepted 1
			a: inbox
			  a < inbox 1
			  a < whispered a>a: again
		`},
		{name: "an inbox is read in async mode too, and without a login", cfg: Config{Register: true}, script: `
			open a a3
			open b a3
			a: inbox
			  a < inbox 0
			a: sync
			  a < holding true
			b: msg one
			  b < accepted 1
			a: async
			  a < holding false
			b: msg two
			  a < said lobby Anonymous2: two
			  b < accepted 1
			a: inbox
			  a < inbox 1
			  a < said lobby Anonymous2: one
			quietly b: register bob sesame-1
			quietly gone b
			quietly a: guest alice
			a: tell bob hi
			  a < accepted 1 inbox
			quietly open b a3
			quietly b: login bob sesame-1
			b: inbox
			  b < inbox 1
			  b < whispered alice>bob: hi inbox
			b: inbox
			  b < inbox 0
		`},
		{name: "what an old program was told is not in its inbox, nor is what it has asked for before", cfg: Config{Register: true}, script: `
			open a a3
			quietly a: register alice sesame-1
			old b
			b: tell alice one
			  b < accepted 1
			  a < whispered b>alice: one
			quietly a: sync
			quietly b: tell alice two
			jobs off
			log off
			a: inbox
			a: inbox
			jobs work
			  a < inbox 1
			  a < whispered b>alice: two inbox
			  a < inbox 0
			log on
		`},
		{name: "for an old program delivery counts as taken", script: `
			quietly op add alice
			open n native
			quietly n: login alice pw | legacy on
			quietly gone n
			enter bob
			bob: tell alice one
			  bob < accepted 1 inbox
			quietly open a a3
			quietly a: login alice pw
			bob: tell alice two
			  a < whispered bob>alice: two
			  bob < accepted 1
			a: sync
			  a < holding true
			bob: tell alice three | say lobby four
			  bob < accepted 1
			  bob < accepted 1
			a: inbox
			  a < inbox 3
			  a < whispered bob>alice: one inbox
			  a < whispered bob>alice: three inbox
			  a < said lobby bob: four
			gone a
			  bob < left lobby alice
			open n native
			n: login alice pw
			  n < you are alice account token legacy
		`},
		{name: "after async lines come at once, and the inbox keeps what it has", script: `
			old a
			old b
			a: sync
			  a < holding true
			a: msg from one who holds
			  a < accepted 1
			  b < said lobby a: from one who holds
			b: msg one | tell a two
			  b < accepted 1
			  b < accepted 1
			a: async
			  a < holding false
			b: msg three
			  b < accepted 1
			  a < said lobby b: three
			b: tell a psst
			  a < whispered b>a: psst
			  b < accepted 1
			a: inbox
			  a < inbox 2
			  a < said lobby b: one
			  a < whispered b>a: two
			a: sync | sync | async | async
			  a < holding true
			  a < holding true
			  a < holding false
			  a < holding false
			b: msg four
			  b < accepted 1
			  a < said lobby b: four
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, tt.cfg, tt.script) })
	}
}

func TestASyncInboxDropsItsOldestLinesAndSaysHowMany(t *testing.T) {
	s := run(t, Config{}, `
		old a
		enter b
		quietly a: sync
	`)
	for i := range heldLines + 2 {
		s.ask(s.names["b"], s.request(fmt.Sprintf("say lobby %d", i)))
	}
	clear(s.heard)
	s.ask(s.names["a"], s.request("inbox"))
	got := s.heard[s.names["a"]]
	if len(got) != heldLines+1 {
		t.Fatalf("heard %d events, want the count and %d lines", len(got), heldLines)
	}
	for i, want := range map[int]string{0: "inbox 1000 dropped=2", 1: "said lobby b: 2", heldLines: "said lobby b: 1001"} {
		if words(got[i]) != want {
			t.Errorf("event %d is %q, want %q", i, words(got[i]), want)
		}
	}
}

func TestASyncInboxIsBoundedInBytesToo(t *testing.T) {
	s := run(t, Config{}, `
		old a
		enter b
		quietly a: sync
	`)
	for range 2 * heldOldBytes / wire.MaxText {
		s.ask(s.names["b"], wire.Say{Room: wire.Lobby, Text: strings.Repeat("x", wire.MaxText)})
	}
	k := s.hub.sessions[s.names["a"]].held
	if k.bytes > heldOldBytes || k.bytes != len(k.events)*wire.MaxText || k.dropped != heldOldBytes/wire.MaxText {
		t.Errorf("%d bytes are held in %d lines and %d were dropped, want at most %d bytes", k.bytes, len(k.events), k.dropped, heldOldBytes)
	}
}
