package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"labchat/internal/wire"
)

// PageLines is how many older lines are asked for at once.
const PageLines = 100

// LookFor is how long a conversation is on a screen until it counts as read.
const LookFor = time.Second

// MaxInputs is how many lines of a conversation's history are kept at hand.
const MaxInputs = 500

// Fetch asks for lines older than those that are there: the archive first,
// then the server.
func (a *App) Fetch(at *Place) {
	first, limit := at.Log.first(), PageLines
	if at.IsPrivate() && !at.Peer.recalled {
		first = 0 // what stands here may be a line that waits, above what the disk has
	}
	if at.Past.Back > PageLines {
		limit = wire.MaxHistory
	}
	if at.Log.forgot {
		at.Log.forgot, at.Past.archive, at.Past.Server = false, false, false
	}
	switch {
	case at.Waits():
	case len(at.Log.Lines) >= maxShownLines:
		a.view.Flash("the screen holds no more lines of this conversation")
	case !at.Past.archive && a.Link.Archive != nil:
		at.Past.asking = askingArchive
		a.start(a.filler().fromDisk(at, first, limit))
	case !at.Past.Server && at.Stands == Inside && a.Link.IsOnline() && !at.IsPrivate():
		at.Past.asking = a.Link.Do(wire.History{Room: at.Name, Before: first, Limit: limit}, Errand{About: at, Quiet: true})
	}
}

// fromDisk is the job that reads older lines of a conversation from the archive.
func (a filler) fromDisk(at *Place, first wire.ID, limit int) func(context.Context) func() {
	id, name, extent, archive := at.ID, at.Name, at.extent(), a.Link.Archive
	who := ""
	if at.IsPrivate() && !at.Peer.recalled {
		at.Peer.recalled = true
		who = name
	}
	return func(context.Context) func() {
		o := older{place: id, first: first, extent: extent(archive)}
		o.events, o.err = archive.Recent(id, first, limit)
		o.full = len(o.events) == limit
		if who != "" && o.err == nil {
			o.remarks, o.err = archive.Remarks(who)
		}
		return func() { a.putOlder(o) }
	}
}

// putOlder puts in what the archive had.
func (a filler) putOlder(o older) {
	at := a.Book.ByID[o.place]
	if at == nil {
		return
	}
	at.Past.asking = ""
	at.Past.archive = !o.full || o.err != nil
	if o.err != nil {
		a.Note(at, "older lines can't be read from the disk: "+CleanError(o.err))
	}
	a.missedBefore(at, o)
	a.putIn(at, o.events)
	a.talks().recallRemarks(at, o.remarks)
	if at.Past.archive && len(o.events) == 0 {
		a.Fetch(at) // perhaps the server has some
	}
	a.view.LinesCame()
}

// putIn puts in lines of the archive.
func (a filler) putIn(at *Place, events []wire.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case *wire.Said:
			a.onSaid(e)
		case *wire.Whispered:
			a.talks().recallLine(at, e)
		default: // the archive keeps no others
		}
	}
}

// Restore reads what the archive keeps of the screen.
func (a *App) Restore() {
	archive := a.Link.Archive
	if archive == nil {
		return
	}
	a.disk.restoring++
	a.start(func(context.Context) func() {
		r := Restored{Drafts: archive.Drafts(), marks: archive.Marks(), ignored: archive.Ignored(), joined: archive.Joined(), Inputs: archive.InputHistory(MaxInputs), Place: archive.Place()}
		if r.talks, r.err = archive.Talks(); r.err == nil {
			r.files, r.err = archive.Transfers()
		}
		return func() { a.HandleRestored(r) }
	})
}

// entryMark is the read marker of a room that nobody has read before: what was
// said before we came is not news. It is 0 while the archive is being asked.
func (a *App) entryMark(at *Place) wire.ID {
	if at.Counts.Mark != 0 || a.disk.restoring > 0 {
		return 0
	}
	return at.Counts.came
}

// HandleRestored takes it over, where nothing newer is there.
func (a *App) HandleRestored(r Restored) {
	if a.Link.ignored == nil { // else the disk may be behind what was typed
		a.Link.ignored = map[string]bool{}
		for _, name := range r.ignored {
			a.Link.ignored[wire.Fold(name)] = true
		}
	}
	a.disk.restoring--
	was := a.Book.Kept
	written := slices.Collect(maps.Keys(r.Drafts)) // as their names are written
	r.Drafts, r.marks = folded(r.Drafts), folded(r.marks)
	a.Book.Kept = r
	a.talks().recallTalks(&r, written)
	for _, at := range a.Book.All() {
		if at.Draft == was.Drafts[at.ID] {
			at.Draft = r.Drafts[at.ID]
		}
		at.read(r.marks[wire.Fold(markName(at))])
		if last := a.entryMark(at); last != 0 {
			at.enteredAt(last)
		}
	}
	a.talks().recallUnread(&r)
	a.view.Restored(r, was)
	a.vacate(r.joined)
}

