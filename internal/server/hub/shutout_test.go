package hub

import (
	"testing"

	"labchat/internal/wire"
)

// TestWhoIsShutOutIsOut: what a password or a device has opened closes with it, at
// once and for whatever is under way.
func TestWhoIsShutOutIsOut(t *testing.T) {
	const alice = `
		quietly op add alice
		open a native
		open thief native
		quietly a: login alice pw
		quietly thief: login alice pw
	`
	tests := []struct{ name, script string }{
		{"a changed password ends every other session and token", `
			open old prompt-accounts
			quietly a: legacy on
			quietly old: login alice pw
			a: passwd pw sesame-2
			  a < you are alice account token legacy
			  thief < goodbye ended
			  old < goodbye ended
			open again native
			again: token thief
			  again < refused login denied
			again: login alice pw
			  again < refused login denied
			again: token a
			  a < goodbye replaced
			  again < you are alice account token legacy failed=1
		`},
		{"the owner's own session ends too where the owner wants that", `
			a: #7 passwd* pw sesame-2
			  a < goodbye ended
			  thief < goodbye ended
			open again native
			again: token a
			  again < refused login denied
			again: login alice sesame-2
			  again < you are alice account token
		`},
		{"a login whose old password is just being compared comes to nothing", `
			open late native
			jobs off
			late: login alice pw
			op passwd alice
			  op < The password of alice was changed.
			  a < goodbye ended
			  thief < goodbye ended
			jobs on
			  late < refused login denied
		`},
		{"a login whose token is on its way to the log comes to nothing", `
			open late native
			open later native
			log off
			op passwd alice
			late: token thief
			  thief < goodbye replaced
			later: login alice pw
			log on
			  op < The password of alice was changed.
			  a < goodbye ended
			  late < refused login denied
			  later < refused login denied
			restart
			open again native
			again: token thief
			  again < refused login denied
			again: token late
			  again < refused login malformed
		`},
		{"a login by the token of a device that is just being removed comes to nothing", `
			quietly thief: udp phone
			quietly a: udp laptop
			open late native
			log off
			a: devices phone
			late: token thief
			  thief < goodbye replaced
			log on
			  a < devices of laptop
			  late < refused login denied
			open again native
			again: token late
			  again < refused login malformed
		`},
		{"a password that was not stored shuts nobody out", `
			log fails
			a: passwd pw sesame-2
			  a < refused passwd storage retry
			thief: sessions
			  thief < sessions 1 2*
		`},
		{"who has been another account on the same connection is shut out by the device that it has in this one", `
			quietly op add dora
			quietly thief: login dora pw
			quietly thief: udp tablet
			quietly thief: login alice pw
			quietly thief: udp phone
			quietly a: udp laptop
			a: devices phone
			  a < devices of laptop
			  thief < goodbye ended
		`},
		{"a removed device loses session, endpoint, prekeys and token, also where another one has taken its place", `
			quietly thief: udp phone
			quietly thief: prekeys phone k1
			quietly a: udp laptop
			enter carl
			quietly a: join lobby
			a: devices phone
			  a < devices of laptop
			  carl < withdrawn phone of alice
			  thief < goodbye ended
			open again native
			again: token thief
			  again < refused login denied
			carl: find alice
			  carl < found alice account online at laptop of laptop
			restart
			open again native
			again: token thief
			  again < refused login denied
			again: token a
			  again < you are alice account token
		`},
		{"a token knows its device over restarts, and so does whoever comes by it", `
			quietly thief: udp phone
			quietly gone thief
			restart
			open b native
			quietly b: login alice pw
			quietly b: udp laptop
			open back native
			quietly back: token thief
			b: devices phone
			  b < devices of laptop
			  back < goodbye ended
			open again native
			again: token back
			  again < refused login denied
		`},
		{"a token that no device has shown itself with goes with any device, unless somebody here has it", `
			quietly a: udp laptop
			open other native
			quietly other: login alice pw
			quietly gone thief
			quietly a: devices laptop
			open again native
			again: token thief
			  again < refused login denied
			again: token other
			  other < goodbye replaced
			  again < you are alice account token
		`},
		{"a device that its owner removes from itself ends after the answer", `
			quietly thief: udp laptop
			quietly a: udp phone
			a: devices phone
			  a < devices of laptop
			  a < goodbye ended
			  thief < devices of laptop
		`},
		{"who has agreed with a removed device on a private conversation is told without a shared room", `
			quietly thief: udp phone
			open carl native
			quietly carl: guest carl
			quietly carl: udp pad
			quietly carl: punch alice c1
			quietly thief: punch carl c1
			a: devices phone
			  a < devices
			  carl < withdrawn phone of alice
			  thief < goodbye ended
		`},
		{"a removed device does not come back as another one by saying so", `
			quietly thief: udp phone
			quietly thief: udp laptop
			a: devices phone
			  a < devices of laptop
			  thief < goodbye ended
		`},
		{"older programs go when the account does not take them any more", `
			quietly a: legacy on
			open old prompt-accounts
			quietly old: login alice pw
			a: legacy off
			  a < done account
			  old < goodbye ended
			thief: sessions
			  thief < sessions 1 2*
		`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run(t, Config{Node: "00112233445566778899aabbccddeeff", LegacyPasswords: LegacyLab}, alice+test.script)
		})
	}
}

func TestAnOldPasswordNeverComesBehindANewOne(t *testing.T) {
	s := run(t, Config{}, `
		quietly op add alice
		open a native
		quietly a: login alice pw
		open b native
	`)
	s.log.hashes["alice"] = "old:" + wire.PasswordDigest("pw").Reveal()
	s.holdLog = true
	s.ask(s.names["a"], s.request("passwd pw sesame-2"))
	s.ask(s.names["b"], s.request("login alice pw"))
	s.holdLog = false
	s.settle()
	if got, want := s.log.hashes["alice"], "phc:"+wire.PasswordDigest("sesame-2").Reveal(); got != want {
		t.Errorf("the hash is %q, want that of the new password", got)
	}
}
