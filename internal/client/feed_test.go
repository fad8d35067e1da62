package client

import (
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

func TestEventsComeAtOnceWhenIdleAndInBatchesWhenBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		s := New(cfg)
		var done sync.WaitGroup
		defer done.Wait()
		done.Go(func() { _ = s.Run(t.Context()) })
		var at []time.Time
		lines := 0
		for batch := range s.Events() {
			for _, e := range batch {
				if l, ok := e.(*wire.Entered); ok {
					done.Go(func() { flood(f, l.Room) })
				}
				if _, ok := e.(*wire.Said); ok {
					lines++
				}
			}
			at = append(at, time.Now())
			if lines == 100 {
				s.Do(wire.Quit{})
			}
		}
		for i := 1; i < len(at)-1; i++ {
			if gap := at[i].Sub(at[i-1]); gap < session.BatchEvery {
				t.Errorf("batch %d came %v after the one before, want %v at least", i, gap, session.BatchEvery)
			}
		}
		if len(at) > 25 {
			t.Errorf("100 lines came in %d batches", len(at))
		}
	})
}

// flood says 100 lines, one a millisecond.
func flood(f *fake, room string) {
	for i := range 100 {
		f.mu.Lock()
		l := f.others(room, strconv.Itoa(i))
		var to []*peer
		for p := range f.peers {
			if p.codec != nil {
				to = append(to, p)
			}
		}
		f.mu.Unlock()
		for _, p := range to {
			p.tell(l)
		}
		<-time.After(time.Millisecond)
	}
}
