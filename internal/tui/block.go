package tui

import (
	"labchat/internal/app"
	"labchat/internal/text"
)

const (
	// A timeline narrower than this puts names on lines of their own.
	narrowTimeline = 52

	minNick  = 10
	maxNick  = 14
	timeCell = 5 // 14:02
	markCell = 9 // the state of an own line, with a blank before it
)

// shape is what the rows of a line depend on beside the line.
type shape struct {
	width  int16
	nick   int16 // 0: narrow
	timed  bool  // the first row shows the time
	headed bool  // narrow: the name stands above
}

// View returns h rows of w columns, the newest line at the bottom.
func (t *timeline) View(w, h int) []text.Safe {
	t.Resize(w, h)
	t.at.clamp(t)
	rows, nick := t.fill()
	if t.drawn.nick != 0 && nick != t.drawn.nick {
		t.drawn.nick = nick // the longest name to be seen has changed
		rows, _ = t.fill()
	}
	return rows
}

// fill renders from the lower edge upwards, and says how wide the names are.
func (t *timeline) fill() (rows []text.Safe, nick int) {
	free := t.drawn.height
	rows = make([]text.Safe, free)
	i, cut := len(t.Lines)-1, 0
	if t.at.up {
		i, cut = t.at.line, t.at.cut
	}
	nick = minNick
	for ; i >= 0 && free > 0; i = t.LineAbove(i) {
		l := t.Lines[i]
		if l.Hidden {
			continue
		}
		nick = min(max(nick, text.Width(l.From)), maxNick)
		for _, part := range [...][]text.Safe{t.body(i), t.over(i)} {
			for r := len(part) - 1; r >= 0 && free > 0; r-- {
				if cut > 0 {
					cut--
					continue
				}
				free--
				rows[free] = part[r]
			}
		}
	}
	t.drawn.free = free
	if free > 0 {
		n := copy(rows, rows[free:])
		blank := text.Repeat(" ", t.drawn.width)
		for ; n < len(rows); n++ {
			rows[n] = blank
		}
	}
	return rows, nick
}

// height is how many rows a line takes with the rules above it.
func (t *timeline) height(i int) int {
	n := len(t.body(i))
	for _, on := range t.rules(i) {
		if on {
			n++
		}
	}
	return n
}

// The rules that may stand above a line, from the upper one on.
const (
	ruleHole = iota
	ruleDay
	ruleNews
	ruleKinds
)

// rules says which rules stand above line i.
func (t *timeline) rules(i int) (on [ruleKinds]bool) {
	l, above := t.Lines[i], t.LineAbove(i)
	on[ruleNews] = t.rule.on && l.Key > t.rule.mark && l.IsNews() && t.firstNews() == i
	if above < 0 {
		on[ruleDay] = true
		return on
	}
	before := t.Lines[above]
	on[ruleHole] = t.HoleOver(i) != nil
	on[ruleDay] = !t.paint.SameDay(before.At, l.At)
	return on
}

// over returns the rules above line i.
func (t *timeline) over(i int) []text.Safe {
	p := t.paint
	on := t.rules(i)
	var rows []text.Safe
	if on[ruleHole] {
		rows = append(rows, p.newsRule(t.drawn.width, app.HoleLabel(t.HoleOver(i))))
	}
	if on[ruleDay] {
		rows = append(rows, p.dayRule(t.drawn.width, p.Day(t.Lines[i].At)))
	}
	if on[ruleNews] {
		label := text.Sprintf("%d new", t.rule.news(t))
		above := t.LineAbove(i)
		for above >= 0 && !t.Lines[above].IsSpoken() {
			above = t.LineAbove(above)
		}
		if above >= 0 {
			label += " since " + p.HourMinute(t.Lines[above].At)
		}
		rows = append(rows, p.newsRule(t.drawn.width, label))
	}
	return rows
}

// body returns the rows of line i, from its cache if they fit.
func (t *timeline) body(i int) []text.Safe {
	p := t.paint
	l := t.Lines[i]
	s := shape{width: int16(t.drawn.width), nick: int16(t.drawn.nick)}
	s.timed, s.headed = true, true
	if above := t.LineAbove(i); above >= 0 {
		before := t.Lines[above]
		s.timed = !p.sameMinute(before.At, l.At)
		s.headed = s.timed || before.From != l.From || before.Kind != l.Kind
	}
	if r, ok := t.drawn.of[l]; ok && r.shape == s && r.changes == l.Changes {
		return r.rows
	}
	var rows []text.Safe
	switch {
	case l.Kind == app.LineBreak:
		rows = []text.Safe{p.dayRule(t.drawn.width, l.Text)}
	case s.nick == 0:
		rows = narrowRows(l, s, p)
	default:
		rows = wideRows(l, s, p)
	}
	t.drawn.keep(l, rendered{shape: s, changes: l.Changes, rows: rows})
	return rows
}

