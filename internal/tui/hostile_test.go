package tui

import (
	"maps"
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

// FuzzNoEventHasAWordThatATerminalObeys shows some of the events that a server,
// a peer or a disk may have for us, each string of them hostile, and a view over
// them.
func FuzzNoEventHasAWordThatATerminalObeys(f *testing.F) {
	views := slices.Sorted(maps.Keys(looks()))
	for i, word := range foe.Words() {
		f.Add(word, i%2 == 0, uint16(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, word string, direct bool, part uint16, view uint8) {
		s := open(t, 80, 24, func(c *Config) { c.Direct = direct })
		lab(s)
		parts := slices.Collect(slices.Chunk(foe.Events(cycled(foulWords(word))), rowsOfEvents/2))
		s.hear(parts[int(part)%len(parts)]...)
		s.obeysNothing("some events")
		s.over, s.form = nil, nil
		name := views[int(view)%len(views)]
		looks()[name](s)
		s.obeysNothing(name)
	})
}

// foulWords are a word of strangers in the places where it may stand.
func foulWords(word string) []string { return []string{word, "a" + word, word + "\n" + word} }

// obeysNothing fails where a word of strangers is on the screen as it came.
func (s *scene) obeysNothing(what any) {
	s.t.Helper()
	if got := foe.Obeyed(s.View()); got != "" {
		s.t.Fatalf("%v: %q is on the screen", what, got)
	}
}

func TestNoEventHasAWordThatATerminalObeys(t *testing.T) {
	for _, word := range foe.Words()[:4] {
		for _, direct := range []bool{false, true} {
			s := open(t, 200, 50, func(c *Config) { c.Direct = direct })
			lab(s)
			for few := range slices.Chunk(foe.Events(cycled(foulWords(word))), rowsOfEvents) {
				s.hear(few...)
				s.obeysNothing(few)
				s.over, s.form = nil, nil
			}
			for name, look := range looks() {
				look(s)
				s.obeysNothing(name)
			}
		}
	}
}
