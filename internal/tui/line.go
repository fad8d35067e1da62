package tui

import (
	"labchat/internal/text"
	"labchat/internal/wire"
)

// lineKind says what a row of the timeline is.
type lineKind uint8

const (
	lineSaid   lineKind = iota // somebody's words
	lineAction                 // /me
	lineNote                   // what the program or the server has to say
	lineMoves                  // people coming and going, folded into one line
	lineBreak                  // the connection came or went: a rule
	lineAlarm                  // what nobody must miss
	lineFile                   // a file on its way, changed in place
)

// delivery is how far an own line has come.
type delivery uint8

const (
	deliveryNone delivery = iota // somebody else's, or older than this session
	deliveryQueued
	deliverySent
	deliveryInbox // sent, and waits at the server
	deliveryDelivered
	deliveryRead
	deliveryFailed
)

// deliveryOf translates a receipt.
func deliveryOf(r *wire.Receipt) delivery {
	switch r.State {
	case wire.ReceiptQueued:
		return deliveryQueued
	case wire.ReceiptSent:
		if r.Inbox {
			return deliveryInbox
		}
		return deliverySent
	case wire.ReceiptDelivered:
		return deliveryDelivered
	case wire.ReceiptRead:
		return deliveryRead
	case wire.ReceiptFailed:
		return deliveryFailed
	}
	return deliveryNone
}

// queuedKey orders a line that has no id yet below all that have one.
const queuedKey = ^wire.ID(0)

// A line is one entry of a timeline. Its strings were cleaned before they came
// here. It is kept small, because there may be a hundred thousand.
type line struct {
	key     wire.ID // the id; of a note: of the line it came after
	at      wire.Millis
	from    text.Safe // with the mark of its kind
	text    text.Safe
	kind    lineKind
	state   delivery
	own     bool
	mention bool
	hidden  bool // its sender is ignored

	changes uint32 // how often it has changed
}

// spoken tells lines that have an id, or will have one, from notes.
func (l *line) spoken() bool { return l.kind == lineSaid || l.kind == lineAction }

// counts says whether the line is news for the person at the screen.
func (l *line) counts() bool { return l.spoken() && !l.own && !l.hidden }

// touch notes that the line has changed: what was rendered of it is out of date.
func (l *line) touch() { l.changes++ }
