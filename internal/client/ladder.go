package client

import (
	"math/rand/v2"
	"time"
)

// steps are the waits between two tries to connect. The last one repeats.
var steps = [...]time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second}

const (
	// jitter is how far a wait may be from its step, in percent: thousands of
	// clients that lost one server don't come back in one moment.
	jitter = 20
	// steady is how long a session must have been online for the ladder to
	// begin anew: a server that takes us in and throws us out is not asked
	// every second.
	steady = 10 * time.Second
)

// ladder says when to connect next. Owned by loop.
type ladder struct {
	attempt int
	at      time.Time // of the next try, zero: none is due
}

// next sets the time of the next try: not before the step's end, nor before
// the server said to come back.
func (l *ladder) next(now time.Time, asked time.Duration) {
	step := steps[min(l.attempt, len(steps)-1)]
	l.attempt++
	spread := step * jitter / 100
	wait := step - spread + rand.N(2*spread+1)
	if asked > wait {
		wait = asked + rand.N(spread+1)
	}
	l.at = now.Add(wait)
}
