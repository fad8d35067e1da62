package e2e_test

import (
	"testing"
	"time"

	"labchat/internal/netlab"
)

// halfOpenFound is when somebody whose cable was pulled must have left for the
// others: after a minute, with time for a machine that is busy.
const halfOpenFound = 80 * time.Second

// TestSomebodyWhoseCableIsPulledIsGoneForTheOthersAfterAMinute cuts somebody off
// who says nothing: no end of the connection comes, and nothing is sent that
// could stay unacknowledged.
func TestSomebodyWhoseCableIsPulledIsGoneForTheOthersAfterAMinute(t *testing.T) {
	t.Parallel() // it waits, and costs nothing
	s := newNetHarness(t)
	gone := s.Host("gone")
	ann := s.guest(s.Host("ann"), "ann")
	s.guest(gone, "ben")
	ann.until("ben", func(o object) bool { return o.Type == "joined" && o.User == "ben" })
	s.Impair(gone, netlab.Fault{Cut: true})
	ann.within(halfOpenFound, "ben's departure", func(o object) bool { return o.Type == "left" && o.User == "ben" })
}
