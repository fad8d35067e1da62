package tui

import (
	"testing"

	"labchat/internal/app"
	"labchat/internal/wire"
)

func TestTheOldestLineIsTheFirstOfAll(t *testing.T) {
	s := open(t, 120, 40, func(cfg *Config) { cfg.Archive.(*archive).lines["#lab3"] = told(700, 2000) })
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.press("alt+home")
	if n := len(s.words()); n != 1300 {
		t.Fatalf("got %d lines of the archive, want all 1300", n)
	}
	for from := 200; ; from = 0 {
		all, tag := fetched(s)
		if len(all) == 0 || all[len(all)-1].Before != idOf(from+500) && from != 0 || all[len(all)-1].Limit != wire.MaxHistory {
			t.Fatalf("asked for %+v", all)
		}
		if from == 0 {
			s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(0), To: idOf(199), Count: 200})
			s.hear(told(0, 200)...)
			break
		}
		s.hear(append([]wire.Event{&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(from), To: idOf(from + 499), Count: 500, More: true}}, told(from, from+500)...)...)
	}
	_, tag := fetched(s)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3"})
	if n := len(s.words()); n != 2000 {
		t.Errorf("got %d lines, want all 2000", n)
	}
	s.shows("line 0.")
	before := len(s.session.done)
	s.hear(told(2000, 2001)...)
	if len(s.session.done) != before {
		t.Error("it asks on and on")
	}
}

func TestWhoScrollsElsewhereIsNotTakenBack(t *testing.T) {
	s := entered(t)
	s.hear(told(0, 200)...)
	_, tag := asked[wire.History](s.session)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3"})
	s.Book.Current.Past.Server = false
	s.press("alt+home", "alt+end")
	_, tag = fetched(s)
	s.hear(append([]wire.Event{&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(0), To: idOf(1), Count: 2, More: true}}, told(0, 2)...)...)
	s.shows("line 199.")
	if all, _ := fetched(s); len(all) != 1 {
		t.Errorf("asked for %+v, want nothing more", all)
	}
}

func TestReadGoesBackOverManyPages(t *testing.T) {
	s := open(t, 120, 40, func(cfg *Config) { cfg.Archive.(*archive).lines["#lab3"] = told(0, 2000) })
	s.hear(online()...)
	s.enters("/read 1200")
	if n := len(s.words()); n < 1200 || n == 2000 {
		t.Errorf("got %d lines, want 1200 and what fits the screen", n)
	}
	first := 2000 - 1200 - timelineRows(s.layout().body)
	s.shows(told(0, 2000)[first+3].(*wire.Said).Text)
}

func TestLinesLetGoOfWhileAPlaceWasHiddenComeBack(t *testing.T) {
	const all = app.MaxHiddenLines + 1000
	s := caughtUp(t)
	s.hear(told(0, all)...)
	s.archive.lines["#lab3"] = told(0, all)
	s.goesTo(s.Book.Person("bob"))
	s.hear(told(all, all+1)...)
	if n := len(s.words()); n > all {
		t.Fatalf("%d lines are kept of a place that is hidden", n)
	}
	s.goesTo(s.Book.Room("lab3"))
	s.press("alt+home")
	if n := len(s.words()); n != all+1 {
		t.Errorf("got %d lines, want %d", n, all+1)
	}
}

func TestPrivateLinesLetGoOfWhileAPlaceWasHiddenComeBack(t *testing.T) {
	const all = app.MaxHiddenLines + 1000
	s := caughtUp(t)
	s.goesTo(s.Book.Person("bob"))
	s.hear(talked(0, all)...)
	s.archive.lines["@bob"] = talked(0, all+1)
	s.goesTo(s.Book.Room("lab3"))
	s.hear(talked(all, all+1)...)
	if n := len(spoken(s.Book.Person("bob"))); n > all {
		t.Fatalf("%d lines are kept of a place that is hidden", n)
	}
	s.goesTo(s.Book.Person("bob"))
	s.press("alt+home")
	words := spoken(s.Book.Person("bob"))
	if len(words) != all+1 || words[0] != "line 0." {
		t.Errorf("got %d lines, want %d", len(words), all+1)
	}
}

func TestAHoleAmongLinesThatWereLetGoOfIsThereAgain(t *testing.T) {
	const all, from, to = app.MaxHiddenLines + 1000, 200, 299
	s := caughtUp(t)
	s.hear(offline(s))
	s.hear(told(0, from)...)
	s.hear(&wire.Gap{Room: "lab3", From: idOf(to + 1), To: idOf(all), Count: all - to, More: true})
	s.hear(told(to+1, all)...)
	s.archive.lines["#lab3"] = append(told(0, from), told(to+1, all)...)
	s.archive.extents = map[string]wire.Extent{"lab3": {
		First: idOf(0), Last: idOf(all), Holes: wire.Holes{{From: idOf(from-1) + 1, To: idOf(to+1) - 1}},
	}}
	s.goesTo(s.Book.Person("bob"))
	s.hear(told(all, all+1)...)
	if n := len(s.words()); n >= all {
		t.Fatalf("%d lines are kept of a place that is hidden", n)
	}
	s.press("esc")
	s.goesTo(s.Book.Room("lab3"))
	s.press("alt+home")
	if n := len(s.words()); n != all+1-(to+1-from) {
		t.Errorf("got %d lines, want all that are not missing", n)
	}
	if holes := s.Book.Current.Log.Holes; len(holes) != 1 || holes[0].From != idOf(from-1)+1 || holes[0].To != idOf(to+1)-1 {
		t.Errorf("got the holes %v, want that of the archive", holes)
	}
}
