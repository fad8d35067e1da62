package text

import (
	"strings"
	"unicode/utf8"
)

// markNarrow stands for a character that is wider than the whole row.
const markNarrow = "·"

// Wrap breaks clean text into rows of at most width columns. It breaks at
// blanks, which are dropped there, and between wide characters; a word that is
// longer than a row after a slash, or else anywhere. The rows of an indented
// line are indented alike. A line feed always begins a new row, so that there
// is at least one.
func Wrap(s Safe, width int) []Safe {
	width = max(width, 1)
	if len(s) <= width && plain(string(s)) {
		return []Safe{s}
	}
	rows := make([]Safe, 0, 1+len(s)/width)
	for {
		line, rest, more := Cut(s, "\n")
		rows = wrapLine(rows, line, width)
		if !more {
			return rows
		}
		s = rest
	}
}

func wrapLine(rows []Safe, line Safe, width int) []Safe {
	if Width(line) <= width {
		return append(rows, line)
	}
	body := strings.TrimLeft(string(line), " ")
	// Deep code keeps half of the row to be read in, and a wide character's room.
	indent := max(min(len(line)-len(body), width/2, width-2), 0)
	w := wrapper{rows: rows, indent: Blanks(indent), width: width - indent, line: body}
	for w.pos < len(body) {
		w.place(w.word())
	}
	if w.end > w.start || len(body) == 0 {
		w.flush()
	}
	return w.rows
}

// wrapper breaks one line. Positions are bytes of line.
type wrapper struct {
	rows   []Safe
	indent Safe
	width  int // columns of a row beside its indent
	line   string

	pos   int // what follows is not placed yet
	start int // where the open row begins,
	end   int // where it ends so far, its trailing blanks left out,
	col   int // and its columns
}

// word is a run without blanks or a single wide character.
type word struct {
	start, end int
	gap        int // blanks before it
	width      int
}

// word reads the word at pos, and moves pos behind it.
func (w *wrapper) word() word {
	v := word{start: w.pos}
	for v.start < len(w.line) && w.line[v.start] == ' ' {
		v.start++
	}
	v.gap = v.start - w.pos
	v.end = v.start
	for v.end < len(w.line) && w.line[v.end] != ' ' {
		n, cols := next(w.line[v.end:])
		first, _ := utf8.DecodeRuneInString(w.line[v.end:])
		apart := cells(first) > 1 // letters with marks take several columns too
		if apart && v.end > v.start {
			break
		}
		v.end += n
		v.width += cols
		if apart {
			break
		}
	}
	w.pos = v.end
	return v
}

// place puts a word on the open row, or on a new one.
func (w *wrapper) place(v word) {
	if v.start == v.end {
		return
	}
	if w.end > w.start && w.col+v.gap+v.width <= w.width {
		w.end = v.end
		w.col += v.gap + v.width
		return
	}
	if w.end > w.start {
		w.flush()
	}
	w.start = v.start
	for v.width > w.width {
		v = w.breakOff(v)
	}
	w.start, w.end, w.col = v.start, v.end, v.width
}

// breakOff makes a row of the first part of a word that is longer than one,
// and returns the rest.
func (w *wrapper) breakOff(v word) word {
	cut, cols := v.start, 0   // what fits
	slash, slashCols := 0, -1 // what fits up to a slash
	for cut < v.end {
		n, c := next(w.line[cut:v.end])
		if cols+c > w.width {
			break
		}
		cut += n
		cols += c
		if w.line[cut-1] == '/' {
			slash, slashCols = cut, cols
		}
	}
	switch {
	case cut == v.start: // one character, wider than the row
		n, c := next(w.line[cut:v.end])
		w.rows = append(w.rows, w.indent+markNarrow)
		return word{start: cut + n, end: v.end, width: v.width - c}
	case slashCols > w.width/3: // else the row would be nearly empty: "https://"
		cut, cols = slash, slashCols
	}
	w.rows = append(w.rows, w.indent+Safe(w.line[v.start:cut]))
	return word{start: cut, end: v.end, width: v.width - cols}
}

// flush ends the open row.
func (w *wrapper) flush() {
	w.rows = append(w.rows, w.indent+Safe(w.line[w.start:w.end]))
	w.start, w.col = w.end, 0
}
