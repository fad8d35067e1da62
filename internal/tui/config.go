package tui

import (
	"context"
	"time"

	"labchat/internal/tui/theme"
	"labchat/internal/wire"
)

// A Session is a connection to a server that mends itself, as internal/client
// has it. None of its methods blocks.
type Session interface {
	Events() <-chan []wire.Event
	// Say and Whisper put a line into the outbox on disk; a Receipt follows.
	Say(room, text string, action bool) wire.ClientID
	Whisper(to, text string, action bool) wire.ClientID
	// Do sends a request; its answer is an event whose Re is the tag.
	Do(r wire.Request) (tag string)
	// Retry connects now instead of when the next try is due.
	Retry()
}

// An Archive is this client's disk, as internal/archive has it. A place is
// "#room" or "@user".
type Archive interface {
	// Recent returns at most limit lines before an id, oldest first; before 0
	// the newest.
	Recent(place string, before wire.ID, limit int) ([]wire.Event, error)
	Drafts() map[string]string
	SetDraft(place, text string) error
	Marks() map[string]wire.ID
	SetMark(place string, id wire.ID) error
	Ignored() []string
	SetIgnored(name string, on bool) error
	// InputHistory returns the newest n lines that were typed for each place.
	InputHistory(n int) map[string][]string
	AddInput(place, line string) error
}

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
	Mode     Mode
	Name     string
	Password wire.Secret
}

// Probed is what a look at a server found.
type Probed struct {
	RTT      time.Duration
	Secure   bool   // over TLS
	Key      string // SHA256:… of the server's key
	Pinned   bool   // the key is known from before
	Register bool   // whether anybody may register
	Name     *wire.NameChecked
}

// Connected is a session that was made from the form, and its disk.
type Connected struct {
	Session Session
	Archive Archive
}

// Config is what the screen needs.
type Config struct {
	Session Session // nil where the form comes first
	Archive Archive
	Form    bool
	Login   Login // what the form begins with
	// Connect makes a session of what the form asked for. It is called away
	// from the screen, and again after a login that was refused; the session
	// before is over then.
	Connect func(context.Context, Login) (Connected, error)
	// Probe looks at a server, and at a name unless it is empty.
	Probe func(ctx context.Context, server, name string) (Probed, error)
	Theme theme.Theme
	Room  string // the conversation to show first; "" is the lobby
	Hint  string // how a second window joins, with Local; several lines
	Local bool   // the daemon is embedded in this program
	// EscIsAlt makes Esc and a letter within a second what Alt and the letter
	// are, for terminals without Alt.
	EscIsAlt bool
	// Direct is a conversation with one other person, without a server: only :q
	// is a command.
	Direct bool
}
