package command

import (
	"path/filepath"
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

// shellWord reads the first word of s, and reports whether its last quotation mark
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
		case mark == 0 && escapes(s[i:]), mark == '"' && strings.HasPrefix(s[i:], `\"`):
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

// trimFile takes the blanks behind a name away, but for one that is its own.
func trimFile(s string) string {
	name := strings.TrimRightFunc(s, unicode.IsSpace)
	if end := len(name) - 1; end >= 0 && escapes(s[end:]) {
		_, size := utf8.DecodeRuneInString(s[len(name):])
		name = s[:len(name)+size]
	}
	return name
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

// FileTyped is a file's name as far as it is typed.
type FileTyped struct {
	Dir   string // with its last separator, "" is the one where the program runs
	Begin string // of the name within it

	line  string
	start int // of the name, in bytes of line
}

// TypedFile returns the file whose name ends a line, if a command wants one
// there.
func TypedFile(line string) (f FileTyped, ok bool) {
	l := scan(line)
	if l.kind != isCommand {
		return f, false
	}
	rest := l.rest
	for _, a := range l.command.argsOf(l.word) {
		if a.Kind != KindFile {
			_, rest = cutArg(a.Kind, rest)
			continue
		}
		raw := strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest == "" || quoted(raw) && quotedEnd(raw) < len(raw) {
			return f, false // the command's word, or something behind the name
		}
		name := unescape(raw)
		if quoted(raw) {
			name, _, _ = shellWord(raw)
		}
		f.Dir, f.Begin = filepath.Split(name)
		f.line, f.start = line, len(line)-len(raw)
		return f, true
	}
	return f, false
}

// Completion goes on with a name in the directory, written as the line began it.
// A directory's name ends with a separator, and the next one follows it.
func (f FileTyped) Completion(name string, whole bool) Completion {
	return Completion{
		Start: f.start, End: len(f.line), Text: requote(f.line[f.start:], f.Dir+name, whole),
		Kind: KindFile, Value: name, Label: name,
	}
}

// requote writes a file's name as typed began: within the same marks, which are
// closed behind a whole name.
func requote(typed, name string, whole bool) string {
	mark := ""
	if quoted(typed) {
		mark = typed[:1]
	}
	var b strings.Builder
	b.WriteString(mark)
	for _, r := range name {
		switch {
		case mark == "'" && r == '\'':
			b.WriteString(`'\'`)
		case mark == `"` && r == '"', mark == "" && (unicode.IsSpace(r) || r < utf8.RuneSelf && isQuote(byte(r))):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	if whole {
		b.WriteString(mark)
	}
	return b.String()
}
