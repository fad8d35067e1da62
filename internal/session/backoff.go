package session

import "time"

// Backoff are the waits between tries that fail: First, then twice as long each time,
// and Last at most.
type Backoff struct{ First, Last time.Duration }

// Wait is how long it takes until the next try, after that many before.
func (b Backoff) Wait(tries int) time.Duration {
	const most = 16 // doublings, so that nothing overflows
	return min(b.First<<min(tries, most), b.Last)
}
