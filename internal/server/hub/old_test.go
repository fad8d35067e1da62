package hub

import (
	"strings"
	"testing"
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
			quietly pass 1h
			quietly decide a native
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
			a: register alice sesame-1
			  a < you are alice account legacy
			gone a
			open a a3
			a: login alice sesame-1
			  a < you are alice account legacy
		`},
		{name: "older programs are sent no password from afar, unless the lab says so", cfg: Config{Register: true}, script: `
			open a a3 from 10.0.0.9
			a: register alice sesame-1
			  a < refused register insecure
		`},
		{name: "in a lab older programs log in from everywhere", cfg: Config{Register: true, LegacyPasswords: LegacyLab}, script: `
			open a a3 from 10.0.0.9
			a: register alice sesame-1
			  a < you are alice account legacy
		`},
		{name: "where older programs are off they don't log in at all", cfg: Config{Register: true, LegacyPasswords: LegacyOff}, script: `
			open a a3
			a: register alice sesame-1
			  a < refused register insecure
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
