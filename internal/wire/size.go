package wire

import "unicode/utf8"

// The sizes below are what chat/1 makes of the items of a list, in bytes, so
// that lists can be cut where a frame is full without being written twice. They
// are exact for strings that are UTF-8, and never too small.

// Overheads are the keys and signs around the strings of an item, with the
// comma behind it and its numbers at their longest.
const (
	maxDigits      = len("18446744073709551615")
	personOverhead = len(`{"name":,"kind":},`)
	awayOverhead   = len(`,"away":`)
	roomOverhead   = len(`{"room":,"people":,"member":true},`) + maxDigits
	topicOverhead  = len(`,"topic":`)
	groupOverhead  = len(`,"group":`)
	markOverhead   = len(`{"room":,"last":""},`) + maxDigits
)

// Size is what the person takes in a list of chat/1, in bytes.
func (p *Person) Size() int {
	n := personOverhead + StringSize(p.Name) + StringSize(string(p.Kind))
	if p.Away != "" {
		n += awayOverhead + StringSize(p.Away)
	}
	if p.Plain {
		n += len(`,"plain":true`)
	}
	return n
}

// Size is what the room takes in a list of chat/1, in bytes.
func (r *RoomInfo) Size() int {
	n := roomOverhead + StringSize(r.Room)
	if r.Topic != "" {
		n += topicOverhead + StringSize(r.Topic)
	}
	if r.Group != "" {
		n += groupOverhead + StringSize(r.Group)
	}
	return n
}

// Size is what the mark takes in a list of chat/1, in bytes.
func (m *Mark) Size() int { return markOverhead + StringSize(m.Room) }

// StringSize is how many bytes a string takes in a frame of chat/1, with its
// quotation marks: what appendString makes of it.
func StringSize(s string) int {
	const shortEscape, longEscape = len(`\n`) - 1, len(`\u0001`) - 1 // beside the byte itself
	n := len(s) + len(`""`)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\', c == '\n', c == '\t', c == '\r', c == '\b', c == '\f':
			n += shortEscape
		case c < ' ':
			n += longEscape
		case c == '\xe2' && i+2 < len(s) && s[i+1] == '\x80' && (s[i+2] == '\xa8' || s[i+2] == '\xa9'):
			n += len(`\u2028`) - utf8.RuneLen('\u2028')
		}
	}
	return n
}

// Cut returns as much of s as most bytes hold, without half a character.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
