package hub

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// signedPrekey makes a prekey that a hub takes.
func signedPrekey(dev, id string, expires time.Time, last bool) wire.Prekey {
	k := wire.Prekey{ID: id, Device: keyOf(dev), Key: bytes.Repeat([]byte{1}, 32), Expires: wire.MillisOf(expires), Last: last}
	k.Sig = ed25519.Sign(deviceOf(dev), wire.PrekeyText(&k))
	return k
}

// prekeys reads "dev a b z*": a device and the ids of what it hands over, a
// star behind the Last one. They expire in 30 days, or as "dev@1h a" says.
func (t typed) prekeys() wire.Request {
	dev, until, _ := strings.Cut(t.one, "@")
	life, err := time.ParseDuration(until)
	if err != nil {
		life = 30 * 24 * time.Hour
	}
	r := wire.Prekeys{Head: t.Head}
	for id := range strings.FieldsSeq(t.after) {
		id, last := strings.CutSuffix(id, "*")
		r.Keys = append(r.Keys, signedPrekey(dev, id, t.script.now.Add(life), last))
	}
	return r
}

func TestPrekeys(t *testing.T) {
	tests := []struct {
		name   string
		script string
	}{
		{name: "each one-time prekey is given to one, oldest first, and the last one to all", script: `
			b: prekeys phone k1 k2 z*
			  b < prekeys 2
			a: take bob
			  a < prekey bob k1 of phone,desk
			c: take BOB
			  c < prekey bob k2 of phone,desk
			a: take bob
			  a < prekey bob z last of phone,desk
			c: take bob
			  c < prekey bob z last of phone,desk
			b: prekeys phone k3
			  b < prekeys 1
			a: take bob
			  a < prekey bob k3 of phone,desk
		`},
		{name: "what was given is not given again after a restart", script: `
			quietly b: prekeys phone k1 k2
			quietly a: take bob
			restart
			open a native
			quietly a: login alice pw
			a: take bob
			  a < prekey bob k2 of phone,desk
			a: take bob
			  a < refused take_prekey no_user
		`},
		{name: "nothing is told before the log has it", script: `
			quietly b: prekeys phone k1 k2
			log off
			a: take bob
			c: take bob
			log on
			  a < prekey bob k1 of phone,desk
			  c < prekey bob k2 of phone,desk
		`},
		{name: "a prekey that the log could not forget is not told, and not lost", script: `
			quietly b: prekeys phone k1
			log fails
			a: take bob
			  a < refused take_prekey storage retry
			c: take bob
			  c < prekey bob k1 of phone,desk
		`},
		{name: "prekeys that the log could not store are not there, and can be handed over again", script: `
			log fails
			b: prekeys phone k1
			  b < refused prekeys storage retry
			a: take bob
			  a < refused take_prekey no_user
			b: prekeys phone k1
			  b < prekeys 1
		`},
		{name: "of several devices the one counts that handed some over last", script: `
			b: prekeys phone p1 p2
			  b < prekeys 2
			b2: prekeys desk d1 d2
			  b2 < prekeys 2
			a: take bob
			  a < prekey bob d1 of phone,desk
			b: prekeys phone p3 p4
			  b < prekeys 4
			a: take bob
			  a < prekey bob p1 of phone,desk
			restart
			open a native
			quietly a: login alice pw
			a: take bob
			  a < prekey bob p2 of phone,desk
		`},
		{name: "a last one replaces the one before, and a prekey the one of the same id", script: `
			b: prekeys phone k1 y*
			  b < prekeys 1
			b: prekeys phone k1 z*
			  b < prekeys 1
			a: take bob
			  a < prekey bob k1 of phone,desk
			a: take bob
			  a < prekey bob z last of phone,desk
		`},
		{name: "who has no account or has handed over nothing can't be sealed to", script: `
			enter gary
			a: take nobody
			  a < refused take_prekey no_user
			a: take gary
			  a < refused take_prekey no_user
			a: take bob
			  a < refused take_prekey no_user
			gary: take bob
			  gary < refused take_prekey account_only
			gary: prekeys phone k1
			  gary < refused prekeys account_only
		`},
		{name: "what has expired is not given, and is forgotten", script: `
			quietly b: prekeys phone@65m k1 z* -- the hub sweeps every 10 minutes
			quietly b: prekeys phone@2h k2
			pass 65m
			a: take bob
			  a < prekey bob k2 of phone,desk
			a: take bob
			  a < refused take_prekey no_user
			quietly b: prekeys phone@1h k3
			pass 2h
			b: prekeys phone k4
			  b < prekeys 1
		`},
		{name: "nobody asks for many within a minute", script: `
			quietly b: prekeys phone k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11
			quietly a: take bob | take bob | take bob | take bob | take bob | take bob
			quietly a: take nobody | take nobody | take nobody | take nobody
			a: take bob
			  a < refused take_prekey throttled retry
			c: take bob
			  c < prekey bob k7 of phone,desk
			pass 1m
			a: take bob
			  a < prekey bob k8 of phone,desk
		`},
		{name: "one of an account's sessions hands over at a time", script: `
			log off
			b: prekeys phone k1
			b2: prekeys phone k2
			  b2 < refused prekeys busy retry
			log on
			  b < prekeys 1
			b2: prekeys phone k2
			  b2 < prekeys 2
		`},
		{name: "an account that is removed takes its prekeys along", script: `
			quietly b: prekeys phone k1 z*
			quietly b: remove pw
			quietly op add bob
			a: take bob
			  a < refused take_prekey no_user
		`},
		{name: "who asks for an endpoint is told how many are left of this device", script: `
			quietly b: prekeys phone k1+note2 k2+note2 z+note2*
			b: udp phone
			  b2 < displaced
			  b < endpoint of phone,desk prekeys=2
			b2: udp desk
			  b < displaced
			  b2 < endpoint of phone,desk
			quietly a: take bob
			restart
			open b native
			quietly b: login bob pw
			b: udp phone
			  b < endpoint of phone,desk prekeys=1
		`},
		{name: "a device that the account does not have hands nothing over", script: `
			b: prekeys pad k1
			  b < refused prekeys denied
			quietly c: udp pad
			b: prekeys pad k1
			  b < refused prekeys denied
			quietly b: udp pad
			b: prekeys pad k1
			  b < prekeys 1
		`},
		{name: "a device that is removed takes its prekeys along", script: `
			quietly b: prekeys desk d1
			quietly b: prekeys phone k1 z*
			b2: devices phone
			  b < goodbye ended
			  b2 < devices of desk
			a: take bob
			  a < prekey bob d1 of desk
			restart
			open a native
			open b native
			quietly a: login alice pw
			quietly b: login bob pw
			a: take bob
			  a < refused take_prekey no_user
			quietly b: udp phone
			b: prekeys phone k2
			  b < prekeys 1
		`},
		{name: "of a device that is removed meanwhile nothing is stored", script: `
			open b3 native
			quietly b3: login bob pw
			log off
			b2: devices phone
			b3: prekeys phone k1
			log on
			  b < goodbye ended
			  b3 < devices of desk
			  b3 < refused prekeys denied
			  b2 < devices of desk
			jobs off
			b3: prekeys desk d1
			b2: devices desk
			  b3 < devices
			  b2 < devices
			  b2 < goodbye ended
			jobs on
			  b3 < refused prekeys denied
			a: take bob
			  a < refused take_prekey no_user
			quietly b3: udp phone
			a: take bob
			  a < refused take_prekey no_user
		`},
		{name: "a prekey that was taken while its device was removed is told, and not to anybody else", script: `
			quietly b: prekeys phone k1
			log off
			b2: devices phone
			a: take bob
			log on
			  b < goodbye ended
			  b2 < devices of desk
			  a < prekey bob k1 of desk
			c: take bob
			  c < refused take_prekey no_user
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, Config{Register: true}, withDevices+tt.script)
		})
	}
}

// withAccounts has alice, bob twice and carol here.
const withAccounts = `
	quietly op add alice
	quietly op add bob
	quietly op add carol
	open a native
	open b native
	open b2 native
	open c native
	quietly a: login alice pw
	quietly b: login bob pw
	quietly b2: login bob pw
	quietly c: login carol pw
`

// withDevices has them here, with two devices of bob.
const withDevices = withAccounts + `
	quietly b: udp phone
	quietly b2: udp desk
`
