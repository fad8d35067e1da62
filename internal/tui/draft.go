package tui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// A draft is text being written: readline's keys, several lines, undo. The
// zero value is empty.
type draft struct {
	runes  []rune
	cursor int
	killed []rune
	undo   []step
}

type step struct {
	runes  []rune
	cursor int
}

// edits are what the keys that edit text do to a draft.
func edits() map[string]func(*draft) {
	e := &bubble.Edit
	does := map[string]func(*draft){}
	for _, row := range []struct {
		keys key.Binding
		do   func(*draft)
	}{
		{e.Left, (*draft).left},
		{e.Right, (*draft).right},
		{e.Home, (*draft).home},
		{e.End, (*draft).end},
		{e.WordLeft, (*draft).wordLeft},
		{e.WordRight, (*draft).wordRight},
		{e.Backspace, (*draft).backspace},
		{e.Delete, (*draft).delete},
		{e.KillLeft, (*draft).killLeft},
		{e.KillWordLeft, (*draft).killWordLeft},
		{e.KillWordRight, (*draft).killWordRight},
		{e.Yank, (*draft).yank},
		{e.Undo, (*draft).takeBack},
	} {
		for _, name := range row.keys.Keys() {
			does[name] = row.do
		}
	}
	return does
}

func (d *draft) String() string { return string(d.runes) }

func (d *draft) empty() bool { return len(d.runes) == 0 }

// before is the text left of the cursor.
func (d *draft) before() string { return string(d.runes[:d.cursor]) }

// Set replaces the text and goes to its end.
func (d *draft) Set(s string) {
	d.save()
	d.runes = []rune(writable(s))
	d.cursor = len(d.runes)
}

// Insert puts s at the cursor; what does not fit into a line of chat is left
// out, and it says so by false.
func (d *draft) Insert(s string) bool {
	s = writable(s)
	room := wire.MaxText - len(d.String())
	fits := len(s) <= room
	if !fits {
		s = bubble.CutBytes(s, room)
	}
	if s == "" {
		return fits
	}
	d.save()
	r := []rune(s)
	d.runes = slices.Insert(d.runes, d.cursor, r...)
	d.cursor += len(r)
	return fits
}

// writable drops what no line may hold: control characters except line feed
// and tab. What a pasted text says beside that is the writer's business.
func writable(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

func (d *draft) save() {
	if len(d.undo) == bubble.MaxUndo {
		d.undo = slices.Delete(d.undo, 0, 1)
	}
	d.undo = append(d.undo, step{slices.Clone(d.runes), d.cursor})
}

func (d *draft) takeBack() {
	if n := len(d.undo); n > 0 {
		d.runes, d.cursor = d.undo[n-1].runes, d.undo[n-1].cursor
		d.undo = d.undo[:n-1]
	}
}

// left goes one character back: marks that stand on a letter go with it.
func (d *draft) left() {
	for d.cursor > 0 {
		d.cursor--
		if !bubble.Joins(d.runes[d.cursor]) {
			return
		}
	}
}

func (d *draft) right() {
	if d.cursor < len(d.runes) {
		d.cursor++
	}
	for d.cursor < len(d.runes) && bubble.Joins(d.runes[d.cursor]) {
		d.cursor++
	}
}

func (d *draft) home() {
	for d.cursor > 0 && d.runes[d.cursor-1] != '\n' {
		d.cursor--
	}
}

func (d *draft) end() {
	for d.cursor < len(d.runes) && d.runes[d.cursor] != '\n' {
		d.cursor++
	}
}

func (d *draft) wordLeft() {
	for d.cursor > 0 && !inWord(d.runes[d.cursor-1]) {
		d.cursor--
	}
	for d.cursor > 0 && inWord(d.runes[d.cursor-1]) {
		d.cursor--
	}
}

func (d *draft) wordRight() {
	for d.cursor < len(d.runes) && !inWord(d.runes[d.cursor]) {
		d.cursor++
	}
	for d.cursor < len(d.runes) && inWord(d.runes[d.cursor]) {
		d.cursor++
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// up and down move by a line of the draft; false at its edge.
func (d *draft) up() bool {
	at := d.cursor
	d.home()
	if d.cursor == 0 {
		d.cursor = at
		return false
	}
	column := at - d.cursor
	d.cursor--
	d.home()
	d.along(column)
	return true
}

func (d *draft) down() bool {
	at := d.cursor
	d.home()
	column := at - d.cursor
	d.end()
	if d.cursor == len(d.runes) {
		d.cursor = at
		return false
	}
	d.cursor++
	d.along(column)
	return true
}

func (d *draft) along(column int) {
	for ; column > 0 && d.cursor < len(d.runes) && d.runes[d.cursor] != '\n'; column-- {
		d.cursor++
	}
}

func (d *draft) backspace()     { d.cut((*draft).left, false) }
func (d *draft) delete()        { d.cut((*draft).right, false) }
func (d *draft) killWordLeft()  { d.cut((*draft).wordLeft, true) }
func (d *draft) killWordRight() { d.cut((*draft).wordRight, true) }
func (d *draft) killLeft()      { d.cut((*draft).home, true) }

// cut removes what move goes over, and keeps it for yank where keep says so.
func (d *draft) cut(move func(*draft), keep bool) {
	before := d.cursor
	move(d)
	from, to := min(before, d.cursor), max(before, d.cursor)
	if from == to {
		return
	}
	d.cursor = before
	d.save()
	d.cursor = from
	if keep {
		d.killed = slices.Clone(d.runes[from:to])
	}
	d.runes = slices.Delete(d.runes, from, to)
}

func (d *draft) yank() { d.Insert(string(d.killed)) }
