package app

import (
	"context"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// An App is what a person's client knows and does, whatever shows it: the
// places with their lines, the people, the session, and what a typed line leads
// to. It is for one goroutine, that of its View.
type App struct {
	words.Clock
	Link       Link
	Book       Book
	disk       disk // writes to the archive, one after the other
	view       View
	Signs      words.Signs // of whoever shows it
	room       string      // that was asked for at start, ""
	direct     bool        // one other person, and no server
	SecretNext bool        // a password was to be asked for, and that came to nothing: the next text may be it
	Company    bool        // somebody else is here, or was
}

// A View shows an App to a person. Its methods are called on the App's
// goroutine, and none of them blocks.
type View interface {
	// Start does work away from that goroutine, after a while or at once; what it
	// returns is called on it, unless it is nil.
	Start(after time.Duration, do func(context.Context) func())

	// Flash says something in passing. Unflash takes it back where it is not so
	// any more.
	Flash(words text.Safe)
	Unflash(words text.Safe)
	// Ask asks for a yes, AskSecret for a password, which is "" where there is none.
	Ask(question text.Safe, yes func())
	AskSecret(prompt text.Safe, then func(secret string))
	// Do does what a key or the screen does: it reports whether the command is one
	// of those.
	Do(verb command.Verb, arg string) bool

	// Reads reports whether the newest line of a place is seen; Newest goes there.
	Reads(at *Place) bool
	Newest()
	// Show puts a place where another one is gone, SwitchTo goes to one as somebody
	// asked, Arrive to a room that was asked for, unless something else was begun.
	Show(at *Place)
	SwitchTo(at *Place)
	Arrive(at *Place, ask Errand)
	// Displaced says that another place came up though nobody asked for it.
	Displaced()
	// Missed marks where lines begin that were said while nobody could look.
	Missed(at *Place, mark, upto wire.ID)
	// LinesCame says that lines have come, or will not, that were asked for.
	LinesCame()

	// Writing reports whether a line or an answer is being written, KeepDraft keeps
	// it with its place, and Edits counts its changes.
	Writing() bool
	KeepDraft()
	Edits() int
	// Recallable offers a line that was refused again. Renamed says that a place has
	// another id.
	Recallable(at *Place, line string)
	Renamed(old, id string)

	// StatusChanged, LoggedIn and Restored follow the session and its disk.
	StatusChanged(e *wire.Status, was wire.State)
	LoggedIn()
	Restored(r Restored, was Restored)
	// LoginRefused and Refused report whether the person has been told where they
	// look.
	LoginRefused(e *wire.Refused) bool
	Refused(ask Errand, words text.Safe) bool
	RoomsListed()
	Typing(at *Place)
	Safety(e *wire.Safety)
	// FileCard says how far a file has come.
	FileCard(e *wire.Transfer) text.Safe
}

// New returns an App with the room that is shown first, without a session.
// direct is a conversation with one other person, without a server.
func New(v View, room string, direct bool, now func() time.Time, zone *time.Location) *App {
	a := &App{Clock: words.Clock{Now: now, Zone: zone}, view: v, room: room, direct: direct}
	a.Book.clock = &a.Clock
	a.Link.MaxLine = wire.MaxText
	return a
}

// start does work away from this goroutine; what it returns is called here.
func (a *App) start(do func(context.Context) func()) { a.view.Start(0, do) }

// later does something after a while.
func (a *App) later(d time.Duration, do func()) {
	a.view.Start(d, func(context.Context) func() { return do })
}

// Connect begins to live with a session.
func (a *App) Connect(s Session, archive Archive, arrived func(), known bool) {
	if a.Link.Archive != archive {
		a.Link.ignored = nil
	}
	a.Link.shown = nil
	a.Link.Session, a.Link.Archive, a.Link.arrived = s, archive, arrived
	a.Link.Known = known
}

// Note adds a line of ours to a place, or where nobody knows better, to the
// one on the screen.
func (a *App) Note(at *Place, s text.Safe) {
	if at == nil {
		at = a.Book.Current
	}
	if at == nil {
		at = a.Book.Room(a.room)
	}
	at.Log.Note(&Line{Kind: LineNote, At: a.Millis(), Text: s})
}

// Notes adds several.
func (a *App) Notes(at *Place, lines []text.Safe) {
	for _, s := range lines {
		a.Note(at, s)
	}
}

// CleanError is an error as it may be shown: part of it may be foreign.
func CleanError(err error) text.Safe { return text.CleanLine(err.Error()) }

// words is what a person is told, as it is shown here.
func (a *App) words() words.Notes { return words.Notes{Clock: &a.Clock, Signs: a.Signs} }
