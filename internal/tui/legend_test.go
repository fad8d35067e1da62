package tui

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTheStudentsPageHasTheLegendOfTheHelp compares docs/students.md with what
// F1 shows.
func TestTheStudentsPageHasTheLegendOfTheHelp(t *testing.T) {
	page, err := os.ReadFile("../../docs/students.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("| sign | |\n|---|---|\n")
	for _, s := range legend(open(t, 80, 24).paint.Glyph) {
		fmt.Fprintf(&want, "| `%s` | %s |\n", s.mark, s.means)
	}
	if !strings.Contains(string(page), "\n"+want.String()+"\n") {
		t.Errorf("docs/students.md has another legend than F1; want\n%s", want.String())
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
