package hub

import (
	"testing"

	"labchat/internal/wire"
)

func TestTokens(t *testing.T) {
	tests := []struct {
		name   string
		cfg    Config
		script string
	}{
		{name: "a token logs in without the password, also after a restart", script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			restart
			jobs off
			open b native
			b: token a
			  b < you are alice account token
		`},
		{name: "a token is good until the one that replaced it is used", script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			quietly gone a
			open b native
			quietly b: token a
			quietly gone b
			open c native
			c: token a
			  c < you are alice account token
			c: logout
			  c < done logout
			open d native
			d: token b
			  d < refused login denied
			d: login alice pw
			  d < you are alice account token
			gone d
			open e native
			quietly e: token d
			quietly gone e
			open f native
			quietly f: token e
			quietly gone f
			quietly gone f
			open g native
			g: token f
			  g < you are alice account token
		`},
		{name: "a token ends thirty days after it was last used", script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			quietly gone a
			pass 719h
			open b native
			quietly b: token a
			quietly gone b
			pass 719h
			open c native
			quietly c: token b
			quietly gone c
			pass 720h
			open d native
			d: token c
			  d < refused login denied
		`},
		{name: "an account has only so many tokens, the oldest goes first", cfg: Config{Limits: Limits{TokensPerAccount: 2}}, script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			open b native
			quietly b: login alice pw
			open c native
			quietly c: login alice pw
			open d native
			d: token a
			  d < refused login denied
			d: token b
			  b < goodbye replaced
			  d < you are alice account token
		`},
		{name: "a guest takes its name back from its own dead connection", script: `
			enter alice
			enter bob
			open alice-2 native
			alice-2: guest alice
			  alice-2 < refused guest name_taken
			alice-2: token alice
			  alice < goodbye replaced
			  bob < left lobby alice: connected again
			  alice-2 < you are alice guest token
		`},
		{name: "a guest's token is good until the one that replaced it is used", script: `
			enter alice
			quietly gone alice
			open b native
			quietly b: token alice
			quietly gone b
			open c native
			c: token alice
			  c < you are alice guest token
			gone c
			open d native
			d: token c
			  d < you are alice guest token
		`},
		{name: "a guest's token is good for ten minutes after it left, if nobody else has the name", script: `
			enter alice
			quietly gone alice
			pass 9m
			open b native
			b: token alice
			  b < you are alice guest token
			quietly gone b
			pass 2m
			open c native
			c: guest alice
			  c < you are alice guest token
			open d native
			d: token b
			  d < refused login name_taken
			quietly c: quit
			d: token b
			  d < you are alice guest token
			gone d
			pass 10m
			open e native
			e: token d
			  e < refused login denied
		`},
		{name: "a guest's token is worth nothing once its name is registered", script: `
			enter alice
			quietly gone alice
			quietly op add alice
			open b native
			b: token alice
			  b < refused login registered
		`},
		{name: "a token is for who has none, and for the session it was not given to", script: `
			enter alice
			alice: token alice
			  alice < refused login name_taken
			alice: login alice
			  alice < refused login malformed
			old bob
			bob: token alice
			  bob < refused login unsupported
		`},
		{name: "a token is good for its own name only", script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			a: token a bob
			  a < refused login denied
			a: token a ALICE
			  a < you are alice account token
		`},
		{name: "a token that a guest used stays good while it is there", script: `
			enter alice
			quietly gone alice
			open b native
			quietly b: token alice
			pass 1h
			open c native
			c: token alice
			  b < goodbye replaced
			  c < you are alice guest token
		`},
		{name: "a guest's token ends with the name", script: `
			enter alice
			quietly alice: guest dora
			open b native
			b: stale alice
			  b < refused login denied
			b: token alice
			  alice < goodbye replaced
			  b < you are dora guest token
		`},
		{name: "a token does for a session of an account that has as many as it may", cfg: Config{Limits: Limits{SessionsPerAccount: 1}}, script: `
			quietly op add alice
			open a native
			quietly a: login alice pw
			a: token a
			  a < you are alice account token
		`},
		{name: "a guest who becomes an account can't be resumed as a guest", cfg: Config{Register: true}, script: `
			enter alice
			open b native
			quietly alice: register alice sesame-1
			b: token alice
			  alice < goodbye replaced
			  b < you are alice account token
			enter carl
			quietly carl: guest dora
			quietly gone carl
			open e native
			e: token carl
			  e < you are dora guest token
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, tt.cfg, tt.script) })
	}
}

func TestAPasswordWithOldParametersIsStoredAnewAndItsTokensStay(t *testing.T) {
	s := run(t, Config{}, `
		quietly op add alice
		open a native
		quietly a: login alice pw
		open b native
	`)
	s.log.hashes["alice"] = "old:" + wire.PasswordDigest("pw").Reveal()
	s.ask(s.names["b"], s.request("login alice pw"))
	if got := s.log.hashes["alice"]; got != "phc:"+wire.PasswordDigest("pw").Reveal() {
		t.Errorf("the hash is %q, want it made anew", got)
	}
	id := s.open(origin("native", loopback))
	s.ask(id, s.request("hello"))
	s.ask(id, s.request("token a"))
	if got := s.heard[id]; len(got) != 2 || words(got[1]) != "you are alice account token" {
		t.Errorf("heard %v, want to be logged in", got)
	}
}
