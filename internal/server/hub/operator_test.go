package hub

import "testing"

func TestOperator(t *testing.T) {
	tests := []struct{ name, script string }{
		{"an account is added, listed, banned and removed", `
			op add alice
			  op < alice was added
			op add alice
			  op < is registered
			op add a1ice
			  op < is registered
			op add Anonymous7
			  op < kept for the server
			open a native
			quietly a: login alice pw
			op list
			  op < alice	2026-03-01	1	
			op ban alice
			  op < alice is banned
			  a < goodbye banned
			open b native
			b: token a
			  b < refused login denied
			b: login alice pw
			  b < refused login banned
			  b < goodbye banned
			op unban alice
			  op < is not banned
			open c native
			c: login alice pw
			  c < you are alice account token
			op passwd alice
			  op < was changed
			  c < goodbye ended
			op remove alice
			  op < alice was removed
			op remove alice
			  op < no account is called
			op dance alice
			  op < no command
		`},
		{"a guest must give a name to the account that is added, and so must a look-alike", `
			enter alice
			enter bob
			op add Alice
			  op < Alice was added
			  alice < goodbye ended
			  bob < left lobby alice: the name was given to an account
			enter carl
			op add car1
			  op < car1 was added
			  carl < goodbye ended
			  bob < left lobby carl: the name was given to an account
		`},
		{"what the disk refuses is not done", `
			enter alice
			log fails
			op add alice
			  op < could not write
			quietly gone alice
			quietly pass 2m
			open b native
			b: guest alice
			  b < you are alice guest token
		`},
		{"nobody gets a name that is being given away", `
			log off
			op add alice
			open b native
			b: guest alice
			  b < refused guest name_taken
			op add alice
			  op < just now
			log on
			  op < was added
			b: guest alice
			  b < refused guest registered
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}
