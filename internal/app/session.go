package app

import "labchat/internal/wire"

// A Session is a connection to a server that mends itself, as internal/client
// has it. None of its methods blocks.
type Session interface {
	Events() <-chan []wire.Event
	// Say and Whisper put a line into the outbox on disk; a Receipt follows.
	Say(room, text string, action bool) wire.ClientID
	Whisper(to, text string, action bool) wire.ClientID
	// Do sends a request; its answer is an event whose Re is the tag.
	Do(r wire.Request) (tag string)
	// Retry connects now instead of when the next try is due. While there is a
	// connection it asks the server at once whether it is there.
	Retry()
}

// An Archive is this client's disk, as internal/archive has it. A place is
// "#room" or "@user".
type Archive interface {
	// Recent returns at most limit lines before an id, oldest first; before 0
	// the newest.
	Recent(place string, before wire.ID, limit int) ([]wire.Event, error)
	// Extent says which lines of a room are there, and where some are missing.
	Extent(room string) wire.Extent
	Drafts() map[string]string
	SetDraft(place, text string) error
	Marks() map[string]wire.ID
	// Joined names the rooms that we are in, and want to be in the next time.
	Joined() []string
	SetMark(place string, id wire.ID) error
	Ignored() []string
	SetIgnored(name string, on bool) error
	// Place is the place that was shown last, "" where none is known.
	Place() string
	SetPlace(place string) error
	// InputHistory returns the newest n lines that were typed for each place.
	InputHistory(n int) map[string][]string
	AddInput(place, line string) error

	// Talks returns the private conversations there have been; me is our name, ""
	// before it is known.
	Talks() ([]wire.Talk, error)
	// CloseTalk takes one off the list, until the next line or file.
	CloseTalk(user string) error
	// AddRemark keeps what was said in one by this program, in the place of another
	// remark or of none.
	AddRemark(user string, r wire.Remark, instead wire.ID) error
	Remarks(user string) ([]wire.Remark, error)
	// Transfers returns the files that went to and fro, those that have ended, too.
	Transfers() ([]*wire.Transfer, error)
}
