package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"labchat/internal/app"
	"labchat/internal/wire"
)

// told are lines of a room, said in one minute and numbered from 0.
func told(from, to int) []wire.Event {
	lines := make([]wire.Event, 0, to-from)
	for i := from; i < to; i++ {
		lines = append(lines, said("lab3", "bob", 14, 3, i, fmt.Sprintf("line %d.", i)))
	}
	return lines
}

// caughtUp is a room whose older lines are all here.
func caughtUp(t *testing.T) *scene {
	t.Helper()
	s := entered(t)
	_, tag := asked[wire.History](s.session)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3"})
	return s
}

// fetched are the questions for lines before some other, and the tag of the
// last.
func fetched(s *scene) (all []wire.History, tag string) {
	all, tag = asked[wire.History](s.session)
	return slices.DeleteFunc(all, func(h wire.History) bool { return h.Before == 0 }), tag
}

func idOf(n int) wire.ID { return said("lab3", "", 14, 3, n, "").ID }

func TestMissingLinesAreShownAsAHoleAndFetched(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 10)...)
	s.hear(offline(s))
	s.hear(online()...)
	s.hear(&wire.Gap{Re: wire.Re{Re: "r1"}, Room: "lab3", From: idOf(130), To: idOf(629), Count: 500, More: true})
	s.hear(told(130, 630)...)
	s.hides(app.HoleRow)
	s.press("alt+u")
	s.shows("500 new since 14:03")
	s.press("alt+end")
	if all, _ := fetched(s); len(all) != 0 {
		t.Fatalf("asked at once: %+v", all)
	}
	s.press("alt+home")
	s.shows(app.HoleRow)
	all, tag := fetched(s)
	if len(all) != 1 || all[0].Room != "lab3" || all[0].Before != idOf(130) {
		t.Fatalf("got %+v", all)
	}
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(30), To: idOf(129), Count: 100, More: true})
	s.hear(told(30, 130)...)
	s.press("alt+home")
	s.shows(app.HoleRow)
	all, tag = fetched(s)
	if len(all) != 2 || all[1].Before != idOf(30) {
		t.Fatalf("got %+v", all)
	}
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(0), To: idOf(29), Count: 30, More: true})
	s.hear(told(0, 30)...)
	s.press("alt+end", "alt+home")
	s.hides(app.HoleRow)
	if n := len(s.words()); n != 630 {
		t.Errorf("got %d lines, want all 630", n)
	}
	if s.Book.Current.Counts.Unread != 0 {
		t.Error("fetched lines count as unread")
	}
}

func TestWhoComesDownToAHoleIsNotCarriedPastIt(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 100)...)
	s.hear(offline(s))
	s.hear(&wire.Gap{Re: wire.Re{Re: "r1"}, Room: "lab3", From: idOf(1000), To: idOf(1099), Count: 100, More: true})
	s.hear(told(1000, 1100)...)
	s.press("esc")
	for range 20 {
		s.press("pgup")
	}
	s.shows("line 0.")
	s.hear(online()...)
	for range 20 {
		if s.press("pgdown"); strings.Contains(s.View(), "line 1000.") {
			break
		}
	}
	s.shows(app.HoleRow)
	s.shows("line 99.")
	if all, _ := fetched(s); len(all) != 0 {
		t.Errorf("asked for %+v", all)
	}
	s.press("pgdown", "pgup")
	if all, _ := fetched(s); len(all) != 1 {
		t.Errorf("asked for %+v, want what is missing", all)
	}
}

func TestMissedLinesOfWhichNoneAreToldAreFetched(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 3)...)
	s.hear(offline(s))
	s.hear(online()...)
	s.hear(&wire.Gap{Re: wire.Re{Re: "r1"}, Room: "lab3", From: idOf(3), To: idOf(5), More: true})
	all, tag := fetched(s)
	if len(all) != 1 || all[0].Before != idOf(6) {
		t.Fatalf("asked for %+v", all)
	}
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(0), To: idOf(5), Count: 6})
	s.hear(told(0, 6)...)
	if n := len(s.words()); n != 6 {
		t.Errorf("got %d lines, want all 6", n)
	}
}

func TestLinesThatAreLeftOutOnTheirWayAreAHole(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 5)...)
	s.hear(&wire.Gap{Room: "lab3", From: idOf(5), To: idOf(8), More: true, Out: 4})
	s.hear(told(9, 12)...)
	s.shows(app.HoleRow)
	s.press("pgup")
	all, tag := fetched(s)
	if len(all) != 1 || all[0].Before != idOf(9) {
		t.Fatalf("got %+v", all)
	}
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(0), To: idOf(8), Count: 9})
	s.hear(told(0, 9)...)
	s.hides(app.HoleRow)
	s.expect("line 0.", "line 1.", "line 2.", "line 3.", "line 4.", "line 5.", "line 6.", "line 7.", "line 8.", "line 9.", "line 10.", "line 11.")
}

