package hub

import "testing"

func TestLines(t *testing.T) {
	tests := []struct {
		name   string
		rate   int
		limits Limits
		script string
	}{
		{name: "nobody hears a line before the log has it", script: `
			enter alice
			enter bob
			log off
			alice: say lobby one | say lobby two
			bob: say lobby three
			log on
			  alice < accepted 1
			  alice < accepted 1
			  alice < said lobby bob: three
			  bob < said lobby alice: one
			  bob < said lobby alice: two
			  bob < accepted 1
		`},
		{name: "a line that the log could not store is refused, and nobody hears it", script: `
			enter alice
			enter bob
			log fails
			alice: say lobby one
			  alice < refused say storage retry
			alice: say lobby one
			  alice < accepted 1
			  bob < said lobby alice: one
		`},
		{name: "a line sent again is acknowledged again and told to nobody", script: `
			enter alice
			enter bob
			alice: say! lobby c1 one
			  alice < accepted 1
			  bob < said lobby alice: one
			alice: say! lobby c1 one
			  alice < accepted 0 again
			bob: say! lobby c1 mine
			  bob < accepted 1
			  alice < said lobby bob: mine
			alice: say! lobby c2 two | say! lobby c2 two
			  alice < accepted 1
			  alice < accepted 0 again
			  bob < said lobby alice: two
		`},
		{name: "a line whose sender has gone is told all the same", script: `
			enter alice
			enter bob
			log off
			alice: say lobby last words
			gone alice
			  bob < left lobby alice
			log on
			  bob < said lobby alice: last words
		`},
		{name: "a later session of the client that sent a line learns that it got through", script: `
			enter alice
			enter bob
			log off
			alice: say! lobby c1 hello
			open alice-2 native
			quietly alice-2: token alice | join lobby
			log on
			  bob < said lobby alice: hello
			  alice-2 < said lobby alice: hello cid=c1
			alice-2: say! lobby c1 hello
			  alice-2 < accepted 0 again
		`},
		{name: "another client of the same account is not told the id of the one that has gone", script: `
			quietly op add alice
			open a native
			open b native
			quietly a: login alice pw | join lobby
			quietly b: login alice pw | join lobby
			log off
			quietly a: say! lobby c1 hello
			gone a
			log on
			  b < said lobby alice: hello
		`},
		{name: "refusals keep their place among answers that wait for the log", script: `
			enter alice
			log off
			alice: #1 say lobby one | #2 say nowhere two | #3 say lobby three | #4 ping | #5 garbage say | #6 say lobby six
			log on
			  alice < accepted 0
			  alice < refused say no_room near=lobby
			  alice < accepted 0
			  alice < pong
			  alice < refused say malformed
			  alice < accepted 0
		`},
		{name: "refusals keep their place among requests that waited", script: `
			enter alice
			jobs off
			alice: #1 register alice sesame-1 | #2 say lobby one | #3 say den two | #4 create den | #5 say den three
			jobs on
			  alice < renamed alice alice account
			  alice < you are alice account token
			  alice < accepted 0
			  alice < refused say no_room near=lobby
			  alice < created den
			  alice < refused say not_member
		`},
		{name: "nothing is handled behind a request that waits", script: `
			enter alice
			jobs off
			alice: register alice sesame-1 | say lobby as an account | people
			jobs on
			  alice < renamed alice alice account
			  alice < you are alice account token
			  alice < accepted 0
			  alice < people alice
		`},
		{name: "more lines in a second than the rate block the session for ten seconds", rate: 3, script: `
			enter alice
			enter bob
			quietly alice: say lobby 1 | say lobby 2 | say lobby 3
			alice: say lobby 4
			  alice < notice
			  alice < refused say rate retry
			pass 9s
			alice: say lobby 5 | tell bob 6
			  alice < refused say rate retry
			  alice < refused private rate retry
			pass 1s
			alice: say lobby 7
			  alice < accepted 1
			  bob < said lobby alice: 7
		`},
		{name: "as many lines as the rate in every second are well", rate: 2, script: `
			enter alice
			alice: say lobby 1
			  alice < accepted 0
			pass 600ms
			alice: say lobby 2
			  alice < accepted 0
			pass 400ms
			alice: say lobby 3
			  alice < accepted 0
			pass 500ms
			alice: say lobby 4
			  alice < notice
			  alice < refused say rate retry
		`},
		{name: "what is no text is refused", script: `
			enter alice
			alice: say lobby
			  alice < refused say bad_text
			alice: tell alice
			  alice < refused private bad_text
		`},
		{name: "a private line reaches its receiver and then is acknowledged", script: `
			enter alice
			enter bob
			alice: tell BOB psst
			  bob < whispered alice>bob: psst
			  alice < accepted 1
			alice: tell alice note
			  alice < whispered alice>alice: note
			  alice < accepted 1
			alice: tell nobody x
			  alice < refused private no_user
		`},
		{name: "a guest who leaves before the log has a private line does not get it", script: `
			enter alice
			enter bob
			log off
			alice: tell bob psst
			quietly gone bob
			log on
			  alice < refused private no_user
		`},
		{name: "a private line to an account that is away waits until it is taken", script: `
			quietly op add bob
			enter alice
			alice: tell bob one
			  alice < accepted 1 inbox
			restart
			open b native
			b: login bob pw
			  b < you are bob account token waiting=1
			b: inbox
			  b < inbox 1
			  b < whispered alice>bob: one inbox
			b: taken 2
			  b < done taken
			b: inbox
			  b < inbox 0
		`},
		{name: "what a native client is sent waits until it says that it has it", script: `
			quietly op add bob
			enter alice
			open b native
			quietly b: login bob pw
			alice: tell bob one
			  b < whispered alice>bob: one
			  alice < accepted 1
			gone b
			open b native
			b: login bob pw
			  b < you are bob account token waiting=1
			b: taken 4
			  b < done taken
			b: taken 4
			  b < done taken
			gone b
			open b native
			b: login bob pw
			  b < you are bob account token
		`},
		{name: "all sessions of both sides hear a private line", script: `
			quietly op add alice
			quietly op add bob
			open a native
			open a2 native
			open b native
			open b2 native
			quietly a: login alice pw
			quietly a2: login alice pw
			quietly b: login bob pw
			quietly b2: login bob pw
			a: tell bob psst
			  b < whispered alice>bob: psst
			  b2 < whispered alice>bob: psst
			  a2 < whispered alice>bob: psst
			  a < accepted 2
		`},
		{name: "an inbox has limits, altogether and for a pair", limits: Limits{Inbox: 3, InboxPair: 2}, script: `
			quietly op add bob
			enter alice
			enter eve
			quietly alice: tell bob 1 | tell bob 2
			alice: tell bob 3
			  alice < refused private full
			eve: tell bob 3
			  eve < accepted 1 inbox
			eve: tell bob 4 -- another line of hers gives way
			  eve < accepted 1 inbox
			open b native
			quietly b: login bob pw | taken 2 | taken 3
			alice: tell bob 5
			  b < whispered alice>bob: 5
			  alice < accepted 1
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, Config{Register: true, Rate: tt.rate, Limits: tt.limits}, tt.script)
		})
	}
}
