package wire

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CleanText returns s as it may enter the log: CRLF becomes a line feed, and
// every other control character except tab becomes U+FFFD, because old
// terminals obey what they are sent. Bidi controls pass; screens mark them.
// The error is a *FrameError: CodeBadText for text that is not UTF-8, holds
// NUL or shows nothing, CodeTooLong for more than limit bytes.
func CleanText(s string, limit int) (string, error) {
	if !utf8.ValidString(s) {
		return "", &FrameError{Code: CodeBadText, Text: "The text is not UTF-8. Send it as UTF-8."}
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "", &FrameError{Code: CodeBadText, Text: "The text holds a NUL character. Take it out and send again."}
	}
	if strings.TrimSpace(s) == "" {
		return "", &FrameError{Code: CodeBadText, Text: "The text is empty. Write something."}
	}
	if strings.ContainsFunc(s, IsForbiddenControl) {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(replaceControl, s)
	}
	if len(s) > limit {
		text := fmt.Sprintf("The text has %d bytes and %d are allowed. Send it in pieces.", len(s), limit)
		return "", &FrameError{Code: CodeTooLong, Text: text}
	}
	return s, nil
}

// IsForbiddenControl reports C0 except tab and line feed, DEL and C1.
func IsForbiddenControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r <= 0x9f
}

func replaceControl(r rune) rune {
	if IsForbiddenControl(r) {
		return utf8.RuneError
	}
	return r
}

// TextLines counts the lines that text makes on a dialect of single lines:
// those which show something. Such a dialect leaves the others out.
func TextLines(text string) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if !IsBlank(line) {
			n++
		}
	}
	return n
}

// IsBlank reports whether a line would be an empty argument to a program that
// trims it.
func IsBlank(line string) bool { return strings.TrimSpace(line) == "" }

// OneLine returns a foreign text as one line of at most limit bytes; "" if it can't be
// cleaned.
func OneLine(s string, limit int) string {
	s, err := CleanText(s, len(s)*utf8.UTFMax)
	if err != nil {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > limit {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// ActionMark begins the text of what somebody does, in dialects that have no
// word for that.
const ActionMark = "* "