func TestAHoleWaitsForTheConnection(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 5)...)
	s.hear(&wire.Gap{Room: "lab3", From: idOf(8), To: idOf(9), Count: 2, More: true})
	s.hear(told(8, 10)...)
	s.hear(offline(s))
	s.press("esc", "pgup")
	if all, _ := fetched(s); len(all) != 0 {
		t.Fatalf("got %+v", all)
	}
	s.hear(online()...)
	s.press("pgup")
	_, tag := fetched(s)
	s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActHistory, Code: wire.CodeBusy})
	s.shows(app.HoleRow)
	s.press("pgup")
	if all, _ := fetched(s); len(all) != 2 {
		t.Errorf("got %d questions, want another after one that was refused", len(all))
	}
}

// goesTo goes to a conversation, and lets what that begins be done.
func (s *scene) goesTo(at *app.Place) {
	s.t.Helper()
	s.switchTo(at)
	s.tell(nil)
}

// talked are private lines of bob's, numbered from 0.
func talked(from, to int) []wire.Event {
	lines := make([]wire.Event, 0, to-from)
	for i := from; i < to; i++ {
		lines = append(lines, &wire.Whispered{ID: idOf(i), At: at(14, 3), From: "bob", To: "sara", Kind: wire.KindAccount, Text: fmt.Sprintf("line %d.", i)})
	}
	return lines
}

func TestPrivateLinesThatAreLeftOutAreReadFromTheArchive(t *testing.T) {
	s := caughtUp(t)
	s.hear(talked(0, 5)...)
	s.archive.lines["@bob"] = talked(0, 300)
	s.hear(&wire.Gap{With: "bob", From: idOf(5), To: idOf(289), More: true, Out: 285})
	s.hear(talked(290, 300)...)
	if got := s.Book.Person("bob").Counts.Unread; got != 300 {
		t.Errorf("%d lines are unread, want all 300", got)
	}
	s.goesTo(s.Book.Person("bob"))
	s.press("pgup", "alt+home", "alt+end", "alt+home")
	s.hides(app.HoleRow)
	if words := spoken(s.Book.Person("bob")); len(words) != 300 || words[0] != "line 0." || words[299] != "line 299." {
		t.Errorf("got %d lines, want 300", len(words))
	}
}

func TestLinesThatNobodyHasKeptStayAHole(t *testing.T) {
	s := caughtUp(t)
	s.hear(talked(7, 8)...)
	s.hear(&wire.Gap{With: "bob", From: idOf(8), To: idOf(10), More: true, Out: 3})
	s.hear(talked(11, 12)...)
	s.goesTo(s.Book.Person("bob"))
	s.press("pgup")
	s.shows(app.LostRow)
}

func TestAConversationOfWhichAllLinesWereLeftOutIsOnTheList(t *testing.T) {
	s := caughtUp(t)
	s.archive.lines["@bob"] = talked(0, 3)
	s.hear(&wire.Gap{With: "bob", From: idOf(0), To: idOf(2), More: true, Out: 3})
	if at := s.Book.ByID["@bob"]; at == nil || at.Counts.Unread != 3 {
		t.Fatalf("got %+v, want bob's conversation with 3 lines", at)
	}
	s.goesTo(s.Book.Person("bob"))
	if words := spoken(s.Book.Person("bob")); !slices.Equal(words, []string{"line 0.", "line 1.", "line 2."}) {
		t.Errorf("got %q", words)
	}
	s.hides(app.HoleRow)
}

func TestARoomsHoleIsReadFromAnArchiveThatHasAllOfIt(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 5)...)
	s.archive.lines["#lab3"] = told(0, 12)
	s.archive.extents = map[string]wire.Extent{"lab3": {First: idOf(0), Last: idOf(11)}}
	s.hear(&wire.Gap{Room: "lab3", From: idOf(5), To: idOf(8), More: true, Out: 4})
	s.hear(told(9, 12)...)
	s.hear(offline(s))
	s.press("esc", "pgup")
	if all, _ := fetched(s); len(all) != 0 {
		t.Errorf("got %+v, want no question to the server", all)
	}
	s.hides(app.HoleRow)
	if n := len(s.words()); n != 12 {
		t.Errorf("got %d lines, want 12", n)
	}
}

