// Package dialects is the list of all dialects, and the only package that knows
// every family.
package dialects

import (
	"labchat/internal/wire"
	"labchat/internal/wire/a3"
	"labchat/internal/wire/arith"
	"labchat/internal/wire/chat1"
	"labchat/internal/wire/clock"
	"labchat/internal/wire/ias"
	"labchat/internal/wire/namefirst"
	"labchat/internal/wire/prompt"
	"labchat/internal/wire/sum"
	"labchat/internal/wire/tobi"
)

// Native is the name of our own dialect.
const Native = "chat1"

// All returns every dialect there is, the native one first.
func All() []wire.Dialect {
	return []wire.Dialect{
		chat1.Dialect{},
		a3.Dialect{},
		prompt.M2, prompt.M1, prompt.Accounts,
		namefirst.Plain, namefirst.Clock, namefirst.Echo,
		sum.Dialect{},
		arith.Plain, arith.Hello, arith.Welcome,
	}
}

// Datagrams returns every dialect of the registry's port.
func Datagrams() []wire.Datagrams {
	return []wire.Datagrams{tobi.Dialect{}, ias.Dialect{}, clock.Dialect{}}
}

// ByName returns the dialect of that name, or nil.
func ByName(name string) wire.Dialect {
	for _, d := range All() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

// DatagramsByName returns the dialect of the registry's port of that name, or
// nil.
func DatagramsByName(name string) wire.Datagrams {
	for _, d := range Datagrams() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}
