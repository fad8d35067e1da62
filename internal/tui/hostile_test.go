package tui

import (
	"slices"
	"testing"

	foe "labchat/internal/hostile"
)

// cycled returns what gives one word after the other, and never ends.
func cycled(words []string) func() string {
	n := 0
	return func() string {
		n++
		return words[n%len(words)]
	}
}

// rowsOfEvents is how many events have their words on a screen of 50 rows.
const rowsOfEvents = 12

// FuzzNoEventHasAWordThatATerminalObeys shows every event a server, a peer or
// a disk may have for us, each string of it hostile.
func FuzzNoEventHasAWordThatATerminalObeys(f *testing.F) {
	for _, word := range foe.Words()[:4] {
		f.Add(word, false)
		f.Add(word, true)
	}
	f.Fuzz(func(t *testing.T, word string, direct bool) {
		s := open(t, 200, 50, func(c *Config) { c.Direct = direct })
		lab(s)
		shows := func(what any) {
			t.Helper()
			if got := foe.Obeyed(s.View()); got != "" {
				t.Fatalf("%v: %q is on the screen", what, got)
			}
		}
		for few := range slices.Chunk(foe.Events(cycled([]string{word, "a" + word, word + "\n" + word})), rowsOfEvents) {
			s.hear(few...)
			shows(few)
			s.over, s.form = overlay{}, nil
		}
		for name, look := range looks() {
			look(s)
			shows(name)
		}
	})
}
