package tui

import "labchat/internal/wire"

// A position is what the lower edge of the timeline shows: the newest line, or
// a line and how many of its rows are below the edge. It stays with its line
// when others arrive.
type position struct {
	up   bool // false: follow the newest line
	line int  // index of the lowest line shown
	cut  int  // rows of it below the edge
}

// Inserted follows a line that came at an index.
func (p *position) Inserted(i int) {
	if p.up && i <= p.line {
		p.line++
	}
}

// Removed follows a line that went; left is how many there are.
func (p *position) Removed(i, left int) {
	switch {
	case !p.up:
	case i < p.line:
		p.line--
	case i == p.line:
		p.line, p.cut = min(i, left-1), 0
	}
	p.up = p.up && left > 0
}

// Trimmed follows the n oldest lines, which went.
func (p *position) Trimmed(n int) {
	p.line -= n
	if p.line < 0 {
		*p = position{}
	}
}

// clamp puts the position back on a line that is there and not hidden.
func (p *position) clamp(t *timeline) {
	if !p.up {
		return
	}
	p.line = min(p.line, len(t.Lines)-1)
	for p.line >= 0 && t.Lines[p.line].Hidden {
		p.line, p.cut = p.line-1, 0
	}
	if p.line < 0 {
		*p = position{}
	}
}

// Scroll moves the lines by so many rows: up is positive. It returns true when
// the oldest line is on the screen, so that there is nothing above it.
func (t *timeline) Scroll(rows int) bool {
	p := &t.at
	if !p.up {
		*p = position{up: true, line: len(t.Lines) - 1}
	}
	if p.clamp(t); !p.up {
		return true
	}
	if rows > 0 {
		t.climb(rows)
	} else {
		t.descend(-rows)
	}
	missing := t.missing()
	if missing > 0 {
		t.descend(missing)
	}
	return missing >= 0
}

// Newest goes to the newest line and follows it.
func (t *timeline) Newest() { t.at = position{} }

// Below is how many lines are below the lower edge.
func (t *timeline) Below() int {
	if t.at.clamp(t); !t.at.up {
		return 0
	}
	return len(t.Lines) - 1 - t.at.line
}

func (t *timeline) climb(rows int) {
	p := &t.at
	p.cut += rows
	for {
		h, above := t.height(p.line), t.LineAbove(p.line)
		if p.cut < h {
			return
		}
		if above < 0 {
			p.cut = h - 1
			return
		}
		p.cut -= h
		p.line = above
	}
}

func (t *timeline) descend(rows int) {
	p := &t.at
	if !p.up {
		return
	}
	p.cut -= rows
	for p.cut < 0 {
		below := t.LineBelow(p.line)
		if below < 0 {
			t.Newest()
			return
		}
		p.line = below
		p.cut += t.height(below)
	}
	if p.cut == 0 && t.LineBelow(p.line) < 0 {
		t.Newest()
	}
}

// missing is how many rows of the screen would stay empty above the oldest
// line; 0 where it just fits, negative where there is more above.
func (t *timeline) missing() int {
	i, rows := len(t.Lines)-1, 0
	if t.at.up {
		i, rows = t.at.line, -t.at.cut
	}
	for ; i >= 0; i = t.LineAbove(i) {
		rows += t.height(i)
		if rows > t.drawn.height {
			return -1
		}
	}
	return t.drawn.height - rows
}

// Above is how many lines are above the screen; with holes only those up to the
// next hole that can be mended.
func (t *timeline) Above(holes bool) int {
	ends := func(i int) bool {
		h := t.HoleAt(i)
		return holes && h != nil && !h.Gone
	}
	i, rows := t.lowest(), -t.at.cut-t.drawn.height
	for ; i >= 0 && rows < 0; i = t.LineAbove(i) {
		if rows += t.height(i); ends(i) {
			return 0
		}
	}
	n := 0
	for ; i >= 0; i = t.LineAbove(i) {
		if n++; ends(i) {
			break
		}
	}
	return n
}

// ToEarlier is how many rows to scroll until n lines more are on the screen, at
// least one.
func (t *timeline) ToEarlier(n int) int {
	i, rows := t.lowest(), -t.at.cut-t.drawn.height
	for ; i >= 0 && rows < 0; i = t.LineAbove(i) {
		rows += t.height(i)
	}
	for ; i >= 0 && n > 0; i = t.LineAbove(i) {
		rows += t.height(i)
		n--
	}
	return max(rows, 1)
}

// ToRule puts the rule above what is new at the upper edge; false where there
// is none.
func (t *timeline) ToRule() bool {
	i, rows := t.firstNews(), 0
	if i < 0 {
		return false
	}
	for ; i < len(t.Lines) && rows < t.drawn.height; i++ {
		if !t.Lines[i].Hidden {
			rows += t.height(i)
		}
	}
	if i == len(t.Lines) {
		t.Newest()
		return true
	}
	t.at = position{up: true, line: i - 1, cut: max(rows-t.drawn.height, 0)}
	return true
}

// lowest is the line at the lower edge.
func (t *timeline) lowest() int {
	if t.at.up {
		return t.at.line
	}
	return len(t.Lines) - 1
}

// Hole is the part of a hole on the screen that can be mended, nil where there is
// none.
func (t *timeline) Hole() *wire.Hole {
	if len(t.Holes) == 0 {
		return nil
	}
	rows := -t.at.cut
	for i := t.lowest(); i >= 0 && rows < t.drawn.height; i = t.LineAbove(i) {
		rows += t.height(i)
		if h := t.HoleAt(i); h != nil && !h.Gone {
			return h
		}
	}
	return nil
}
