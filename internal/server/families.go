package server

import (
	"slices"

	"labchat/internal/wire"
	"labchat/internal/wire/clock"
	"labchat/internal/wire/dialects"
)

// Family is a kind of programs that the daemon listens for. Ports, flags,
// readiness lines and what is said where a port can't be opened come from the
// table of them.
type Family struct {
	Name    string // in readiness lines, among a server's services, and in Ports
	Network string // tcp or udp
	Port    int    // the usual one
	Flag    string // of chatd serve, that moves it
	Help    string // of the flag
	// dialect returns the name of that of all its connections; nil: their first
	// bytes tell, or they are datagrams.
	dialect func(Styles) string
}

// The names of families that the code speaks of.
const (
	Chat     = "chat"
	Registry = "registry"
)

// families are in the order of their readiness lines.
var families = []Family{
	{Chat, "tcp", 1300, "port", "Chat port, TCP: chat/1, TLS and A3. 0: a free one, off: none; so for all ports.", nil},
	{"sum", "tcp", 1301, "sum-port", "Sum service, TCP.", func(Styles) string { return "sum" }},
	{"prompt", "tcp", 1302, "prompt-port", "Prompt room, names only, TCP.", func(s Styles) string { return styled("prompt", s.Prompt, "m2") }},
	{"arith", "tcp", 1303, "arith-port", "Arithmetic service, TCP.", func(s Styles) string { return styled("arith", s.Arith, "plain") }},
	{"names", "tcp", 1304, "names-port", "Name-first room, TCP.", func(s Styles) string { return styled("names", s.Names, "plain") }},
	{"prompt-accounts", "tcp", 1305, "prompt-accounts-port", "Prompt room with accounts, TCP.", func(Styles) string { return "prompt-accounts" }},
	{Registry, "udp", 2020, "registry-port", "Registry, UDP.", nil},
}

// Families returns all families, in the order of their readiness lines.
func Families() []Family { return slices.Clone(families) }

// styled returns the dialect of a style: one by itself unless it is the usual one.
func styled(dialect, style, usual string) string {
	if style == "" || style == usual {
		return dialect
	}
	return dialect + "-" + style
}

// Ports are where the daemon listens: by a family's name its port, 0 for a
// free one. A family that has none is not listened for.
type Ports map[string]int

// FreePorts returns ports that are free, for every family.
func FreePorts() Ports {
	p := Ports{}
	for _, f := range families {
		p[f.Name] = 0
	}
	return p
}

// ListenError is returned where a family can't be listened for.
type ListenError struct {
	Family Family
	Err    error
}

func (e *ListenError) Error() string { return e.Err.Error() }

// Unwrap returns why.
func (e *ListenError) Unwrap() error { return e.Err }

// datagrams returns the registry's dialects, in the styles that were chosen.
func (s Styles) datagrams() []wire.Datagrams {
	all := dialects.Datagrams()
	clock := clock.In(wire.DateStyle(s.Date))
	for i, d := range all {
		if d.Name() == clock.Name() {
			all[i] = clock
		}
	}
	return all
}
