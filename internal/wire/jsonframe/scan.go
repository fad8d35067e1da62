package jsonframe

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Bounds of one frame, beside MaxFrame: far above what any message needs, far
// below what makes reading one expensive.
const (
	maxDepth   = 8  // objects and lists within each other
	MaxMembers = 64 // members of one object
)

// scanner walks over one JSON text.
type scanner struct {
	data    []byte
	at      int
	depth   int
	tagKey  string
	typ     []byte
	tag     string
	members members
	foreign []span // the keys to hide
}

// scanError is a sentence's part; it never quotes what it read.
type scanError string

func (e scanError) Error() string { return string(e) }

func (s *scanner) fail(what string) error { return scanError(what) }

func (s *scanner) unexpected(want string) error {
	return s.fail(fmt.Sprintf("want %s at byte %d", want, s.at))
}

// frame reads one object and the end.
func (s *scanner) frame() error {
	s.blanks()
	if s.peek() != '{' {
		return s.unexpected("a JSON object")
	}
	if err := s.object(); err != nil {
		return err
	}
	s.blanks()
	if s.at < len(s.data) {
		return s.unexpected("nothing more")
	}
	return nil
}

// body returns the frame with the foreign keys hidden.
func (s *scanner) body() []byte {
	if len(s.foreign) == 0 {
		return s.data
	}
	hidden := bytes.Clone(s.data)
	for _, k := range s.foreign {
		for i := k.from; i < k.to; i++ {
			hidden[i] = '_'
		}
	}
	return hidden
}

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) blanks() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) value() error {
	switch s.peek() {
	case '"':
		_, err := s.str()
		return err
	case '{':
		return s.object()
	case '[':
		return s.array()
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		return s.number()
	}
}

func (s *scanner) enter() error {
	if s.depth++; s.depth > maxDepth {
		return s.fail(fmt.Sprintf("it is nested deeper than %d", maxDepth))
	}
	s.at++
	s.blanks()
	return nil
}

// next stands behind a value in an object or a list: true for another one.
func (s *scanner) next(end byte) (more bool, err error) {
	s.blanks()
	switch s.peek() {
	case ',':
		s.at++
		s.blanks()
		return true, nil
	case end:
		s.at++
		s.depth--
		return false, nil
	}
	return false, s.unexpected("a comma or " + string(end))
}

func (s *scanner) array() error {
	if err := s.enter(); err != nil {
		return err
	}
	if s.peek() == ']' {
		_, err := s.next(']')
		return err
	}
	for more := true; more; {
		err := s.value()
		if err != nil {
			return err
		}
		if more, err = s.next(']'); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) object() error {
	if err := s.enter(); err != nil {
		return err
	}
	if s.peek() == '}' {
		_, err := s.next('}')
		return err
	}
	var room [12][]byte // no allocation for what is usual
	keys := room[:0]
	for more := true; more; {
		key, at, err := s.key(keys)
		if err != nil {
			return err
		}
		keys = append(keys, key)
		if err := s.member(key, at); err != nil {
			return err
		}
		if more, err = s.next('}'); err != nil {
			return err
		}
	}
	return nil
}

// key reads a key, which stands at place, and its colon; before are the
// object's other keys.
func (s *scanner) key(before [][]byte) (key []byte, place span, err error) {
	if s.peek() != '"' {
		return nil, span{}, s.unexpected("a key")
	}
	if len(before) == MaxMembers {
		return nil, span{}, s.fail(fmt.Sprintf("an object has more than %d members", MaxMembers))
	}
	raw, err := s.str()
	if err != nil {
		return nil, span{}, err
	}
	place = span{s.at - 1 - len(raw), s.at - 1}
	key = unquote(raw)
	for _, k := range before {
		if bytes.Equal(k, key) {
			return nil, span{}, s.fail(fmt.Sprintf("it has the key %.40q twice", key))
		}
	}
	if !isOurKey(key) {
		s.foreign = append(s.foreign, place)
	}
	s.blanks()
	if s.peek() != ':' {
		return nil, span{}, s.unexpected("a colon")
	}
	s.at++
	s.blanks()
	return key, place, nil
}

// member reads a value, and takes note of the frame's own members: of its type
// and tag first of all.
func (s *scanner) member(key []byte, place span) error {
	from := s.at
	isType, isTag := string(key) == "type", string(key) == s.tagKey
	if s.depth == 1 && (isType || isTag) && s.peek() != '"' {
		return s.unexpected("a string")
	}
	if err := s.value(); err != nil || s.depth > 1 {
		return err
	}
	value := s.data[from:s.at]
	s.members.add(place, span{from, s.at})
	s.members.unusual = s.members.unusual || place.to-place.from != len(key)
	switch {
	case isType:
		s.typ = unquote(value[1 : len(value)-1])
	case isTag:
		s.tag = string(unquote(value[1 : len(value)-1]))
	}
	return nil
}

// isOurKey reports keys that some message may have: all are small letters and
// underscores. encoding/json takes no such key for another.
func isOurKey(key []byte) bool {
	for _, c := range key {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

// unquote returns what stands between the quotes of a JSON string.
func unquote(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var text string
	quoted := append(append([]byte{'"'}, raw...), '"')
	if err := json.Unmarshal(quoted, &text); err != nil {
		return raw
	}
	return []byte(text)
}

// str reads a string and returns what stands between its quotes, as it is.
func (s *scanner) str() ([]byte, error) {
	s.at++
	from := s.at
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return s.data[from : s.at-1], nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, s.unexpected("an escaped control character")
		default:
			s.at++
		}
	}
	return nil, s.unexpected("the end of a string")
}

func (s *scanner) escape() error {
	s.at++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
		return nil
	case 'u':
		s.at++
		for range 4 {
			if c := s.peek(); (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return s.unexpected("a hexadecimal digit")
			}
			s.at++
		}
		return nil
	}
	return s.unexpected("an escape")
}

func (s *scanner) literal(word string) error {
	if !bytes.HasPrefix(s.data[s.at:], []byte(word)) {
		return s.unexpected(word)
	}
	s.at += len(word)
	return nil
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return s.unexpected("a value")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	if s.peek()|0x20 == 'e' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	return nil
}

// digits passes over at least one digit.
func (s *scanner) digits() bool {
	from := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.at > from
}