// vacate takes the room off the list that a start shows before anything is known,
// where we have left it and are in others.
func (a *App) vacate(joined []string) {
	at := a.Book.Find(RoomID(wire.Lobby))
	elsewhere := len(joined) > 0 && !slices.ContainsFunc(joined, func(room string) bool { return wire.Fold(room) == wire.Lobby })
	switch {
	case at == nil || at.Stands != Outside || len(at.Log.Pending) > 0 || !elsewhere || a.room != "" || a.Link.Me == "":
		return
	case at == a.Book.Current && a.view.Writing():
		a.Book.Left = at
		return
	case at == a.Book.Current:
		a.view.Show(a.Book.Room(joined[0]))
	}
	a.Book.Drop(at)
}

// folded is what the archive has of places, by the names that are the same however
// they are written.
func folded[V any](of map[string]V) map[string]V {
	all := make(map[string]V, len(of))
	for place, v := range of {
		all[wire.Fold(place)] = v
	}
	return all
}

// mentions reports whether a text names somebody: the name as a word, whatever
// its case.
func mentions(s, me string) bool {
	me = strings.ToLower(strings.TrimLeft(me, "~?"))
	if me == "" || len(s) < len(me) {
		return false
	}
	s = strings.ToLower(s)
	for from := 0; ; {
		i := strings.Index(s[from:], me)
		if i < 0 {
			return false
		}
		i += from
		if !wordBefore(s[:i]) && !wordAfter(s[i+len(me):]) {
			return true
		}
		from = i + len(me)
	}
}

func wordBefore(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return n > 0 && nameRune(r)
}

func wordAfter(s string) bool { return strings.IndexFunc(s, nameRune) == 0 }

func nameRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }

// lowest is the newest line that somebody sees who looks at the conversation. In
// private that is one of the other side: a line of theirs may come in above own
// ones, and is news all the same.
func (p *Place) lowest() wire.ID {
	if p.IsPrivate() {
		return p.Log.Heard(p.Log.Last())
	}
	return p.Log.Last()
}

// markName is what the archive calls the read marker of a place.
func markName(at *Place) string {
	if at.IsPrivate() {
		return at.ID
	}
	return at.Name
}

// tellLooked tells the server and the archive how far a conversation was read.
func (a *App) tellLooked(id string) {
	at := a.Book.ByID[id]
	if at == nil {
		return
	}
	at.telling = false
	if at.Counts.Mark <= at.Counts.told {
		return
	}
	at.Counts.told = at.Counts.Mark
	switch {
	case at.IsPrivate():
		a.tellSeen(at)
	case at.Stands != Gone && a.Link.Session != nil:
		a.Link.Session.Do(wire.Read{Room: at.Name, Last: at.Counts.Mark}) // it tells the server when there is one
	}
	place, mark := markName(at), at.Counts.Mark
	a.Keep(func(a Archive) error { return a.SetMark(place, mark) })
}

// older is what the archive had of a conversation, oldest first.
type older struct {
	place   string
	events  []wire.Event
	full    bool // as many as were asked for: there may be more
	remarks []wire.Remark
	first   wire.ID // the id that they are older than, 0 for the newest
	extent  wire.Extent
	err     error
}

// Restored is what the archive keeps of the screen.
type Restored struct {
	Drafts  map[string]string
	marks   map[string]wire.ID
	ignored []string
	joined  []string
	Inputs  map[string][]string // by place
	Place   string
	talks   []wire.Talk
	files   []*wire.Transfer
	err     error // of the talks and files
}

// Look takes note that the newest line of a conversation is being read, which
// counts after a while.
func (a *App) Look(at *Place) {
	at.Counts.Unread, at.Counts.Mentions, at.Counts.Alarm = 0, 0, false
	if last := at.lowest(); last > at.Counts.Mark {
		at.Counts.Mark, at.Counts.assumed = last, false
	}
	if at.Counts.Mark > at.Counts.told && !at.telling {
		at.telling = true
		id := at.ID
		a.later(LookFor, func() { a.tellLooked(id) })
	}
}
