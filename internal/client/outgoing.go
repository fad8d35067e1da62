package client

import (
	"time"

	"labchat/internal/wire"
)

// outgoing is what leaves in one write, and what may be taken for granted
// then, in dialects without answers.
type outgoing struct {
	frames  []byte
	granted []wire.Event
}

// send adds frames to what is to be written: to the same write, unless the
// dialect has no terminators and takes one read for one frame.
func (l *loop) send(frames []byte, silence wire.Event) {
	n := len(l.unsent)
	if n == 0 || l.link.dialect.Manners().Unframed {
		l.unsent = append(l.unsent, outgoing{})
		n++
	}
	one := &l.unsent[n-1]
	one.frames = append(one.frames, frames...)
	if silence != nil {
		one.granted = append(one.granted, silence)
	}
}

// unsentBytes is how much waits for the writer.
func (l *loop) unsentBytes() (n int) {
	for _, o := range l.unsent {
		n += len(o.frames)
	}
	return n
}

// outlet is where the next write goes, nil while there is nothing to send, and
// while the server sleeps.
func (l *loop) outlet() chan<- []byte {
	if l.link == nil || l.writing || len(l.unsent) == 0 || time.Now().Before(l.outbox.asleep) {
		return nil
	}
	return l.link.out
}

// watchSleep notes until when the server may sleep. What reaches it meanwhile,
// it reads as one line. A list says that it is awake, and a moment later it has
// read what was under way when it fell asleep.
func (l *loop) watchSleep(e wire.Event) {
	sleeps := l.link.dialect.Manners().Sleeps
	if sleeps == 0 {
		return
	}
	switch e.(type) {
	case *wire.LoggedIn, *wire.Joined, *wire.Left:
		l.outbox.asleep = time.Now().Add(sleeps)
	case *wire.PeerList:
		l.outbox.asleep = time.Now().Add(framesApart)
	default:
	}
}

func (l *loop) nextWrite() []byte {
	if len(l.unsent) == 0 {
		return nil
	}
	return l.unsent[0].frames
}

// written is where the writer says that it is done, nil without a link.
func (l *loop) written() <-chan struct{} {
	if l.link == nil {
		return nil
	}
	return l.link.wrote
}

// wrote takes for granted what a dialect without answers leaves unsaid.
func (l *loop) wrote() {
	events := l.leaving
	l.leaving, l.writing = nil, false
	for _, e := range events {
		if l.handle(e); l.link == nil || l.over != nil {
			return
		}
	}
	l.goOn()
}

// goOn says the next step of a dialogue.
func (l *loop) goOn() {
	if l.link == nil {
		return
	}
	if next := l.link.goOn(nil); len(next) > 0 {
		l.send(next, nil)
	}
}
