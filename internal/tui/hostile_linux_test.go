package tui

import (
	"context"
	"fmt"
	"slices"
	"testing"

	foe "labchat/internal/hostile"
	"labchat/internal/wire"
)

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