func TestWhereTheArchiveMayLackLinesThereIsAHole(t *testing.T) {
	s := caughtUp(t)
	s.archive.lines["#tea"] = append(told(0, 5), told(9, 12)...)
	for _, e := range s.archive.lines["#tea"] {
		e.(*wire.Said).Room = "tea"
	}
	s.archive.extents = map[string]wire.Extent{"tea": {
		First: idOf(0), Last: idOf(11), Holes: wire.Holes{{From: idOf(4) + 1, To: idOf(9) - 1}},
	}}
	s.hear(&wire.Entered{Room: "tea"})
	s.goesTo(s.Book.Room("tea"))
	s.shows(app.HoleRow)
	_, tag := fetched(s)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "tea"}) // nothing was said before
	s.press("pgup")
	all, _ := fetched(s)
	if n := len(all); n == 0 || all[n-1].Room != "tea" || all[n-1].Before != idOf(9) {
		t.Errorf("got %+v, want the lines before the ninth asked for", all)
	}
}

func TestAHoleOfTheArchiveIsShownAfterARestartAndIsFilledWithoutAnother(t *testing.T) {
	hole := wire.Hole{From: idOf(5), To: idOf(8)}
	s := open(t, 120, 40, func(cfg *Config) {
		a := cfg.Archive.(*archive)
		a.lines["#lab3"] = append(told(0, 5), told(9, 12)...)
		a.extents = map[string]wire.Extent{"lab3": {First: idOf(0), Last: idOf(11), Holes: wire.Holes{hole}}}
	})
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Last: idOf(11)})
	s.shows(app.HoleRow)
	older, tag := fetched(s)

	s.archive.lines["#lab3"] = told(0, 12)
	s.archive.extents["lab3"] = wire.Extent{First: idOf(0), Last: idOf(11)}
	s.hear(&wire.Filled{Room: "lab3"})
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3"}) // nothing was said before the first
	s.hides(app.HoleRow)
	if n := len(s.words()); n != 12 {
		t.Errorf("got %d lines, want 12", n)
	}
	if all, _ := fetched(s); len(all) != len(older) {
		t.Errorf("asked the server %+v for what is on the disk", all[len(older):])
	}
}

func TestAHoleThatTheServerCannotFillSaysSoAndIsNotAskedForAgain(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 5)...)
	s.hear(&wire.Gap{Room: "lab3", From: idOf(9), To: idOf(11), Count: 3, More: true})
	s.hear(told(9, 12)...)
	s.shows(app.HoleRow)
	s.archive.lines["#lab3"] = append(told(0, 5), told(9, 12)...)
	s.archive.extents = map[string]wire.Extent{"lab3": {
		First: idOf(0), Last: idOf(11), Holes: wire.Holes{{From: idOf(4) + 1, To: idOf(9) - 1, Gone: true}},
	}}
	s.hear(&wire.Filled{Room: "lab3"})
	s.shows(app.LostRow)
	s.press("pgup", "alt+home")
	if all, _ := fetched(s); len(all) != 0 {
		t.Errorf("asked for %+v", all)
	}
	s.shows(app.LostRow)
}

// Between two lines of which more is known, both holes are seen.
func TestAPartlyFilledHoleIsShownWhereLinesAreStillMissing(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 2)...)
	s.hear(&wire.Gap{Room: "lab3", From: idOf(9), To: idOf(9), Count: 1, More: true})
	s.hear(told(9, 10)...)
	s.hear(told(5, 6)...)
	if n := strings.Count(s.View(), app.HoleRow); n != 2 {
		t.Errorf("%d holes are shown, want one above and one below the line that came", n)
	}
}

func TestAHoleOfWhichSomeLinesAreHereIsToldOfAtItsEnds(t *testing.T) {
	var kept []wire.Event
	for i := range 8 {
		kept = append(kept, said("lab3", "bob", 14, 3, 10*i, fmt.Sprintf("line %d.", i)))
	}
	s := open(t, 80, 24, func(cfg *Config) {
		a := cfg.Archive.(*archive)
		a.lines["#lab3"] = kept
		a.extents = map[string]wire.Extent{"lab3": {
			Room: "lab3", In: true, First: idOf(0), Last: idOf(70), Holes: wire.Holes{{From: idOf(11), To: idOf(69)}},
		}}
	})
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Last: idOf(70)})
	rows := strings.Split(s.View(), "\n")
	var below []string
	for i, row := range rows[1:] {
		if _, text, said := strings.Cut(row, "line "); said && strings.Contains(rows[i], app.HoleRow) {
			below = append(below, text[:1])
		}
	}
	if want := []string{"2", "7"}; !slices.Equal(below, want) {
		t.Errorf("rows stand above %q, want %q:\n%s", below, want, s.View())
	}
}
