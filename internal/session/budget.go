package session

import "time"

// Budget is how much may come or go: Burst at once, and Rate a second from then on.
type Budget struct {
	Rate, Burst int

	full time.Time // when all of Burst is there again
}

// Spend takes one, and reports whether there was one left.
func (b *Budget) Spend(now time.Time) bool {
	every := time.Second / time.Duration(b.Rate)
	if b.full.Before(now) {
		b.full = now
	}
	if b.full.Sub(now) > time.Duration(b.Burst-1)*every {
		return false
	}
	b.full = b.full.Add(every)
	return true
}
