package tui

import (
	"strings"
	"testing"
	"time"

	"labchat/internal/app"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// words returns what the timeline on the screen says, from top to bottom.
func (s *scene) words() []string {
	var all []string
	for _, l := range s.Book.ByID["#lab3"].Log.Lines {
		if l.IsSpoken() && !l.Hidden {
			all = append(all, string(l.Text))
		}
	}
	return all
}

func (s *scene) expect(want ...string) {
	s.t.Helper()
	if got := strings.Join(s.words(), "|"); got != strings.Join(want, "|") {
		s.t.Errorf("got %q, want %q", got, strings.Join(want, "|"))
	}
}

// shows says whether the screen holds s.
func (s *scene) shows(want string) {
	s.t.Helper()
	if !strings.Contains(s.View(), want) {
		s.t.Errorf("the screen does not show %q:\n%s", want, s.View())
	}
}

func (s *scene) hides(want string) {
	s.t.Helper()
	if strings.Contains(s.View(), want) {
		s.t.Errorf("the screen shows %q:\n%s", want, s.View())
	}
}

// entered begins a scene in the room lab3, online.
func entered(t *testing.T) *scene {
	t.Helper()
	s := open(t, 120, 40)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Owner: "prof", People: []wire.Person{{Name: "alice", Kind: wire.KindAccount}, {Name: "sara", Kind: wire.KindAccount}}})
	s.clock.now = s.clock.now.Add(time.Minute)
	return s
}

func TestUnreadIsCountedAndWalkedThrough(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, &wire.Entered{Room: "random"})
	s.hear(
		said("general", "bob", 14, 1, 0, "nothing special"),
		&wire.Whispered{ID: 5, At: at(14, 1), From: "bob", To: "sara", Text: "psst", Kind: wire.KindAccount},
		said("random", "bob", 14, 1, 0, "SARA, look"), said("random", "bob", 14, 1, 1, "sarah, no mention"),
	)
	s.shows("unread general:1 random:@1 2 bob:1")
	for _, want := range []string{"#random", "@bob", "#general", "#lab3"} {
		s.press("alt+a")
		if got := s.Book.Current.ID; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	s.hides("unread ")
	s.press("alt+a")
	s.shows("nothing unread")
}

func TestKeysGoToConversations(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, &wire.Entered{Room: "random"})
	for _, tt := range []struct{ key, want string }{
		{"ctrl+n", "#general"}, {"ctrl+n", "#random"}, {"ctrl+n", "#lab3"}, {"ctrl+p", "#random"}, {"alt+2", "#general"}, {"alt+9", "#general"}, {"alt+/", "#random"},
	} {
		if s.press(tt.key); s.Book.Current.ID != tt.want {
			t.Errorf("%s: got %s, want %s", tt.key, s.Book.Current.ID, tt.want)
		}
	}
}

func TestDraftsStayWithTheirConversation(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.types("for lab3")
	s.press("ctrl+n")
	s.types("for general")
	s.press("ctrl+p")
	s.shows("#lab3 › for lab3")
	s.wait(draftPause)
	if got := s.archive.drafts; got["#general"] != "for general" || got["#lab3"] != "for lab3" {
		t.Errorf("the archive has %v", got)
	}
	again := open(t, 120, 40, func(c *Config) { c.Archive = s.archive })
	again.shows("#lab3 › for lab3")
}

func TestThePromptSaysWhoReadsTheLine(t *testing.T) {
	s := entered(t)
	s.types("@alice: ")
	s.shows("to alice only, through the server (readable by it) › ")
	s.types("psst")
	s.press("enter")
	if len(s.session.private) != 1 || s.session.private[0] != (wire.Private{To: "alice", Text: "psst"}) {
		t.Errorf("got %+v", s.session.private)
	}
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "gone", RetryAt: wire.MillisOf(s.clock.now) + 4000, Attempt: 3})
	s.shows("#lab3 (offline: will be queued) › ")
	s.types("/jo")
	s.shows("command › ")
}

func TestTheQuestionAboutAPasteFitsTheBar(t *testing.T) {
	s := open(t, 100, 30)
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3"})
	s.tell(bubble.Key{Text: "one two three\nfour", Paste: true})
	s.shows(`paste 2 lines, 18 bytes, "one two " into #lab3? y/n`)
}

func TestSeveralPastedLinesAreAskedAbout(t *testing.T) {
	s := entered(t)
	s.tell(bubble.Key{Text: "one\r\ntwo\nthree\n", Paste: true})
	s.shows("paste 3 lines, 13 bytes")
	s.tell(bubble.Key{Text: "n"})
	s.shows("#lab3 › ▮")
	s.tell(bubble.Key{Text: "one\ntwo", Paste: true}, bubble.Key{Text: "y"})
	s.press("enter")
	if len(s.session.said) != 1 || s.session.said[0].Text != "one\ntwo" {
		t.Errorf("got %+v", s.session.said)
	}
}

