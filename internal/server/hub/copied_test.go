package hub

import (
	"testing"

	"labchat/internal/wire"
)

// TestATokenThatIsUsedUpEndsItsLogin has two programs with one token, in either order.
func TestATokenThatIsUsedUpEndsItsLogin(t *testing.T) {
	for _, tt := range []struct{ name, script string }{
		{"who comes second has the older one", `
			quietly op add alice
			open a native
			quietly a: login alice pw
			open phone native
			quietly phone: login alice pw
			quietly gone a
			open thief native
			quietly thief: token a
			quietly gone thief
			open thief-2 native
			quietly thief-2: token thief
			open a-2 native
			a-2: token a
			  a-2 < refused login denied
			  thief-2 < goodbye ended
			  phone < notice
			open thief-3 native
			thief-3: token thief-2
			  thief-3 < refused login denied
			thief-3: token thief
			  thief-3 < refused login denied
			a-2: login alice pw
			  a-2 < you are alice account token copied
			quietly gone a-2
			open a-3 native
			a-3: token a-2
			  a-3 < you are alice account token
			quietly gone phone
			open phone-2 native
			phone-2: token phone
			  phone-2 < you are alice account token
		`},
		{"who has the older one comes first, and a token was made for it already", `
			quietly op add alice
			open a native
			quietly a: login alice pw
			quietly gone a
			open a-2 native
			quietly a-2: token a
			open thief native
			thief: token a
			  a-2 < goodbye replaced
			  thief < you are alice account token
			open a-3 native
			a-3: token a-2
			  a-3 < refused login denied
			  thief < goodbye ended
			a-3: login alice pw
			  a-3 < you are alice account token copied
		`},
		{"a guest's likewise, who has no account to be told", `
			enter gus
			quietly gone gus
			open thief native
			quietly thief: token gus
			quietly gone thief
			open thief-2 native
			quietly thief-2: token thief
			open gus-2 native
			gus-2: token gus
			  gus-2 < refused login denied
			  thief-2 < goodbye ended
			gus-2: guest gus
			  gus-2 < you are gus guest token
		`},
		{"a token is with one program at a time", `
			quietly op add alice
			open a native
			quietly a: login alice pw
			open b native
			b: token a
			  a < goodbye replaced
			  b < you are alice account token
		`},
		{"what was ended on purpose is only not good any more", `
			quietly op add alice
			open a native
			quietly a: login alice pw
			quietly gone a
			open b native
			quietly b: token a
			quietly b: logout
			open c native
			c: token a
			  c < refused login denied
			c: login alice pw
			  c < you are alice account token
		`},
	} {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}

func TestATokenThatIsUsedUpIsKnownAfterARestart(t *testing.T) {
	run(t, Config{}, `
		quietly op add alice
		open a native
		quietly a: login alice pw
		quietly gone a
		open thief native
		quietly thief: token a
		quietly gone thief
		restart
		open thief-2 native
		quietly thief-2: token thief
		restart
		open a-2 native
		a-2: token a
		  a-2 < refused login denied
		restart
		open thief-3 native
		thief-3: token thief-2
		  thief-3 < refused login denied
		open a-3 native
		a-3: login alice pw
		  a-3 < you are alice account token copied
	`)
}

// TestAnAnswerThatGetsLostIsNoCopy has an honest program lose answers, again and again,
// also over restarts of the server.
func TestAnAnswerThatGetsLostIsNoCopy(t *testing.T) {
	run(t, Config{}, `
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
		restart
		open d native
		d: token a
		  d < you are alice account token
		open e native
		e: token a
		  d < goodbye replaced
		  e < you are alice account token
		gone e
		open f native
		f: token e
		  f < you are alice account token
		open g native
		log off
		g: token f
		  f < goodbye replaced
		gone g
		log on
		open h native
		h: token f
		  h < you are alice account token
		restart
		open i native
		i: token h
		  i < you are alice account token
	`)
}

// TestATokenThatTheServerHasLostIsNoCopy has the server's disk be of an earlier day.
func TestATokenThatTheServerHasLostIsNoCopy(t *testing.T) {
	s := run(t, Config{}, `
		quietly op add alice
		open a native
		quietly a: login alice pw
		quietly gone a
	`)
	day := s.log.state()
	s.step("open b native")
	s.step("b: token a")
	s.step("gone b")
	s.step("open c native")
	s.step("c: token b")
	newest := s.token("c", -1)
	h := New(s.hub.cfg, day)
	if f := h.tokens.familyOfUsed(newest); f != nil {
		t.Error("a token of tomorrow counts as used up")
	}
	if f := h.tokens.familyOfUsed(s.token("a", -1)); f != nil || h.tokens.byHash[hashToken(s.token("a", -1))] == nil {
		t.Error("the token of that day is not good any more")
	}
	for _, text := range []wire.Secret{"", "x", "00", wire.Secret(make([]byte, 64))} {
		if f := s.hub.tokens.familyOfUsed(text); f != nil {
			t.Errorf("%q is of a login", text)
		}
	}
}

// TestALineThatHasWaitedIsForWhoHadTheNameWhenItWasTyped sends lines through the server
// that say when they were typed.
func TestALineThatHasWaitedIsForWhoHadTheNameWhenItWasTyped(t *testing.T) {
	for _, tt := range []struct{ name, script string }{
		{"another guest", `
			enter ann
			enter gus
			pass 1m
			ann: aged 30s gus hello
			  ann < accepted 1
			  gus < whispered ann>gus: hello
			quietly gus: quit
			open gus-2 native
			quietly gus-2: guest gus
			ann: aged 30s gus hello
			  ann < refused private no_user
			pass 1m
			ann: aged 30s gus hello again
			  ann < accepted 1
			  gus-2 < whispered ann>gus: hello again
		`},
		{"a guest who takes the name", `
			enter ann
			enter eve
			pass 1m
			quietly eve: guest gus
			ann: aged 30s gus hello
			  ann < refused private no_user
		`},
		{"a guest who has come back", `
			enter ann
			enter gus
			pass 1m
			quietly gone gus
			open gus-2 native
			quietly gus-2: token gus
			ann: aged 30s gus hello
			  ann < accepted 1
			  gus-2 < whispered ann>gus: hello
		`},
		{"an account that is younger", `
			enter ann
			pass 1m
			quietly op add gus
			ann: aged 30s gus hello
			  ann < refused private no_user
			pass 1m
			ann: aged 30s gus hello
			  ann < accepted 1 inbox
		`},
	} {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}
