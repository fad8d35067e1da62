package oldtext

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"labchat/internal/wire"
)

// SplitLine finds a line that ends in LF, CRLF or a lone CR. The frame keeps
// its end: a CR at the end of data must be answered at once, and only the codec
// can tell that an LF which comes later belongs to it (LineEnd). An
// unterminated last line is a frame too.
func SplitLine(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		end = bytes.IndexByte(data, '\r')
	} else if cr := bytes.IndexByte(data[:end], '\r'); cr >= 0 {
		end = cr
	}
	switch {
	case end >= 0 && bytes.HasPrefix(data[end:], []byte("\r\n")):
		end += 2
	case end >= 0:
		end++
	case atEOF && len(data) > 0:
		end = len(data)
	default:
		return 0, nil, nil
	}
	return end, data[:end], nil
}

// LineEnd remembers whether the last line ended in a lone CR.
type LineEnd struct{ afterCR bool }

// IsSecondHalf reports whether frame is no line but the LF of a CRLF that came in
// two pieces. It is asked once for each frame.
func (e *LineEnd) IsSecondHalf(frame []byte) bool {
	second := e.afterCR && string(frame) == "\n"
	e.afterCR = bytes.HasSuffix(frame, []byte{'\r'})
	return second
}

// JoinLines joins the lines of a text of our own.
func JoinLines(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || wire.IsForbiddenControl(r) }), " ")
}

// IsWord reports what can stand between blanks.
func IsWord(s string) bool { return s != "" && !strings.Contains(s, " ") && IsLine(s) }

// IsLine reports what doesn't end a line, nor the string of a C program.
func IsLine(s string) bool {
	return strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 && strings.IndexByte(s, 0) < 0
}

// IsSpace reports what servers of this dialect trim.
func IsSpace(r rune) bool { return r <= ' ' }

// ValidUTF8 returns b as a string, each byte that is not UTF-8 as U+FFFD.
func ValidUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}
