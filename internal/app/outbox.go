package app

import (
	"cmp"
	"slices"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// The outbox of an App is its lines that wait, and what becomes of them.
type outbox struct{ *App }

func (a *App) outbox() outbox { return outbox{a} }

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

// onDropped takes a line off the screen that was taken out of the outbox.
func (a outbox) onDropped(ask Errand) {
	if ask.About != nil {
		ask.About.Log.Drop(ask.Line)
		delete(a.Link.Outbox, ask.Line)
	}
}

// onReceipt says how far an own line has come.
func (a outbox) onReceipt(e *wire.Receipt) {
	state := deliveryOf(e)
	at := a.placeOf(e, state)
	var reason text.Safe
	delete(a.Link.Outbox, e.Client)
	a.tellElsewhere(e, state)
	if at == nil {
		return
	}
	switch {
	case state == DeliveryQueued:
		reason = text.CleanLine(e.Reason)
		a.Link.wait(e.Client, waiting{at, reason})
		at.Log.Queue(e.Client, a.ownLine(e, state))
	case e.Again:
		at.Log.Append(a.ownLine(e, state)) // the disk has no place for it among the lines yet
	case at.Log.Settle(e.Client, e.ID, e.At, state):
		at.recount()
	case state == DeliveryFailed:
		at.Log.Note(a.ownLine(e, state)) // our disk has never had it
	case e.ID != 0:
		at.Log.Update(e.ID, state)
	}
	a.talks().tellWaiting(at, reason)
	if state == DeliveryFailed && a.Link.leaving(at) {
		at.unsaid++
	}
	switch {
	case state == DeliveryFailed && e.InDoubt:
		a.Note(at, "not sent again: "+text.CleanLine(e.Reason))
	case state == DeliveryFailed:
		a.Note(at, "not sent: "+text.CleanLine(e.Reason))
	}
}

// tellElsewhere tells of a private line that failed also where it was typed:
// nobody looks at the place that it would have gone to.
func (a outbox) tellElsewhere(e *wire.Receipt, state Delivery) {
	at := a.Link.TypedAt[e.Client]
	if at == nil || state == DeliveryQueued {
		return
	}
	delete(a.Link.TypedAt, e.Client)
	if state != DeliveryFailed {
		return
	}
	var what text.Safe = " was not sent: "
	if e.InDoubt {
		what = " is not sent again: "
	}
	a.Note(at, "the line to "+text.CleanLine(e.To)+what+text.CleanLine(e.Reason))
}

// ownLine makes a line of what was typed here.
func (a outbox) ownLine(e *wire.Receipt, state Delivery) *Line {
	l := a.NewLine(e.ID, e.At, e.As, "", e.Text, e.Action)
	l.Own, l.Mention, l.Hidden, l.State = true, false, false, state
	if e.As == "" || e.As == a.Link.Me {
		l.From = a.Link.Label
	}
	return l
}

// placeOf is the conversation that an own line belongs to: nil for one that was
// closed or left, which comes back for no good news of its old lines.
func (a outbox) placeOf(e *wire.Receipt, state Delivery) *Place {
	opens := state == DeliveryQueued || state == DeliveryFailed || e.Again
	switch {
	case e.To == "" && (opens || e.Room == ""):
		return a.Book.Room(e.Room)
	case e.To == "":
		return a.Book.Find(RoomID(e.Room))
	case opens:
		return a.Book.Person(e.To)
	default:
		return a.Book.ByID[PersonID(e.To)]
	}
}
