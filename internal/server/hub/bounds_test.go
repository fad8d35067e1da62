package hub

import (
	"testing"
	"time"
)

// TestWhatTheHubKeepsIsBoundedAsPromised is not about how the bounds are held,
// which other tests try with whatever they are: it is about how much they allow.
func TestWhatTheHubKeepsIsBoundedAsPromised(t *testing.T) {
	for name, b := range map[string]struct{ is, most int }{
		"tries of passwords":                       {maxTries, 50_000},
		"wrong passwords that cost nothing":        {freeTries, 5},
		"tokens of guests who left":                {maxLeft, 20_000},
		"pairs that may be relayed":                {maxPairs, 100_000},
		"rooms that are resumed at once":           {maxResume, 200},
		"lines of a session's own inbox":           {heldLines, 1_000},
		"bytes of one answer":                      {maxReply, 1 << 20},
		"prekeys that one person takes of another": {maxTakesOfOne, 20},
		"digits of a sum":                          {maxSumDigits, 16 << 10},
	} {
		if b.is > b.most || b.is <= 0 {
			t.Errorf("%s: %d, want at most %d", name, b.is, b.most)
		}
	}
	if longestWait > 5*time.Minute || helloWithin > 30*time.Second {
		t.Errorf("a guess waits %v, a hello %v", longestWait, helloWithin)
	}
	if tokenBytes < 16 {
		t.Errorf("a token has %d bytes", tokenBytes)
	}
}
