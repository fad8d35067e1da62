package text

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"
)

// scripts are words whose columns terminals count differently.
func scripts() []string {
	return []string{
		"กำ", "กำลังทำ", "ກຳ", "की", "हिन्दी", "क्षि", "தமிழ்", "বাংলা", "မြန်မာ", "ភាសាខ្មែរ", "සිංහල", "תּוֹרָה", "مُحَمَّد", "\u1112\u1161\u11ab",
		"🇩🇪", "🇩", "👍🏽", "👩\u200d👧", "❤\ufe0f", "☰", "𝌆", "b\u0903", "e\u0301\u05b0\u093f", "\U0001FAE8", "z\u0591\u0592\u0593\u0594",
	}
}

// table is a table of widths that is not ours. It knows few marks, so that it
// stands for the terminals that give them a column, too.
func table() *runewidth.Condition { return &runewidth.Condition{} }

// byCodePoints is what a terminal makes of s that counts code points and knows
// what a mark is.
func byCodePoints(s string) (columns int) {
	for _, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			columns += table().RuneWidth(r)
		}
	}
	return columns
}

// A counter is how a terminal counts.
type counter func(printed string) (n, columns int)

// counters are the kinds of terminals there are.
func counters() map[string]counter {
	runes := func(width func(r rune) int) counter {
		return func(s string) (int, int) {
			for i, r := range s {
				return i + len(string(r)), width(r)
			}
			return 0, 0
		}
	}
	return map[string]counter{
		"clusters": func(s string) (int, int) {
			cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
			return len(cluster), w
		},
		"code points": runes(func(r rune) int { return byCodePoints(string(r)) }),
		"marks too":   runes(func(r rune) int { return table().RuneWidth(r) }),
	}
}

// draw shows a row in a terminal: what stands in each column, and the furthest
// column that anything was drawn in. It knows what Anchor writes.
func draw(row string, count counter) (cells map[int]string, furthest int) {
	cells = map[int]string{}
	column := 0
	for row != "" {
		if rest, ok := strings.CutPrefix(row, "\x1b["); ok {
			end := strings.IndexFunc(rest, unicode.IsLetter)
			if rest[end] == 'G' {
				column, _ = strconv.Atoi(rest[:end])
				column--
			}
			row = rest[end+1:]
			continue
		}
		end := len(row)
		if i := strings.IndexByte(row, 0x1b); i >= 0 {
			end = i
		}
		n, w := count(row[:end])
		if w > 0 {
			cells[column] = row[:n]
		}
		column += w
		furthest = max(furthest, column)
		row = row[n:]
	}
	return cells, furthest
}

func TestWhatStandsBehindADisputedCharacterIsInItsColumn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(3, 200).Draw(rt, "width")
		words := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(scripts()), rapid.String()), 0, 12).Draw(rt, "words")
		name := CleanLine(strings.Join(words, rapid.SampledFrom([]string{"", " ", "ab "}).Draw(rt, "gap")))
		left := width / 2
		row := Anchor("\x1b[1m"+PadRight(name, left)+"\x1b[0m|"+PadRight(name, width-left-1), width)
		for kind, count := range counters() {
			cells, furthest := draw(string(row), count)
			if furthest > width {
				rt.Fatalf("%s: %q reaches column %d of %d", kind, row, furthest, width)
			}
			if cells[left] != "|" {
				rt.Fatalf("%s: %q has %q in column %d", kind, row, cells[left], left)
			}
			if kind != "marks too" && strings.HasPrefix(string(row), eraseRow) && cells[width-1] != "" {
				rt.Fatalf("%s: %q draws in the last column", kind, row)
			}
		}
	})
}

func TestARowThatEverybodyAgreesAboutStaysAsItIs(t *testing.T) {
	for _, row := range []string{"", "plain", "\x1b[1mbold\x1b[0m", "größer │ ● → ✓ 你好 ｶﾅ 한글", "e\u0301te\u0301", "Ελληνικά Русский ไทย"} {
		if got := Anchor(Safe(row), Width(row)); string(got) != row {
			t.Errorf("%q became %q", row, got)
		}
	}
}

// TestTmuxNeedsNoMoreColumnsThanAreReserved asks a real terminal, whose table
// is that of the C library.
func TestTmuxNeedsNoMoreColumnsThanAreReserved(t *testing.T) {
	bin, err := exec.LookPath("tmux")
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("tmux is not installed: a table stands for it in the other tests")
	}
	socket := filepath.Join(t.TempDir(), "s")
	tmux := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), bin, append([]string{"-u", "-S", socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %q: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	t.Cleanup(func() {
		_ = exec.CommandContext(context.WithoutCancel(t.Context()), bin, "-S", socket, "kill-server").Run() // it may have ended by itself
	})
	for i, word := range scripts() {
		word = string(CleanLine(word))
		// The pane draws the row, says so, and stays until the server ends.
		ready := fmt.Sprintf("ready%d", i)
		row := Anchor(PadRight(Safe(word), 38)+"|", 40)
		script := fmt.Sprintf("printf '%%s' '%s'; tmux -S '%s' wait-for -S %s; read -r _", word, socket, ready)
		tmux("new-session", "-d", "-x", "40", "-y", "4", "-s", ready, script)
		tmux("wait-for", ready)
		if got := tmux("display-message", "-p", "-t", ready, "#{cursor_x}"); got != strconv.Itoa(Width(word)) {
			if n, err := strconv.Atoi(got); err != nil || n > Width(word) {
				t.Errorf("tmux gives %q %s columns, Width %d", word, got, Width(word))
			}
		}
		script = fmt.Sprintf("printf '%%s' '%s'; tmux -S '%s' wait-for -S %s; read -r _", row, socket, ready)
		tmux("respawn-pane", "-k", "-t", ready, script)
		tmux("wait-for", ready)
		if got := tmux("display-message", "-p", "-t", ready, "#{cursor_x},#{cursor_y}"); got != "39,0" {
			t.Errorf("the cursor is at %s after the row of %q, want 39,0", got, word)
		}
	}
}
