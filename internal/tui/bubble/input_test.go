package bubble

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"labchat/internal/text"
)

func TestFieldsAreEditedAsInReadline(t *testing.T) {
	tests := []struct {
		name, start string
		keys        []string
		want        string // with | where the cursor is
	}{
		{"to the start", "one two", []string{"ctrl+a"}, "|one two"},
		{"to the end", "one two", []string{"ctrl+a", "ctrl+e"}, "one two|"},
		{"a word back", "one two", []string{"alt+b"}, "one |two"},
		{"a word on", "one two", []string{"ctrl+a", "alt+f"}, "one| two"},
		{"rub out a word", "one two", []string{"ctrl+w"}, "one |"},
		{"delete a word", "one two", []string{"ctrl+a", "alt+d"}, "| two"},
		{"delete the last character as a word", "one", []string{"left", "ctrl+x"}, "on|"},
		{"rub out to the start", "one two", []string{"left", "ctrl+u"}, "|o"},
		{"put it back", "one two", []string{"ctrl+w", "ctrl+a", "ctrl+y"}, "two|one "},
		{"rub out a letter with its marks", "e\u0301e\u0301", []string{"backspace"}, "e\u0301|"},
		{"over a letter with its marks", "e\u0301x", []string{"left", "left"}, "|e\u0301x"},
		{"delete a letter with its marks", "e\u0301x", []string{"ctrl+a", "delete"}, "|x"},
		{"nothing to delete", "", []string{"delete", "backspace", "ctrl+w", "ctrl+x", "left", "right", "ctrl+_", "ctrl+y"}, "|"},
		{"take back", "one two", []string{"ctrl+w", "ctrl+w", "ctrl+_", "ctrl+_"}, "one two|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := NewInput(100)
			in.Set(tt.start)
			for _, name := range tt.keys {
				if !in.Key(Key{Name: name}) {
					t.Errorf("%s edits nothing", name)
				}
			}
			if got := in.String()[:in.before()] + "|" + in.String()[in.before():]; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAFieldHoldsNoMoreThanItsBytesAndNoControlCharacters(t *testing.T) {
	in := NewInput(10)
	in.Insert("a\x1b[2J\r\nb\xff")
	if got, want := in.String(), "a[2Jb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	in.Insert("\u00e9\u00e9\u00e9")
	if got, want := in.String(), "a[2Jb\u00e9\u00e9"; got != want {
		t.Errorf("got %q, want %q, and no half character", got, want)
	}
}

// Whatever is written and whichever keys are pressed, a field takes its columns
// by the greatest measure of all terminals, and shows its cursor.
func TestAFieldFitsItsColumns(t *testing.T) {
	names := []string{"left", "right", "home", "end", "alt+b", "alt+f", "backspace", "delete", "ctrl+u", "ctrl+w", "alt+d", "ctrl+y", "ctrl+_"}
	rapid.Check(t, func(rt *rapid.T) {
		in := NewInput(rapid.IntRange(0, 200).Draw(rt, "max"))
		mask := rapid.SampledFrom([]text.Safe{"", "*"}).Draw(rt, "mask")
		if mask != "" {
			in.Secret()
		}
		for range rapid.IntRange(0, 20).Draw(rt, "keys") {
			k := Key{Name: rapid.SampledFrom(names).Draw(rt, "name")}
			if rapid.Bool().Draw(rt, "text") {
				k = Key{Text: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\u0915\u0940", "\U0001F1E9\U0001F1EA", "\u6f22\u5b57", "\u0e01\u0e33", "\u202e", "word "})).Draw(rt, "words")}
			}
			in.Key(k)
			w := rapid.IntRange(2, 60).Draw(rt, "w")
			row := in.View(w, mask, "^")
			if text.Width(row) != w {
				rt.Fatalf("%q in %d columns takes %d", row, w, text.Width(row))
			}
			if !strings.Contains(string(row), "^") && !strings.Contains(in.String(), "^") && w > 12 {
				rt.Fatalf("%q, of %q in %d columns, shows no cursor", row, in.String(), w)
			}
		}
	})
}
