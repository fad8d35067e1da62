package client

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// halfStore is a disk that is too full for what is said, and takes the small
// things. It notes what came first.
type halfStore struct {
	*memStore

	mu    sync.Mutex
	full  bool
	order []string
}

func (s *halfStore) setFull(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = full
}

func (s *halfStore) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

func (s *halfStore) Keep(lines []wire.Event, rooms ...wire.Extent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return errFull
	}
	for _, e := range lines {
		if w, ok := e.(*wire.Whispered); ok {
			s.order = append(s.order, "kept "+w.Text)
		}
	}
	return s.memStore.Keep(lines, rooms...)
}

func (s *halfStore) Settle(lines ...*wire.Receipt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range lines {
		s.order = append(s.order, "settled "+r.Text)
	}
	return s.memStore.Settle(lines...)
}

// A private line that was sent is nowhere but here: if the outbox forgot it before
// it is among the lines, a program that is killed then would have lost it.
func TestTheOutboxForgetsNoLineBeforeItIsAmongTheLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := &halfStore{memStore: newMemStore()}
		cfg := config(f, store.memStore)
		cfg.Store = store
		r := start(t, f, cfg)
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		synctest.Wait()
		store.setFull(true)
		r.sent(r.s.Whisper("bob", "psst", false))
		synctest.Wait()
		if took := store.took(); len(took) > 0 {
			t.Errorf("%v while the disk takes no lines", took)
		}
		store.setFull(false)
		r.until("settled", func() bool { return len(store.took()) > 1 })
		r.end()
		if got, want := store.took(), []string{"kept psst", "settled psst"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Lines of a room that are too many for a full disk come again from the server.
// An own private line would not.
func TestAnOwnPrivateLineOutlastsAFloodAtAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := &halfStore{memStore: newMemStore()}
		cfg := config(f, store.memStore)
		cfg.Store = store
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		store.setFull(true)
		r.sent(r.s.Whisper("bob", "psst", false))
		for said := 0; said < session.MaxUnsaved+1000; said += 1000 {
			f.says(1000)
			r.until("all came", func() bool { return len(lobbied(r)) == said+1000 })
		}
		store.setFull(false)
		r.until("kept", func() bool { return slices.Contains(store.took(), "kept psst") })
	})
}
