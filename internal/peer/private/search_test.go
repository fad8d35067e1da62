package private

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stateNames and eventNames are what the table of a search says to people.
var (
	stateNames = [searchStates]string{
		idle: "idle", waiting: "waiting", coming: "coming", asking: "asking", confirming: "confirming", calling: "calling", meeting: "meeting",
	}
	eventNames = [searchEvents]string{
		onRetry: "a date is set", onDue: "the date comes", onAnswer: "the server answers", onKeyless: "no key yet", onCall: "a call begins",
		onMeet: "both agree", onEnd: "the call is over", onRest: "no need", onStop: "linked, or ended", onOffline: "offline",
	}
)

// in returns a search as it is in a state, with a date for a better way.
func in(state searchState) search {
	s := search{state: state, improve: time.Unix(2, 0)}
	switch state {
	case waiting, coming:
		s.at = time.Unix(1, 0)
	case calling, meeting:
		s.call = &call{}
	default:
	}
	return s
}

func TestASearchHoldsWhatItsStateNeedsAndNothingElse(t *testing.T) {
	for state := range searchStates {
		for event := range searchEvents {
			s := in(state)
			switch event {
			case onRetry:
				s.wait(time.Unix(3, 0))
			case onCall, onMeet:
				s.start(&call{}, event)
			default:
				s.move(event)
			}
			where := stateNames[state] + ", " + eventNames[event]
			if s.state != transitions[state][event] {
				t.Errorf("%s: got %s, want %s", where, stateNames[s.state], stateNames[transitions[state][event]])
			}
			if dated := s.state == waiting || s.state == coming; !s.at.IsZero() && !dated || s.at.IsZero() && dated && event != onKeyless {
				t.Errorf("%s: %s holds the date %v", where, stateNames[s.state], s.at)
			}
			if called := s.state == calling || s.state == meeting; (s.call != nil) != called {
				t.Errorf("%s: %s has a call: %v", where, stateNames[s.state], s.call != nil)
			}
			if event == onOffline && s.state != idle {
				t.Errorf("%s: got %s, want it to end", where, stateNames[s.state])
			}
			if ended := event == onStop || event == onOffline; ended != s.improve.IsZero() {
				t.Errorf("%s: a better way is looked for at %v", where, s.improve)
			}
		}
	}
}

func TestThePageHasTheTableOfASearch(t *testing.T) {
	var b strings.Builder
	b.WriteString("| state | " + strings.Join(eventNames[:], " | ") + " |\n|" + strings.Repeat("---|", len(eventNames)+1) + "\n")
	for state := range searchStates {
		b.WriteString("| **" + stateNames[state] + "**")
		for event := range searchEvents {
			cell := ""
			if next := transitions[state][event]; next != state {
				cell = stateNames[next]
			}
			b.WriteString(" | " + cell)
		}
		b.WriteString(" |\n")
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "protocol", "peer1.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), b.String()) {
		t.Errorf("peer1.md lacks the table as it is:\n%s", b.String())
	}
}
