package session

import (
	"testing"
	"time"

	"labchat/internal/wire"
)

func TestStampsGrowEvenWhereTheClockDoesNot(t *testing.T) {
	var s Stamps
	now := time.UnixMilli(1_700_000_000_000)
	first := wire.FirstID(wire.MillisOf(now))
	for _, c := range []struct {
		name         string
		now          time.Time
		shift, floor wire.ID
		want         wire.ID
	}{
		{"the first of its millisecond", now, 0, 0, first},
		{"the next one", now, 0, 0, first + 1},
		{"the clock was set back", now.Add(-time.Hour), 0, 0, first + 2},
		{"above what is on the disk", now, 0, first + 9, first + 10},
		{"apart from a server's", now, 100, 0, first + 100},
	} {
		id, at := s.Next(c.now, c.shift, c.floor)
		if id != c.want || at != wire.MillisOf(c.now) {
			t.Errorf("%s: got %d at %d, want %d at %d", c.name, id, at, c.want, wire.MillisOf(c.now))
		}
	}
}
