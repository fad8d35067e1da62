package tui

import (
	"testing"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// questions are the ways to have something asked.
func questions() map[string]func(*scene) {
	return map[string]func(*scene){
		"quit":  func(s *scene) { s.press("ctrl+c") },
		"paste": func(s *scene) { s.tell(bubble.Key{Text: "one\ntwo", Paste: true}) },
		"leave": func(s *scene) { s.enters("/leave") },
		"lines wait": func(s *scene) {
			s.hear(&wire.Receipt{Client: "c9", Room: "lab3", State: wire.ReceiptQueued, As: "sara", Text: "mine"})
			s.press("ctrl+q")
		},
	}
}

func TestAQuestionTakesNoTextForAnAnswer(t *testing.T) {
	for name, ask := range questions() {
		t.Run(name, func(t *testing.T) {
			s := entered(t)
			ask(s)
			s.shows(" y/n ")
			s.types("/msg bob x")
			s.expectDraft("/msg bob x")
			s.press("enter")
			s.expectSent("@bob: x")
			if all, _ := asked[wire.Leave](s.session); s.quits != 0 || len(all) != 0 {
				t.Error("it took text for yes")
			}
		})
	}
}

func TestAKeyThatIsNoAnswerGoesWhereItWouldHaveGone(t *testing.T) {
	for name, ask := range questions() {
		t.Run(name, func(t *testing.T) {
			s := entered(t)
			s.hear(&wire.Entered{Room: "general"})
			ask(s)
			s.press("ctrl+n")
			s.hides(" y/n ")
			s.expectPlace("#general")
			s.press("ctrl+p")
			ask(s)
			s.tell(bubble.Key{Text: "yes, all of it", Paste: true})
			s.hides(" y/n ")
			s.expectDraft("yes, all of it")
			s.press("ctrl+c")
			for _, k := range []bubble.Key{{Text: "n"}, {Text: "N"}, {Name: "enter"}, {Name: "esc"}} {
				ask(s)
				s.tell(k)
				s.hides(" y/n ")
				s.expectDraft("")
			}
			ask(s)
			s.tell(bubble.Key{Text: "ye"}) // two letters of one read
			s.hides(" y/n ")
			s.expectDraft("ye")
			if s.quits != 0 {
				t.Error("it quit")
			}
		})
	}
}

func TestAQuestionThatIsTooLongForTheComposerCanBeReadWhole(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.enters("/nick sara2")
	s.shows("log out of the account sara")
	s.shows(" y/n ")
	s.shows("Its private lines wait until")
	s.tell(bubble.Key{Text: "n"})
	if all, _ := asked[wire.Guest](s.session); len(all) != 0 {
		t.Errorf("got %v", all)
	}
	s.enters("/nick sara2")
	s.tell(bubble.Key{Text: "y"})
	if all, _ := asked[wire.Guest](s.session); len(all) != 1 || all[0].Name != "sara2" {
		t.Errorf("got %v", all)
	}
}

func TestTheQuestionOfTheOutboxTakesNoOtherKeyForAnAnswer(t *testing.T) {
	s := entered(t)
	for i, c := range []wire.ClientID{"c8", "c9"} {
		s.hear(&wire.Receipt{Client: c, Room: "lab3", State: wire.ReceiptQueued, As: "sara", Text: "mine", At: at(14, 1+i)})
	}
	s.press("alt+o")
	s.types("d")
	s.shows("delete this line? y/n")
	s.press("down")
	s.hides("delete this line?")
	if s.over.(*outboxView).row != 1 {
		t.Error("down did not move")
	}
	s.types("dd") // the second is no answer, but asks again
	s.shows("delete this line? y/n")
}
