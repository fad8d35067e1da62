package app

import (
	"cmp"
	"slices"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// A Waiter is a line that waits.
type Waiter struct {
	Client wire.ClientID
	waiting
	Line *Line
	row  int // in its conversation
}

// Waiters are all lines that wait, the oldest first.
func (a *App) Waiters() []Waiter {
	var all []Waiter
	for c, w := range a.Link.Outbox {
		log := &w.At.Log
		if l := log.Pending[c]; l != nil {
			all = append(all, Waiter{c, w, l, slices.Index(log.Lines, l)})
		}
	}
	slices.SortFunc(all, func(a, b Waiter) int {
		return cmp.Or(cmp.Compare(a.Line.At, b.Line.At), cmp.Compare(a.At.ID, b.At.ID), cmp.Compare(a.row, b.row))
	})
	return all
}

// Where names where a line goes.
func (w *Waiter) Where() text.Safe {
	if w.At.IsPrivate() {
		return "@" + w.At.Label
	}
	return "#" + w.At.Label
}

// State says how far a line is, and why no further.
func (w *Waiter) State() text.Safe { return words.Because("queued", w.Reason) }

// dropped takes a line off the screen that was taken out of the outbox.
func (a *App) dropped(ask Errand) {
	if ask.About != nil {
		ask.About.Log.Drop(ask.Line)
		delete(a.Link.Outbox, ask.Line)
	}
}
