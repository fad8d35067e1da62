package client

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// maxUnsavedText bounds the text that waits for a disk that fails, as
// session.MaxUnsaved does the lines. Beyond that the oldest half is let go of.
const maxUnsavedText = 16 << 20

// maxHoles is how many holes of one room are told apart. Beyond that the oldest
// become one, and what lies between them is fetched again.
const maxHoles = 64

// disk is what waits to be stored: what a round has brought, and while the disk
// fails that of the rounds before. Owned by loop.
type disk struct {
	queued   []*wire.Receipt // typed, not in the outbox yet
	unqueued []*wire.Receipt // in the outbox, but not on disk
	lines    []wire.Event
	text     int                     // bytes of lines
	extents  map[string]*wire.Extent // by folded room: what of it is stored, or among lines, where that has changed
	filled   map[string]bool         // rooms that have fewer holes, once that is stored
	taken    []wire.ID               // private lines to tell the server of, once stored
	settled  []*wire.Receipt
	tokens   map[string]wire.Secret
	failing  bool
	again    time.Time // while failing: when it is tried again
	told     bool      // the person knows that something was not stored
	lost     int       // lines that were let go of and that no server has
}

func (d *disk) keep(e wire.Event) {
	d.lines = append(d.lines, e)
	d.text += session.TextOf(e)
}

// fill notes that holes of a room are filled, once that is stored.
func (d *disk) fill(room string) { note(&d.filled, room, true) }

// note sets a value of a map that may not have been made yet.
func note[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}

// waits reports whether anything is to be stored.
func (d *disk) waits() bool {
	return len(d.unqueued)+len(d.lines)+len(d.extents)+len(d.settled)+len(d.tokens) > 0
}

// fails notes that the disk is tried again a little later.
func (d *disk) fails() { d.failing, d.again = true, time.Now().Add(session.DiskWait) }

// due is when a disk that fails is tried again; the zero time is never.
func (d *disk) due() time.Time {
	if !d.failing {
		return time.Time{}
	}
	return d.again
}

// save stores what the round has gathered, before anything of it is sent or
// comes out: a line that the person sees as queued survives kill -9, and the
// server's inbox forgets nothing that is not here. What a disk that fails does
// not take is tried again until it does.
func (l *loop) save() {
	d := &l.disk
	queued := d.queued
	l.noteNext(queued)
	d.queued, d.unqueued = nil, append(d.unqueued, queued...)
	if (d.waits() || l.outbox.unread) && (!d.failing || !time.Now().Before(d.again)) {
		began := time.Now()
		err := l.store()
		l.pause(time.Since(began))
		if err != nil {
			d.fails()
			l.diskFailed(err)
		} else {
			l.diskWorks()
		}
	}
	if d.failing && (len(d.lines) > session.MaxUnsaved || d.text > maxUnsavedText) {
		l.letGo()
	}
	for _, r := range queued {
		l.outbox.lines = append(l.outbox.lines, &line{Receipt: r})
		l.emit(receipt(r))
	}
	l.askMore()
}

// store writes all that waits. What is typed and what is said don't hold each
// other up; but what has become of a line is not noted before the line.
func (l *loop) store() error {
	d := &l.disk
	kept := l.storeLines()
	if kept == nil {
		kept = errors.Join(l.storeTokens(), l.loadOutbox())
	}
	var queued error
	if len(d.unqueued) > 0 {
		if queued = l.cfg.Store.Queue(d.unqueued...); queued == nil {
			d.unqueued = nil
		}
	}
	return errors.Join(kept, queued, l.storeSettled(kept == nil))
}

// storeSettled notes how far lines have come. One that is not in the outbox on
// disk waits, and so does one that was sent until it is kept among the lines.
func (l *loop) storeSettled(kept bool) error {
	d := &l.disk
	waits := func(r *wire.Receipt) bool {
		return !kept && r.State == wire.ReceiptSent ||
			slices.ContainsFunc(d.unqueued, func(line *wire.Receipt) bool { return line.Client == r.Client })
	}
	due := slices.DeleteFunc(slices.Clone(d.settled), waits)
	if len(due) == 0 {
		return nil
	}
	if err := l.cfg.Store.Settle(due...); err != nil {
		return err
	}
	d.settled = slices.DeleteFunc(d.settled, func(r *wire.Receipt) bool { return !waits(r) })
	return nil
}

