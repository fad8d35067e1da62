package plain

import (
	"errors"
	"fmt"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// enterWithin bounds the way into a room. The session bounds each of its steps:
// the connection and its greeting by 10 seconds each, the answers to hello,
// login and join by 30.
const enterWithin = 90 * time.Second

// entrance brings a script into a room: it joins as soon as the session is
// online, and says what to do where it can't.
type entrance struct {
	session Session
	room    string
	tag     string
	in      bool
	only    bool // the server has one room, and we are in it
	began   time.Time
}

func newEntrance(s Session, room string) entrance {
	return entrance{session: s, room: room, began: time.Now()}
}

// due is until when the room must have been entered, the zero time when it has.
func (g *entrance) due() time.Time {
	if g.in {
		return time.Time{}
	}
	return g.began.Add(enterWithin)
}

// late gives the way in up.
func (g *entrance) late(now time.Time) error {
	if g.in || now.Before(g.due()) {
		return nil
	}
	return fmt.Errorf("%s was not entered within %s, for the server does not answer: run it again later", words.Room(g.room), words.Seconds(enterWithin))
}

// manyRooms reports whether a server's dialect knows rooms. The older ones over
// TCP have the lobby only and never say that one is in it.
func manyRooms(e *wire.Status) bool {
	return e.Dialect == "" || e.Dialect == dialects.Native || dialects.DatagramsByName(e.Dialect) != nil
}

// event looks at an event on the way in. It returns true once: when the room
// has been entered.
func (g *entrance) event(e wire.Event) (entered bool, err error) {
	switch e := e.(type) {
	case *wire.Status:
		if err := g.status(e); err != nil || g.in || !g.only {
			return false, err
		}
		g.in = true
		return true, nil
	case *wire.Entered:
		if !g.in && e.Re.Re == g.tag {
			g.in = true
			return true, nil
		}
	case *wire.Refused:
		if !g.in && e.Re.Re == g.tag {
			return false, fmt.Errorf("%s: %s", words.Room(g.room), words.Refused(e))
		}
	default:
	}
	return false, nil
}

func (g *entrance) status(e *wire.Status) error {
	switch {
	case e.State == wire.StateEnded:
		return &EndedError{Reason: string(text.CleanLine(e.Reason))}
	case e.State == wire.StateOffline && !g.in && e.Code != "":
		return errors.New(string(text.CleanLine(e.Reason))) // the server is there, and it says what to do
	case e.State == wire.StateOffline && !g.in:
		return fmt.Errorf("%s Start chatd there, or name another server with --server", text.CleanLine(e.Reason))
	case e.State == wire.StateOnline && !g.in && !manyRooms(e):
		if wire.Fold(g.room) != wire.Lobby {
			return fmt.Errorf("this server has one room only: leave --room %s out, or name %s", text.CleanLine(g.room), wire.Lobby)
		}
		g.only = true
	case e.State == wire.StateOnline && !g.in && g.tag == "":
		g.tag = g.session.Do(wire.Join{Room: g.room})
	}
	return nil
}
