package hub

import (
	"testing"

	"labchat/internal/wire"
)

func TestDevicesOfAnAccount(t *testing.T) {
	const alice = `
		quietly op add alice
		open a native
		open b native
		quietly a: login alice pw
		quietly b: login alice pw
	`
	tests := []struct {
		name   string
		script string
	}{
		{name: "a new device is told to the others when it is stored, and takes over", script: `
			log off
			a: udp phone
			log on
			  a < endpoint of phone
			  b < devices of phone
			b: udp laptop
			  a < devices of phone,laptop
			  a < displaced
			  b < endpoint of phone,laptop
			a: udp phone
			  b < displaced
			  a < endpoint of phone,laptop
			enter carl
			carl: find alice
			  carl < found alice account online at phone of phone,laptop
			gone a
			carl: find alice
			  carl < found alice account online of phone,laptop
		`},
		{name: "a device that was not stored is none", script: `
			log fails
			a: udp phone
			  a < refused udp storage retry
			a: devices
			  a < devices
			a: udp phone
			  a < endpoint of phone
			  b < devices of phone
		`},
		{name: "one device that comes twice at once is one", script: `
			log off
			a: udp phone
			b: udp phone
			log on
			  a < endpoint of phone
			  a < displaced
			  b < devices of phone
			  b < endpoint of phone
		`},
		{name: "the set survives a restart", script: `
			quietly a: udp phone
			quietly b: udp laptop
			quietly a: endorse laptop phone
			restart
			open c native
			quietly c: login alice pw
			c: devices
			  c < devices of phone,laptop<phone
		`},
		{name: "a device that is removed holds no conversations", script: `
			quietly a: udp phone
			b: devices phone
			  a < goodbye ended
			  b < devices
			b: devices phone
			  b < refused devices no_device
			enter carl
			quietly carl: udp pad
			carl: punch alice c1
			  carl < refused punch no_user
		`},
		{name: "a device's signature is checked and told", script: `
			quietly a: udp phone
			quietly b: udp laptop
			b: endorse laptop phone
			  a < devices of phone,laptop<phone
			  b < done endorse
			b: endorse laptop phone
			  b < done endorse
			b: endorse laptop phone forged | endorse laptop phone carl | endorse laptop laptop | endorse pad phone | endorse laptop pad
			  b < refused endorse denied
			  b < refused endorse denied
			  b < refused endorse denied
			  b < refused endorse no_device
			  b < refused endorse no_device
		`},
		{name: "guests have no set", script: `
			enter gus
			gus: devices | endorse laptop phone
			  gus < refused devices account_only
			  gus < refused endorse account_only
		`},
		{name: "an account that is removed takes its devices along", script: `
			quietly a: udp phone
			quietly a: remove pw
			quietly op add alice
			open c native
			quietly c: login alice pw
			c: devices
			  c < devices
		`},
		{name: "who asks is told the devices of an account", script: `
			quietly a: udp phone
			enter carl
			quietly carl: udp pad
			a: punch carl c1
			  a < done punch
			  carl < punched alice account c1 at phone of phone
		`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { run(t, Config{Node: "00112233445566778899aabbccddeeff"}, alice+test.script) })
	}
}

func TestAnAccountHasSoManyDevices(t *testing.T) {
	s := run(t, Config{}, `
		quietly op add alice
		open a native
		open b native
		quietly a: login alice pw
		quietly b: login alice pw
	`)
	a, b := s.names["a"], s.names["b"]
	names := numbered("d", wire.MaxDevices+1)
	for _, name := range names[:wire.MaxDevices-1] {
		s.ask(a, wire.UDP{Key: keyOf(name)})
	}
	clear(s.heard)
	s.holdLog = true
	s.ask(a, wire.UDP{Key: keyOf(names[wire.MaxDevices-1])})
	s.ask(b, wire.UDP{Key: keyOf(names[wire.MaxDevices])})
	s.holdLog = false
	s.settle()
	if got := words(s.heard[b][0]); got != "refused udp full" {
		t.Errorf("one device too many was answered %q", got)
	}
	if got := len(s.hub.names.account("alice").devices.list); got != wire.MaxDevices {
		t.Errorf("the account has %d devices, want %d", got, wire.MaxDevices)
	}
}
