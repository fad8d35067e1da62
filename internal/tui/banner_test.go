package tui

import (
	"fmt"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// offline is what a session says when the server went away.
func offline(s *scene) wire.Event {
	return &wire.Status{
		State: wire.StateOffline, Server: "chat.example.org:1300", Reason: "connection refused (10.20.30.3:1300)",
		Attempt: 4, RetryAt: wire.MillisOf(s.clock.now) + 8000,
	}
}

// waits is a line of ours in the outbox.
func waits(n int) wire.Event {
	return &wire.Receipt{
		Client: wire.ClientID(fmt.Sprintf("c%d", n)), Room: "lab3", State: wire.ReceiptQueued, As: "sara", At: at(14, 32),
		Text: fmt.Sprintf("mine %d.", n),
	}
}

// short is a timeline with room below it when the server goes away.
func short(s *scene) {
	s.hear(online()...)
	s.hear(&wire.Entered{Room: "lab3", Topic: "Lab 3 socket programming"}, said("lab3", "alice", 14, 2, 0, "@sara can you share the pcap?"),
		said("lab3", "bob", 14, 5, 0, "sent it to you privately"), offline(s), waits(1), waits(2), waits(3))
}

func TestTheBannerHidesNoNewLine(t *testing.T) {
	for _, size := range append([][2]int{{30, 8}, {60, 14}, {80, 12}, {80, 16}, {100, 20}}, sizes...) {
		for lines := range 40 {
			s := open(t, size[0], size[1])
			s.hear(online()...)
			s.hear(&wire.Entered{Room: "lab3"})
			for i := range lines {
				s.hear(said("lab3", "bob", 14, 3, i, fmt.Sprintf("line %d.", i)))
			}
			s.hear(offline(s), waits(1))
			frame := s.View()
			if !strings.Contains(frame, "mine 1.") || !strings.Contains(frame, "queued") {
				t.Fatalf("%v with %d lines: the banner hides the newest line:\n%s", size, lines, frame)
			}
			if !strings.Contains(frame, "connection refus") {
				t.Fatalf("%v with %d lines: there is no banner:\n%s", size, lines, frame)
			}
		}
	}
}

func TestTheBannerSaysThatTheSessionHasEnded(t *testing.T) {
	for _, size := range sizes {
		s := open(t, size[0], size[1])
		short(s)
		s.hear(&wire.Status{State: wire.StateEnded, Reason: "banned for spam", Server: "h:1"})
		s.shows("banned for spam")
		s.shows("ctrl+q quit")
		s.hides("retry")
		s.enters("into the void")
		s.shows("nothing can be sent")
		if len(s.session.said) != 0 || s.bar.composer.draft.empty() {
			t.Error("a line was given to a session that has ended")
		}
	}
}
