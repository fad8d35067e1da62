package wire

import (
	"encoding/hex"
	"errors"
	"strconv"
	"time"
)

// ID orders lines: milliseconds since 1970 (UTC) shifted left by 20 bits, plus
// a counter within the millisecond. The log assigns it at commit and never
// twice, nor smaller than one before. Zero is no id. In JSON it is a decimal
// string, because a JavaScript number holds 53 bits only.
type ID uint64

// idTimeShift is how many low bits of an ID count within one millisecond.
const idTimeShift = 20

// FirstID returns the smallest id of the millisecond t.
func FirstID(t Millis) ID { return ID(uint64(max(t, 0)) << idTimeShift) }

// Time returns the millisecond in which the id was assigned.
func (id ID) Time() Millis { return Millis(id >> idTimeShift) }

func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

var errBadID = errors.New("id: want a decimal string")

// ParseID reads the decimal form that String prints.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, errBadID
	}
	return ID(n), nil
}

// MarshalJSON prints the id as a decimal string.
func (id ID) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, id.String()), nil }

// UnmarshalJSON reads a decimal string; null leaves the id as it was.
func (id *ID) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return errBadID
	}
	*id, err = ParseID(s)
	return err
}

// Millis is a point in time: milliseconds since 1970, UTC.
type Millis int64

// MillisOf cuts t to milliseconds.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time returns the same point as a time.Time in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// LineID returns the id of a line: of a room, or a private one, sealed or not. It
// is 0 for all other events.
func LineID(e Event) ID {
	switch e := e.(type) {
	case *Said:
		return e.ID
	case *Whispered:
		return e.ID
	case *Sealed:
		return e.ID
	default:
		return 0
	}
}

// ClientID is chosen by the client that sends a line, and is its own for that
// client's profile: a line sent again with it is stored once. At most
// MaxTag bytes of printable ASCII.
type ClientID string

// Epoch names a sequence of numbers of a device's private lines: those that one run of
// its program types to one person. It is random, so that no number is used twice
// although a profile may come back from a backup, and numbers tell nothing of what is
// written to others. It has 32 hexadecimal digits, small letters; "" is the one
// sequence that programs of peer/1 version 1 had for all that was typed on a disk.
type Epoch string

// EpochSize is the length of an epoch in bytes. The epoch "" is that many zeros.
const EpochSize = 16

// EpochOf spells an epoch.
func EpochOf(b [EpochSize]byte) Epoch {
	if b == ([EpochSize]byte{}) {
		return ""
	}
	return Epoch(hex.EncodeToString(b[:]))
}

// Bytes returns what EpochOf has spelled; false where e is no epoch.
func (e Epoch) Bytes() (b [EpochSize]byte, ok bool) {
	if e == "" {
		return b, true
	}
	n, err := hex.Decode(b[:], []byte(e[:min(len(e), 2*EpochSize)]))
	return b, err == nil && n == EpochSize && EpochOf(b) == e
}

// IsTag reports at most MaxTag bytes of printable ASCII, as tags, client ids and
// the ids of prekeys have.
func IsTag(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= MaxTag
}
