package tui

import (
	"labchat/internal/wire"
)

// The messages that jobs and the terminal's owner send to Update.
type (
	// batch is what a session had to say.
	batch struct {
		from   Session
		events []wire.Event
	}

	// closed says that a session will say nothing any more.
	closed struct{ from Session }

	// older is what the archive had of a conversation, oldest first.
	older struct {
		place   string
		events  []wire.Event
		full    bool // as many as were asked for: there may be more
		remarks []wire.Remark
		first   wire.ID // the id that they are older than, 0 for the newest
		extent  wire.Extent
		err     error
	}

	// filling is what the archive had of the lines of a hole.
	filling struct {
		place  string
		hole   wire.Hole
		events []wire.Event
		full   bool
		known  bool // the archive has the newest of these lines; else the server is asked
		extent wire.Extent
		err    error
	}

	// learned is what the archive has of a room.
	learned struct {
		place  string
		hole   wire.Hole // whether it has these lines was asked, zero: what it has got
		extent wire.Extent
	}

	// restored is what the archive keeps of the screen.
	restored struct {
		drafts  map[string]string
		marks   map[string]wire.ID
		ignored []string
		joined  []string
		inputs  map[string][]string // by place
		place   string
		talks   []wire.Talk
		files   []*wire.Transfer
		err     error // of the talks and files
	}

	// written says that the writes in the queue are done, but for those that are
	// left where one has failed.
	written struct {
		left []func(Archive) error
		err  error
	}

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

	// looked says that a conversation has been on the screen for a while.
	looked struct{ place string }

	// paused says that somebody stopped typing into the form.
	paused struct{ edits int }

	// faded says that a flash has been in the status row for long enough.
	faded struct{ n int }
)
