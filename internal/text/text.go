// Package text makes what strangers wrote fit for a terminal: it cleans it,
// measures it and breaks it into rows.
//
// Every foreign string (a line, a name, a topic, an error of a server) passes
// Clean or CleanLine once, where it enters the screen. What comes out is a Safe,
// which holds no byte or character that a terminal obeys instead of showing.
//
// There is one measure in the whole program: Width, which is never less than
// what a terminal needs, whether it counts clusters or code points. Where they
// disagree, Anchor puts what follows into its column; it is called once for
// each row of the finished screen.
package text

import (
	"strings"
	"unicode/utf8"
)

// ellipsis ends what was cut.
const ellipsis = "…"

// Width returns how many columns s takes at most. Escape sequences of our own
// styles take none. The widths of two strings add up to that of both together.
func Width[S ~string](words S) int {
	s := string(words)
	if plain(s) {
		return len(s)
	}
	columns := 0
	for i := 0; i < len(s); {
		if n := escape(s[i:]); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		columns += cells(r)
		i += n
	}
	return columns
}

// Truncate cuts s, which is one row, to at most width columns. What was cut
// ends with an ellipsis. It may hold styles: they are kept whole.
func Truncate(words Safe, width int) Safe {
	s := string(words)
	switch {
	case width < 1:
		return ""
	case len(s) <= width && plain(s), Width(s) <= width:
		return words
	}
	var b strings.Builder
	b.Grow(len(s) + len(ellipsis))
	columns, cut := 0, false
	for len(s) > 0 {
		if n := escape(s); n > 0 {
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		n, w := next(s)
		switch {
		case cut:
		case columns+w > width-1:
			cut = true
			b.WriteString(ellipsis)
		default:
			columns += w
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return Safe(b.String())
}

// PadRight returns s in exactly width columns: filled up with blanks on the
// right, or cut.
func PadRight(s Safe, width int) Safe {
	s = Truncate(s, width)
	return s + Blanks(width-Width(s))
}

// PadLeft returns s in exactly width columns: filled up with blanks on the
// left, or cut.
func PadLeft(s Safe, width int) Safe {
	s = Truncate(s, width)
	return Blanks(width-Width(s)) + s
}

// Center returns s in exactly width columns with as many blanks on its left as
// on its right, or one less; or cut.
func Center(s Safe, width int) Safe {
	s = Truncate(s, width)
	free := width - Width(s)
	return Blanks(free/2) + s + Blanks(free-free/2)
}

// plain tells whether s is printable ASCII only: a column a byte.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
