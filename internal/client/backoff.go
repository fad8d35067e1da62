package client

import (
	"math/rand/v2"
	"time"

	"labchat/internal/session"
)

// steps are the waits between two tries to connect.
var steps = session.Backoff{First: time.Second, Last: 30 * time.Second}

const (
	// jitter is how far a wait may be from its step, in percent: thousands of
	// clients that lost one server don't come back in one moment.
	jitter = 20
	// steady is how long a session must have been online for the backoff to
	// begin anew: a server that takes us in and throws us out is not asked
	// every second.
	steady = 10 * time.Second
)

// backoff says when to connect next. Owned by loop.
type backoff struct {
	attempt int
	at      time.Time // of the next try, zero: none is due
}

// next sets the time of the next try: not before the step's end, nor before
// the server said to come back.
func (b *backoff) next(now time.Time, asked time.Duration) {
	step := steps.Wait(b.attempt)
	b.attempt++
	spread := step * jitter / 100
	wait := step - spread + rand.N(2*spread+1)
	if asked > wait {
		wait = asked + rand.N(spread+1)
	}
	b.at = now.Add(wait)
}
