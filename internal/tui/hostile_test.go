package tui

import (
	"context"
	"fmt"
	"slices"
	"testing"

	foe "labchat/internal/hostile"
	"labchat/internal/wire"
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

func TestNoEventReachesATerminalUncleaned(t *testing.T) {
	noLeaks(t)
	for _, direct := range []bool{false, true} {
		term := newTerminal(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := &session{events: make(chan []wire.Event)}
		ended := make(chan error, 1)
		go func() {
			ended <- run(ctx, Config{Session: s, Archive: newArchive(), Theme: plainTheme(), Room: "lab3", Direct: direct}, term.slave, term.slave)
		}()
		term.awaitText("#lab3 ›")
		events := foe.Events(cycled(foe.Words()))
		covers := func(e wire.Event) bool { _, ok := e.(*wire.Safety); return ok } // its box lies over the screen
		n := 0
		for few := range slices.Chunk(slices.DeleteFunc(slices.Clone(events), covers), rowsOfEvents) {
			n++
			seen := fmt.Sprintf("that was part %d.", n)
			s.events <- append(slices.Clone(few), &wire.Notice{Text: seen, Own: true})
			term.awaitText(seen)
		}
		s.events <- slices.DeleteFunc(events, func(e wire.Event) bool { return !covers(e) })
		term.awaitText("is this really")
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		term.restored()
		if got := foe.Obeyed(term.written()); got != "" {
			t.Errorf("direct %v: %q came to the terminal", direct, got)
		}
	}
}
