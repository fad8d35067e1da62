package jsonframe

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Append appends v as a frame of the given type, by encoding/json.
func Append(dst []byte, typ string, v any) ([]byte, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return dst, err
	}
	fields := body.Bytes()[1:] // without the opening brace, with the line feed
	if holdsReplaced(fields) {
		return dst, ErrNotUTF8
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

// AppendString appends s as a JSON string, with the escapes that encoding/json
// makes; false if s is not UTF-8.
func AppendString(dst []byte, s string) ([]byte, bool) {
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
