package tui

// The breakpoints of the screen, in columns and rows. Below minWidth or
// minHeight there is one line that asks for more room.
const (
	minWidth    = 30
	minHeight   = 8
	narrowWidth = 60  // below: one pane, names on lines of their own
	peopleWidth = 100 // from here on the people have a column
	wideWidth   = 160 // from here on the columns are wider

	titleHeight       = 20 // below: no title row
	rulesHeight       = 14 // below: no rules either
	narrowTitleHeight = 12 // a narrow title names the room, so it stays longer
	narrowRulesHeight = 10

	footerHeight = 6 // a lower body has no row for who is typing

	// edge is what stays free right of a pane whose words may be foreign: the
	// pane may be the last, and text.Anchor needs the last column.
	edge = 1

	// maxMeasure is how many cells a line of text is wide at most: longer ones
	// are hard to read.
	maxMeasure = 100
)

// shown says which panes somebody asked for, and how many rows the composer
// would like.
type shown struct {
	noList   bool // F7 put the room list away
	overlay  bool // F8 where people have no column of their own; in a narrow screen: cover
	cover    bool // narrow: F7 put the room list over the timeline
	noPeople bool // F8 put the people column away
	peer     bool // alt+i: the inspector, in the people's column
	composer int  // rows
}

// layout is where everything goes. All figures are cells; the columns stand
// side by side with a line of one cell between them, the rows are title, body,
// rule, composer, rule, status.
type layout struct {
	w, h     int
	tiny     bool // room for one line only
	narrow   bool
	title    bool
	rules    bool
	list     int // columns, 0: none
	main     int
	people   int
	body     int // rows
	composer int
}

// arrange is pure arithmetic: the same figures give the same screen.
func arrange(w, h int, s shown) layout {
	l := layout{w: w, h: h}
	if w < minWidth || h < minHeight {
		l.tiny = true
		return l
	}
	l.narrow = w < narrowWidth
	l.rows(s)
	l.columns(s)
	return l
}

func (l *layout) rows(s shown) {
	title, rules := titleHeight, rulesHeight
	if l.narrow {
		title, rules = narrowTitleHeight, narrowRulesHeight
	}
	l.title = l.h >= title
	l.rules = l.h >= rules
	rest := l.h - 1 // the status row
	if l.title {
		rest--
	}
	if l.rules {
		rest -= 2
		if l.narrow {
			rest-- // the title is ruled off too
		}
	}
	// The draft never takes more than a third of what is there.
	l.composer = max(1, min(s.composer, rest/3))
	l.body = rest - l.composer
}

func (l *layout) columns(s shown) {
	switch {
	case l.narrow && s.cover:
		l.list = l.w
	case l.narrow && (s.overlay || s.peer):
		l.people = l.w
	case l.narrow:
		l.main = l.w
	default:
		l.list, l.people = columnWidths(l.w)
		if s.noList {
			l.list = 0
		}
		switch {
		case l.people == 0 && (s.overlay || s.peer):
			l.people = 18
		case s.noPeople && !s.peer:
			l.people = 0
		}
		l.main = l.w - withLine(l.list) - withLine(l.people)
	}
}

// timelineRows is how many rows of a conversation's the timeline has: one less,
// for who is typing, where there is one to spare.
func timelineRows(body int) int {
	if body < footerHeight {
		return body
	}
	return body - 1
}

// columnWidths says how wide the room list and the people are.
func columnWidths(w int) (list, people int) {
	switch {
	case w >= wideWidth:
		return 28, 21
	case w >= peopleWidth:
		return 24, 18
	default:
		return 18, 0
	}
}

// withLine adds the line beside a column that is there.
func withLine(w int) int {
	if w == 0 {
		return 0
	}
	return w + 1
}
