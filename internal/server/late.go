package server

import "time"

// lateTimer goes off once after less than a millisecond. Go's own timers can't
// do that in an otherwise idle process: there they last a millisecond.
type lateTimer interface {
	arm(after time.Duration)
	stop() // it may still go off
	fired() <-chan struct{}
	close() // ends what it has started
}

// coarseTimer is Go's timer.
type coarseTimer struct {
	timer *time.Timer
	c     chan struct{}
}

func newCoarseTimer() lateTimer {
	t := &coarseTimer{c: make(chan struct{}, 1)}
	t.timer = time.AfterFunc(time.Hour, func() { signal(t.c) })
	t.timer.Stop()
	return t
}

func (t *coarseTimer) arm(after time.Duration) { t.timer.Reset(after) }
func (t *coarseTimer) stop()                   { t.timer.Stop() }
func (t *coarseTimer) fired() <-chan struct{}  { return t.c }
func (t *coarseTimer) close()                  { t.timer.Stop() }

// signal leaves a token in a channel that has room for one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
