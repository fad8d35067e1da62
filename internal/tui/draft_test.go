package tui

import (
	"strings"
	"testing"

	"labchat/internal/text"
	"labchat/internal/wire"
)

func TestEditingKeysDoAsInReadline(t *testing.T) {
	tests := []struct {
		name, start string
		keys        []string
		want        string // with | where the cursor is
	}{
		{"to the start", "one two", []string{"ctrl+a"}, "|one two"},
		{"to the start of this line only", "one\ntwo", []string{"ctrl+a"}, "one\n|two"},
		{"to the end", "one two", []string{"ctrl+a", "ctrl+e"}, "one two|"},
		{"a word back", "one two", []string{"alt+b"}, "one |two"},
		{"two words back", "one, two", []string{"alt+b", "alt+b"}, "|one, two"},
		{"a word on", "one two", []string{"ctrl+a", "alt+f"}, "one| two"},
		{"rub out a word", "one two", []string{"ctrl+w"}, "one |"},
		{"delete a word", "one two", []string{"ctrl+a", "alt+d"}, "| two"},
		{"rub out to the start", "one two", []string{"left", "ctrl+u"}, "|o"},
		{"put it back", "one two", []string{"ctrl+w", "ctrl+a", "ctrl+y"}, "two|one "},
		{"rub out a letter with its marks", "e\u0301e\u0301", []string{"backspace"}, "e\u0301|"},
		{"delete a letter with its marks", "e\u0301x", []string{"ctrl+a", "delete"}, "|x"},
		{"nothing to delete", "", []string{"delete", "backspace", "ctrl+w", "left", "right"}, "|"},
		{"take back", "one two", []string{"ctrl+w", "ctrl+w", "ctrl+_", "ctrl+_"}, "one two|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d draft
			d.Set(tt.start)
			for _, k := range tt.keys {
				edits()[k](&d)
			}
			if got := d.before() + "|" + string(d.runes[d.cursor:]); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestADraftHoldsNoMoreThanALineOfChat(t *testing.T) {
	var d draft
	d.Insert(strings.Repeat("x", wire.MaxText-1))
	if d.Insert("é") {
		t.Error("two bytes fit where there is room for one")
	}
	if got := len(d.String()); got != wire.MaxText-1 {
		t.Errorf("got %d bytes, want no half character", got)
	}
}

func TestADraftTakesNoControlCharacters(t *testing.T) {
	var d draft
	d.Insert("a\x1b[2J\r\nb\rc\x00\td\xff")
	if got, want := d.String(), "a[2J\nb\nc\td"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheComposerWrapsWhatIsWritten(t *testing.T) {
	c := composer{paint: newPaint(plainTheme(), nil), editing: edits()}
	for _, s := range append(hostile, "one\n\ntwo", "👍🏽👍🏽👍🏽", "नि नि") {
		c.Load("#lab3", s)
		for w := 1; w < 40; w++ {
			rows, at := c.wrap(w)
			if at < 0 || at >= len(rows) {
				t.Fatalf("%q in %d columns: the cursor is in row %d of %d", s, w, at, len(rows))
			}
			for _, row := range rows {
				if text.Width(row) > w {
					t.Fatalf("%q in %d columns: a row of %d: %q", s, w, text.Width(row), row)
				}
			}
		}
	}
}