func TestAQuestionShowsItsAnswersHoweverNarrowTheScreen(t *testing.T) {
	for _, size := range append([][2]int{{30, 8}}, sizes...) {
		s := open(t, size[0], size[1])
		s.tell(bubble.Key{Text: "a rather long first line\ntwo\nthree", Paste: true})
		s.shows(" y/n ")
	}
}

func TestTypingIsToldAtMostEachThreeSeconds(t *testing.T) {
	s := entered(t)
	s.types("/join l")
	if all, _ := asked[wire.Typing](s.session); len(all) != 0 {
		t.Errorf("a command is told as typing: %v", all)
	}
	s.press("ctrl+u")
	s.types("hello there")
	s.clock.now = s.clock.now.Add(typingPace)
	s.types("!")
	if all, _ := asked[wire.Typing](s.session); len(all) != 2 {
		t.Errorf("told %d times, want 2", len(all))
	}
}

func TestTheRoomIsNotToldThatAPrivateLineIsBeingTyped(t *testing.T) {
	s := entered(t)
	s.tell(bubble.Key{Text: "@alice: p", Paste: true})
	s.types("sst")
	if all, _ := asked[wire.Typing](s.session); len(all) != 0 {
		t.Errorf("told %v", all)
	}
}

func TestAGuestIsMarkedInThePrivateListToo(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Joined{Room: "lab3", Name: "mia", Kind: wire.KindGuest})
	s.enters("/msg mia")
	s.shows("▌2 ● ~mia")
	s.shows("@ ~mia · through the server")
}

func TestTypingOfOthersFades(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Typed{Room: "lab3", From: "alice"})
	s.shows("alice is typing…")
	s.wait(app.TypingFor + time.Second)
	s.hides("typing…")
}

func TestPresenceIsUnknownWhileOffline(t *testing.T) {
	s := entered(t)
	s.shows("● alice")
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "gone", Attempt: 4, RetryAt: wire.MillisOf(s.clock.now) + 8000, Server: "h:1"})
	s.shows("? alice")
	s.shows("1 2 4 [8] 16 30")
	s.wait(3 * time.Second)
	s.shows("next try in 5 s")
	s.press("alt+r", "esc")
	s.hides("next try in")
	if s.session.retries != 1 {
		t.Errorf("got %d retries", s.session.retries)
	}
}

func TestTimersDoNotPileUp(t *testing.T) {
	s := entered(t)
	before := len(s.waiting)
	for i := range 100 {
		s.hear(&wire.Typed{Room: "lab3", From: "alice"}, said("lab3", "bob", 14, 0, i, "one more"))
	}
	if n := len(s.waiting) - before; n > 2 {
		t.Errorf("%d timers for 200 events", n)
	}
}

func TestCtrlCClearsThenAsks(t *testing.T) {
	s := entered(t)
	s.types("never mind")
	s.press("ctrl+c")
	s.hides("never mind")
	s.press("ctrl+_")
	s.shows("never mind")
	s.press("ctrl+c", "ctrl+c")
	s.shows("quit? y/n")
	s.tell(bubble.Key{Text: "y"})
	if s.quits != 1 {
		t.Error("it did not quit")
	}
}

func TestThemesAreWalkedThroughByAKey(t *testing.T) {
	s := entered(t)
	s.hear(said("lab3", "bob", 14, 1, 0, "words"))
	for _, want := range []string{"light", "plain", "ascii", "auto", "dark"} {
		s.press("ctrl+t")
		s.shows("theme: " + want)
		if got := strings.Contains(s.View(), "│"); got != (want != "ascii") {
			t.Errorf("%s: the lines are of another theme:\n%s", want, s.View())
		}
	}
}

func TestHistoryIsWalkedWithArrows(t *testing.T) {
	s := entered(t)
	s.enters("first")
	s.enters("second")
	s.types("third")
	for _, tt := range []struct{ key, want string }{{"up", "second"}, {"up", "first"}, {"up", "first"}, {"down", "second"}, {"down", "third"}, {"down", "third"}} {
		if s.press(tt.key); s.bar.composer.draft.String() != tt.want {
			t.Errorf("%s: got %q, want %q", tt.key, s.bar.composer.draft.String(), tt.want)
		}
	}
}

func TestPlainTextPastTheServerIsMarkedSo(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:2020", Dialect: "tobi", Direct: true})
	s.hear(&wire.Called{From: "olaf@10.0.0.7"})
	s.shows("~olaf@10.0.0.7 asks for a private conversation")
	s.enters("/msg olaf@10.0.0.7")
	s.shows("@ olaf@10.0.0.7 · plain text past the server")
	s.types("@olaf@10.0.0.7: hi")
	s.hides("the server reads it")
}
