package app

import (
	"context"
	"slices"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// A filler gets lines that are not here: those above the oldest, those that were
// missed, and those that were left out; from the archive, or from the server. It
// owns the past of the places, and the holes of their lines.
type filler struct{ *App }

func (a *App) filler() filler { return filler{a} }

// What is said where lines are missing.
const (
	HoleRow = "lines are missing here: scroll up to fetch them"
	LostRow = "lines are missing here, which nobody has kept"
	// maxShownHoles is how many holes of one timeline are told apart.
	maxShownHoles = 1000
)

// HoleLabel is what the rule says where lines are missing.
func HoleLabel(h *wire.Hole) text.Safe {
	if h.Gone {
		return LostRow
	}
	return HoleRow
}

// onGap follows the word that lines come which were said earlier: those that we
// asked for, or those of a room that was resumed. What is left out of them is
// a hole in the timeline.
func (a filler) onGap(e *wire.Gap) {
	if e.LeftOut() {
		a.noteLeftOut(e)
		return
	}
	ask := a.Link.TakeErrand(e.Re.Re)
	at := a.Book.ByID[RoomID(e.Room)]
	switch {
	case ask.About != nil && ask.hole.To != 0:
		ask.About.Past.asking = ""
		ask.About.Log.Mend(ask.hole, e)
	case ask.About != nil:
		ask.About.Past.asking = ""
		ask.About.Past.Server = e.Count == 0
		ask.About.Log.Await(e.From, e)
	case at != nil:
		a.noteMissed(at, e)
	}
}

// noteMissed notes which lines of a room were said while we were not there.
func (a filler) noteMissed(at *Place, e *wire.Gap) {
	switch {
	case e.More && e.Count > 0:
		at.Log.Miss(wire.Hole{From: at.Log.Last() + 1, To: e.From - 1})
	case e.More: // not even the newest line had room in the answer
		at.Log.Miss(wire.Hole{From: at.Log.Last() + 1, To: max(e.To, at.Counts.came)})
		at.Past.End = true
	}
	if mark := max(at.Counts.Mark, at.Log.Last()); at == a.Book.Current && e.Count > 0 && mark != 0 {
		a.view.Missed(at, mark, e.To)
	}
}

// noteLeftOut notes which lines of a conversation have come while the screen did
// not keep up. They are news like all others.
func (a filler) noteLeftOut(e *wire.Gap) {
	var at *Place
	switch {
	case e.With != "" && a.Link.ignores(e.With):
		return
	case e.With != "":
		at = a.Book.Person(e.With)
	default:
		at = a.Book.Room(e.Room)
	}
	at.Log.awaited = wire.Hole{} // it may be among them
	at.Log.Miss(wire.Hole{From: e.From, To: e.To})
	at.Past.End = true
	if e.To > at.Counts.Mark && !a.view.Reads(at) {
		at.Counts.Unread += e.Out
	}
}

// missedBefore notes where the archive lacks lines among those that it was asked
// for: below first, or its newest ones.
func (a filler) missedBefore(at *Place, o older) {
	if n := len(o.events); at.IsPrivate() && n > 0 {
		at.Log.Close(oldestOf(o.events, o.full), wire.LineID(o.events[n-1]))
	}
	if o.extent.Last == 0 || o.err != nil {
		return
	}
	to := o.extent.Last
	if o.first != 0 {
		to = min(to, o.first-1)
	}
	at.Log.Learn(oldestOf(o.events, o.full), to, o.extent)
	first := at.Log.first()
	if len(o.events) == 0 || first <= o.extent.Last {
		return
	}
	since := wire.Hole{From: o.extent.Last + 1, To: first - 1}
	if first == o.first { // the line came past a full disk
		at.Log.Miss(since)
	} else { // it has come since the archive was asked, which may have it by this time
		a.learn(at, since)
	}
}

// oldestOf is the id from which on the archive has told what it has.
func oldestOf(events []wire.Event, full bool) wire.ID {
	if !full {
		return 0
	}
	return wire.LineID(events[0])
}

// Fill asks for the lines of a hole: the archive, where it has them or nobody else
// can, else the server.
func (a *App) Fill(at *Place, h wire.Hole, only bool) {
	if h.Gone {
		return
	}
	if a.Link.Archive == nil {
		a.filler().fillFromServer(at, h)
		return
	}
	at.Past.asking = askingArchive
	id, extent, archive := at.ID, at.extent(), a.Link.Archive
	a.start(func(context.Context) func() {
		f := filling{place: id, hole: h, extent: extent(archive)}
		if f.known = only || f.extent.Has(h.To); f.known {
			f.events, f.err = archive.Recent(id, h.To+1, PageLines)
			f.full = len(f.events) == PageLines
		}
		return func() { a.filler().putFilled(f) }
	})
}

func (a filler) fillFromServer(at *Place, h wire.Hole) {
	if at.Stands == Inside && a.Link.IsOnline() && !at.IsPrivate() {
		at.Past.asking = a.Link.Do(wire.History{Room: at.Name, Before: h.To + 1, Limit: PageLines}, Errand{About: at, Quiet: true, hole: h})
	}
}

// putFilled puts in what the archive had of a hole, and goes on where that is not
// all of it.
func (a filler) putFilled(f filling) {
	at := a.Book.ByID[f.place]
	if at == nil {
		return
	}
	at.Past.asking = ""
	switch missing := f.extent.Holes.Within(f.hole.To, f.hole.To); {
	case f.err != nil: // whoever scrolls here again tries again
		at.Past.Back = 0
		a.Note(at, "missing lines can't be read from the disk: "+CleanError(f.err))
		return
	case !f.known && len(missing) > 0 && missing[0].Gone:
		at.Log.Learn(missing[0].From, f.hole.To, f.extent)
		return
	case !f.known:
		a.fillFromServer(at, f.hole)
		return
	}
	if f.extent.Has(f.hole.To) {
		at.Log.Learn(max(f.hole.From, oldestOf(f.events, f.full)), f.hole.To, f.extent)
	} else { // nobody else can be asked
		at.Log.Close(max(f.hole.From, oldestOf(f.events, f.full)), f.hole.To)
		if n := len(f.events); n == 0 || wire.LineID(f.events[n-1]) < f.hole.From {
			at.Log.Miss(wire.Hole{From: f.hole.From, To: f.hole.To, Gone: true})
		}
	}
	unread := at.Counts.Unread // they were counted when they were left out
	a.putIn(at, f.events)
	at.Counts.Unread = min(at.Counts.Unread, unread)
	a.view.LinesCame()
}

// onFilled takes note that the archive has lines of a room that it lacked, or
// knows that nobody has them.
func (a filler) onFilled(e *wire.Filled) {
	if at := a.Book.ByID[RoomID(e.Room)]; at != nil && a.Link.Archive != nil {
		a.learn(at, wire.Hole{})
	}
}

// learn asks the archive what it has of a room, and whether that closes a hole.
func (a filler) learn(at *Place, hole wire.Hole) {
	id, extent, archive := at.ID, at.extent(), a.Link.Archive
	a.start(func(context.Context) func() {
		l := learned{place: id, hole: hole, extent: extent(archive)}
		return func() { a.onLearned(l) }
	})
}

// onLearned shows what is gone for good, and fetches what is on the screen from the
// archive; or it shows as much of one hole as the archive lacks.
func (a filler) onLearned(l learned) {
	at := a.Book.ByID[l.place]
	if at == nil {
		return
	}
	if h := l.hole; h.To != 0 {
		at.Log.Learn(h.From, h.To, l.extent)
		at.Log.Miss(wire.Hole{From: max(h.From, l.extent.Last+1), To: h.To})
		return
	}
	for _, h := range l.extent.Holes {
		if h.Gone {
			at.Log.Miss(h)
		}
	}
	at.Past.End, at.Past.Filled = true, true
	a.view.LinesCame()
}

// extent asks the archive what it has of a room; of private lines nobody else has
// more.
func (p *Place) extent() func(Archive) wire.Extent {
	if p.IsPrivate() {
		return func(Archive) wire.Extent { return wire.Extent{} }
	}
	name := p.Name
	return func(a Archive) wire.Extent { return a.Extent(name) }
}

// Miss says that lines are missing.
func (t *Log) Miss(h wire.Hole) { t.Holes = t.Holes.Open(h).Merge(maxShownHoles) }

// Close says that no lines are missing from one id to another.
func (t *Log) Close(from, to wire.ID) { t.Holes = t.Holes.Close(from, to) }

// Learn takes over where lines are missing from one id to another, as far as the
// archive knows.
func (t *Log) Learn(from, to wire.ID, known wire.Extent) {
	if from, to = max(from, known.First), min(to, known.Last); from > to {
		return
	}
	t.Close(from, to)
	for _, h := range known.Holes.Within(from, to) {
		t.Miss(h)
	}
}

// Mend makes a hole as small as it is when the lines that e announces are
// there, and awaits those.
func (t *Log) Mend(h wire.Hole, e *wire.Gap) {
	from := h.From
	if e.Count > 0 && e.More {
		from = max(from, e.From)
	}
	t.Close(from, h.To)
	t.Await(h.From, e)
}

// Await notes that lines come which are missing until they are here, the oldest
// first: a connection may be lost in the midst of them. Those below from are not
// missing.
func (t *Log) Await(from wire.ID, e *wire.Gap) {
	if t.awaited = (wire.Hole{}); e.Count > 0 {
		t.awaited = wire.Hole{From: max(from, e.From), To: e.To}
		t.Miss(t.awaited)
	}
}

// came closes what was awaited up to a line. Another line says that no more of it
// comes.
func (t *Log) came(id wire.ID) {
	a := t.awaited
	isAwaited := a.From <= id && id <= a.To
	if isAwaited {
		t.Close(a.From, id)
		t.awaited.From = id + 1
	}
	if !isAwaited || id == a.To {
		t.awaited = wire.Hole{}
	}
}

// LowestHole is the last one that can be mended, nil where there is none.
func (t *Log) LowestHole() *wire.Hole {
	for i, h := range slices.Backward(t.Holes) {
		if !h.Gone {
			return &t.Holes[i]
		}
	}
	return nil
}

// HoleAt is what is missing between line i and the one above it, nil where that
// is nothing: what can be mended before what is gone.
func (t *Log) HoleAt(i int) *wire.Hole {
	if len(t.Holes) == 0 {
		return nil
	}
	above := t.LineAbove(i)
	if above < 0 {
		return nil // what lies above the oldest line is fetched anyway
	}
	from, to := t.Lines[above].Key+1, t.Lines[i].Key-1
	if from > to {
		return nil
	}
	missing := t.Holes.Within(from, to)
	for j := range slices.Backward(missing) {
		if !missing[j].Gone {
			return &missing[j]
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &missing[0]
}

// HoleOver is the hole of which a row above line i tells. Where some lines of a
// hole are here, it is told of above the oldest and below the newest of them,
// not between each two.
func (t *Log) HoleOver(i int) *wire.Hole {
	h := t.HoleAt(i)
	if h != nil && t.Holes.Has(t.Lines[i].Key) && t.Holes.Has(t.Lines[t.LineAbove(i)].Key) {
		return nil
	}
	return h
}

// filling is what the archive had of the lines of a hole.
type filling struct {
	place  string
	hole   wire.Hole
	events []wire.Event
	full   bool
	known  bool // the archive has the newest of these lines; else the server is asked
	extent wire.Extent
	err    error
}

// learned is what the archive has of a room.
type learned struct {
	place  string
	hole   wire.Hole // whether it has these lines was asked, zero: what it has got
	extent wire.Extent
}
