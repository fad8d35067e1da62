package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The marks stand for what is not shown as it is. All are one column wide.
const (
	markBidi    = '⇄'          // a control of the writing direction
	markUnknown = '\uFFFD'     // no character
	markBase    = '\u25CC'     // what a combining mark without a letter sits on
	picture     = '\u2400'     // the picture of NUL; those of the other C0 follow
	pictureDel  = '\u2421'     // the picture of DEL
	firstFlag   = '\U0001F1E6' // regional indicator A; a flag is two of them
	lastFlag    = '\U0001F1FF'
)

const (
	tabStop  = 4 // columns; a tab goes to the next multiple
	maxMarks = 4 // combining marks on one letter; real writing needs no more
)

// Clean returns s fit for a terminal. Line feeds stay and tabs become blanks;
// all that a terminal would obey becomes a visible mark; carriage returns, and
// what is invisible, go. It leaves clean text as it is.
func Clean(s string) Safe {
	if ready(s) {
		return Safe(s)
	}
	c := cleaner{bare: true}
	c.Grow(len(s) + len(s)/8)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != '\r' || i+1 == len(s) || s[i+1] != '\n' {
			c.add(r)
		}
		i += n
	}
	return Safe(c.String())
}

// CleanLine is Clean for what must stay on one row, such as names and topics:
// line feeds become visible marks too.
func CleanLine(s string) Safe {
	clean := string(Clean(s))
	return Safe(strings.ReplaceAll(clean, "\n", string(picture+'\n')))
}

// ready tells whether s is printable ASCII and line feeds only.
func ready(s string) bool {
	for i := range len(s) {
		if (s[i] < ' ' && s[i] != '\n') || s[i] > '~' {
			return false
		}
	}
	return true
}

// cleaner collects clean text, rune by rune.
type cleaner struct {
	strings.Builder
	row   int  // where the row begins, or the last tab on it ends
	col   int  // the column of that place
	marks int  // combining marks since the last letter
	bare  bool // a mark would have no letter to sit on
}

func (c *cleaner) add(r rune) {
	switch {
	case ' ' <= r && r <= '~': // nearly always
	case bidi(r): // is invisible too
	case invisible(r):
		return
	case unicode.Is(unicode.M, r):
		c.addMark(r)
		return
	}
	c.write(r)
	last := c.String()[c.Len()-1]
	c.bare, c.marks = last == ' ' || last == '\n', 0
}

// write writes one character that is no combining mark, or what stands for it.
func (c *cleaner) write(r rune) {
	switch {
	case r == '\n' || r == '\u2028' || r == '\u2029':
		c.newline()
	case r == '\t':
		c.tab()
	case r < ' ':
		c.WriteRune(picture + r)
	case r <= '~':
		c.WriteByte(byte(r))
	case r == 0x7F:
		c.WriteRune(pictureDel)
	case bidi(r):
		c.WriteRune(markBidi)
	case r == '\u3000':
		c.WriteString("  ")
	case unicode.Is(unicode.Zs, r):
		c.WriteByte(' ')
	case unicode.IsGraphic(r):
		c.WriteRune(r)
	default:
		c.WriteRune(markUnknown)
	}
}

// addMark adds a combining mark, but not a tower of them, and none without
// something to sit on: it would change what stands left of the text.
func (c *cleaner) addMark(r rune) {
	if c.bare {
		c.WriteRune(markBase)
		c.bare, c.marks = false, 0
	}
	if c.marks++; c.marks <= maxMarks {
		c.WriteRune(r)
	}
}

func (c *cleaner) newline() {
	c.WriteByte('\n')
	c.row, c.col = c.Len(), 0
}

func (c *cleaner) tab() {
	c.col += Width(c.String()[c.row:])
	n := tabStop - c.col%tabStop
	c.WriteString(strings.Repeat(" ", n))
	c.row, c.col = c.Len(), c.col+n
}

// bidi tells whether r changes the writing direction: with one of these a
// sender could make "evil ⇄ exe.txt" read as something else.
func bidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// invisible tells whether r is dropped: it shows nothing by itself, or only
// changes the picture of what stands before it.
func invisible(r rune) bool {
	const keycap = '\u20E3'
	return r > '~' && (unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) || r == keycap)
}
