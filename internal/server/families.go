package server

import (
	"slices"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/clock"
	"labchat/internal/wire/dialects"
)

// Family is a kind of programs that the daemon listens for. Ports, flags,
// readiness lines and what is said where a port can't be opened come from the
// table of them.
type Family struct {
	Name    string // in readiness lines, among a server's services, in Ports and in Styles
	Network string // tcp or udp
	Port    int    // the usual one
	Flag    string // of chatd serve, that moves it
	Help    string // of the flag
	// dialect is that of all its connections, in the usual style; "": their first
	// bytes tell, or they are datagrams.
	dialect string
	Style   Style
}

// Style is a choice between forms that a family's older programs had. The zero
// value is none.
type Style struct {
	Flag  string // of chatd serve, that chooses
	Forms []string
	Help  string // of the flag
}

// The names of families that the code speaks of.
const (
	Chat     = "chat"
	Registry = "registry"
)

// families are in the order of their readiness lines. The first form of a style
// is the usual one.
var families = []Family{
	{Chat, "tcp", 1300, "port", "Chat port, TCP: chat/1, TLS and A3. 0: a free one, off: none; so for all ports.", "", Style{}},
	{"sum", "tcp", 1301, "sum-port", "Sum service, TCP.", "sum", Style{}},
	{"prompt", "tcp", 1302, "prompt-port", "Prompt room, names only, TCP.", "prompt", Style{
		"prompt-style", []string{"m2", "m1"}, "Texts of the prompt room: m2 or m1.",
	}},
	{"arith", "tcp", 1303, "arith-port", "Arithmetic service, TCP.", "arith", Style{
		"arith-style", []string{"plain", "hello", "welcome"}, "Form of the arithmetic service: plain, hello or welcome.",
	}},
	{"names", "tcp", 1304, "names-port", "Name-first room, TCP.", "names", Style{
		"names-style", []string{"plain", "clock", "echo"}, "Form of the name-first room: plain, clock or echo.",
	}},
	{"prompt-accounts", "tcp", 1305, "prompt-accounts-port", "Prompt room with accounts, TCP.", "prompt-accounts", Style{}},
	{Registry, "udp", 2020, "registry-port", "Registry, UDP.", "", Style{
		"date-style", []string{"dmy-", "dmy/", "ymd"}, "Dates: dmy- (31-12-2026), dmy/ or ymd.",
	}},
}

// Families returns all families, in the order of their readiness lines.
func Families() []Family { return slices.Clone(families) }

// styled returns the name of the family's dialect in a style: one by itself
// unless it is the usual one.
func (f Family) styled(style string) string {
	if style == "" || style == f.Style.Forms[0] {
		return f.dialect
	}
	return f.dialect + "-" + style
}

// Styles choose between forms that older programs had of one service.
type Styles struct {
	Of  map[string]string // by a family's name; "" is the usual form
	UTC bool              // times in UTC instead of the host's zone
}

// zone returns the one that services and older programs are shown times in.
func (s Styles) zone() *time.Location {
	if s.UTC {
		return time.UTC
	}
	return time.Local
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
	clock := clock.In(wire.DateStyle(s.Of[Registry]))
	for i, d := range all {
		if d.Name() == clock.Name() {
			all[i] = clock
		}
	}
	return all
}
