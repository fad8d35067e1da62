package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// bidi tells whether r changes the writing direction: with one of these a
// sender could make "evil ⇄ exe.txt" read as something else.
func bidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// invisible tells whether r is dropped: it shows nothing by itself, or only
// changes the picture of what stands before it, so that terminals disagree
// about the width of both.
func invisible(r rune) bool {
	return r > '~' && (unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		r == '\u20E3' || // keycap
		'\U0001F3FB' <= r && r <= '\U0001F3FF') // skin tones
}

// next returns how many bytes of s, which is not empty, make its first
// character and how many columns they take. The marks on an ASCII letter are a
// character of no columns, as x/ansi has it: they always fit behind it.
func next(s string) (n, width int) {
	switch c := s[0]; {
	case c >= utf8.RuneSelf:
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		return len(cluster), w
	case c < ' ' || c == 0x7F:
		return 1, 0
	}
	return 1, 1
}

func leadsWithMark(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.M, r)
}

// settle replaces what the two ways of measuring, by clusters and by runes,
// disagree about: terminals do so too, and a row would end in the wrong
// column. There are about 200 such symbols, and marks on letters of another
// script.
func settle(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		if s[0] < utf8.RuneSelf {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		_, wc := ansi.FirstGraphemeCluster(s, ansi.WcWidth)
		switch marks := leadsWithMark(cluster); {
		case w == wc && (w == 0 || !marks):
			b.WriteString(cluster)
		case !marks:
			b.WriteRune(markUnknown)
		}
		s = s[len(cluster):]
	}
	return b.String()
}
