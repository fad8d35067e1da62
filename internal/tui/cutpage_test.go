package tui

import (
	"testing"

	"labchat/internal/wire"
)

func TestAPageThatIsCutOffIsAskedForAgain(t *testing.T) {
	s := entered(t)
	s.hear(told(500, 600)...)
	_, tag := asked[wire.History](s.session)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(400), To: idOf(499), Count: 100, More: true})
	s.hear(told(400, 450)...)
	s.hear(offline(s))
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Last: idOf(599)})
	s.press("pgup", "pgup", "pgup", "pgup", "pgup")
	all, tag := fetched(s)
	if n := len(all); n != 1 || all[0].Before != idOf(500) {
		t.Fatalf("asked for %+v, want what was cut off", all)
	}
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(400), To: idOf(499), Count: 100, More: true})
	s.hear(told(400, 500)...)
	if n := len(s.words()); n != 200 {
		t.Errorf("got %d lines, want all 200", n)
	}
}

func TestAHoleWhoseFillingIsCutOffIsAskedForAgain(t *testing.T) {
	s := caughtUp(t)
	s.hear(told(0, 10)...)
	s.hear(&wire.Gap{Re: wire.Re{Re: "r1"}, Room: "lab3", From: idOf(130), To: idOf(629), Count: 500, More: true})
	s.hear(told(130, 630)...)
	s.press("alt+home")
	_, tag := fetched(s)
	s.hear(&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: idOf(30), To: idOf(129), Count: 100, More: true})
	s.hear(told(30, 70)...)
	s.hear(offline(s))
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Last: idOf(629)})
	s.press("alt+end", "alt+home")
	all, _ := fetched(s)
	if len(all) != 2 || all[1].Before != idOf(130) {
		t.Fatalf("asked for %+v, want what was cut off", all)
	}
}
