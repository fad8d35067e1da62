package server

import (
	"sync"

	"labchat/internal/server/hub"
)

// item is one thing that happened outside the loop.
type item struct {
	what what
	n    int32 // whatBytes: so many of arg's
	conn *conn
	arg  any
}

// what is what an item is about.
type what uint8

const (
	whatWaiting   what = iota // somebody waits in the backlog of arg, a *listener
	whatOpened                // conn was accepted
	whatBytes                 // conn has sent what is in arg, a *buffer
	whatEnded                 // conn's reader has ended with arg, an error; io.EOF is the regular end
	whatWritten               // conn's writer has ended with arg, an error or nil
	whatResult                // arg is the hub.Result of a job
	whatCall                  // arg is an operator's *call
	whatDatagrams             // something has come by datagram
)

// inbox gathers items for the loop. Many post, one takes.
type inbox struct {
	mu    sync.Mutex
	items []item
	wake  chan struct{} // holds a token where there are items that the loop has not seen
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// post hands items over; their order is kept.
func (b *inbox) post(items ...item) {
	b.mu.Lock()
	first := len(b.items) == 0
	b.items = append(b.items, items...)
	b.mu.Unlock()
	if first {
		b.rouse()
	}
}

// rouse wakes the loop.
func (b *inbox) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take returns all that was posted and keeps the storage of old for what
// comes.
func (b *inbox) take(old []item) []item {
	clear(old)
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = old[:0]
	return items
}

// result posts what came of a job.
func (b *inbox) result(r hub.Result) { b.post(item{what: whatResult, arg: r}) }
