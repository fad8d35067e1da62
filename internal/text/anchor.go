package text

import (
	"strconv"
	"strings"
)

const eraseRow = "\x1b[2K"

// Anchor makes a finished row of the screen look the same in every terminal,
// however it counts. Behind each character that terminals disagree about the
// row names the column that follows (CHA), so that what stands there is in its
// place; a terminal that draws less leaves a blank. The last column of such a
// row stays free. Other rows are left as they are.
//
// The row has to begin in the first column, so this is for whole rows only.
func Anchor(finished Safe, width int) Safe {
	row := string(finished)
	if steady(row) {
		return finished
	}
	var b strings.Builder
	b.Grow(len(row) + len(row)/2)
	b.WriteString(eraseRow) // columns that are jumped over show nothing old
	column, full := 0, false
	for len(row) > 0 {
		if n := escape(row); n > 0 {
			b.WriteString(row[:n])
			row = row[n:]
			continue
		}
		n, columns := next(row)
		cluster := row[:n]
		row = row[n:]
		full = full || column+columns > width-1
		if full {
			continue
		}
		at := column
		column += columns
		if !disputed(cluster) {
			b.WriteString(cluster)
			continue
		}
		b.WriteString(within(cluster, width-at))
		b.WriteString("\x1b[")
		b.WriteString(strconv.Itoa(column + 1))
		b.WriteByte('G')
	}
	return Safe(b.String())
}

// steady tells whether all terminals agree about a row.
func steady(row string) bool {
	for _, r := range row {
		if !agreed(r) && !accent(r) {
			return false
		}
	}
	return true
}

// within leaves out the last marks of a character that a terminal which gives
// each of them a column would draw beyond the edge.
func within(cluster string, room int) string {
	columns := 0
	for i, r := range cluster {
		if columns += max(cells(r), 1); columns > room && i > 0 {
			return cluster[:i]
		}
	}
	return cluster
}
