package tui

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

// page is how many older lines are asked for at once.
const page = 100

// lookFor is how long a conversation is on a screen until it counts as read.
const lookFor = time.Second

// maxInputs is how many lines of a conversation's history are kept at hand.
const maxInputs = 500

// fetch asks for lines older than those that are there: the archive first,
// then the server.
func (a *App) fetch(at *place) {
	first, limit := at.log.first(), page
	if at.private() && !at.peer.recalled {
		first = 0 // what stands here may be a line that waits, above what the disk has
	}
	if at.past.back > page {
		limit = wire.MaxHistory
	}
	if at.log.forgot {
		at.log.forgot, at.past.archive, at.past.server = false, false, false
	}
	switch {
	case at.waits():
	case len(at.log.lines) >= maxShownLines:
		a.view.Flash("the screen holds no more lines of this conversation")
	case !at.past.archive && a.link.archive != nil:
		at.past.asking = askingArchive
		a.start(a.fromDisk(at, first, limit))
	case !at.past.server && at.stands == inside && a.link.online() && !at.private():
		at.past.asking = a.link.do(wire.History{Room: at.name, Before: first, Limit: limit}, errand{about: at, quiet: true})
	}
}

// fromDisk is the job that reads older lines of a conversation from the archive.
func (a *App) fromDisk(at *place, first wire.ID, limit int) func(context.Context) func() {
	id, name, extent, archive := at.id, at.name, at.extent(), a.link.archive
	who := ""
	if at.private() && !at.peer.recalled {
		at.peer.recalled = true
		who = name
	}
	return func(context.Context) func() {
		o := older{place: id, first: first, extent: extent(archive)}
		o.events, o.err = archive.Recent(id, first, limit)
		o.full = len(o.events) == limit
		if who != "" && o.err == nil {
			o.remarks, o.err = archive.Remarks(who)
		}
		return func() { a.older(o) }
	}
}

// older puts in what the archive had.
func (a *App) older(o older) {
	at := a.book.byID[o.place]
	if at == nil {
		return
	}
	at.past.asking = ""
	at.past.archive = !o.full || o.err != nil
	if o.err != nil {
		a.note(at, "older lines can't be read from the disk: "+cleanError(o.err))
	}
	a.missedBefore(at, o)
	a.putIn(at, o.events)
	a.recallRemarks(at, o.remarks)
	if at.past.archive && len(o.events) == 0 {
		a.fetch(at) // perhaps the server has some
	}
	a.view.LinesCame()
}

// putIn puts in lines of the archive.
func (a *App) putIn(at *place, events []wire.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case *wire.Said:
			a.said(e)
		case *wire.Whispered:
			a.recallLine(at, e)
		default: // the archive keeps no others
		}
	}
}

// restore reads what the archive keeps of the screen.
func (a *App) restore() {
	archive := a.link.archive
	if archive == nil {
		return
	}
	a.disk.restoring++
	a.start(func(context.Context) func() {
		r := restored{drafts: archive.Drafts(), marks: archive.Marks(), ignored: archive.Ignored(), joined: archive.Joined(), inputs: archive.InputHistory(maxInputs), place: archive.Place()}
		if r.talks, r.err = archive.Talks(); r.err == nil {
			r.files, r.err = archive.Transfers()
		}
		return func() { a.restored(r) }
	})
}

// entryMark is the read marker of a room that nobody has read before: what was
// said before we came is not news. It is 0 while the archive is being asked.
func (a *App) entryMark(at *place) wire.ID {
	if at.counts.mark != 0 || a.disk.restoring > 0 {
		return 0
	}
	return at.counts.came
}

// restored takes it over, where nothing newer is there.
func (a *App) restored(r restored) {
	if a.link.ignored == nil { // else the disk may be behind what was typed
		a.link.ignored = map[string]bool{}
		for _, name := range r.ignored {
			a.link.ignored[wire.Fold(name)] = true
		}
	}
	a.disk.restoring--
	was := a.book.kept
	written := slices.Collect(maps.Keys(r.drafts)) // as their names are written
	r.drafts, r.marks = folded(r.drafts), folded(r.marks)
	a.book.kept = r
	a.recallTalks(&r, written)
	for _, at := range a.book.all() {
		if at.draft == was.drafts[at.id] {
			at.draft = r.drafts[at.id]
		}
		at.read(r.marks[wire.Fold(markName(at))])
		if last := a.entryMark(at); last != 0 {
			at.enteredAt(last)
		}
	}
	a.recallUnread(&r)
	a.view.Restored(r, was)
	a.vacate(r.joined)
}

// vacate takes the room off the list that a start shows before anything is known,
// where we have left it and are in others.
func (a *App) vacate(joined []string) {
	at := a.book.find(roomID(wire.Lobby))
	elsewhere := len(joined) > 0 && !slices.ContainsFunc(joined, func(room string) bool { return wire.Fold(room) == wire.Lobby })
	switch {
	case at == nil || at.stands != outside || len(at.log.pending) > 0 || !elsewhere || a.room != "" || a.link.me == "":
		return
	case at == a.book.current && a.view.Writing():
		a.book.left = at
		return
	case at == a.book.current:
		a.view.Show(a.book.room(joined[0]))
	}
	a.book.drop(at)
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

// mentions says whether a text names somebody: the name as a word, whatever
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
func (p *place) lowest() wire.ID {
	if p.private() {
		return p.log.Heard(p.log.last())
	}
	return p.log.last()
}

// markName is what the archive calls the read marker of a place.
func markName(at *place) string {
	if at.private() {
		return at.id
	}
	return at.name
}

// looked tells the server and the archive how far a conversation was read.
func (a *App) looked(id string) {
	at := a.book.byID[id]
	if at == nil {
		return
	}
	at.telling = false
	if at.counts.mark <= at.counts.told {
		return
	}
	at.counts.told = at.counts.mark
	switch {
	case at.private():
		a.tellSeen(at)
	case at.stands != gone && a.link.session != nil:
		a.link.session.Do(wire.Read{Room: at.name, Last: at.counts.mark}) // it tells the server when there is one
	}
	place, mark := markName(at), at.counts.mark
	a.keep(func(a Archive) error { return a.SetMark(place, mark) })
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

// restored is what the archive keeps of the screen.
type restored struct {
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

// look takes note that the newest line of a conversation is being read, which
// counts after a while.
func (a *App) look(at *place) {
	at.counts.unread, at.counts.mentions, at.counts.alarm = 0, 0, false
	if last := at.lowest(); last > at.counts.mark {
		at.counts.mark, at.counts.assumed = last, false
	}
	if at.counts.mark > at.counts.told && !at.telling {
		at.telling = true
		id := at.id
		a.later(lookFor, func() { a.looked(id) })
	}
}
