package tui

import (
	"cmp"
	"slices"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// A waiter is a line that waits.
type waiter struct {
	client wire.ClientID
	waiting
	line *line
	row  int // in its conversation
}

// waiters are all lines that wait, the oldest first.
func (a *App) waiters() []waiter {
	var all []waiter
	for c, w := range a.link.outbox {
		log := &w.at.log
		if l := log.pending[c]; l != nil {
			all = append(all, waiter{c, w, l, slices.Index(log.lines, l)})
		}
	}
	slices.SortFunc(all, func(a, b waiter) int {
		return cmp.Or(cmp.Compare(a.line.at, b.line.at), cmp.Compare(a.at.id, b.at.id), cmp.Compare(a.row, b.row))
	})
	return all
}

// where names where a line goes.
func (w *waiter) where() text.Safe {
	if w.at.private() {
		return "@" + w.at.label
	}
	return "#" + w.at.label
}

// state says how far a line is, and why no further.
func (w *waiter) state() text.Safe { return because("queued", w.reason) }

// dropped takes a line off the screen that was taken out of the outbox.
func (a *App) dropped(ask errand) {
	if ask.about != nil {
		ask.about.log.Drop(ask.line)
		delete(a.link.outbox, ask.line)
	}
}
