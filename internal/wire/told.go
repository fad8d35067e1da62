package wire

import "time"

// String says the date or the time to people: as an older server wrote it, or
// in the usual form.
func (e *ClockTold) String() string {
	what, text := "time", e.At.Format(time.TimeOnly)
	if e.Date {
		what, text = "date", e.At.Format(DateDashes.Layout())
	}
	if e.Text != "" {
		text = e.Text
	}
	return "the host's " + what + " is " + text
}
