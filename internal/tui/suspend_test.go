package tui

import (
	"strings"
	"testing"

	"labchat/internal/tui/bubble"
)

func TestCtrlZSuspendsWhateverIsOpen(t *testing.T) {
	for name, opens := range map[string][]string{"the screen": nil, "the help": {"f1"}, "the switcher": {"ctrl+k"}, "a question": {"ctrl+c"}} {
		s := open(t, 80, 24)
		s.hear(online()...)
		s.press(opens...)
		before := s.View()
		jobs := s.Update(bubble.Key{Name: "ctrl+z"})
		if len(jobs) != 1 || jobs[0].Order != bubble.OrderSuspend {
			t.Errorf("%s: got %v, want the order to suspend", name, jobs)
		}
		if got := s.View(); got != before {
			t.Errorf("%s: the screen changes:\n%s", name, got)
		}
	}
}

func TestTheConnectionIsCheckedWhenTheProgramGoesOn(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	s.tell(bubble.Resumed{Stopped: true})
	if s.session.retries != 1 {
		t.Errorf("it is checked %d times, want once", s.session.retries)
	}
	s.tell(bubble.Resumed{Stopped: false})
	if got := s.bottom(); s.session.retries != 1 || !strings.Contains(got, "nothing was suspended") {
		t.Errorf("nobody stopped it: got %d checks and %q", s.session.retries, got)
	}
}
