package hub

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"labchat/internal/wire"
)

func TestAGuestsNameWaitsForItAfterALoss(t *testing.T) {
	tests := []struct{ name, script string }{
		{"nobody else gets it for two minutes", `
			enter alice
			quietly gone alice
			open b native
			open old a3
			open n names
			b: guest alice
			  b < refused guest name_taken retry
			b: guest a1ice
			  b < refused guest name_taken retry
			b: register alice sesame-1
			  b < refused register name_taken retry
			b: name alice
			  b < name alice taken
			old: guest alice
			  old < refused guest name_taken retry
			quietly pass 119s
			b: guest alice
			  b < refused guest name_taken retry
			quietly pass 1s
			b: guest alice
			  b < you are alice guest token
		`},
		{"its token gets it back at once, and what is said of it then is as ever", `
			enter alice
			quietly gone alice
			open b native
			b: whois alice
			  b < refused whois login_first
			quietly b: guest bob
			b: whois alice | tell alice psst | find alice
			  b < refused whois no_user
			  b < refused private no_user
			  b < refused find no_user
			open c native
			c: token alice
			  c < you are alice guest token
			quietly c: quit
			b: guest alice
			  b < you are alice guest token
		`},
		{"who has said that it goes leaves the name behind", `
			enter alice
			quietly alice: quit
			open b native
			b: guest alice
			  b < you are alice guest token
		`},
		{"also where that still waits behind a line", `
			enter alice
			log off
			alice: say lobby bye
			alice: quit
			quietly gone alice
			quietly log on
			open b native
			b: guest alice
			  b < you are alice guest token
		`},
		{"who gives the name up, or takes another one, leaves it behind", `
			enter alice
			quietly alice: guest dora
			quietly gone alice
			open b native
			b: guest alice
			  b < you are alice guest token
			b: guest dora
			  b < refused guest name_taken retry
		`},
		{"older programs free it at once", `
			old alice
			quietly gone alice
			open b native
			b: guest alice
			  b < you are alice guest token
		`},
		{"and so do guests without a token", `
			open a native from 10.0.0.9
			quietly a: guest alice
			quietly gone a
			open b native
			b: guest alice
			  b < you are alice guest token
		`},
		{"the operator may give it to an account", `
			enter alice
			quietly gone alice
			op add alice
			  op < alice was added.
			open b native
			b: token alice
			  b < refused login registered
			pass 3m
			b: login alice pw
			  b < you are alice account token
		`},
		{"a second loss keeps it anew", `
			enter alice
			quietly gone alice
			quietly pass 90s
			open b native
			quietly b: token alice
			quietly gone b
			quietly pass 90s
			open c native
			c: guest alice
			  c < refused guest name_taken retry
		`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { run(t, Config{Register: true}, test.script) })
	}
}

// comeAndBreak has a guest come and its connection break.
func (s *script) comeAndBreak(name, from string) {
	s.step("open " + name + " safe from " + from)
	s.step(name + ": guest " + name)
	s.step("gone " + name)
}

// checkKept checks for which names somebody is waited for.
func (s *script) checkKept(names map[string]bool) {
	s.t.Helper()
	for name, kept := range names {
		if cl := s.hub.names.at(name); (cl != nil) != kept {
			s.t.Errorf("%s is kept: %t, want %t", name, cl != nil, kept)
		}
	}
}

func TestOneNetworkKeepsSoManyNamesThoseOfWhoWasThereLongest(t *testing.T) {
	s := run(t, Config{}, `
		open other safe from 10.0.0.8
		quietly other: guest other
		quietly gone other
		open early safe from 10.0.0.9
		open alice safe from 10.0.0.9
		quietly early: guest early
		quietly alice: guest alice
		pass 1s
		quietly gone alice
	`)
	for i := range 2 * maxAbsent {
		s.comeAndBreak(fmt.Sprintf("g%d", i), "10.0.0.9")
	}
	s.step("gone early")
	s.checkKept(map[string]bool{"other": true, "alice": true, "early": true, fmt.Sprintf("g%d", maxAbsent): false})
	s.pass(absentFor)
	if n := len(s.hub.names.claims) + len(s.hub.guests.absent); n != 0 {
		t.Errorf("%d names and networks are left after the time", n)
	}
}

func TestWhoWasThereLongestIsSoAfterALossToo(t *testing.T) {
	s := run(t, Config{}, `
		open alice safe from 10.0.0.9
		quietly alice: guest alice
		pass 1s
		quietly gone alice
	`)
	others := numbered("other", maxAbsent)
	for _, name := range others {
		s.openAs(name, "safe", netip.MustParseAddrPort("10.0.0.9:4000"))
		s.ask(s.names[name], wire.Guest{Name: name})
	}
	s.pass(time.Second)
	s.step("open alice-2 safe from 10.0.0.9")
	s.ask(s.names["alice-2"], wire.Login{Token: s.token("alice", -1)})
	s.step("gone alice-2")
	for _, name := range others {
		s.step("gone " + name)
	}
	s.checkKept(map[string]bool{"alice": true, others[0]: true, others[maxAbsent-1]: false})
}

func TestASiteKeepsTheNamesOfEightNetworks(t *testing.T) {
	s := run(t, Config{}, "")
	for i := range SiteShare*maxAbsent + 10 {
		s.comeAndBreak(fmt.Sprintf("g%d", i), fmt.Sprintf("[2001:db8:1:%x::1]:4000", i))
	}
	if n := len(s.hub.names.claims); n != SiteShare*maxAbsent {
		t.Errorf("%d names are kept for one site, want %d", n, SiteShare*maxAbsent)
	}
}
