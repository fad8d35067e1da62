package hub

import "testing"

func TestRooms(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		script string
	}{
		{name: "a line reaches everybody in its room, and the sender as accepted with how many got it", script: `
			enter alice
			enter bob
			enter eve
			alice: #t say lobby hello
			  alice < accepted 2
			  bob < said lobby alice: hello
			  eve < said lobby alice: hello
			bob: me lobby waves
			  alice < said lobby bob * waves
			  bob < accepted 2
			  eve < said lobby bob * waves
		`},
		{name: "joining tells who is there and the others that one came, once", script: `
			enter alice
			open bob native
			bob: guest bob
			  bob < you are bob guest token
			bob: join lobby
			  bob < entered lobby (alice bob)
			  alice < joined lobby bob guest
			bob: join LOBBY
			  bob < entered lobby (alice bob)
			bob: leave lobby
			  bob < done leave
			  alice < left lobby bob
			bob: leave lobby
			  bob < refused leave not_member
		`},
		{name: "a room is made by create and entered by join", script: `
			enter alice
			enter bob
			alice: create lab3 our topic
			  alice < created lab3
			alice: join lab3
			  alice < entered lab3 (alice) topic=our topic
			bob: join Lab3
			  bob < entered lab3 (alice bob) topic=our topic
			  alice < joined lab3 bob guest
			bob: say lab3 here
			  alice < said lab3 bob: here
			  bob < accepted 1
			bob: rooms
			  bob < rooms lobby:2* lab3:2*
			bob: create LAB3
			  bob < refused create room_exists
			bob: create 1ab3
			  bob < refused create room_exists
			bob: create lоbby
			  bob < refused create room_invalid
			bob: create a\b
			  bob < refused create room_invalid
		`},
		{name: "an unknown room is refused with the nearest names", script: `
			enter alice
			quietly alice: create lab3 | create lab4 | create garden | create lobster
			alice: join lab
			  alice < refused join no_room near=lab3,lab4,lobby
			alice: say nowhere x
			  alice < refused say no_room near=lobster,garden,lobby
			alice: say lab3 x
			  alice < refused say not_member
			alice: people lab3
			  alice < refused people not_member
			alice: history lab3
			  alice < refused history not_member
		`},
		{name: "a room that nobody owns vanishes ten minutes after its last member left", script: `
			enter alice
			quietly alice: create den | join den
			pass 2h
			quietly alice: leave den
			pass 9m
			quietly alice: join den
			pass 2m
			alice: rooms
			  alice < rooms lobby:1* den:1*
			gone alice
			pass 11m
			enter bob
			bob: join den
			  bob < refused join no_room near=lobby
		`},
		{name: "a room that nobody ever joined vanishes after an hour", script: `
			enter alice
			quietly alice: create den
			pass 59m
			alice: rooms
			  alice < rooms lobby:1* den:0
			pass 1m
			alice: rooms
			  alice < rooms lobby:1*
		`},
		{name: "after a restart the rooms that nobody owns wait an hour for their people", script: `
			enter alice
			quietly alice: create den | join den
			restart
			pass 59m
			enter bob
			bob: rooms
			  bob < rooms lobby:1* den:0
			pass 1m
			bob: rooms
			  bob < rooms lobby:1*
		`},
		{name: "a room of an account stays, and only its owner sets the topic", script: `
			op add alice
			  op < alice was added
			open a native
			quietly a: login alice pw | create den | join den
			enter bob
			quietly bob: join den
			bob: topic den mine
			  bob < refused topic not_owner
			a: #x topic den ours
			  a < topic den ours by alice
			  bob < topic den ours by alice
			bob: topic den
			  bob < topic den ours
			quietly a: say den here
			quietly gone a
			quietly gone bob
			pass 48h
			enter eve
			eve: join den
			  eve < entered den (eve) topic=ours owner=alice
		`},
		{name: "a later owner of a name does not inherit its rooms", script: `
			quietly op add alice
			open a native
			quietly a: login alice pw | create den | join den | say den x
			pass 1s
			quietly a: remove pw
			quietly op add alice
			quietly a: login alice pw | create club
			a: join den
			  a < entered den (alice)
			enter bob
			quietly bob: join den
			bob: topic den ours
			  bob < topic den ours by bob
			  a < topic den ours by bob
		`},
		{name: "anybody sets the topic of a room that nobody owns, accounts that of the lobby", script: `
			enter bob
			quietly bob: create den | join den
			bob: topic den ours
			  bob < topic den ours by bob
			bob: topic lobby mine
			  bob < refused topic account_only
		`},
		{name: "rooms are limited altogether and by address", limits: Limits{Rooms: 4, RoomsPerAddress: 2, RoomsPerAccount: 1}, script: `
			quietly op add alice
			open a native
			enter bob
			quietly bob: create one | create two
			bob: create three
			  bob < refused create full
			quietly a: login alice pw
			a: create three
			  a < created three
			a: create four
			  a < refused create full
			open eve safe from 10.0.0.9
			quietly eve: guest eve
			eve: create four
			  eve < refused create full
		`},
		{name: "two who create one room at once get one room and one refusal", script: `
			enter alice
			enter bob
			log off
			alice: create den
			bob: create Den
			  bob < refused create room_exists
			log on
			  alice < created den
		`},
		{name: "a room that could not be stored can be created again", script: `
			enter alice
			log fails
			alice: create den
			  alice < refused create storage retry
			alice: create den
			  alice < created den
		`},
		{name: "who leaves without a word is announced like others", script: `
			enter alice
			enter bob
			gone bob
			  alice < left lobby bob
			enter eve
			eve: quit
			  eve < goodbye quit
			  alice < left lobby eve
		`},
		{name: "away is told once to everybody who shares a room", script: `
			enter alice
			enter bob
			quietly alice: create den | join den
			quietly bob: join den
			bob: away lunch
			  bob < done away
			  alice < presence bob away=lunch
			alice: whois bob
			  alice < user bob guest online away=lunch dialects=chat1 rooms=lobby,den
			bob: away lunch
			  bob < done away
			bob: away
			  bob < done away
			  alice < presence bob
		`},
		{name: "typing is passed on every two seconds and answered only where it has a tag", script: `
			enter alice
			enter bob
			old carl
			bob: typing lobby | typing lobby
			  alice < typed bob in lobby
			pass 2s
			bob: #t typing lobby
			  bob < done typing
			  alice < typed bob in lobby
		`},
		{name: "a room whose end could not be stored ends later", script: `
			enter alice
			quietly alice: create den
			pass 59m
			log fails
			pass 1m
			alice: rooms
			  alice < rooms lobby:1* den:0
			pass 1h
			alice: rooms
			  alice < rooms lobby:1*
		`},
		{name: "a room whose end is in the log can't be entered any more", script: `
			enter alice
			quietly alice: create den
			log off
			pass 1h
			alice: rooms
			  alice < rooms lobby:1*
			alice: join den
			  alice < refused join no_room near=den,lobby
			alice: create den
			  alice < refused create room_exists
			log on
		`},
		{name: "who is away in rooms of several sessions is told to each person once", script: `
			quietly op add alice
			enter bob
			quietly bob: create den | join den
			open a native
			open a2 native
			quietly a: login alice pw | join lobby
			quietly a2: login alice pw | join den | join lobby
			open carl native
			quietly carl: guest carl
			jobs off
			quietly carl: resume lobby:0
			a: away
			  a < done away
			a: away lunch
			  a < done away
			  a2 < presence alice away=lunch
			  bob < presence alice away=lunch
			jobs on
			  carl < gap lobby 0
			  carl < presence alice away=lunch
			  carl < done resume
		`},
		{name: "lists hold what can be seen", script: `
			enter alice
			enter bob
			open c silent
			alice: people
			  alice < people alice bob
			alice: people lobby
			  alice < people alice bob
			alice: rooms
			  alice < rooms lobby:2*
			alice: whois Anonymous3
			  alice < refused whois no_user
			decide c a3
			  alice < joined lobby Anonymous3 old
			  bob < joined lobby Anonymous3 old
			alice: rooms
			  alice < rooms lobby:3*
			alice: whois Anonymous3
			  alice < user Anonymous3 old online dialects=a3 rooms=lobby
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, Config{Register: true, Limits: tt.limits}, tt.script)
		})
	}
}
