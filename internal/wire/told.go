package wire

// String says it to people.
func (e *ClockTold) String() string {
	if e.Date {
		return "the host's date is " + e.At.Format("02-01-2006")
	}
	return "the host's time is " + e.At.Format("15:04:05")
}
