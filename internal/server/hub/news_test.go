package hub

import "testing"

func TestWhatChangesBackAndForthIsToldOnceASecondWithTheNewestState(t *testing.T) {
	const two = `
		enter alice
		enter bob
		quietly bob: create den
		quietly bob: join den
		quietly alice: join den
		pass 10s
	`
	tests := []struct{ name, script string }{
		{"the first change is told at once, and what came of the others a second later", `
			alice: away a
			  alice < done away
			  bob < presence alice away=a
			alice: away b
			  alice < done away
			alice: away c
			  alice < done away
			pass 1s
			  bob < presence alice away=c
		`},
		{"what is again as it was is not told", `
			alice: away a
			  alice < done away
			  bob < presence alice away=a
			quietly alice: away b | away a
			pass 5s
		`},
		{"of many names the last is told, and lists show the one that is known", `
			quietly alice: guest ann | guest anna | guest annabel
			bob: people den
			  bob < people bob ann
			pass 1s
			  bob < renamed ann annabel guest
			bob: people den
			  bob < people bob annabel
		`},
		{"a line is said under a name that is known", `
			quietly alice: guest ann | guest anna
			alice: say den hello
			  alice < accepted 1
			  bob < renamed ann anna guest
			  bob < said den anna: hello
		`},
		{"a private line, too", `
			quietly alice: guest ann | guest anna
			alice: tell bob hello
			  alice < accepted 1
			  bob < renamed ann anna guest
			  bob < whispered anna>bob: hello
		`},
		{"who types is known", `
			quietly alice: guest ann | guest anna
			alice: typing den
			  bob < typed ann in den
		`},
		{"who takes a name that others still know somebody by is not taken for that one", `
			quietly alice: guest ann | guest anna
			open carl native
			carl: guest ann
			  carl < you are ann guest token
			  bob < renamed ann anna guest
		`},
		{"who goes is known by the last name", `
			quietly alice: guest ann | guest anna
			gone alice
			  bob < renamed ann anna guest
			  bob < left den anna
			  bob < left lobby anna
		`},
		{"coming and going by one session is told once a second", `
			alice: leave den
			  alice < done leave
			  bob < left den alice
			quietly alice: join den | leave den | join den
			pass 2s
			  bob < joined den alice guest
			quietly alice: leave den | join den
			quietly pass 5s
			pass 5s
		`},
		{"who speaks has come before", `
			quietly alice: leave den | join den
			alice: say den hello
			  alice < accepted 1
			  bob < joined den alice guest
			  bob < said den alice: hello
		`},
		{"somebody else of the same name is not taken for who has left", `
			alice: quit
			  alice < goodbye quit
			  bob < left den alice
			  bob < left lobby alice
			gone alice
			open alice native
			quietly alice: guest alice | join den
			alice: quit
			  alice < goodbye quit
			gone alice
			open alice native
			alice: guest alice
			  alice < you are alice guest token
			  bob < left den alice
			alice: join den
			  alice < entered den (bob alice)
			  bob < joined den alice guest
		`},
		{"of many topics the last is told, and each asker is answered", `
			alice: topic den a
			  alice < topic den a by alice
			  bob < topic den a by alice
			alice: topic den b
			  alice < topic den b by alice
			bob: topic den c
			  bob < topic den c by bob
			pass 1s
			  alice < topic den c by bob
		`},
		{"a topic that is told at once takes the place of one that was owed", `
			quietly alice: topic den a
			pass 900ms
			quietly alice: topic den b
			pass 600ms
			alice: topic den c
			  alice < topic den c by alice
			  bob < topic den c by alice
			pass 5s
		`},
		{"a list of prompt programs' people is told once a second, and to who comes at once", `
			open pia prompt
			open pit prompt
			open pam prompt
			quietly pia: guest pia
			quietly pit: guest pit
			quietly pam: guest pam
			pass 1s
			  pia < peers pia=127.0.0.1 pit=127.0.0.1 pam=127.0.0.1
			  pit < peers pia=127.0.0.1 pit=127.0.0.1 pam=127.0.0.1
			  pam < peers pia=127.0.0.1 pit=127.0.0.1 pam=127.0.0.1
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{Rate: 10}, two+tt.script) })
	}
}