// storeLines writes what was said, and what of the rooms is here then.
func (l *loop) storeLines() error {
	d := &l.disk
	if len(d.lines)+len(d.extents) == 0 {
		return nil
	}
	rooms := make([]wire.Extent, 0, len(d.extents))
	for _, x := range d.extents {
		x.Holes = x.Holes.Merge(maxHoles)
		rooms = append(rooms, *x)
	}
	if err := l.cfg.Store.Keep(d.lines, rooms...); err != nil {
		return err
	}
	taken, filled := d.taken, d.filled
	d.lines, d.text, d.extents, d.taken, d.filled = nil, 0, nil, nil, nil
	l.tellTaken(taken)
	for _, room := range slices.Sorted(maps.Keys(filled)) {
		l.emit(&wire.Filled{Room: room})
	}
	return nil
}

// storeTokens writes what the next logins need.
func (l *loop) storeTokens() error {
	d := &l.disk
	for name, token := range d.tokens {
		if err := l.cfg.Store.SetToken(l.cfg.Server, name, token); err != nil {
			return err
		}
		delete(d.tokens, name)
	}
	return nil
}

// isIn notes that we are in a room, or have left it. The name is as the server
// spells it.
func (l *loop) isIn(room string, in bool) {
	if x := l.extent(room); x.In == in && x.Room == room {
		return
	}
	x := l.change(room)
	x.Room, x.In = room, in
}

// letGo lets go of the older half of the lines that wait. Those of rooms are
// holes that are filled when the disk works, and those that the server keeps for
// us until it hears that they are here come again. Private lines of our own, which
// nobody would tell us again, stay.
func (l *loop) letGo() {
	d := &l.disk
	half, stay := len(d.lines)/2, []wire.Event(nil)
	torn := map[string]wire.Hole{}
	for _, e := range d.lines[:half] {
		if w, private := e.(*wire.Whispered); private && w.State != "" {
			stay = append(stay, e)
			continue
		}
		d.text -= session.TextOf(e)
		switch e := e.(type) {
		case *wire.Said:
			if h, known := torn[e.Room]; known {
				torn[e.Room] = wire.Hole{From: min(h.From, e.ID), To: max(h.To, e.ID)}
			} else {
				torn[e.Room] = wire.Hole{From: e.ID, To: e.ID}
			}
			if !l.asks.tagged {
				d.lost++ // nobody can be asked for them
			}
		case *wire.Whispered:
			l.untake(e.ID)
		default:
		}
	}
	d.lines = append(stay, d.lines[half:]...)
	for room, h := range torn {
		l.change(room).Lose(h.From, h.To, !l.asks.tagged)
	}
}

// untake takes a line out of those that the server is told to forget.
func (l *loop) untake(id wire.ID) {
	d := &l.disk
	for i, taken := range d.taken {
		if taken == id {
			d.taken = append(d.taken[:i:i], d.taken[i+1:]...)
			return
		}
	}
	d.lost++
}

// diskFailed tells the person once that what happens now is not stored.
func (l *loop) diskFailed(err error) {
	l.cfg.Log.Error("the archive failed", "err", err)
	if l.disk.told {
		return
	}
	l.disk.told = true
	l.notice("This machine's disk does not take what is said (%v). It is shown and sent, but may be lost when the program ends. Make room on the disk, or end what holds the file: it is tried again until it works.", err)
}

// diskWorks goes on after the disk has taken all that waited.
func (l *loop) diskWorks() {
	d := &l.disk
	if d.failing {
		d.failing = false
		l.fill()
	}
	if !d.told {
		return
	}
	d.told = false
	l.notice("%s", session.DiskWorks(d.lost))
	d.lost = 0
}

// stamp makes an id and a time for a line of a dialect that has none.
func (l *loop) stamp(room string) (wire.ID, wire.Millis) {
	return l.stamps.Next(time.Now(), 0, l.seen(room))
}

// seen is the newest line of a room that is stored, or waits to be.
func (l *loop) seen(room string) wire.ID { return l.extent(room).Last }

// extent is what of a room is stored, together with what waits.
func (l *loop) extent(room string) wire.Extent {
	if x := l.disk.extents[wire.Fold(room)]; x != nil {
		return *x
	}
	return l.cfg.Store.Extent(room)
}

// change is the same, to be changed.
func (l *loop) change(room string) *wire.Extent {
	key := wire.Fold(room)
	if x := l.disk.extents[key]; x != nil {
		return x
	}
	x := l.cfg.Store.Extent(room)
	x.Room = cmp.Or(x.Room, room)
	note(&l.disk.extents, key, &x)
	return &x
}
