package client

import (
	"time"

	"labchat/internal/wire"
)

// disk is what a round wants stored. Owned by loop.
type disk struct {
	queued  []*wire.Receipt // typed, not in the outbox yet
	lines   []wire.Event
	marks   map[string]wire.ID // by room
	taken   []wire.ID          // private lines to tell the server of, once stored
	settled []*wire.Receipt
	failing bool // the person has been told
}

func (d *disk) keep(e wire.Event) { d.lines = append(d.lines, e) }

// mark moves the mark of a room: all its lines up to id are stored, together
// with those of this round.
func (d *disk) mark(room string, id wire.ID) {
	if id == 0 {
		return
	}
	if d.marks == nil {
		d.marks = map[string]wire.ID{}
	}
	d.marks[room] = max(d.marks[room], id)
}

// save stores what the round has gathered, before anything of it is sent or
// comes out: a line that the person sees as queued survives kill -9, and the
// server's inbox forgets nothing that is not here.
func (l *loop) save() {
	d := &l.disk
	if len(d.queued) > 0 {
		if err := l.cfg.Store.Queue(d.queued...); err != nil {
			l.diskFailed(err)
		}
		for _, r := range d.queued {
			l.outbox.lines = append(l.outbox.lines, &line{Receipt: r})
			l.emit(receipt(r))
		}
		d.queued = nil
	}
	if len(d.lines) > 0 || len(d.marks) > 0 {
		l.saveLines()
	}
	if len(d.settled) > 0 {
		if err := l.cfg.Store.Settle(d.settled...); err != nil {
			l.diskFailed(err)
		}
		d.settled = nil
	}
	l.askMore()
}

func (l *loop) saveLines() {
	d := &l.disk
	marks := make([]wire.Mark, 0, len(d.marks))
	for room, id := range d.marks {
		marks = append(marks, wire.Mark{Room: room, Last: id})
	}
	err := l.cfg.Store.Keep(d.lines, marks...)
	taken := d.taken
	d.lines, d.marks, d.taken = nil, nil, nil
	if err != nil {
		l.diskFailed(err)
		return
	}
	d.failing = false
	l.tellTaken(taken)
}

// diskFailed tells the person once that what happens now is not stored.
func (l *loop) diskFailed(err error) {
	l.cfg.Log.Error("the archive failed", "err", err)
	if l.disk.failing {
		return
	}
	l.disk.failing = true
	l.notice("This machine's disk does not take what is said (%v). It is shown and sent, but may be lost when the program ends.", err)
}

// stamp makes an id and a time for a line of a dialect that has none.
func (l *loop) stamp(room string) (wire.ID, wire.Millis) {
	now := wire.MillisOf(time.Now())
	l.pulse.stamp = max(l.pulse.stamp+1, wire.FirstID(now), l.cfg.Store.LastSeen(room)+1)
	return l.pulse.stamp, now
}
