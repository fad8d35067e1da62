package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A file's name is typed as in a shell, or as terminals paste it. One that
// begins with a quotation mark is taken as a shell takes it, to the blank behind
// the last mark. Any other goes to the end of the line, blanks and all; a \ is
// left out before a blank and before a quotation mark, and stands for itself
// elsewhere, as it parts directories on Windows.

// quoted reports whether a file's name begins with a quotation mark.
func quoted(s string) bool { return s != "" && isQuote(s[0]) }

func isQuote(b byte) bool { return b == '\'' || b == '"' }

// quotedEnd returns where a name ends that begins with a quotation mark: at the
// first blank outside of all marks.
func quotedEnd(s string) int {
	_, end, _ := shellWord(s)
	return end
}

// unquote returns the file that was typed.
func unquote(s string) (string, problem) {
	if !quoted(s) {
		return unescape(s), ""
	}
	word, _, closed := shellWord(s)
	if !closed {
		return "", "The name's quotation mark is not closed; one that belongs to the name is written \\' or \\\""
	}
	return word, ""
}

// shellWord reads the first word of s, and says whether its last quotation mark
// is closed.
func shellWord(s string) (word string, end int, closed bool) {
	var b strings.Builder
	mark := byte(0) // that is open
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case mark == 0 && unicode.IsSpace(r):
			return b.String(), i, true
		case mark == 0 && isQuote(s[i]):
			mark = s[i]
		case mark != 0 && s[i] == mark:
			mark = 0
		case mark != '\'' && escapes(s[i:]):
			i++
			_, size = utf8.DecodeRuneInString(s[i:])
			b.WriteString(s[i : i+size])
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String(), len(s), mark == 0
}

// escapes reports whether s begins with a \ that makes the next character one
// of the name.
func escapes(s string) bool {
	if len(s) < 2 || s[0] != '\\' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[1:])
	return unicode.IsSpace(r) || isQuote(s[1])
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if escapes(s[i:]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
