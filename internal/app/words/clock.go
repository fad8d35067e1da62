package words

import (
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// Signs are how a screen writes what sentences are made with beside words.
type Signs struct {
	Dot  text.Safe // between parts
	Good text.Safe // compared, whole
	More text.Safe // there is more
}

// A Clock tells the time as this place has it.
type Clock struct {
	Now  func() time.Time
	Zone *time.Location
}

// HourMinute prints hours and minutes.
func (c *Clock) HourMinute(at wire.Millis) text.Safe {
	return text.CleanLine(c.Local(at).Format("15:04"))
}

// Day prints a date as the rule above a day does.
func (c *Clock) Day(at wire.Millis) text.Safe {
	day := c.Local(at)
	if day.Year() != c.Now().In(c.Zone).Year() {
		return text.CleanLine(day.Format("Mon 2 January 2006"))
	}
	return text.CleanLine(day.Format("Mon 2 January"))
}

// Local is a time as clocks here show it.
func (c *Clock) Local(at wire.Millis) time.Time { return at.Time().In(c.Zone) }

// SameDay reports whether two times are of the same day here.
func (c *Clock) SameDay(a, b wire.Millis) bool {
	ay, am, ad := c.Local(a).Date()
	by, bm, bd := c.Local(b).Date()
	return ad == bd && am == bm && ay == by
}

// Millis is the present as messages have it.
func (c *Clock) Millis() wire.Millis { return wire.MillisOf(c.Now()) }
