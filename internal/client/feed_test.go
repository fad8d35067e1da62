package client

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func said(room string, id wire.ID, text string) *wire.Said {
	return &wire.Said{Room: room, ID: id, From: "bob", Text: text}
}

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
			if gap := at[i].Sub(at[i-1]); gap < batchEvery {
				t.Errorf("batch %d came %v after the one before, want %v at least", i, gap, batchEvery)
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

func TestAReaderThatStopsCostsBoundedMemoryAndMissesNoAnswer(t *testing.T) {
	var f feed
	receipts := 0
	for id := wire.ID(1); id <= 10*maxWaiting; id++ {
		f.add(said([]string{"lobby", "tea"}[id%2], id, "x"))
		f.add(&wire.Joined{Room: "lobby", Name: fmt.Sprint("guest", id%50)})
		if id%1000 == 0 {
			f.add(&wire.Receipt{Client: "c"})
			receipts++
		}
	}
	if got := len(f.batch); got > maxWaiting+1 {
		t.Errorf("%d events wait, want %d at most", got, maxWaiting)
	}
	last := map[string]wire.ID{}
	gaps := 0
	for _, e := range f.batch {
		switch e := e.(type) {
		case *wire.Receipt:
			receipts--
		case *wire.Gap:
			gaps++
			if !e.More || e.From == 0 || e.To < e.From {
				t.Errorf("got the gap %+v", e)
			}
			last[e.Room] = max(last[e.Room], e.To)
		case *wire.Said:
			if e.ID <= last[e.Room] {
				t.Fatalf("line %d comes after %d", e.ID, last[e.Room])
			}
			last[e.Room] = e.ID
		default:
		}
	}
	if receipts != 0 {
		t.Errorf("%d receipts are missing", receipts)
	}
	if gaps == 0 {
		t.Error("nothing says that lines are left out")
	}
}

func TestLongTextsAreBoundedTooAndPrivateLinesAreCounted(t *testing.T) {
	var f feed
	text := string(make([]byte, wire.MaxText))
	for id := wire.ID(1); id <= 3*maxWaitingText/wire.MaxText; id++ {
		f.add(&wire.Whispered{ID: id, From: "bob", Text: text})
	}
	if f.text > maxWaitingText+wire.MaxText {
		t.Errorf("%d bytes of text wait, want %d at most", f.text, maxWaitingText)
	}
	if _, ok := f.batch[0].(*wire.Notice); !ok {
		t.Errorf("got %T first, want the notice of what is left out", f.batch[0])
	}
}
