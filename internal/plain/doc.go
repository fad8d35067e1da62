// Package plain is chat without a screen: for dumb terminals, screen readers,
// pipes and scripts. Run is a whole conversation, one line an event, with the
// command bar's words on its input; Send posts lines; Tail prints a room.
//
// Each of them owns its state in one goroutine and ends when its context does.
// The session behind them belongs to the caller, who also runs it.
package plain

import (
	"labchat/internal/app"
	"labchat/internal/wire"
)

// Session is what the package needs of a client session: the same as a screen does.
type Session = app.Session

// Archive remembers whom the person does not want to hear, and what was said.
type Archive interface {
	// Recent returns the newest lines of "#room" or "@user" before an id (0: of
	// all), oldest first; After the oldest ones after an id.
	Recent(place string, before wire.ID, limit int) ([]wire.Event, error)
	After(place string, after wire.ID, limit int) ([]wire.Event, error)
	Ignored() []string
	SetIgnored(name string, on bool) error
	// Talks returns the private conversations there have been, with what is unread.
	Talks() ([]wire.Talk, error)
	SetMark(place string, id wire.ID) error
}
