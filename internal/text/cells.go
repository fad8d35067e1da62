package text

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/width"
)

// Terminals count columns in two ways: by clusters, so that a letter and what
// stands on it are one, or by code points. They also know different versions of
// Unicode. Here each code point takes the greater of what they may give it,
// and a string the sum of its code points: no terminal needs more.

// combining tells the marks that take no column of their own anywhere.
func combining(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me) }

// sign tells punctuation, arrows, and what lines and boxes are drawn with: a
// column each, for ever.
func sign(r rune) bool {
	return '\u2010' <= r && r < '\u20D0' || '\u2100' <= r && r < '\u2300' || '\u2500' <= r && r < '\u25FD'
}

// cells returns how many columns a code point takes at most.
func cells(r rune) int {
	switch {
	case r < ' ' || r == 0x7F:
		return 0
	case r < '\u0300' || sign(r):
		return 1
	case combining(r):
		return 0
	case regional(r):
		return 2 // some count two for each half of a flag
	case wide(r):
		return 2
	}
	return 1
}

// wide tells whether r takes two columns, by the table of golang.org/x/text or
// by that of x/ansi, which is newer.
func wide(r rune) bool {
	switch {
	case r < '\u1100' || sign(r):
		return false
	case '\u3400' <= r && r <= '\u9FFF' && (r < '\u4DC0' || r >= '\u4E00'):
		return true
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return true
	default:
		return ansi.StringWidth(string(r)) > 1
	}
}

func regional(r rune) bool { return firstFlag <= r && r <= lastFlag }

// agreed tells whether all terminals give r what cells does: letters and signs
// that have been in Unicode for long, that are no marks, and that no terminal
// joins to the letter beside them.
func agreed(r rune) bool {
	switch {
	case r < '\u0300' || sign(r):
		return true
	case unicode.Is(unicode.M, r) || joined(r):
		return false
	case '\u2300' <= r && r < '\u2E80' || '\u4DC0' <= r && r < '\u4E00': // signs, the younger ones wide
		return !wide(r)
	}
	return r < 0x10000 || 0x20000 <= r && r < 0x40000
}

// joined tells letters that are part of a character with the one beside them,
// though they are no marks.
func joined(r rune) bool {
	switch r {
	case '\u0E33', '\u0EB3', '\u0D4E': // Thai and Lao am, Malayalam dot reph
		return true
	}
	return '\u1100' <= r && r <= '\u11FF' || '\uA960' <= r && r <= '\uA97F' || '\uD7B0' <= r && r <= '\uD7FF' // parts of Hangul
}

// accent tells the marks of the Latin, Greek and Cyrillic scripts, which every
// terminal puts on the letter before them.
func accent(r rune) bool { return '\u0300' <= r && r <= '\u036F' }

// disputed tells whether terminals may disagree about the columns of a
// character: one with marks or of several code points, or one that not all
// tables have alike.
func disputed(cluster string) bool {
	r, n := utf8.DecodeRuneInString(cluster)
	if !agreed(r) {
		return true
	}
	for _, r := range cluster[n:] {
		if !accent(r) {
			return true
		}
	}
	return false
}

// next returns how many bytes of s, which is not empty, make its first
// character, marks and all, and how many columns they take at most.
func next(s string) (n, columns int) {
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return 1, cells(rune(s[0]))
	}
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	n = max(len(cluster), 1)
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.Is(unicode.M, r) {
			break // some marks begin a cluster, but no row should begin with one
		}
		n += size
	}
	return n, sum(s[:n])
}

func sum(s string) (columns int) {
	for _, r := range s {
		columns += cells(r)
	}
	return columns
}

// escape returns the length of the escape sequence that s begins with: a style
// or a link of ours. It is 0 where there is none.
func escape(s string) int {
	if len(s) < 2 || s[0] != 0x1B {
		return 0
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= '@' && s[i] <= '~' {
				return i + 1
			}
		}
	case ']':
		for i := 2; i < len(s); i++ {
			switch {
			case s[i] == 0x07:
				return i + 1
			case s[i] == '\\' && s[i-1] == 0x1B:
				return i + 1
			}
		}
	}
	return len(s)
}
