package plain

import (
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// GapError says that lines of a room are missing in an output, and why they
// can't be had.
type GapError struct {
	Room  string
	After wire.ID // the newest line before them, 0: none
	To    wire.ID // the oldest line behind them, 0: none is known
	Count int     // how many they are at least, 0: not known
	Why   string  // a sentence
}

// Error is the sentence for people.
func (e *GapError) Error() string { return string(e.sentence()) }

func (e *GapError) sentence() text.Safe {
	b := "lines of " + words.Room(e.Room) + " are missing"
	if e.Count > 0 {
		b = text.Int(e.Count) + " " + b
	}
	return b + ": " + text.CleanLine(e.Why)
}

// object is what a program reads of it.
func (e *GapError) object() object {
	o := object{Type: "gap", Room: e.Room, Count: e.Count, Reason: e.Why}
	if e.After != 0 {
		o.After = e.After.String()
	}
	if e.To != 0 {
		o.Before = e.To.String()
	}
	return o
}

// gap writes where lines are missing.
func (o *output) gap(e *GapError) {
	if o.json {
		o.write(e.object())
		return
	}
	o.line(e.sentence())
}
