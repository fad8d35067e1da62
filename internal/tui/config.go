package tui

import (
	"context"
	"time"

	"labchat/internal/app"
	"labchat/internal/tui/theme"
	"labchat/internal/wire"
)

// Mode is how somebody comes in.
type Mode uint8

// The modes of the form.
const (
	ModeLogin Mode = iota
	ModeRegister
	ModeGuest
)

// Login is what the form asks for.
type Login struct {
	Server   string // HOST:PORT
	Dialect  string // that of an older server; "" or auto is found out
	Mode     Mode
	Name     string
	Password wire.Secret
	Here     bool // last time the server was one of this machine's own: see Config.Here
}

// Probed is what a look at a server found.
type Probed struct {
	RTT      time.Duration
	Secure   bool   // over TLS
	Key      string // SHA256:… of the server's key
	Pinned   bool   // the key is known from before
	Register bool   // whether anybody may register
	Resumes  bool   // this machine may log in as the name without its password; known also where nobody answers
	Name     *wire.NameChecked
	Unfit    bool // looking again is of no use, or would disturb the server
}

// Connected is a session that was made from the form, and its disk.
type Connected struct {
	Session app.Session
	Archive app.Archive
	Arrived func() // as in Config
	// Known says that this server has let the same person in before: while it
	// is away they may read and write nevertheless.
	Known bool
}

// Config is what the screen needs.
type Config struct {
	Session app.Session // nil where the form comes first
	Archive app.Archive
	// Arrived hears that the server has let the session in, away from the screen.
	// It may be nil.
	Arrived func()
	Form    bool
	Login   Login // what the form begins with
	// Connect makes a session of what the form asked for. It is called away
	// from the screen, and again after a login that was refused; the session
	// before is over then.
	Connect func(context.Context, Login) (Connected, error)
	// Probe looks at the server of a login, and at its name unless it is empty.
	Probe func(context.Context, Login) (Probed, error)
	// Here starts a chat on this machine instead, under a name that may be empty,
	// as soon as the screen has ended. nil where there is no such choice.
	Here  func(name string)
	Theme theme.Theme
	// KeepTheme remembers the name of a theme for the next time; nil where a
	// flag or the configuration says how the next time begins.
	KeepTheme func(name string) error
	Room      string // to show first; "" is the conversation of last time, or the lobby
	Hint      string // how a second window joins, with Local; several lines
	Local     bool   // the daemon is embedded in this program
	// EscIsAlt makes Esc and a letter within a second what Alt and the letter
	// are, for terminals without Alt.
	EscIsAlt bool
	// Direct is a conversation with one other person, without a server: only :q
	// is a command.
	Direct bool
}
