package transfer

import (
	"context"
	"sync/atomic"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
)

// job is what runs beside the endpoint's goroutine for one transfer.
type job struct {
	link    *link.Link // that the file goes by; nil: it is only read
	cancel  context.CancelFunc
	fresh   time.Time         // when there was a sign of life last. Owned by the endpoint's goroutine
	got     int64             // packets of the link by then. Likewise
	through atomic.Int64      // bytes of the file that are sent, or on disk
	streams chan *link.FileIn // where one comes in
}

// beside runs work for a transfer beside the endpoint's goroutine; what that returns is
// done in it.
func (f *Files) beside(t *transfer, k *link.Link, work func(ctx context.Context, j *job) (then func())) {
	ctx, cancel := context.WithCancel(f.ctx)
	j := &job{link: k, cancel: cancel, fresh: time.Now(), streams: make(chan *link.FileIn, 1)}
	j.through.Store(t.Done)
	t.job, t.moved = j, time.Now()
	if f.tick.IsZero() {
		f.tick = t.moved.Add(progressEvery)
	}
	f.cfg.Go(func() {
		defer cancel()
		then := work(ctx, j)
		f.cfg.Post(func() { //nolint:contextcheck // what is begun here outlives this job
			t.job = nil
			if t.State == wire.TransferRunning {
				t.Done = j.through.Load()
			}
			select {
			case s := <-j.streams:
				s.Stop()
			default:
			}
			then()
			if t.drop {
				f.discard(t)
			}
			f.Resume(t.peer)
		})
	})
}

// progress measures how fast a file comes along, and reports whether it does.
func (t *transfer) progress(now time.Time) bool {
	was, passed := t.Done, now.Sub(t.moved)
	t.Done, t.moved = t.job.through.Load(), now
	if t.Done == was || passed <= 0 {
		return false
	}
	rate := int64(float64(t.Done-was) / passed.Seconds())
	if t.Rate > 0 {
		rate = (t.Rate + rate) / 2
	}
	t.Rate = max(rate, 1)
	return true
}

// hearsNothing reports whether nothing at all has come back by the link that a file
// goes by since it was asked last.
func (j *job) hearsNothing(now time.Time) bool {
	got := j.link.Stats().Received
	if got == j.got && now.Sub(j.fresh) < stuckAfter {
		return false
	}
	same := got == j.got
	j.got, j.fresh = got, now
	return same
}
