package hub

import (
	"fmt"
	"testing"
)

func TestAccounts(t *testing.T) {
	tests := []struct {
		name   string
		cfg    Config
		script string
	}{
		{name: "a session begins with hello and then a name", script: `
			open a fresh
			a: guest alice
			  a < refused guest hello_first
			a: #h hello
			  a < welcome
			a: hello
			  a < refused hello unsupported
			a: say lobby x
			  a < refused say login_first
			a: people
			  a < refused people login_first
			a: guest alice
			  a < you are alice guest token
			a: sessions
			  a < refused sessions account_only
		`},
		{name: "without a hello a session ends after half a minute", script: `
			open a fresh
			open b native
			pass 29s
			pass 1s
			  a < goodbye timeout
			pass 1h
		`},
		{name: "a name says what it is before anybody asks for it", script: `
			quietly op add alice
			enter bob
			open c native
			c: name alice | name ALICE | name a1ice | name аlice | name bob | name carl | name Anonymous5 | name a_b! | name msg
			  c < name alice registered
			  c < name ALICE registered
			  c < name a1ice registered
			  c < name аlice invalid
			  c < name bob taken
			  c < name carl free
			  c < name Anonymous5 invalid
			  c < name a_b! invalid
			  c < name msg invalid
		`},
		{name: "only so many names may be asked about", script: `
			open a native
			quietly a: name a | name b | name c | name d | name e | name f | name g | name h | name i | name j
			quietly a: name a | name b | name c | name d | name e | name f | name g | name h | name i | name j
			a: name k
			  a < refused name throttled retry
			pass 10s
			a: name k
			  a < name k free
		`},
		{name: "a guest without a wish is an AnonymousN", script: `
			open a native
			a: guest
			  a < you are Anonymous2 guest token
		`},
		{name: "a guest changes its name in all its rooms", script: `
			enter alice
			enter bob
			quietly alice: create den | join den
			quietly bob: join den
			alice: guest Carl
			  alice < renamed alice Carl guest
			  alice < you are Carl guest token
			  bob < renamed alice Carl guest
			alice: guest carl
			  alice < renamed Carl carl guest
			  alice < you are carl guest token
			  bob < renamed Carl carl guest
			alice: guest carl
			  alice < refused guest name_taken
			alice: guest b0b
			  alice < refused guest name_taken
			bob: guest b0b
			  bob < renamed bob b0b guest
			  bob < you are b0b guest token
			  alice < renamed bob b0b guest
			alice: tell b0b psst
			  bob < whispered carl>b0b: psst
			  alice < accepted 1
			alice: guest bob
			  alice < refused guest name_taken
		`},
		{name: "registering reserves the name until the log has it", cfg: Config{Register: true}, script: `
			open a native
			open b native
			enter c
			jobs off
			a: register alice sesame-1
			b: guest Alice
			  b < refused guest name_taken
			b: register a1ice sesame-1
			  b < refused register name_taken
			b: name alice
			  b < name alice taken
			log off
			jobs on
			b: guest alice
			  b < refused guest name_taken
			log on
			  a < you are alice account token
			b: guest alice
			  b < refused guest registered
			gone a
			b: guest alice
			  b < refused guest registered
			b: register alice sesame-1
			  b < refused register registered
		`},
		{name: "a name stays reserved when its guest goes before the log has the account", cfg: Config{Register: true}, script: `
			enter alice
			open b native
			log off
			alice: register alice sesame-1
			gone alice
			b: guest alice
			  b < refused guest name_taken
			log on
			b: guest alice
			  b < refused guest registered
			b: login alice sesame-1
			  b < you are alice account token
		`},
		{name: "a name whose registration failed is free again", cfg: Config{Register: true}, script: `
			open a native
			jobs busy
			a: register alice sesame-1
			  a < refused register busy retry
			jobs fail
			a: register alice sesame-1
			  a < refused register storage retry
			jobs on
			log fails
			a: register alice sesame-1
			  a < refused register storage retry
			jobs off
			a: register alice sesame-1
			gone a
			jobs on
			open b native
			b: guest alice
			  b < you are alice guest token
		`},
		{name: "a guest registers its own name and keeps its rooms", cfg: Config{Register: true}, script: `
			enter alice
			enter bob
			bob: register alice sesame-1
			  bob < refused register name_taken
			alice: register Alice sesame-1
			  alice < renamed alice Alice account
			  alice < you are Alice account token
			  bob < renamed alice Alice account
			alice: say lobby hello
			  alice < accepted 1
			  bob < said lobby Alice: hello
		`},
		{name: "registration can be closed", script: `
			open a native
			a: register alice sesame-1
			  a < refused register closed
		`},
		{name: "bad passwords are refused before any work is done", cfg: Config{Register: true}, script: `
			open a native
			jobs off
			a: register alice
			  a < refused register password_invalid
			a: register alice 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
			  a < refused register password_invalid
		`},
		{name: "secrets are taken over TLS or from this machine only", cfg: Config{Register: true}, script: `
			quietly op add bob
			open a native from 10.0.0.9
			a: register alice sesame-1
			  a < refused register insecure
			a: login bob pw
			  a < refused login insecure
			a: guest alice
			  a < you are alice guest
			open b safe from 10.0.0.9
			b: login bob pw
			  b < you are bob account token
		`},
		{name: "registrations of an address are limited, those of this machine are not", cfg: Config{Register: true, Limits: Limits{Registrations: 1, Accounts: 4}}, script: `
			open a safe from 10.0.0.9
			quietly a: register one sesame-1
			a: register two sesame-1
			  a < refused register throttled retry
			pass 1h
			a: register two sesame-1
			  a < you are two account token
			open b native
			quietly b: register three sesame-1
			b: register four sesame-1
			  b < you are four account token
			b: register five sesame-1
			  b < refused register full
		`},
		{name: "a wrong password and a wrong name are refused alike", script: `
			quietly op add alice
			open a native
			jobs off
			a: login alice no
			jobs on
			  a < refused login denied
			jobs off
			a: login nobody pw
			jobs on
			  a < refused login denied
			a: login alice pw
			  a < you are alice account token failed=1
			gone a
			open a native
			a: login alice pw
			  a < you are alice account token
		`},
		{name: "what could not be compared or hashed changes nothing and counts for nothing", script: `
			quietly op add alice
			open a native
			jobs busy
			a: login alice pw
			  a < refused login busy retry
			jobs on
			a: login alice pw
			  a < you are alice account token
			jobs fail
			a: passwd pw sesame-2
			  a < refused passwd storage retry
			jobs on
			log fails
			a: passwd pw sesame-2
			  a < refused passwd storage retry
			a: passwd pw
			  a < refused passwd password_invalid
			log fails
			a: legacy on
			  a < refused account storage retry
			a: logout
			  a < done logout
			a: login alice pw
			  a < you are alice account token
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { run(t, tt.cfg, tt.script) })
	}
}

func TestANewPasswordIsCheckedInEveryDialect(t *testing.T) {
	for _, weak := range []string{"pw", "sevench", "ALICEANDERSON", "password1"} {
		t.Run(weak, func(t *testing.T) {
			run(t, Config{Register: true}, fmt.Sprintf(`
				open n native
				n: register AliceAnderson %[1]s
				  n < refused register password_invalid
				open a a3
				a: register AliceAnderson %[1]s
				  a < refused register password_invalid
				open p prompt-accounts
				p: register AliceAnderson %[1]s
				  p < refused register password_invalid
				quietly n: register AliceAnderson sesame-1
				n: passwd sesame-1 %[1]s
				  n < refused passwd password_invalid
			`, weak))
		})
	}
}

func TestOfDigestsTheNamesAndTheCommonOnesAreRefused(t *testing.T) {
	run(t, Config{Register: true}, `
		open p prompt-accounts
		p: register# alice alice
		  p < refused register password_invalid
		p: register# alice 123456
		  p < refused register password_invalid
		p: register# alice pw
		  p < you are alice account legacy
		  p < peers alice=127.0.0.1
	`)
}
