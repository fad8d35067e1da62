package tty

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const (
	esc        = "\x1b"
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	// maxSequence bounds a control sequence. Those of keys have a tenth of it.
	maxSequence = 64
	// maxAnswer bounds what a terminal may answer.
	maxAnswer = 1024
)

// keyLen returns how many bytes the key has that b begins with, or 0 if b ends
// within it.
func keyLen(b []byte) int {
	switch {
	case b[0] != esc[0]:
		return runeLen(b)
	case len(b) == 1:
		return 0
	}
	switch b[1] {
	case '[':
		return controlLen(b)
	case 'O':
		return functionLen(b)
	case ']':
		return answerLen(b)
	case esc[0]: // Alt and a key that is a sequence; else Esc twice
		if len(b) > 2 && b[2] != '[' && b[2] != 'O' {
			return 1
		}
	}
	n := keyLen(b[1:])
	if n == 0 {
		return 0
	}
	return 1 + n
}

func runeLen(b []byte) int {
	if !utf8.FullRune(b) {
		return 0
	}
	_, n := utf8.DecodeRune(b)
	return n
}

// controlLen is for ESC [, parameters and a last byte. The Linux console also
// sends ESC [ [ and a letter.
func controlLen(b []byte) int {
	i := len(esc + "[")
	if len(b) > i && b[i] == '[' {
		i++
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case i == maxSequence, c < ' ', c > '~':
			return i // no sequence
		case c >= '@':
			return i + 1
		}
	}
	return 0
}

// functionLen is for ESC O and a letter.
func functionLen(b []byte) int {
	switch {
	case len(b) == 2:
		return 0
	case b[2] <= ' ' || b[2] > '~':
		return 2 // Alt and O, and another key
	}
	return 3
}

// answerLen is for ESC ], a number and words up to BEL or ESC \. Without a
// number it is Alt and a bracket.
func answerLen(b []byte) int {
	if len(b) > 2 && !isAnswer(b) {
		return 2
	}
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\a':
			return i + 1
		case c == esc[0] && i+1 == len(b):
			return 0
		case c == esc[0] && b[i+1] == '\\':
			return i + 2
		case c < ' ', i == maxAnswer:
			return i // its end was lost
		}
	}
	return 0
}

// isAnswer reports whether b begins like what a terminal answers.
func isAnswer(b []byte) bool {
	return len(b) > 2 && b[0] == esc[0] && b[1] == ']' && '0' <= b[2] && b[2] <= '9'
}

// isBroken reports whether a control sequence has no end. It is no key, and must
// not become text.
func isBroken(seq []byte) bool {
	return len(seq) > 2 && seq[0] == esc[0] && seq[1] == '[' && seq[len(seq)-1] < '@'
}

// isKeyToo reports whether the start of a sequence is also a key that a person
// can press: Esc, or Alt and a bracket or an O.
func isKeyToo(b []byte) bool {
	switch strings.TrimPrefix(string(b), esc) {
	case "", "[", "]", "O", esc, esc + "[", esc + "O":
		return len(b) > 0 && b[0] == esc[0]
	}
	return false
}

// continues reports whether rest is certainly the rest of what start begins,
// however late it comes: nobody types the marker of a paste, or an answer.
func continues(start, rest []byte) bool {
	if len(start) == 0 {
		return false
	}
	whole := string(start) + string(rest)
	if strings.HasPrefix(whole, pasteStart) || strings.HasPrefix(whole, pasteEnd) {
		return true
	}
	return isAnswer([]byte(whole)) && bytes.ContainsAny(rest, "\a\\") && len(rest) > 1
}

// endBegun returns how many bytes at the end of b may be the start of a paste's
// end.
func endBegun(b []byte) int {
	for n := min(len(pasteEnd)-1, len(b)); n > 0; n-- {
		if bytes.HasSuffix(b, []byte(pasteEnd[:n])) {
			return n
		}
	}
	return 0
}
