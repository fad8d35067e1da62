package hub

import (
	"fmt"
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestOldPrograms(t *testing.T) {
	tests := []struct {
		name   string
		script string
		cfg    Config
	}{
		{name: "a connection counts from accept on, and its number is never used again", script: `
			old a
			open b silent
			a: people
			  a < people a Anonymous2
			a: msg hi
			  a < accepted 1
			gone b
			a: people
			  a < people a
			open c silent
			a: people
			  a < people a Anonymous3
		`},
		{name: "lines for a silent connection wait a second and then it is taken for an old program", script: `
			enter bob
			open a silent
			bob: say lobby hi
			  bob < accepted 1
			pass 999ms
			pass 1ms
			  bob < joined lobby Anonymous2 old
			  a < said lobby bob: hi
			bob: say lobby again
			  bob < accepted 1
			  a < said lobby bob: again
		`},
		{name: "a silent connection that nothing is said to is never decided for", script: `
			enter bob
			open a silent
			pass 1h
			bob: people
			  bob < people bob
		`},
		{name: "a connection that turns out to be native was never there", script: `
			enter bob
			old c
			open a silent
			bob: say lobby hi
			  bob < accepted 2
			  c < said lobby bob: hi
			decide a native
			a: hello
			  a < welcome
			c: people
			  c < people bob c
			bob: say lobby hi
			  bob < accepted 1
			  c < said lobby bob: hi
			pass 1m
		`},
		{name: "the answer to a first word async goes before the lines that waited for it", script: `
			enter bob
			open a silent
			bob: say lobby hi
			  bob < accepted 1
			decide a a3
			  bob < joined lobby Anonymous2 old
			a: async
			  a < holding false
			  a < said lobby bob: hi
		`},
		{name: "an old program inside TLS keeps to the same rules", script: `
			enter bob
			open a silent
			decide a tls
			bob: msg hi
			  bob < accepted 0
			decide a a3
			  bob < joined lobby Anonymous3 old
			a: people
			  a < people bob Anonymous3
		`},
		{name: "a program whose first word is sync is sent no line before the answer", script: `
			enter bob
			open a silent
			quietly bob: say lobby one
			quietly decide a a3
			a: sync
			  a < holding true
			quietly bob: say lobby two
			pass 2s
			a: inbox
			  a < inbox 2
			  a < said lobby bob: one
			  a < said lobby bob: two
			a: inbox
			  a < inbox 0
		`},
		{name: "a program whose first word is another gets what was held behind the answer", script: `
			enter bob
			open a silent
			quietly bob: say lobby one
			quietly decide a a3
			a: guest alice
			  bob < renamed Anonymous2 alice old
			  a < you are alice old
			  a < said lobby bob: one
			bob: say lobby two
			  bob < accepted 1
			  a < said lobby bob: two
		`},
		{name: "half a first line doesn't hold lines for more than a second", script: `
			enter bob
			open a silent
			quietly decide a a3
			quietly bob: say lobby one
			pass 1s
			  a < said lobby bob: one
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
		{name: "names come and go in memory, any number of times", script: `
			quietly open a a3
			quietly open b a3
			log off
			a: guest alice
			  a < you are alice old
			b: guest Alice
			  b < refused guest name_taken
			a: guest alice
			  a < refused guest name_taken
			a: guest Anonymous2
			  a < refused guest name_taken
			a: guest Anonymous77
			  a < refused guest name_taken
			a: guest carl
			  a < you are carl old
			b: guest alice
			  b < you are alice old
			gone a
			b: guest carl
			  b < you are carl old
		`},
		{name: "private lines need a login", script: `
			open a a3
			old b
			a: tell b x
			  a < refused private login_first
			a: guest alice
			  a < you are alice old
			a: tell b x
			  b < whispered alice>b: x
			  a < accepted 1
			b: tell Anonymous9 x
			  b < refused private no_user
			open c silent
			b: tell Anonymous3 x
			  b < accepted 1
			pass 1s
			  c < whispered b>Anonymous3: x
		`},
		{name: "a name that it can't spell is left out of its list", script: `
			old a
			enter b-c
			open d silent
			a: people
			  a < people a Anonymous3
		`},
		{name: "a registered name wants its password and takes older programs only if it says so", cfg: Config{Register: true}, script: `
			quietly op add alice
			open a a3
			a: guest alice
			  a < refused guest registered
			a: login alice pw
			  a < refused login legacy_off
			a: login nobody pw
			  a < refused login name_invalid
			open b native
			quietly b: login alice pw | legacy on | join lobby
			a: login alice no
			  a < refused login denied
			a: login alice pw
			  b < left lobby Anonymous1
			  a < you are alice account legacy failed=1
			a: login alice pw
			  a < refused login name_taken
			gone a
			b: people
			  b < people alice
		`},
		{name: "an account registered by an older program takes older programs", cfg: Config{Register: true}, script: `
			open a a3
			a: register alice pw
			  a < you are alice account legacy
			gone a
			open a a3
			a: login alice pw
			  a < you are alice account legacy
		`},
		{name: "older programs are sent no password from afar, unless the lab says so", cfg: Config{Register: true}, script: `
			open a a3 from 10.0.0.9
			a: register alice pw
			  a < refused register insecure
		`},
		{name: "in a lab older programs log in from everywhere", cfg: Config{Register: true, LegacyPasswords: LegacyLab}, script: `
			open a a3 from 10.0.0.9
			a: register alice pw
			  a < you are alice account legacy
		`},
		{name: "where older programs are off they don't log in at all", cfg: Config{Register: true, LegacyPasswords: LegacyOff}, script: `
			open a a3
			a: register alice pw
			  a < refused register insecure
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
			quietly b: register bob pw
			quietly gone b
			quietly a: guest alice
			a: tell bob hi
			  a < accepted 1 inbox
			quietly open b a3
			quietly b: login bob pw
			b: inbox
			  b < inbox 1
			  b < whispered alice>bob: hi inbox
			b: inbox
			  b < inbox 0
		`},
		{name: "more lines in a second than the rate are refused for ten seconds, private ones too", cfg: Config{Rate: 10}, script: `
			old a
			old b
			` + strings.Repeat("quietly a: msg x\n", 5) + strings.Repeat("quietly a: tell b x\n", 5) + `
			pass 999ms
			a: msg y | tell b z
			  a < refused say rate retry
			  a < refused private rate retry
			b: msg others go on
			  a < said lobby b: others go on
			  b < accepted 1
			a: people
			  a < people a b
			pass 9s
			a: msg y
			  a < refused say rate retry
			pass 1s
			a: msg y
			  a < accepted 1
			  b < said lobby a: y
		`},
		{name: "users are listed in order of coming, whatever they are called now", script: `
			open a a3
			open b a3
			open c a3
			c: guest ada
			  c < you are ada old
			a: guest zoe
			  a < you are zoe old
			b: people
			  b < people zoe Anonymous2 ada
		`},
		{name: "what an old program was told is not in its inbox, nor is what it has asked for before", cfg: Config{Register: true}, script: `
			open a a3
			quietly a: register alice pw
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
		{name: "it has no rooms, and no words for what it has no words for", script: `
			old a
			a: join lobby
			  a < refused join unsupported
			a: help
			  a < help msg privmsg login users help joke inbox sync async register
			a: joke
			  a < joke
			enter n
			n: sync
			  n < refused hold unsupported
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
