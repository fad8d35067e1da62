package hub

import "labchat/internal/wire"

// reached are the private lines that were handed to somebody who has no inbox, the
// newest of those that can be sent again. Owned by the hub; a restart forgets
// them.
type reached struct {
	lines map[Key]reachedLine
	ring  []Key // in order of coming; once it is full, the oldest is at next
	next  int
}

type reachedLine struct {
	id wire.ID
	at wire.Millis
}

func (r *reached) has(k Key) bool {
	_, ok := r.lines[k]
	return ok
}

// add notes a line that was delivered just now.
func (r *reached) add(e *Entry) {
	if e.Key == (Key{}) || r.has(e.Key) {
		return
	}
	if r.lines == nil {
		r.lines = map[Key]reachedLine{}
	}
	r.lines[e.Key] = reachedLine{e.ID, e.At}
	if len(r.ring) < maxReached {
		r.ring = append(r.ring, e.Key)
		return
	}
	delete(r.lines, r.ring[r.next])
	r.ring[r.next] = e.Key
	r.next = (r.next + 1) % maxReached
}
