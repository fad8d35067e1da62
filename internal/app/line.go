package app

import (
	"labchat/internal/text"
	"labchat/internal/wire"
)

// LineKind says what a row of the timeline is.
type LineKind uint8

// The kinds of lines.
const (
	LineSaid   LineKind = iota // somebody's words
	LineAction                 // /me
	LineNote                   // what the program or the server has to say
	LineMoves                  // people coming and going, folded into one line
	LineBreak                  // the connection came or went: a rule
	LineAlarm                  // what nobody must miss
	LineFile                   // a file on its way, changed in place
)

// Delivery is how far an own line has come.
type Delivery uint8

// The deliveries, in their order.
const (
	DeliveryNone Delivery = iota // somebody else's, or older than this session
	DeliveryQueued
	DeliverySent
	DeliveryInbox // sent, and waits at the server
	DeliveryDelivered
	DeliveryRead
	DeliveryFailed
)

// deliveryOf translates a receipt.
func deliveryOf(r *wire.Receipt) Delivery {
	switch r.State {
	case wire.ReceiptQueued:
		return DeliveryQueued
	case wire.ReceiptSent:
		if r.Inbox {
			return DeliveryInbox
		}
		return DeliverySent
	case wire.ReceiptDelivered:
		return DeliveryDelivered
	case wire.ReceiptRead:
		return DeliveryRead
	case wire.ReceiptFailed:
		return DeliveryFailed
	}
	return DeliveryNone
}

// queuedKey orders a line that has no id yet below all that have one.
const queuedKey = ^wire.ID(0)

// A Line is one entry of a timeline. Its strings were cleaned before they came
// here. It is kept small, because there may be a hundred thousand.
type Line struct {
	Key     wire.ID // the id; of a note: of the line it came after
	At      wire.Millis
	From    text.Safe // with the mark of its kind
	Text    text.Safe
	Kind    LineKind
	State   Delivery
	Own     bool
	Mention bool
	Hidden  bool // its sender is ignored

	Changes uint32 // how often it has changed
}

// IsSpoken tells lines that have an id, or will have one, from notes.
func (l *Line) IsSpoken() bool { return l.Kind == LineSaid || l.Kind == LineAction }

// IsNews reports whether the line is news for the person at the screen.
func (l *Line) IsNews() bool { return l.IsSpoken() && !l.Own && !l.Hidden }

// touch notes that the line has changed: what was rendered of it is out of date.
func (l *Line) touch() { l.Changes++ }
