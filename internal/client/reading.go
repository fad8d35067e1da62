package client

import (
	"labchat/internal/wire"
)

// reading is how far rooms were read: here, and as far as the server knows. By
// folded name. Owned by loop.
type reading struct {
	here  map[string]wire.ID // since the session began; the Store has what was read before
	known map[string]wire.ID // by the server
	asked bool               // it was told of a room, and has not answered
}

// lost forgets what a connection's end takes: the next login says it anew.
func (r *reading) lost() { r.known, r.asked = nil, false }

// forward moves a marker of a room.
func forward(marks *map[string]wire.ID, room string, last wire.ID) {
	key := wire.Fold(room)
	note(marks, key, max((*marks)[key], last))
}

// read takes how far a person has read. The server, and so the other devices of
// the account, hears of it now or after the next login.
func (l *loop) read(r wire.Read, tag string) {
	forward(&l.reading.here, r.Room, r.Last)
	l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActRead})
	l.tellRead()
}

// readElsewhere takes how far another device of the account has read.
func (l *loop) readElsewhere(e *wire.ReadMoved) {
	forward(&l.reading.known, e.Room, e.Last)
	l.emit(e)
}

// tellRead tells the server of the next room that was read further than it
// knows. One is told at a time, and not before all is here that the server says
// after a login, so that nothing is told that it knows.
func (l *loop) tellRead() {
	r := &l.reading
	if r.asked || l.phase != online || !l.asks.tagged || l.who.kind != wire.KindAccount {
		return
	}
	for _, one := range l.rooms.joined() {
		key := wire.Fold(one.name)
		last := r.here[key]
		if last <= r.known[key] || l.leaves(one.name) {
			continue
		}
		if _, err := l.ask(wire.Read{Room: one.name, Last: last}, byRead); err != nil {
			l.cfg.Log.Warn("what was read is not told", "err", err)
			return
		}
		r.asked = true
		forward(&r.known, one.name, last) // whatever comes of it, it is not told twice
		return
	}
}

// readTold goes on after an answer.
func (l *loop) readTold() {
	l.reading.asked = false
	l.tellRead()
}

// recallRead takes up what was read before the session began.
func (l *loop) recallRead() {
	for room, last := range l.cfg.Store.Marks() {
		forward(&l.reading.here, room, last)
	}
}
