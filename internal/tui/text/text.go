// Package text makes what strangers wrote fit for a terminal: it cleans it,
// measures it and breaks it into rows.
//
// Every foreign string (a line, a name, a topic, an error of a server) passes
// Clean or CleanLine once, where it enters the screen. After that it holds no
// byte or character that a terminal obeys instead of showing, and everybody
// agrees about its width.
//
// There is one measure in the whole program: that of x/ansi, which lipgloss
// and bubbletea use too.
package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// ellipsis ends what was cut.
const ellipsis = "…"

// Width returns how many columns s takes. Escape sequences of our own styles
// take none.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Truncate cuts s, which is one row, to at most width columns. What was cut
// ends with an ellipsis. It may hold styles: they are kept whole.
func Truncate(s string, width int) string {
	switch {
	case width < 1:
		return ""
	case plain(s) && len(s) <= width:
		return s
	}
	return ansi.Truncate(s, width, ellipsis)
}

// PadRight returns s in exactly width columns: filled up with blanks on the
// right, or cut.
func PadRight(s string, width int) string {
	s = Truncate(s, width)
	return s + blanks(width-Width(s))
}

// PadLeft returns s in exactly width columns: filled up with blanks on the
// left, or cut.
func PadLeft(s string, width int) string {
	s = Truncate(s, width)
	return blanks(width-Width(s)) + s
}

// Center returns s in exactly width columns with as many blanks on its left as
// on its right, or one less; or cut.
func Center(s string, width int) string {
	s = Truncate(s, width)
	free := width - Width(s)
	return blanks(free/2) + s + blanks(free-free/2)
}

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

// plain tells whether s is printable ASCII only: a column a byte.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
