package tui

import (
	"strings"
	"testing"

	"labchat/internal/app"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// emptySizes are sizes at which an empty conversation must say something.
var emptySizes = append([][2]int{{30, 8}, {40, 10}, {60, 20}, {100, 30}}, sizes...)

func TestAnEmptyRoomSaysWhoOneIsAndWhatCanBeDone(t *testing.T) {
	for _, size := range emptySizes {
		s := open(t, size[0], size[1])
		s.hear(online()...)
		s.hear(&wire.Entered{Room: "lab3", Topic: "sheet 3", People: []wire.Person{{Name: "sara"}, {Name: "bob"}}})
		s.lists("lobby", "lab3", "random")
		for _, want := range []string{"You are sara", "Enter", "/msg NAME", "ctrl+k"} {
			if !strings.Contains(s.View(), want) {
				t.Errorf("%v: no %q in\n%s", size, want, s.View())
			}
		}
		if size[1] < 15 {
			continue
		}
		for _, want := range []string{"#lab3", "2 people read", "3 rooms", "Topic: sheet 3"} {
			if !strings.Contains(s.View(), want) {
				t.Errorf("%v: no %q in\n%s", size, want, s.View())
			}
		}
		s.hear(said("lab3", "bob", 14, 1, 0, "hello"))
		s.hides("You are sara")
	}
}

func TestAnEmptyPrivateConversationSaysWhoReadsIt(t *testing.T) {
	for _, size := range emptySizes {
		s := open(t, size[0], size[1])
		s.hear(online()...)
		s.hear(directTo("alice", 4000))
		s.switchTo(s.Book.Person("alice"))
		s.Book.Current.Log, s.conv.logs = app.Log{Shown: true}, nil
		s.tell(bubble.Sized{W: size[0], H: size[1]})
		for _, want := range []string{"You are sara", "Enter", "/verify alice", "ctrl+k"} {
			if !strings.Contains(s.View(), want) {
				t.Errorf("%v: no %q in\n%s", size, want, s.View())
			}
		}
	}
}

func TestARoomWithNothingButNoticesIsIntroducedBelowThem(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Joined{Room: "lab3", Name: "mia", Kind: wire.KindGuest})
	view := s.View()
	if joined, me := strings.Index(view, "mia joined"), strings.Index(view, "You are sara"); joined < 0 || me < joined {
		t.Errorf("the introduction does not stand below the notice:\n%s", view)
	}
}

func TestBeforeTheLoginNobodyIsNamed(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(&wire.Status{State: wire.StateConnecting, Server: "chat.example.org:1300"})
	s.shows("You are not logged in yet")
}
