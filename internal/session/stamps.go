package session

import (
	"time"

	"labchat/internal/wire"
)

// Stamps makes ids and times for lines that nobody else has given one. Owned
// by a loop.
type Stamps struct {
	last wire.ID // that was made here
}

// Next returns the id and the time of a line. The id is above floor, above all
// that were made before, and at least shift above the first id of now's
// millisecond: a shift keeps it apart from the ids that a server gives then.
func (s *Stamps) Next(now time.Time, shift, floor wire.ID) (wire.ID, wire.Millis) {
	at := wire.MillisOf(now)
	s.last = max(s.last+1, wire.FirstID(at)+shift, floor+1)
	return s.last, at
}
