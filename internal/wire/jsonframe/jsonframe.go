// Package jsonframe reads and writes the JSON objects that the messages of chat/1
// and of peer/1 are. What it reads it reads strictly: see Read.
package jsonframe

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"labchat/internal/wire"
)

// Frame is what stands around every message of chat/1.
type Frame struct {
	Type    []byte
	Tag     string
	data    []byte
	Body    []byte // data, safe for encoding/json
	members members
}

// members are those of a frame's object, by their places, so that noting them
// costs no allocation.
type members struct {
	list    [usualMembers]struct{ key, value span }
	n       int
	unusual bool // there are more, or a key has escapes
}

// usualMembers is more than a line has.
const usualMembers = 10

// span is a stretch of data.
type span struct{ from, to int }

func (m *members) add(key, value span) {
	if m.n == len(m.list) {
		m.unusual = true
		return
	}
	m.list[m.n].key, m.list[m.n].value = key, value
	m.n++
}

// Read reads a frame strictly: UTF-8, one JSON object and nothing after
// it, no key twice in any object, bounded depth. Keys are case-sensitive: one
// that encoding/json would take for another of different case is hidden from
// it. The error is a *FrameError that holds the tag, if that stood before the
// damage; tagKey names its member: "id" of requests, "re" of events.
func Read(data []byte, tagKey string) (Frame, error) {
	if len(data) >= wire.MaxFrame {
		return Frame{}, &wire.FrameError{Code: wire.CodeTooLong, Text: "A frame has at most 65536 bytes with its line feed."}
	}
	s := scanner{data: data, tagKey: tagKey}
	err := s.frame()
	if !utf8.Valid(data) {
		err = s.fail("it is not UTF-8")
	}
	if err == nil && len(s.typ) == 0 {
		err = s.fail(`it has no "type"`)
	}
	if !wire.IsTag(s.tag) {
		s.tag = ""
		err = s.fail(ErrBadTag.Error())
	}
	if err != nil {
		return Frame{}, &wire.FrameError{Code: wire.CodeMalformed, Text: "The frame can't be read: " + err.Error() + ".", Tag: s.tag}
	}
	return Frame{Type: s.typ, Tag: s.tag, data: data, Body: s.body(), members: s.members}, nil
}

// MemberCount is how many members a frame has whose keys are written as they are;
// false where it has too many, or others.
func (f *Frame) MemberCount() (n int, ok bool) { return f.members.n, !f.members.unusual }

// Member returns a member's key, and its value as it is in the frame.
func (f *Frame) Member(i int) (key, value []byte) {
	m := f.members.list[i]
	return f.data[m.key.from:m.key.to], f.data[m.value.from:m.value.to]
}

// StringOf returns what a JSON string holds, false for other values.
func StringOf(value []byte) (string, bool) {
	if value[0] != '"' {
		return "", false
	}
	return string(unquote(value[1 : len(value)-1])), true
}

// Check refuses what the other side would.
func Check(frame []byte) error {
	if len(frame) > wire.MaxFrame {
		return errLongFrame
	}
	return nil
}

// maxQuoted bounds what a refusal repeats of a frame, in bytes.
const maxQuoted = 200

// Explain says what is wrong with the fields of a frame, for the programmer
// who sent it.
func Explain(err error) string {
	if te, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("The field %q can't be a JSON %s.", te.Field, wire.Cut(te.Value, maxQuoted)) // which may hold the number
	}
	return "The frame can't be read: " + wire.Cut(err.Error(), maxQuoted) + "."
}

// What can't be written as a frame.
var (
	ErrBadTag    = errors.New("id and cid have at most 32 characters of printable ASCII")
	errLongFrame = errors.New("chat/1: the frame is longer than 64 KiB")
	ErrNotUTF8   = errors.New("chat/1: a field is not UTF-8")
)
