package tui

import (
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// bottom is the status row.
func (s *scene) bottom() string {
	rows := strings.Split(s.View(), "\n")
	return rows[len(rows)-1]
}

func TestAFlashEndsAfterThreeSeconds(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	s.press("alt+a")
	if got := s.bottom(); !strings.Contains(got, "nothing unread") {
		t.Fatalf("got %q, want the flash", got)
	}
	first := faded{s.moment.flashes}
	s.press("alt+a")
	s.tell(first)
	if got := s.bottom(); !strings.Contains(got, "nothing unread") {
		t.Errorf("got %q, want the second flash to outlive the first one's end", got)
	}
	s.wait(flashFor)
	if got := s.bottom(); strings.Contains(got, "nothing unread") || !strings.Contains(got, "outbox 0") {
		t.Errorf("got %q, want the row that it hid", got)
	}
	if flashFor != 3*time.Second {
		t.Errorf("a flash lasts %s", flashFor)
	}
}

func TestConnectingIsNotSaidOnceConnected(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "no"})
	s.press("alt+r")
	if got := s.bottom(); !strings.Contains(got, "connecting") {
		t.Fatalf("got %q, want connecting", got)
	}
	s.hear(&wire.Status{State: wire.StateOffline, Reason: "still not"})
	if got := s.bottom(); !strings.Contains(got, "OFFLINE") {
		t.Errorf("the try has failed: got %q, want it to say so", got)
	}
	s.press("alt+r")
	s.hear(online()...)
	if got := s.bottom(); strings.Contains(got, "connecting") || !strings.Contains(got, "outbox 0") {
		t.Errorf("got %q, want what is waiting", got)
	}
}
