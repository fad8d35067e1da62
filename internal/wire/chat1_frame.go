package wire

import "unicode/utf8"

// frame is what stands around every message of chat/1.
type frame struct {
	typ     []byte
	tag     string
	data    []byte
	body    []byte // data, safe for encoding/json
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

// readFrame reads a frame strictly: UTF-8, one JSON object and nothing after
// it, no key twice in any object, bounded depth. Keys are case-sensitive: one
// that encoding/json would take for another of different case is hidden from
// it. The error is a *FrameError that holds the tag, if that stood before the
// damage; tagKey names its member: "id" of requests, "re" of events.
func readFrame(data []byte, tagKey string) (frame, error) {
	if len(data) >= MaxFrame {
		return frame{}, &FrameError{Code: CodeTooLong, Text: "A frame has at most 65536 bytes with its line feed."}
	}
	s := scanner{data: data, tagKey: tagKey}
	err := s.frame()
	if !utf8.Valid(data) {
		err = s.fail("it is not UTF-8")
	}
	if err == nil && len(s.typ) == 0 {
		err = s.fail(`it has no "type"`)
	}
	if !IsTag(s.tag) {
		s.tag = ""
		err = s.fail(errBadTag.Error())
	}
	if err != nil {
		return frame{}, &FrameError{Code: CodeMalformed, Text: "The frame can't be read: " + err.Error() + ".", Tag: s.tag}
	}
	return frame{typ: s.typ, tag: s.tag, data: data, body: s.body(), members: s.members}, nil
}

// say reads the request that a busy room is made of from the members that the
// scanner has found, without encoding/json; false where something is unusual,
// so that the slow way must judge it.
func (f *frame) say() (Say, bool) {
	r, ok := Say{Head: Head{Tag: f.tag}}, !f.members.unusual
	for i := 0; ok && i < f.members.n; i++ {
		m := f.members.list[i]
		value := f.data[m.value.from:m.value.to]
		switch string(f.data[m.key.from:m.key.to]) {
		case "room":
			r.Room, ok = stringOf(value)
		case "text":
			r.Text, ok = stringOf(value)
		case "cid":
			var cid string
			cid, ok = stringOf(value)
			r.Client = ClientID(cid)
			ok = ok && IsTag(cid)
		case "action":
			r.Action = string(value) == "true"
			ok = r.Action || string(value) == "false"
		}
	}
	return r, ok
}

// stringOf returns what a JSON string holds, false for other values.
func stringOf(value []byte) (string, bool) {
	if value[0] != '"' {
		return "", false
	}
	return string(unquote(value[1 : len(value)-1])), true
}
