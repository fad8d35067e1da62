package bubble

import (
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/key"
	"pgregory.net/rapid"

	"labchat/internal/text"
)

// foreign draws what strangers may write, and what terminals count differently.
func foreign() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"\u0915\u0940", "\U0001F1E9\U0001F1EA", "\u6f22\u5b57\u6f22\u5b57", "\u0e01\u0e33", "\u1112\u1161\u11ab", "\u202e", "\x1b[31m", "word", "  ",
	}))
}

func TestAPageFitsItsColumnsWhateverItsRowsAre(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var p Pager
		for range 4 {
			w, h := rapid.IntRange(1, 40).Draw(rt, "w"), rapid.IntRange(1, 10).Draw(rt, "h")
			var rows []text.Safe
			for range rapid.IntRange(1, 15).Draw(rt, "n") {
				rows = append(rows, text.Truncate(text.CleanLine(foreign().Draw(rt, "row")), w))
			}
			for range rapid.IntRange(0, 5).Draw(rt, "keys") {
				p.Key(Key{Name: rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown"}).Draw(rt, "key")})
			}
			page := p.View(rows, w, h)
			if len(page) != min(h, len(rows)) {
				rt.Fatalf("got %d rows of %d in %d", len(page), len(rows), h)
			}
			first := len(rows) - len(page)
			for i, row := range page {
				if text.Width(row) != w {
					rt.Fatalf("%q in %d columns takes %d", row, w, text.Width(row))
				}
				if want := text.PadRight(rows[first+i], w); p.AtEnd() && row != want {
					rt.Fatalf("row %d of the last page is %q, want %q", i, row, want)
				}
			}
		}
	})
}

func TestHintsFitTheirRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var keys []key.Binding
		for range rapid.IntRange(0, 6).Draw(rt, "n") {
			keys = append(keys, key.NewBinding(key.WithKeys("x"), key.WithHelp(string(text.CleanLine(foreign().Draw(rt, "key"))), string(text.CleanLine(foreign().Draw(rt, "does"))))))
		}
		w := rapid.IntRange(-2, 50).Draw(rt, "w")
		if row := Hints(w, "|", "~", keys...); text.Width(row) > max(w, 0) {
			rt.Fatalf("%q in %d columns takes %d", row, w, text.Width(row))
		}
	})
}

func TestHintsSayThatThereAreMore(t *testing.T) {
	keys := []key.Binding{key.NewBinding(key.WithKeys("f1"), key.WithHelp("F1", "help")), key.NewBinding(key.WithKeys("q"), key.WithHelp("q", "quit"))}
	for w, want := range map[int]text.Safe{40: "F1 help | q quit", 16: "F1 help | q quit", 15: "F1 help ~", 10: "F1 help ~", 3: "", 0: ""} {
		if got := Hints(w, "|", "~", keys...); got != want {
			t.Errorf("%d columns: got %q, want %q", w, got, want)
		}
	}
}

func TestColumnsStandBelowEachOther(t *testing.T) {
	var keys []key.Binding
	for _, name := range []string{"a", "bb", "ccc"} {
		keys = append(keys, key.NewBinding(key.WithKeys(name), key.WithHelp(name, "does "+name)))
	}
	want := "a   does a    bb  does bb\nccc does ccc"
	if got := string(text.Join(Columns(keys, 4, 14), "\n")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestABarIsFullWhenAllIsDoneAndNotBefore(t *testing.T) {
	for part, want := range map[float64]string{-1: "....", 0: "....", 0.49: "#...", 0.5: "##..", 0.999: "###.", 1: "####", 7: "####"} {
		if got := string(Bar(4, part, "#", ".")); got != want {
			t.Errorf("%v: got %s, want %s", part, got, want)
		}
	}
	if got := Bar(0, 0.5, "#", "."); strings.TrimSpace(string(got)) != "" {
		t.Errorf("no columns hold %q", got)
	}
}

func TestASpinnerGoesRound(t *testing.T) {
	s := NewSpinner("abc")
	var got text.Safe
	for range 5 {
		got += s.View()
		s.Step()
	}
	if got != "abcab" {
		t.Errorf("got %q", got)
	}
}
