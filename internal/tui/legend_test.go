package tui

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"labchat/internal/text"
)

// studentsPage returns docs/students.md as its readers see it, without what its
// test does unseen.
func studentsPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/students.md")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile("(?ms)^<!--.*?-->\n").ReplaceAllString(string(page), "")
}

// TestTheStudentsPageHasTheLegendOfTheHelp compares docs/students.md with what
// F1 shows.
func TestTheStudentsPageHasTheLegendOfTheHelp(t *testing.T) {
	signs := legend(open(t, 80, 24).paint.Glyph)
	half := (len(signs) + 1) / 2
	var want strings.Builder
	for i, left := range signs[:half] {
		right := sign{}
		if half+i < len(signs) {
			right = signs[half+i]
		}
		fmt.Fprintf(&want, "| `%s` | %s | `%s` | %s |\n", left.mark, left.means, right.mark, right.means)
	}
	if !strings.Contains(studentsPage(t), "|---|---|---|---|\n"+want.String()) {
		t.Errorf("docs/students.md has another legend than F1; want\n%s", want.String())
	}
}

func TestTheStudentsPageIsOneScreen(t *testing.T) {
	const rows, columns = 45, 100 // of a terminal of a lab, with a margin
	lines := strings.Split(strings.TrimSuffix(studentsPage(t), "\n"), "\n")
	if len(lines) > rows {
		t.Errorf("docs/students.md has %d lines, want at most %d", len(lines), rows)
	}
	for i, line := range lines {
		if n := text.Width(line); n > columns {
			t.Errorf("docs/students.md: line %d of what is seen has %d columns, want at most %d: %s", i+1, n, columns, line)
		}
	}
}

func TestTheHelpExplainsEverySignAtEverySize(t *testing.T) {
	for _, size := range [][2]int{{30, 8}, {50, 15}, {80, 24}, {200, 50}} {
		s := open(t, size[0], size[1])
		s.hear(online()...)
		whole := strings.Join(strings.Fields(strings.Join(readHelp(s), " ")), " ")
		for _, sign := range legend(s.paint.Glyph) {
			if want := sign.mark + " " + sign.means; !strings.Contains(whole, string(want)) {
				t.Errorf("%v: got no %q in the help", size, want)
			}
		}
	}
}