// wideRows renders a line beside its time, its sender and its sign.
func wideRows(l *app.Line, s shape, p *paint) []text.Safe {
	lead := signColumn(int(s.nick)) + 2
	room := int(s.width) - lead - edge
	words := p.wrapLine(l, min(room, maxMeasure))
	rows := make([]text.Safe, len(words))
	for i, row := range words {
		clock, name := text.Repeat(" ", timeCell), text.Repeat(" ", int(s.nick))
		if i == 0 {
			name = p.sender(l, text.PadLeft(who(l), int(s.nick)))
			if s.timed {
				clock = p.dim(p.HourMinute(l.At))
			}
		}
		rows[i] = clock + " " + name + " " + p.sign(l, i) + " " + p.words(l, row, i, room) + text.Repeat(" ", edge)
	}
	return rows
}

// narrowRows renders a line below its sender.
func narrowRows(l *app.Line, s shape, p *paint) []text.Safe {
	lead := signColumn(0) + 2
	width := int(s.width) - edge
	var rows []text.Safe
	if s.headed && (l.Kind == app.LineSaid || l.Kind == app.LineFile) {
		name := text.Truncate(who(l), width-timeCell-1)
		rows = append(rows, p.dim(p.HourMinute(l.At))+" "+p.sender(l, text.PadRight(name, width-timeCell-1))+text.Repeat(" ", edge))
	}
	for i, row := range p.wrapLine(l, min(width-lead, maxMeasure)) {
		rows = append(rows, " "+p.sign(l, i)+" "+p.words(l, row, i, width-lead)+text.Repeat(" ", edge))
	}
	return rows
}

// signColumn is the column of the signs, where names take so many columns; 0
// names stand above the lines. Nothing but a sign ever stands in it, so that
// nobody can write a row that looks like a notice.
func signColumn(nick int) int {
	if nick == 0 {
		return 1
	}
	return timeCell + 1 + nick + 1
}

// sign tells what row i of a line is: whatever is somebody's words has a bar,
// and what the program says begins with a mark.
func (p *paint) sign(l *app.Line, i int) text.Safe {
	switch {
	case i > 0 && (l.IsSpoken() || l.Kind == app.LineFile):
		return p.dim(p.Border.V)
	case i > 0:
		return " "
	}
	switch l.Kind {
	case app.LineAction:
		return p.sender(l, p.Glyph.Action)
	case app.LineAlarm:
		return p.sender(l, p.Glyph.Alarm)
	case app.LineMoves:
		return p.sender(l, p.Glyph.Arrow)
	case app.LineNote, app.LineBreak:
		return p.sender(l, p.Glyph.Notice)
	case app.LineSaid, app.LineFile:
	}
	return p.dim(p.Border.V)
}

// wrapLine breaks a line's text into rows, which leave room for the state of
// an own line.
func (p *paint) wrapLine(l *app.Line, width int) []text.Safe {
	if l.Own {
		width -= markCell
	}
	if l.Kind == app.LineFile {
		return p.wrapCard(l.Text, width)
	}
	rows := text.Wrap(l.Text, max(width, 1))
	if len(rows) == 0 {
		return []text.Safe{""}
	}
	return rows
}

// wrapCard breaks the rows of a file's card, inside its frame.
func (p *paint) wrapCard(card text.Safe, width int) []text.Safe {
	const frame = 2
	if width < 2*frame {
		return text.Wrap(card, max(width, 1))
	}
	var rows []text.Safe
	all := text.Split(card, "\n")
	for n, row := range all {
		sign, words, _ := text.Cut(row, " ")
		parts := text.Wrap(words, width-frame)
		for i, part := range parts {
			last := n == len(all)-1
			switch {
			case last && i < len(parts)-1, !last && i > 0:
				rows = append(rows, p.Glyph.Mid+" "+part)
			default:
				rows = append(rows, sign+" "+part)
			}
		}
	}
	return rows
}

// words renders one row of a line's text in width columns, with the state of
// an own line at the end of its first row.
func (p *paint) words(l *app.Line, row text.Safe, i, width int) text.Safe {
	var state text.Safe
	if i == 0 && l.Own {
		state = p.delivery(l.State)
	}
	styled := p.said(l, row)
	return styled + text.Repeat(" ", max(width-text.Width(row)-text.Width(state), 0)) + state
}

// who is what stands in the column of names.
func who(l *app.Line) text.Safe {
	if l.Kind == app.LineSaid || l.Kind == app.LineFile {
		return l.From
	}
	return ""
}
