package tui

import (
	"strings"
	"testing"

	"labchat/internal/text"
	"labchat/internal/wire"
)

func TestTheTitleSaysHowManyReadInClearText(t *testing.T) {
	s := open(t, 120, 24)
	s.hear(online()...)
	title := func(want string) {
		t.Helper()
		got := titleBar{s.Model, s.layout()}.heading()
		if want == "" && strings.Contains(string(got), "clear text") || !strings.Contains(string(got), want) {
			t.Errorf("the title is %q, want %q in it", got, want)
		}
	}
	s.hear(&wire.Entered{Room: "lab3", People: []wire.Person{{Name: "sara", Kind: wire.KindAccount}, {Name: "Anonymous7", Kind: wire.KindOld, Plain: true}}})
	title("1 reads in clear text")
	if rows := string(text.Join(sidebar{s.Model}.people(24, 10), "\n")); !strings.Contains(rows, "~Anonymous7 plain") {
		t.Errorf("the list of people is\n%s", rows)
	}
	s.hear(&wire.Joined{Room: "lab3", Name: "bob", Kind: wire.KindAccount})
	title("1 reads in clear text")
	s.hear(&wire.Presence{Name: "bob", Plain: true}) // by another program of his
	title("2 read in clear text")
	s.hear(&wire.Renamed{Old: "Anonymous7", Name: "carl", Kind: wire.KindOld})
	title("2 read in clear text")
	s.hear(&wire.Presence{Name: "bob"}, &wire.Left{Room: "lab3", Name: "carl"})
	title("")
	s.hear(&wire.Joined{Room: "lab3", Name: "eve", Kind: wire.KindOld, Plain: true})
	title("1 reads in clear text")
	s.cfg.Local = true
	title("")
}
