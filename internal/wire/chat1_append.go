package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// appendMessage appends v as a frame of the given type, by encoding/json.
func appendMessage(dst []byte, typ string, v any) ([]byte, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return dst, err
	}
	fields := body.Bytes()[1:] // without the opening brace, with the line feed
	if holdsReplaced(fields) {
		return dst, errNotUTF8
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, typ...)
	dst = append(dst, '"')
	if fields[0] != '}' {
		dst = append(dst, ',')
	}
	return append(dst, fields...), nil
}

// holdsReplaced reports whether encoding/json replaced bytes that are not
// UTF-8: it writes the escape \ufffd for them, and U+FFFD itself as it is.
func holdsReplaced(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 == len(body) {
			return false
		}
		if bytes.HasPrefix(body[i:], []byte(`\ufffd`)) {
			return true
		}
		body = body[i+2:]
	}
}

// appendSaid is appendMessage without an allocation: the line that goes to a
// whole room.
func appendSaid(dst []byte, e *Said) ([]byte, error) {
	f := fields{dst: append(dst, `{"type":"said"`...)}
	f.str(`,"room":`, e.Room)
	f.id(`,"line":`, e.ID)
	f.num(`,"time":`, int64(e.At))
	f.str(`,"from":`, e.From)
	f.str(`,"kind":`, string(e.Kind))
	f.flag(`,"action":true`, e.Action)
	f.str(`,"text":`, e.Text)
	if e.Client != "" {
		f.str(`,"cid":`, string(e.Client))
	}
	return f.end()
}

// appendWhispered is appendMessage without an allocation.
func appendWhispered(dst []byte, e *Whispered) ([]byte, error) {
	f := fields{dst: append(dst, `{"type":"whispered"`...)}
	f.id(`,"line":`, e.ID)
	f.num(`,"time":`, int64(e.At))
	f.str(`,"from":`, e.From)
	f.str(`,"to":`, e.To)
	f.str(`,"kind":`, string(e.Kind))
	f.flag(`,"action":true`, e.Action)
	f.str(`,"text":`, e.Text)
	f.flag(`,"inbox":true`, e.Inbox)
	return f.end()
}

// appendAccepted is appendMessage without an allocation.
func appendAccepted(dst []byte, e *Accepted) ([]byte, error) {
	f := fields{dst: append(dst, `{"type":"accepted"`...)}
	if e.Re.Re != "" {
		f.str(`,"re":`, e.Re.Re)
	}
	f.str(`,"of":`, string(e.Of))
	f.id(`,"line":`, e.ID)
	f.num(`,"time":`, int64(e.At))
	if e.Client != "" {
		f.str(`,"cid":`, string(e.Client))
	}
	f.num(`,"reach":`, int64(e.Reach))
	f.flag(`,"inbox":true`, e.Inbox)
	f.flag(`,"again":true`, e.Again)
	return f.end()
}

// fields appends the members of one object, each after its key with comma and
// colon.
type fields struct {
	dst []byte
	bad bool // a string was not UTF-8
}

func (f *fields) str(key, s string) {
	f.dst = append(f.dst, key...)
	var ok bool
	f.dst, ok = appendString(f.dst, s)
	f.bad = f.bad || !ok
}

func (f *fields) num(key string, n int64) {
	f.dst = strconv.AppendInt(append(f.dst, key...), n, 10)
}

func (f *fields) id(key string, id ID) {
	f.dst = append(f.dst, key...)
	f.dst = append(strconv.AppendUint(append(f.dst, '"'), uint64(id), 10), '"')
}

func (f *fields) flag(member string, on bool) {
	if on {
		f.dst = append(f.dst, member...)
	}
}

func (f *fields) end() ([]byte, error) {
	if f.bad {
		return f.dst, errNotUTF8
	}
	return append(f.dst, '}', '\n'), nil
}

// appendString appends s as a JSON string, with the escapes that encoding/json
// makes; false if s is not UTF-8.
func appendString(dst []byte, s string) ([]byte, bool) {
	const hexDigits = "0123456789abcdef"
	dst = append(dst, '"')
	done := 0 // what is before it has been appended
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				return dst, false
			}
			if r == '\u2028' || r == '\u2029' { // line breaks in old JavaScript
				dst = append(append(dst, s[done:i]...), '\\', 'u', '2', '0', '2', hexDigits[r&0xf])
				done = i + size
			}
			i += size
			continue
		}
		dst = append(append(dst, s[done:i]...), '\\')
		switch c {
		case '"', '\\':
			dst = append(dst, c)
		case '\n':
			dst = append(dst, 'n')
		case '\t':
			dst = append(dst, 't')
		case '\r':
			dst = append(dst, 'r')
		case '\b':
			dst = append(dst, 'b')
		case '\f':
			dst = append(dst, 'f')
		default:
			dst = append(dst, 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		i++
		done = i
	}
	return append(append(dst, s[done:]...), '"'), true
}
