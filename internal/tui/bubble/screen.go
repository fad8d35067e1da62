package bubble

import (
	"context"
	"time"
)

// A Screen is what Run shows: a root that takes messages one after the other.
type Screen interface {
	// Init returns the first jobs.
	Init() []Job
	// Update takes one message: one of this package's, or what a job returned.
	Update(msg any) []Job
	// View returns the frame: rows joined by line feeds.
	View() string
}

// The messages that Update takes beside Key and what jobs return.
type (
	// Sized says how large the terminal is.
	Sized struct{ W, H int }

	// Ahead says that keys may have been pressed before there was a screen: they
	// come next.
	Ahead struct{}

	// Background is what the terminal answers to OrderAsk.
	Background struct{ Dark bool }

	// Unfinished says that keys go into a paste whose end has not come.
	Unfinished struct{}

	// Resumed says that the terminal is ours again: after the program was
	// stopped, or because it could not be.
	Resumed struct{ Stopped bool }

	// Panicked carries a job's panic to Update, which panics in turn, so that the
	// terminal is restored.
	Panicked struct {
		Value any
		Stack []byte
	}
)

// A Job is work away from Update: a wait, a read from the disk, a question to a
// server. What Do returns comes back to Update as a message. A job never sends
// a line of chat, because jobs run side by side and lines have an order.
type Job struct {
	After time.Duration
	Do    func(ctx context.Context) any
	// Feed is instead of Do what sends several messages, until ctx ends or there
	// are no more.
	Feed  func(ctx context.Context, send func(any))
	Order Order
}

// Order is what only the terminal's owner can do.
type Order uint8

// The orders of a Job.
const (
	OrderNone    Order = iota
	OrderQuit          // end the program
	OrderRedraw        // paint every cell again
	OrderAsk           // ask the terminal for its background
	OrderSuspend       // give the terminal back to the shell, and stop
)
