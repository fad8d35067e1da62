package client

import (
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// maxUnsavedText bounds the text that waits for a disk that fails, as
// session.MaxUnsaved does the lines. Beyond that the oldest half is let go of.
const maxUnsavedText = 16 << 20

// disk is what waits to be stored: what a round has brought, and while the disk
// fails that of the rounds before. Owned by loop.
type disk struct {
	queued   []*wire.Receipt // typed, not in the outbox yet
	unqueued []*wire.Receipt // in the outbox, but not on disk
	lines    []wire.Event
	text     int                // bytes of lines
	marks    map[string]wire.ID // by room: all its lines up to there are stored, or among lines
	taken    []wire.ID          // private lines to tell the server of, once stored
	settled  []*wire.Receipt
	joined   map[string]bool // rooms that the disk does not know yet that we are in, or not
	failing  bool
	again    time.Time // while failing: when it is tried again
	told     bool      // the person knows that something was not stored
	node     string    // the server whose lines these are, "" before it is known
	lost     int       // lines that were let go of and that no server has
}

// at notes which server's lines come now. What a failing disk has not taken of
// another one's must not become part of its history.
func (d *disk) at(node string) {
	if d.node != "" && d.node != node {
		d.lost += len(d.lines)
		d.lines, d.text, d.marks, d.taken, d.joined = nil, 0, nil, nil, nil
	}
	d.node = node
}

func (d *disk) keep(e wire.Event) {
	d.lines = append(d.lines, e)
	d.text += session.TextOf(e)
}

// mark moves the mark of a room: all its lines up to id are stored, together
// with those that wait.
func (d *disk) mark(room string, id wire.ID) {
	if id == 0 {
		return
	}
	if d.marks == nil {
		d.marks = map[string]wire.ID{}
	}
	key := wire.Fold(room)
	d.marks[key] = max(d.marks[key], id)
}

// waits says whether anything is to be stored.
func (d *disk) waits() bool {
	return len(d.unqueued)+len(d.lines)+len(d.marks)+len(d.settled)+len(d.joined) > 0
}

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
	d.queued, d.unqueued = nil, append(d.unqueued, queued...)
	if d.waits() && (!d.failing || !time.Now().Before(d.again)) {
		if err := l.store(); err != nil {
			d.failing, d.again = true, time.Now().Add(session.DiskWait)
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

// store writes all that waits.
func (l *loop) store() error {
	d := &l.disk
	if len(d.unqueued) > 0 {
		if err := l.cfg.Store.Queue(d.unqueued...); err != nil {
			return err
		}
		d.unqueued = nil
	}
	if len(d.lines)+len(d.marks) > 0 {
		marks := make([]wire.Mark, 0, len(d.marks))
		for key, id := range d.marks {
			marks = append(marks, wire.Mark{Room: l.rooms.nameOf(key, key), Last: id})
		}
		if err := l.cfg.Store.Keep(d.lines, marks...); err != nil {
			return err
		}
		taken := d.taken
		d.lines, d.text, d.marks, d.taken = nil, 0, nil, nil
		l.tellTaken(taken)
	}
	if len(d.settled) > 0 {
		if err := l.cfg.Store.Settle(d.settled...); err != nil {
			return err
		}
		d.settled = nil
	}
	return l.storeJoined()
}

// letGo lets go of the older half of the lines that wait. Those of rooms are
// fetched again when the disk works, and so are those that the server keeps for
// us until it hears that they are here.
func (l *loop) letGo() {
	d := &l.disk
	gone := d.lines[:len(d.lines)/2]
	d.lines = append([]wire.Event(nil), d.lines[len(gone):]...)
	for _, e := range gone {
		d.text -= session.TextOf(e)
		switch e := e.(type) {
		case *wire.Said:
			l.torn(e.Room)
		case *wire.Whispered:
			l.untake(e.ID)
		default:
		}
	}
}

// torn notes that lines of a room were let go of. What is stored from now on
// moves no mark, until they are here again.
func (l *loop) torn(room string) {
	one := l.rooms.find(room)
	if one == nil || !l.asks.tagged && l.link != nil {
		l.disk.lost++ // nobody can be asked for them
		return
	}
	delete(l.disk.marks, wire.Fold(room))
	one.whole, one.behind, one.torn = false, true, true
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
	l.notice("This machine's disk does not take what is said (%v). It is shown and sent, but may be lost when the program ends. Make room on the disk: it is tried again until it works.", err)
}

// diskWorks goes on after the disk has taken all that waited.
func (l *loop) diskWorks() {
	d := &l.disk
	if d.failing {
		d.failing = false
		l.fillNext()
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
	now := wire.MillisOf(time.Now())
	l.pulse.stamp = max(l.pulse.stamp+1, wire.FirstID(now), l.seen(room)+1)
	return l.pulse.stamp, now
}

// seen is the line of a room up to which all are stored, or wait to be.
func (l *loop) seen(room string) wire.ID {
	return max(l.cfg.Store.LastSeen(room), l.disk.marks[wire.Fold(room)])
}
