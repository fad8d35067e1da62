package hub

import (
	"strings"
	"testing"
	"time"
)

func TestPeopleOfTheOlderPorts(t *testing.T) {
	tests := []struct {
		name   string
		script string
		cfg    Config
	}{
		{name: "people of a prompt are nowhere until they have a name, then they come into the lobby", script: `
			enter n
			old a
			open p prompt
			n: people
			  n < people n a
			p: msg hi
			  p < refused say login_first
			p: tell a hi
			  p < refused private login_first
			n: say lobby one
			  n < accepted 1
			  a < said lobby n: one
			p: guest alice
			  p < you are alice old
			  p < peers alice=127.0.0.1
			  n < joined lobby alice old
			n: say lobby two
			  n < accepted 2
			  a < said lobby n: two
			  p < said lobby n: two
			p: msg three
			  n < said lobby alice: three
			  a < said lobby alice: three
			a: people
			  a < people n a alice
			gone p
			  n < left lobby alice
		`},
		{name: "they are told who comes, goes and is renamed, from where, and how many are there", script: `
			quietly open p prompt-m1
			quietly p: guest pat
			old a
			open b a3 from 10.0.0.7
			  p < joined lobby Anonymous2 old from 10.0.0.7, 3 of 3 at 12:00
			b: guest bob
			  b < you are bob old
			  p < renamed Anonymous2 bob old from 10.0.0.7, 3 of 3 at 12:00
			open n native
			quietly n: guest nina
			n: join lobby
			  n < entered lobby (pat a bob nina)
			  p < joined lobby nina guest, 4 of 4 at 12:00
			pass 1m
			n: leave lobby
			  n < done leave
			  p < left lobby nina, 3 of 3 at 12:01
			gone b
			  p < left lobby bob from 10.0.0.7, 2 of 2 at 12:01
		`},
		{name: "a name-first connection counts before it has said its name", script: `
			open a names
			open b names
			open c names
			a: guest ann
			b: guest ben
			  a < joined lobby ben old from 127.0.0.1, 2 of 3 at 12:00
			gone c
			gone a
			  b < left lobby ann from 127.0.0.1, 1 of 1 at 12:00
			open d names-echo
			open e names-clock
			e: guest eve
			  b < joined lobby eve old from 127.0.0.1, 2 of 3 at 12:00
			  e < joined lobby eve old from 127.0.0.1, 2 of 3 at 12:00
			gone e
			  b < left lobby eve from 127.0.0.1, 1 of 2 at 12:00
			pass 1h
			d: guest dan
			  b < joined lobby dan old from 127.0.0.1, 2 of 2 at 13:00
		`},
		{name: "a prompt's connection doesn't count, nor does one that has said nothing", script: `
			quietly open b names
			quietly b: guest ben
			open p prompt
			open s silent
			open c names
			c: guest cleo
			  b < joined lobby cleo old from 127.0.0.1, 2 of 2 at 12:00
		`},
		{name: "who waits for its own line gets that, and others don't", script: `
			quietly open a names
			quietly a: guest ann
			quietly open b names-clock
			quietly b: guest ben
			quietly open c names-echo
			quietly c: guest cleo
			a: msg one
			  b < said lobby ann: one
			  c < said lobby ann: one
			b: msg two
			  a < said lobby ben: two
			  b < said lobby ben: two
			  c < said lobby ben: two
			c: msg three
			  a < said lobby cleo: three
			  b < said lobby cleo: three
			  c < said lobby cleo: three
		`},
		{name: "names are one set for all ports", cfg: Config{Register: true}, script: `
			quietly op add carl
			old alice
			open p prompt
			open q names
			p: guest alice
			  p < refused guest name_taken
			p: guest ALICE
			  p < refused guest name_taken
			q: guest a1ice
			  q < refused guest name_taken
			q: guest carl
			  q < refused guest registered
			q: guest server
			  q < refused guest name_taken
			q: guest -x
			  q < refused guest name_invalid
			q: guest
			  q < refused guest name_invalid
			quietly p: guest bob
			q: guest Bob
			  q < refused guest name_taken
			gone p
			q: guest Bob
			alice: guest bob
			  alice < refused guest name_taken
		`},
		{name: "a private line reaches them, and says from where", script: `
			quietly open p prompt
			quietly p: guest pat
			quietly open q names
			quietly q: guest quin
			enter n
			old a
			n: tell pat hi
			  n < accepted 1
			  p < whispered n>pat: hi
			a: tell quin hi
			  a < accepted 1
			  q < whispered a>quin: hi
		`},
		{name: "a registered name comes in by its password, if it takes older programs", cfg: Config{Register: true}, script: `
			quietly op add carl
			open n native
			quietly n: login carl pw
			open p prompt
			p: guest carl
			  p < refused guest registered
			p: login carl pw
			  p < refused login legacy_off
			quietly n: legacy on
			p: login carl no
			  p < refused login denied
			p: login carl pw
			  p < you are carl account legacy failed=1
			  p < peers carl=127.0.0.1
		`},
		{name: "a prompt's program is told at once what waits for its account, and once", cfg: Config{Register: true}, script: `
			open p prompt-accounts
			quietly p: register pat sesame-1
			quietly gone p
			enter b
			quietly b: tell pat one
			quietly b: tell pat two
			open p prompt-accounts
			p: login pat sesame-1
			  p < you are pat account legacy waiting=2
			  p < peers pat=127.0.0.1
			  p < whispered b>pat: one inbox
			  p < whispered b>pat: two inbox
			  b < joined lobby pat account
			log off
			b: tell pat three
			log on
			  b < accepted 1
			  p < whispered b>pat: three
			quietly gone p
			open p prompt-accounts
			jobs fail
			p: login pat sesame-1
			  p < refused login storage retry
			jobs work
			p: login pat sesame-1
			  p < you are pat account legacy
			  p < peers pat=127.0.0.1
			  b < joined lobby pat account
		`},
		{name: "an account's program on a prompt is one of its sessions", cfg: Config{Register: true}, script: `
			quietly op add carl
			enter b
			open n native
			quietly n: login carl pw | legacy on | join lobby
			quietly open p prompt-accounts
			p: login carl pw
			  p < you are carl account legacy
			  p < peers carl=127.0.0.1
			gone n
			p: msg still here
			  b < said lobby carl: still here
			gone p
			  b < left lobby carl
		`},
		{name: "a digest is the password, from every program", cfg: Config{Register: true}, script: `
			open p prompt-accounts
			p: name carl
			  p < name carl free
			p: register# carl pw
			  p < you are carl account legacy
			  p < peers carl=127.0.0.1
			gone p
			open n native
			n: login carl pw
			  n < you are carl account token legacy
			quietly n: passwd pw sesame-2
			open p prompt-accounts
			p: name carl
			  p < name carl registered
			p: login# carl pw
			  p < refused login denied
			p: login# carl sesame-2
			  p < you are carl account legacy failed=1
			  p < peers carl=127.0.0.1
			open q prompt-accounts
			q: login carl sesame-2
			  q < you are carl account legacy
			  q < peers carl=127.0.0.1
		`},
		{name: "an empty password is none, also where its digest comes", cfg: Config{Register: true}, script: `
			open p prompt-accounts
			p: register# carl
			  p < refused register password_invalid
		`},
		{name: "asking about names is throttled, and no failed login", cfg: Config{Register: true}, script: `
			quietly op add carl
			open p prompt-accounts
			` + strings.Repeat("quietly p: name carl\n", maxNames) + `
			p: name carl
			  p < refused name throttled retry
			open n native
			n: login carl pw
			  n < you are carl account token
		`},
		{name: "an unfinished dialogue ends after 30 s, a silent name-first connection doesn't", cfg: Config{Register: true}, script: `
			open p prompt
			open q prompt-accounts
			open r prompt
			open s names
			r: guest rita
			  r < you are rita old
			  r < peers rita=127.0.0.1
			pass 15s
			q: name quin
			  q < name quin free
			jobs off
			q: register quin sesame-1
			pass 15s
			  p < goodbye timeout
			jobs work
			  q < you are quin account legacy
			  q < peers rita=127.0.0.1 quin=127.0.0.1
			  r < joined lobby quin account from 127.0.0.1, 2 of 3 at 12:00
			  r < peers rita=127.0.0.1 quin=127.0.0.1
			pass 59m
			s: guest sam
			  q < joined lobby sam old from 127.0.0.1, 3 of 3 at 12:59
			  r < joined lobby sam old from 127.0.0.1, 3 of 3 at 12:59
		`},
		{name: "a passed-over dialogue frees what it has asked for", cfg: Config{Register: true}, script: `
			open p prompt-accounts
			jobs off
			p: register pat sesame-1
			gone p
			jobs work
			open q prompt
			q: guest pat
			  q < you are pat old
			  q < peers pat=127.0.0.1
		`},
		{name: "the spam rule refuses each line only where the program waits for an answer", cfg: Config{Rate: 2}, script: `
			old a
			quietly open p prompt
			quietly p: guest pat
			quietly open q names-echo
			quietly q: guest quin
			quietly a: msg 1 | msg 2
			a: msg 3 | msg 4
			  a < refused say rate retry
			  a < refused say rate retry
			quietly p: msg 1 | msg 2
			p: msg 3 | msg 4
			  p < refused say rate retry
			quietly q: msg 1 | msg 2
			q: msg 3 | msg 4
			  q < refused say rate retry
			  q < refused say rate retry
			pass 10s
			p: msg 5
			  a < said lobby pat: 5
			  q < said lobby pat: 5
		`},
		{name: "times are those of the zone that people live in", cfg: Config{Zone: time.FixedZone("", 3600)}, script: `
			quietly open a names-clock
			a: guest ann
			  a < joined lobby ann old from 127.0.0.1, 1 of 1 at 13:00
		`},
		{name: "an operator ends a prompt's guest whose name he gives away", script: `
			enter n
			quietly open p prompt
			quietly p: guest pat
			op add pat
			  p < goodbye ended
			  n < left lobby pat: the name was given to an account
			  op < pat was added
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, tt.cfg, tt.script) })
	}
}
