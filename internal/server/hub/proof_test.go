package hub

import (
	"crypto/ed25519"
	"testing"

	"labchat/internal/wire"
)

// TestNobodyAddsAKeyThatIsNotTheirs has mallory claim the public key of another
// account's device, in all ways that a program can try. "oldudp" is udp without a
// signature, as older programs say it, "forged" has one that does not hold.
func TestNobodyAddsAKeyThatIsNotTheirs(t *testing.T) {
	const people = `
		quietly op add bob
		quietly op add mallory
		open b native
		open m native
		quietly b: login bob pw
		quietly m: login mallory pw
		quietly b: udp phone
	`
	for _, tt := range []struct{ name, script string }{
		{"without a signature", `
			m: oldudp phone
			  m < refused udp denied
			b: find mallory
			  b < found mallory account online
		`},
		{"with one that does not hold", `
			m: forged phone
			  m < refused udp denied
			b: find mallory
			  b < found mallory account online
		`},
		{"an account's own device of before goes on without", `
			quietly b: udp phone
			restart
			open b native
			quietly b: login bob pw
			b: oldudp phone
			  b < endpoint of phone
			  b < notice
			b: oldudp phone
			  b < endpoint of phone
		`},
		{"but not once it has proved its key", `
			open b2 native
			quietly b2: login bob pw
			b2: oldudp phone
			  b2 < refused udp denied
		`},
		{"what nobody else is known with is shown, and not added", `
			m: oldudp pad
			  m < endpoint
			  m < notice
			b: find mallory
			  b < found mallory account online at pad
			m: prekeys pad k1
			  m < refused prekeys denied
			gone m
			b: find mallory
			  b < found mallory account
		`},
		{"nor by a guest", `
			enter gus
			gus: oldudp phone
			  gus < refused udp denied
		`},
		{"nor what a guest has proved", `
			enter gus
			quietly gus: udp laptop
			m: oldudp laptop
			  m < refused udp denied
			gone gus
			m: oldudp laptop
			  m < endpoint
			  m < notice
		`},
		{"after it was removed it is nobody's", `
			quietly b: devices phone
			m: oldudp phone
			  m < endpoint
			  m < notice
		`},
		{"nor is it after its account was", `
			quietly b: remove pw
			m: oldudp phone
			  m < endpoint
			  m < notice
		`},
		{"also after a restart", `
			restart
			open m native
			quietly m: login mallory pw
			m: oldudp phone
			  m < refused udp denied
		`},
		{"a guest's key needs no proof, and lasts no longer than the guest", `
			enter gus
			gus: oldudp pad
			  gus < endpoint
			  gus < notice
			gus: forged pad
			  gus < refused udp denied
		`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run(t, Config{Node: "00112233445566778899aabbccddeeff"}, people+tt.script)
		})
	}
}

// TestAProofIsOfOneSessionNameNodeAndKey signs what is true elsewhere.
func TestAProofIsOfOneSessionNameNodeAndKey(t *testing.T) {
	const node = "00112233445566778899aabbccddeeff"
	key := keyOf("phone")
	for name, text := range map[string]func(nonce string) []byte{
		"another node":    func(nonce string) []byte { return wire.ProofText("ff", "mallory", key, nonce) },
		"another name":    func(nonce string) []byte { return wire.ProofText(node, "bob", key, nonce) },
		"another key":     func(nonce string) []byte { return wire.ProofText(node, "mallory", keyOf("pad"), nonce) },
		"another session": func(string) []byte { return wire.ProofText(node, "mallory", key, "00112233445566778899aabbccddee00") },
		"no nonce":        func(string) []byte { return wire.ProofText(node, "mallory", key, "") },
		"a voucher":       func(string) []byte { return wire.EndorsementText(node, "mallory", key) },
	} {
		t.Run(name, func(t *testing.T) {
			s := run(t, Config{Node: node}, `
				quietly op add mallory
				open m native
				quietly m: login mallory pw
			`)
			m := s.names["m"]
			nonce := s.hub.sessions[m].nonce
			clear(s.heard)
			s.ask(m, wire.UDP{Key: key, Sig: ed25519.Sign(deviceOf("phone"), text(nonce))})
			if got := words(s.heard[m][0]); got != "refused udp denied" {
				t.Errorf("it is answered %q", got)
			}
			s.ask(m, wire.UDP{Key: key, Sig: ed25519.Sign(deviceOf("phone"), wire.ProofText(node, "Mallory", key, nonce))})
			if got := words(s.heard[m][1]); got != "endpoint of phone" {
				t.Errorf("a good one is answered %q", got)
			}
		})
	}
}

func TestEverySessionHasANonceOfItsOwn(t *testing.T) {
	s := run(t, Config{}, "open a fresh\nopen b fresh")
	seen := map[string]bool{"": true}
	for _, name := range []string{"a", "b"} {
		s.ask(s.names[name], wire.Hello{Version: 1})
		nonce := s.heard[s.names[name]][0].(*wire.Welcome).Nonce
		if len(nonce) != 2*nonceBytes || seen[nonce] {
			t.Errorf("%s was given %q", name, nonce)
		}
		seen[nonce] = true
	}
}

// TestWhoSealsBoundNotesIsGivenPrekeysForThem has a device hand over such keys beside
// those that its older program has left.
func TestWhoSealsBoundNotesIsGivenPrekeysForThem(t *testing.T) {
	run(t, Config{}, `
		quietly op add alice
		quietly op add bob
		open a native
		open b native
		quietly a: login alice pw
		quietly b: login bob pw
		quietly b: udp phone
		b: prekeys phone k1 k2 z*
		  b < prekeys 2
		a: take2 bob
		  a < refused take_prekey no_user
		b: udp phone
		  b < endpoint of phone
		b: prekeys phone n1+note2 y+note2*
		  b < prekeys 1
		a: take2 bob
		  a < prekey bob n1+note2 of phone
		a: take2 bob
		  a < prekey bob y+note2 last of phone
		a: take bob
		  a < prekey bob k1 of phone
	`)
}
