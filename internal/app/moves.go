package app

import (
	"slices"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// moves are the people who came and went since the last line: one line says
// them all.
type moves struct {
	line         *Line
	joined, left []text.Safe
	passed       []text.Safe // came and went again
	reason       text.Safe   // of the only one who left
}

// Came says that somebody came in.
func (t *Log) Came(name text.Safe, at wire.Millis, dot text.Safe) {
	m := t.movesAt(at)
	m.reason = ""
	if i := slices.Index(m.left, name); i >= 0 {
		m.left = slices.Delete(m.left, i, i+1)
	} else {
		m.joined = append(m.joined, name)
	}
	m.line.Text = m.words(" " + dot + " ")
	m.line.touch()
}

// Went says that somebody left.
func (t *Log) Went(name, reason text.Safe, at wire.Millis, dot text.Safe) {
	m := t.movesAt(at)
	m.reason = reason
	if i := slices.Index(m.joined, name); i >= 0 {
		m.joined = slices.Delete(m.joined, i, i+1)
		m.passed = appendNew(m.passed, name)
	} else {
		m.left = append(m.left, name)
	}
	m.line.Text = m.words(" " + dot + " ")
	m.line.touch()
}

// movesAt returns the moves of the newest line, which it makes one about
// moves.
func (t *Log) movesAt(at wire.Millis) *moves {
	if n := t.Settled(); n == 0 || t.moves.line == nil || t.Lines[n-1] != t.moves.line {
		t.moves = moves{line: &Line{Kind: LineMoves, At: at}}
		t.Note(t.moves.line)
	}
	t.moves.line.At = at
	return &t.moves
}

// words says it all in one line.
func (m *moves) words(dot text.Safe) text.Safe {
	var parts []text.Safe
	if len(m.joined) > 0 {
		parts = append(parts, Crowd(m.joined)+" joined")
	}
	if len(m.left) > 0 {
		left := Crowd(m.left) + " left"
		if len(m.left) == 1 && m.reason != "" {
			left += " (" + m.reason + ")"
		}
		parts = append(parts, left)
	}
	if len(m.passed) > 0 {
		parts = append(parts, Crowd(m.passed)+" came and went")
	}
	if len(parts) == 0 {
		return "somebody went and came back"
	}
	return text.Join(parts, dot)
}

// Crowd names one or two people, and counts more.
func Crowd(names []text.Safe) text.Safe {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return names[0] + " and " + names[1]
	default:
		return text.Sprintf("%s and %d others", names[0], len(names)-1)
	}
}
