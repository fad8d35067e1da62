package tui

import (
	"labchat/internal/app"
	"labchat/internal/wire"
)

// The messages that jobs and the terminal's owner send to Update.
type (
	// batch is what a session had to say.
	batch struct {
		from   app.Session
		events []wire.Event
	}

	// closed says that a session will say nothing any more.
	closed struct{ from app.Session }

	// probed answers a look at a server from the form.
	probed struct {
		asked inquiry
		found Probed
		err   error
	}

	// connected answers Config.Connect.
	connected struct {
		to     Connected
		server string
		err    error
	}

	// ticked is the clock: the minute in the status row, seconds to the next
	// try, people who stopped typing.
	ticked struct{ n int }

	// paused says that somebody stopped typing into the form.
	paused struct{ edits int }

	// faded says that a flash has been in the status row for long enough.
	faded struct{ n int }
)
