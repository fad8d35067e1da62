package tui

import (
	"context"
	"testing"

	"labchat/internal/app"
	"labchat/internal/wire"
)

// readsWhileALineComes goes to lab3, of whose archive a page is being read when the
// next line comes; stored says that the archive has taken the line by then.
func readsWhileALineComes(t *testing.T, stored bool) *scene {
	t.Helper()
	s := open(t, 120, 40, func(cfg *Config) {
		a := cfg.Archive.(*archive)
		a.lines["#lab3"] = told(0, 5)
		a.extents = map[string]wire.Extent{"lab3": {First: idOf(0), Last: idOf(4)}}
		cfg.Room = "tea"
	})
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "tea"})
	var read []any
	for _, j := range s.Update(batch{s.Link.Session, []wire.Event{&wire.Entered{Room: "lab3", Last: idOf(4)}}}) {
		if j.Do != nil && j.After == 0 {
			read = append(read, j.Do(context.Background()))
		}
	}
	if stored {
		s.archive.lines["#lab3"] = append(told(0, 5), told(8, 9)...)
		s.archive.extents["lab3"] = wire.Extent{First: idOf(0), Last: idOf(8)}
	}
	s.hear(told(8, 9)...)
	s.tell(read...)
	s.goesTo(s.Book.Room("lab3"))
	return s
}

func TestALineThatComesWhileTheArchiveIsReadIsNoSignOfAHole(t *testing.T) {
	s := readsWhileALineComes(t, true)
	s.hides(app.HoleRow)
	s.expect("line 0.", "line 1.", "line 2.", "line 3.", "line 4.", "line 8.")
}

func TestALineThatTheArchiveDoesNotTakeWhileItIsReadIsASignOfAHole(t *testing.T) {
	s := readsWhileALineComes(t, false)
	s.shows(app.HoleRow)
}

func TestARoomOfWhichNoMissedLineHadRoomInTheAnswerShowsThemOnceTheyAreFetched(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 5)...)
	s.hear(offline(s))
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Last: idOf(8)}, &wire.Gap{Room: "lab3", More: true})
	s.hear(told(11, 12)...)
	s.shows(app.HoleRow)
	_, tag := fetched(s)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3"}) // nothing was said before the first
	s.archive.lines["#lab3"] = append(told(0, 9), told(11, 12)...)
	s.archive.extents = map[string]wire.Extent{"lab3": {First: idOf(0), Last: idOf(11)}}
	s.hear(&wire.Filled{Room: "lab3"})
	s.hides(app.HoleRow)
	if n := len(s.words()); n != 10 {
		t.Errorf("got %d lines, want 10", n)
	}
}
