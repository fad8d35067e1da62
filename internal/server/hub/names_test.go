package hub

import (
	"fmt"
	"testing"

	"labchat/internal/wire"
)

// keptNames can be had from the operator alone, with the configuration of
// keptConfig.
var keptNames = []string{
	"admin", "root", "operator", "system", "moderator",
	"Admin", "ROOT", "adm1n", "adrnin", "r00t", "0perator", "rnoderator", "ｒｏｏｔ", "ʀoot",
	"seʀver", "ꮪꭼꭱꮩꭼꭱ", "ᴄhatd",
	"admín", "ádmin", "rööt", "admin.", "admin_", "ad-min", "r.o.o.t", "sýstem", "s_erver", "chatd-",
	"deputy", "DEPUTY", "0ffice1", "office-1",
}

var keptConfig = Config{Register: true, LegacyPasswords: LegacyLab, ReservedNames: []string{"deputy", "office1"}}

func TestANameOfTheOperatorsIsNobodyElsesInAnyDialect(t *testing.T) {
	for _, name := range keptNames {
		t.Run(name, func(t *testing.T) {
			run(t, keptConfig, fmt.Sprintf(`
				open n native
				n: name %[1]s
				  n < name %[1]s invalid
				n: guest %[1]s
				  n < refused guest name_invalid
				n: register %[1]s sturdy-pass
				  n < refused register name_invalid
				quietly n: guest visitor
				n: guest %[1]s
				  n < refused guest name_invalid
				n: register %[1]s sturdy-pass
				  n < refused register name_invalid
				open a a3
				a: guest %[1]s
				  a < refused guest name_taken
				a: register %[1]s sturdy-pass
				  a < refused register name_taken
				open p prompt
				p: guest %[1]s
				  p < refused guest name_taken
				open q names
				q: guest %[1]s
				  q < refused guest name_taken
				open T tobi from 127.0.0.1:41001
				T> hi %[1]s
				  T < hi
				open I ias from 127.0.0.1:41002
				I> REG:%[1]s\n
				  I < LIN:
			`, name))
		})
	}
}

func TestANameOfTheOperatorsCanBeMadeByTheOperatorAndIsLoggedInTo(t *testing.T) {
	run(t, keptConfig, `
		op add Admin
		  op < Admin was added
		op add adm1n
		  op < is registered
		op add seʀver
		  op < was added
		op add server
		  op < kept for the server
		op add office1
		  op < was added
		open n native
		n: name admin
		  n < name admin registered
		n: guest adm1n
		  n < refused guest registered
		n: login admin pw
		  n < you are Admin account token
		op remove admin
		  op < was removed
		  n < goodbye ended
		open m native
		m: guest admin
		  m < refused guest name_invalid
	`)
}

func TestAnAccountThatHadANameOfTheOperatorsBeforeGoesOn(t *testing.T) {
	h := New(keptConfig, State{Accounts: []Account{{Name: "root"}, {Name: "deputy"}}})
	for _, name := range []string{"root", "deputy"} {
		if state, _, err := h.names.check(name); state != wire.NameRegistered {
			t.Errorf("%s: got %s, %v, want that it is registered", name, state, err)
		}
	}
}

func TestARoomMayBearANameOfTheOperators(t *testing.T) {
	run(t, keptConfig, `
		open n native
		quietly n: guest visitor
		n: create admin
		  n < created admin
	`)
}
