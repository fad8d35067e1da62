package tui

import (
	"regexp"
	"strings"
	"testing"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// readHelp pages through the help and returns its rows without the border.
func readHelp(s *scene) []string {
	s.press("f1")
	var all []string
	for last := ""; ; s.press("pgdown") {
		rows := strings.Split(s.View(), "\n")
		page := make([]string, 0, len(rows))
		for _, row := range rows[1 : len(rows)-1] {
			_, row, _ = strings.Cut(row, "│ ")
			row, _, _ = strings.Cut(row, " │")
			page = append(page, strings.TrimRight(row, " "))
		}
		joined := strings.Join(page, "\n")
		if joined == last {
			return all
		}
		last = joined
		fresh := 0 // rows of this page that the page before ended with
		for n := len(page); n > 0 && fresh == 0; n-- {
			if len(all) >= n && strings.Join(all[len(all)-n:], "\n") == strings.Join(page[:n], "\n") {
				fresh = n
			}
		}
		all = append(all, page[fresh:]...)
	}
}

// names are the keys of a binding as the help prints them, and the command that
// does the same.
func names(b binding) string { return strings.TrimSpace(b.Help().Key + " " + string(b.word)) }

func TestTheHelpCanBeReadAtEverySize(t *testing.T) {
	for _, size := range [][2]int{{30, 8}, {34, 10}, {41, 12}, {50, 15}, {60, 20}, {79, 24}, {80, 24}, {120, 40}, {200, 50}} {
		s := open(t, size[0], size[1])
		s.hear(online()...)
		rows := readHelp(s)
		whole := strings.Join(strings.Fields(strings.Join(rows, " ")), " ")
		for _, b := range bindings() {
			if want := strings.Join(strings.Fields(names(b)+" "+b.Help().Desc), " "); !strings.Contains(whole, want) {
				t.Errorf("%v: no %q in\n%s", size, want, strings.Join(rows, "\n"))
			}
		}
		for _, e := range command.HelpEntries(s.Link.Offer) {
			if want := e.Signature + " " + e.Help; !strings.Contains(whole, want) {
				t.Errorf("%v: no %q", size, want)
			}
		}
		if size[0] >= 80 {
			continue
		}
		for _, row := range rows { // one thing a row
			found := 0
			for _, b := range bindings() {
				if strings.HasPrefix(row, "  "+names(b)+" ") || strings.Contains(row[min(len(row), 2):], " "+names(b)+"  ") {
					found++
				}
			}
			if found > 1 {
				t.Errorf("%v: %q holds %d keys", size, row, found)
			}
		}
	}
}

func TestTheHelpNamesItsKeysWhereverItIsRead(t *testing.T) {
	for _, size := range [][2]int{{30, 8}, {50, 15}, {80, 24}} {
		s := open(t, size[0], size[1])
		s.press("f1")
		title, _, _ := strings.Cut(s.View(), "\n")
		if !strings.Contains(title, "Esc close") || !strings.Contains(title, "PgDn") {
			t.Errorf("%v: the title is %q", size, title)
		}
		if text.Width(title) != size[0] {
			t.Errorf("%v: the title is %d wide", size, text.Width(title))
		}
	}
}

func TestTheLastPageOfTheHelpPromisesNoOther(t *testing.T) {
	for _, size := range [][2]int{{30, 8}, {50, 15}, {80, 24}, {200, 50}} {
		s := open(t, size[0], size[1])
		s.press("f1")
		title := ""
		for page := "x"; page != s.View(); {
			page = s.View()
			s.press("pgdown")
			title, _, _ = strings.Cut(s.View(), "\n")
		}
		if !strings.Contains(title, "Esc close") || strings.Contains(title, "PgDn") {
			t.Errorf("%v: the title of the last page is %q", size, title)
		}
	}
}

// Where everything but :q is said to the other, the help names no command beside a
// key.
func TestTheHelpOfASessionWithoutAServerNamesNoOtherCommand(t *testing.T) {
	for _, size := range [][2]int{{50, 15}, {120, 40}} {
		s := open(t, size[0], size[1], func(c *Config) { c.Direct = true })
		s.hear(&wire.Status{State: wire.StateOnline, Dialect: "direct"})
		keys, signs, _ := strings.Cut(strings.Join(readHelp(s), "\n"), "\nSigns")
		if word := regexp.MustCompile(`(?:^|\s)[/$][a-z]+`).FindString(keys); word != "" || signs == "" {
			t.Errorf("%v: it names%s:\n%s", size, word, keys)
		}
	}
}
