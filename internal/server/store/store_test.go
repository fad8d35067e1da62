package store

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"labchat/internal/server/hub"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

func TestMain(m *testing.M) {
	if dir, ok := childDir(); ok {
		child(dir) // TestAcknowledgedLinesSurviveKill runs this binary again
		return
	}
	goleak.VerifyTestMain(m)
}

// clock is a clock that only a test moves. Not for use by several goroutines:
// move it between batches.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)} }

func (c *clock) time() time.Time { return c.now }

func (c *clock) millis() wire.Millis { return wire.MillisOf(c.now) }

var _ Store = (*storetest.Memory)(nil)

// pruneAll has an engine forget what it forgets when the time has come.
func pruneAll(s Store) {
	switch s := s.(type) {
	case *storetest.Memory:
		s.Prune()
	case *SQLite:
		for s.prune() != pruneEvery {
			continue
		}
	}
}

// engines are the two stores that the suite runs on.
func engines() map[string]func(t *testing.T) (Store, *clock) {
	return map[string]func(t *testing.T) (Store, *clock){
		"sqlite": func(t *testing.T) (Store, *clock) {
			t.Helper()
			c := newClock()
			return opened(t, t.TempDir(), Options{Clock: c.time}), c
		},
		"memory": func(t *testing.T) (Store, *clock) {
			t.Helper()
			c := newClock()
			return storetest.New(c.time), c
		},
	}
}

// opened opens a store and closes it when the test ends.
func opened(t *testing.T, dir string, o Options) *SQLite {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// commit appends a batch and runs the store until it is back. No committer
// runs between two calls, so a test may move the clock there.
func commit(t *testing.T, s Store, batch ...hub.Entry) []hub.Entry {
	t.Helper()
	s.Append(batch)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatalf("run: %v", err)
	}
	return <-s.Committed()
}

// stored commits a batch that must not fail.
func stored(t *testing.T, s Store, batch ...hub.Entry) []hub.Entry {
	t.Helper()
	got := commit(t, s, batch...)
	for _, e := range got {
		if e.Fail {
			t.Fatalf("%#v was not stored", e.Record)
		}
	}
	return got
}

// running starts a store's committer and returns what ends it and waits.
func running(t *testing.T, s Store) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var g errgroup.Group
	g.Go(func() error { return s.Run(ctx) })
	return func() {
		cancel()
		if err := g.Wait(); err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func loaded(t *testing.T, s Store) hub.State {
	t.Helper()
	st, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// texts reads what was said in a room.
func texts(t *testing.T, s Store, room string) []string {
	t.Helper()
	page, err := s.Lines(t.Context(), hub.ReadLines{Room: room, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range page.Lines {
		all = append(all, l.Text)
	}
	return all
}

func entry(r hub.Record) hub.Entry { return hub.Entry{Record: r} }

func line(room, from, text string) hub.Line {
	return hub.Line{Room: room, From: from, Kind: wire.KindAccount, Text: text}
}

func keyed(profile string, client wire.ClientID, r hub.Record) hub.Entry {
	return hub.Entry{Key: hub.Key{Profile: profile, Client: client}, Record: r}
}

func account(name string) hub.Entry {
	return entry(hub.AccountMade{Name: name, Hash: "hash of " + name})
}

func whisper(from, to, text string) hub.Entry {
	return entry(hub.Whisper{From: from, To: to, Kind: wire.KindAccount, Text: text, Keep: true})
}

// inbox asks for all that waits for an account, up to a number of lines.
func inbox(name string, limit int) hub.ReadInbox {
	return hub.ReadInbox{Name: name, Limit: limit, Bytes: 1 << 20, Sealed: true}
}

func token(b byte) hub.TokenHash { return hub.TokenHash{b, 31: b} }
