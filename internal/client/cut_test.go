package client

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/memnet"
	"labchat/internal/wire"
)

// cutter is a network that loses a connection after so many bytes in one
// direction, counted over all chat/1 connections, once.
type cutter struct {
	f *fake

	mu     sync.Mutex
	dials  int
	up     int // bytes until the cut, negative: none comes
	down   int
	passed [2]int // up and down
}

// dial counts every second connection: the first of each pair tries TLS.
func (c *cutter) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dials++
	if c.dials%2 == 1 {
		return c.f.DialContext(ctx, "tcp", "")
	}
	var opts []memnet.Option
	if c.up >= 0 {
		opts = append(opts, memnet.CutAfter(int64(c.up)))
	}
	conn, err := c.f.Dial(ctx, opts...)
	if err != nil {
		return nil, err
	}
	return &cuttable{conn, c}, nil
}

type cuttable struct {
	*memnet.Conn
	c *cutter
}

func (k *cuttable) Write(b []byte) (int, error) {
	n, err := k.Conn.Write(b)
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	k.c.passed[0] += n
	if k.c.up >= 0 {
		k.c.up -= n
		if err != nil {
			k.c.up = -1
		}
	}
	return n, err
}

func (k *cuttable) Read(b []byte) (int, error) {
	n, err := k.Conn.Read(b)
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	if k.c.down >= 0 && n >= k.c.down {
		n, k.c.down = k.c.down, -1
		k.Reset()
		err = syscall.ECONNRESET
	} else if k.c.down >= 0 {
		k.c.down -= n
	}
	k.c.passed[1] += n
	return n, err
}

// conversation is the script: alice comes back to a room where two lines were
// missed, types three lines and a private one while bob says two, with a cut
// somewhere. It returns how many bytes went up and down.
func conversation(t *testing.T, up, down int) [2]int {
	t.Helper()
	f := serve("chat1", nil)
	defer f.stop()
	store := newMemStore()
	f.mu.Lock()
	seen := f.others(wire.Lobby, "seen")
	f.others(wire.Lobby, "missed 1")
	f.others(wire.Lobby, "missed 2")
	f.script = func(p *peer, r wire.Request) []wire.Event {
		say, ok := r.(wire.Say)
		if _, again := f.stored[say.Client]; !ok || again || !p.rooms[say.Room] {
			return nil
		}
		before := f.others(wire.Lobby, "bob before "+say.Text)
		answer := f.usual(p, r)
		return append([]wire.Event{before}, append(answer, f.others(wire.Lobby, "bob after "+say.Text))...)
	}
	f.mu.Unlock()
	store.has(wire.Lobby, seen.ID)

	c := &cutter{f: f, up: up, down: down}
	cfg := config(f, store)
	cfg.Dial = c.dial
	r := start(t, f, cfg)
	defer r.end()
	var ids []wire.ClientID
	for i := range 3 {
		ids = append(ids, r.s.Say(wire.Lobby, fmt.Sprint("line ", i), false))
	}
	ids = append(ids, r.s.Whisper("bob", "psst", false))
	r.until("every line is settled", func() bool { return store.waiting() == 0 && len(r.receipts(ids[3])) == 2 })
	r.until("every line of bob is here", func() bool { return len(all[*wire.Said](r)) >= 8 })
	checkConversation(t, r, ids)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.passed
}

func checkConversation(t *testing.T, r *rig, ids []wire.ClientID) {
	t.Helper()
	want := []string{"missed 1", "missed 2"}
	for i := range 3 {
		want = append(want, fmt.Sprint("bob before line ", i), fmt.Sprint("bob after line ", i))
	}
	var got []string
	for _, e := range all[*wire.Said](r) {
		if e.From == "bob" {
			got = append(got, e.Text)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what alice heard (-want +got):\n%s", diff)
	}
	log := r.f.texts()
	var own []string
	for _, text := range log {
		if text == "line 0" || text == "line 1" || text == "line 2" {
			own = append(own, text)
		}
	}
	if diff := cmp.Diff([]string{"line 0", "line 1", "line 2"}, own); diff != "" {
		t.Errorf("what the server stored of alice (-want +got):\n%s", diff)
	}
	for _, id := range ids {
		if diff := cmp.Diff([]wire.ReceiptState{wire.ReceiptQueued, wire.ReceiptSent}, r.receipts(id)); diff != "" {
			t.Errorf("receipts of %s (-want +got):\n%s", id, diff)
		}
	}
	kept := r.store.lines[wire.Lobby]
	if len(kept) != len(log)-1 || !slices.IsSorted(kept) {
		t.Errorf("the store has %v, want %d lines in order", kept, len(log)-1)
	}
	if got, want := r.store.LastSeen(wire.Lobby), r.f.newest(wire.Lobby); got != want {
		t.Errorf("the mark is %d, want %d", got, want)
	}
}

func TestALostConnectionLosesAndDoublesNothing(t *testing.T) {
	var whole [2]int
	synctest.Test(t, func(t *testing.T) { whole = conversation(t, -1, -1) })
	step := 1
	if testing.Short() {
		step = 37
	}
	for way, bytes := range whole {
		for n := 0; n < bytes && !t.Failed(); n += step {
			up, down := n, -1
			if way == 1 {
				up, down = -1, n
			}
			synctest.Test(t, func(t *testing.T) { conversation(t, up, down) })
			if t.Failed() {
				t.Logf("cut after %d bytes up, %d bytes down", up, down)
			}
		}
	}
}

// overtaken is a script in which a live line comes before the gap that is
// older, as it may when a room was joined a moment ago.
func overtaken(t *testing.T, down int) int {
	t.Helper()
	f := serve("chat1", nil)
	defer f.stop()
	store := newMemStore()
	f.mu.Lock()
	store.has(wire.Lobby, f.others(wire.Lobby, "seen").ID)
	f.others(wire.Lobby, "missed")
	said := false
	f.script = func(p *peer, r wire.Request) []wire.Event {
		resume, ok := r.(wire.Resume)
		if !ok || said {
			return nil
		}
		said = true
		answer := f.resume(p, resume)
		return slices.Insert(answer, 1, wire.Event(f.others(wire.Lobby, "live")))
	}
	f.mu.Unlock()
	c := &cutter{f: f, up: -1, down: down}
	cfg := config(f, store)
	cfg.Dial = c.dial
	r := start(t, f, cfg)
	defer r.end()
	r.until("it is caught up", func() bool {
		return store.LastSeen(wire.Lobby) == f.newest(wire.Lobby) && len(all[*wire.Said](r)) >= 2
	})
	heard := map[string]int{}
	for _, e := range all[*wire.Said](r) {
		heard[e.Text]++
	}
	if diff := cmp.Diff(map[string]int{"missed": 1, "live": 1}, heard); diff != "" {
		t.Errorf("how often each line was heard (-want +got):\n%s", diff)
	}
	if got := len(store.lines[wire.Lobby]); got != 2 {
		t.Errorf("%d lines are kept, want 2", got)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.passed[1]
}

func TestALostConnectionLeavesNoHoleBeforeALiveLine(t *testing.T) {
	whole := 0
	synctest.Test(t, func(t *testing.T) { whole = overtaken(t, -1) })
	for n := 0; n < whole && !t.Failed(); n++ {
		synctest.Test(t, func(t *testing.T) { overtaken(t, n) })
	}
}
