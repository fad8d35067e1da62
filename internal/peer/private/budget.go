package private

import "time"

// budget is how much may come or go: burst at once, and rate a second from then on.
type budget struct {
	rate, burst int
	full        time.Time // when all of burst is there again
}

// spend takes one, and reports whether there was one left.
func (b *budget) spend(now time.Time) bool {
	every := time.Second / time.Duration(b.rate)
	if b.full.Before(now) {
		b.full = now
	}
	if b.full.Sub(now) > time.Duration(b.burst-1)*every {
		return false
	}
	b.full = b.full.Add(every)
	return true
}
