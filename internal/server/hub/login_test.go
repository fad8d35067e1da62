package hub

import "testing"

func TestSessionsOfAnAccount(t *testing.T) {
	tests := []struct {
		name   string
		cfg    Config
		script string
	}{
		{name: "sessions of an account are one person", script: `
			quietly op add alice
			enter bob
			open a native
			open a2 native
			a: login alice pw | join lobby
			  a < you are alice account token
			  a < entered lobby (bob alice)
			  bob < joined lobby alice account
			a2: login alice pw | join lobby
			  a2 < you are alice account token
			  a2 < entered lobby (bob alice)
			a: say lobby hello
			  a < accepted 2
			  a2 < said lobby alice: hello
			  bob < said lobby alice: hello
			a: sessions
			  a < sessions 2* 3
			a: leave lobby
			  a < done leave
			a: read lobby 1
			  a < refused read not_member
			gone a2
			  bob < left lobby alice
		`},
		{name: "a session ends another one of its account, which can't come back without the password", script: `
			quietly op add alice
			open a native
			open a2 native
			quietly a: login alice pw
			quietly a2: login alice pw
			a: end 1
			  a < refused end_session no_session
			a: end 2
			  a < done end_session
			  a2 < goodbye ended
			open a3 native
			a3: token a2
			  a3 < refused login denied
		`},
		{name: "an account has only so many sessions", cfg: Config{Limits: Limits{SessionsPerAccount: 1}}, script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			open b native
			b: login alice pw
			  b < refused login full
		`},
		{name: "the same client takes the place of its dead connection", script: `
			quietly op add alice
			enter bob
			open a native
			quietly a: login alice pw | join lobby
			open a-2 native
			a-2: login alice pw
			  a < goodbye replaced
			  bob < left lobby alice: connected again
			  a-2 < you are alice account token
		`},
		{name: "who is logged in changes the name and keeps the rooms", script: `
			quietly op add alice
			enter bob
			enter carl
			bob: login alice pw
			  bob < renamed bob alice account
			  bob < you are alice account token
			  carl < renamed bob alice account
			bob: login alice pw
			  bob < refused login name_taken
			bob: guest bob
			  bob < renamed alice bob guest
			  bob < you are bob guest token
			  carl < renamed alice bob guest
			open a native
			quietly a: login alice pw | join lobby
			bob: login alice pw
			  bob < renamed bob alice account
			  bob < you are alice account token
			  carl < left lobby bob
			  a < left lobby bob
			bob: guest bob
			  bob < renamed alice bob guest
			  bob < joined lobby alice account
			  bob < you are bob guest token
			  a < joined lobby bob guest
			  carl < joined lobby bob guest
		`},
		{name: "who logs out is nobody, and its token is worth nothing", script: `
			quietly op add alice
			enter bob
			open a native
			quietly a: login alice pw | join lobby
			a: #x logout
			  a < done logout
			  bob < left lobby alice: logged out
			a: say lobby x
			  a < refused say login_first
			a: token a
			  a < refused login denied
			bob: logout
			  bob < done logout
			bob: token bob
			  bob < refused login denied
			bob: guest bob
			  bob < you are bob guest token
		`},
		{name: "a changed password ends all tokens and other sessions, and the asker gets a new token", script: `
			quietly op add alice
			open a native
			open a2 native
			quietly a: login alice pw
			quietly a2: login alice pw
			a: passwd no sesame-2
			  a < refused passwd denied
			a: passwd pw sesame-2
			  a < you are alice account token failed=1
			  a2 < goodbye ended
			gone a
			open b native
			b: token a2
			  b < refused login denied
			b: token a
			  b < you are alice account token
			b: logout
			  b < done logout
			b: login alice pw
			  b < refused login denied
			b: login alice sesame-2
			  b < you are alice account token failed=1
		`},
		{name: "a removed account leaves nothing behind", cfg: Config{Register: true}, script: `
			quietly op add alice
			enter bob
			open a native
			open a2 native
			quietly a: login alice pw | join lobby
			quietly a2: login alice pw
			quietly bob: tell alice hello
			a: remove no
			  a < refused account denied
			a: remove pw
			  a < done account
			  a2 < goodbye ended
			  bob < left lobby alice: account removed
			a: people
			  a < refused people login_first
			open b native
			b: token a2
			  b < refused login denied
			b: login alice pw
			  b < refused login denied
			b: register alice sesame-1
			  b < you are alice account token
		`},
		{name: "read markers move forward only, and the account's other sessions hear it", script: `
			quietly op add alice
			open a native
			open a2 native
			quietly a: login alice pw | join lobby | say lobby 1 | say lobby 2
			quietly a2: login alice pw | join lobby
			a: read lobby 99
			  a < done read
			  a2 < read lobby 5
			a2: read lobby 3
			  a2 < done read
			restart
			open a native
			a: login alice pw
			  a < you are alice account token mark=lobby:5
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, tt.cfg, tt.script) })
	}
}
