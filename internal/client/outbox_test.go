package client

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// refusing answers the first n lines with a code.
func refusing(f *fake, n int, code wire.Code, retry int64) {
	f.script = func(_ *peer, r wire.Request) []wire.Event {
		switch r.(type) {
		case wire.Say, wire.Private:
		default:
			return nil
		}
		if n == 0 {
			return nil
		}
		n--
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: r.RequestTag()}, Of: r.Act(), Code: code, Text: "Not now, not here.", RetryMS: retry}}
	}
}

func TestALineThatIsRefusedForNowWaitsAndIsNotOvertaken(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeRate, wire.CodeStorage, wire.CodeBusy} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				refusing(f, 2, code, 7000)
				r := start(t, f, config(f, newMemStore()))
				defer r.end()
				begun := time.Now()
				var last wire.ClientID
				for i := range 4 {
					last = r.s.Say(wire.Lobby, strconv.Itoa(i), false)
				}
				r.sent(last)
				if took := time.Since(begun); took < 14*time.Second || took > 16*time.Second {
					t.Errorf("it took %v, want the two waits that the server asked for", took)
				}
				if diff := cmp.Diff([]string{"0", "1", "2", "3"}, f.texts()); diff != "" {
					t.Errorf("the log (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestALineThatWaitsCanBeDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		refusing(f, 1, wire.CodeRate, 7000)
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.s.Say(wire.Lobby, "one", false)
		second := r.s.Say(wire.Lobby, "two", false)
		last := r.s.Say(wire.Lobby, "three", false)
		synctest.Wait()
		r.s.Do(wire.Drop{Client: second})
		r.s.Do(wire.Drop{Client: "nobody's"})
		r.sent(last)
		if diff := cmp.Diff([]string{"one", "three"}, f.texts()); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}

func TestALineThatIsRefusedForGoodFailsWithTheServersWords(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeNoRoom, wire.CodeTooLong, wire.CodeNoUser, wire.CodeFull, wire.CodeLoginFirst} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				refusing(f, 1, code, 0)
				store := newMemStore()
				r := start(t, f, config(f, store))
				defer r.end()
				bad := r.s.Whisper("bob", "psst", false)
				r.sent(r.s.Say(wire.Lobby, "good", true))
				if diff := cmp.Diff([]wire.ReceiptState{wire.ReceiptQueued, wire.ReceiptFailed}, r.receipts(bad)); diff != "" {
					t.Fatalf("(-want +got):\n%s", diff)
				}
				if got := all[*wire.Receipt](r)[2].Reason; got != "Not now, not here." && all[*wire.Receipt](r)[1].Reason != "Not now, not here." {
					t.Errorf("the reason is %q", got)
				}
				if got := store.waiting(); got != 0 {
					t.Errorf("%d lines wait, want none", got)
				}
			})
		})
	}
}

func TestARoomThatWasLostIsEnteredAgainForALineOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		for p := range f.peers {
			delete(p.rooms, "tea")
		}
		n := len(f.asked)
		f.mu.Unlock()
		r.sent(r.s.Say("tea", "in a room that was lost", false))
		if diff := cmp.Diff([]string{"tea"}, asksToBeIn(f, n)); diff != "" {
			t.Errorf("rooms asked for (-want +got):\n%s", diff)
		}
		f.mu.Lock()
		refusing(f, 2, wire.CodeNotMember, 0)
		f.mu.Unlock()
		never := r.s.Say("tea", "never", false)
		r.until("it failed", func() bool { return len(r.receipts(never)) == 2 })
		if got := r.receipts(never)[1]; got != wire.ReceiptFailed {
			t.Errorf("got %s, want failed after the second refusal", got)
		}
	})
}

func TestLinesGoOutBelowTheRate(t *testing.T) {
	for _, c := range []struct{ server, person, want int }{{0, 0, 0}, {10, 0, 9}, {10, 3, 2}, {2, 0, 1}, {0, 5, 4}, {5, 100, 4}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				f.rate = c.server
				var at []time.Time
				f.script = func(_ *peer, r wire.Request) []wire.Event {
					if _, ok := r.(wire.Say); ok {
						at = append(at, time.Now())
					}
					return nil
				}
				cfg := config(f, newMemStore())
				cfg.Rate = c.person
				r := start(t, f, cfg)
				defer r.end()
				var last wire.ClientID
				for range 30 {
					last = r.s.Say(wire.Lobby, "x", false)
				}
				r.sent(last)
				f.mu.Lock()
				defer f.mu.Unlock()
				took := at[29].Sub(at[0])
				if c.want == 0 && took != 0 {
					t.Errorf("30 lines took %v, want no wait", took)
				}
				if c.want > 0 && (took < 29*(time.Second/time.Duration(c.want)) || took > 31*time.Second/time.Duration(c.want)) {
					t.Errorf("30 lines took %v, want %d in a second", took, c.want)
				}
				if rate := c.server; rate > 0 {
					for i := range len(at) - rate {
						if at[i+rate].Sub(at[i]) < time.Second {
							t.Fatalf("more than %d lines in a second", rate)
						}
					}
				}
			})
		})
	}
}

func TestLinesOfAnEarlierProgramGoOutFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		for i := range 3 {
			_ = store.Queue(&wire.Receipt{Client: wire.ClientID(fmt.Sprint("old", i)), As: "alice", Room: wire.Lobby, Text: fmt.Sprint("old ", i), State: wire.ReceiptQueued})
		}
		_ = store.Queue(&wire.Receipt{Client: "other", As: "bob", Room: wire.Lobby, Text: "of bob", State: wire.ReceiptQueued})
		r := start(t, f, config(f, store))
		defer r.end()
		r.sent(r.s.Say(wire.Lobby, "new", false))
		if diff := cmp.Diff([]string{"old 0", "old 1", "old 2", "new"}, f.texts()); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]wire.ReceiptState{wire.ReceiptQueued, wire.ReceiptSent}, r.receipts("old1")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsTypedBeforeTheEndIsOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		f.stop()
		store := newMemStore()
		r := start(t, f, config(f, store))
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		for range 5 {
			r.s.Say(wire.Lobby, "x", false)
		}
		r.end()
		if got := store.waiting(); got != 5 {
			t.Errorf("%d lines are on disk, want 5", got)
		}
	})
}

func TestAFullDiskIsToldOnceAndLinesGoOutAnyway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		store.fail(errFull)
		r := start(t, f, config(f, store))
		defer r.end()
		r.sent(r.s.Say(wire.Lobby, "x", false))
		r.sent(r.s.Say(wire.Lobby, "y", false))
		notices := all[*wire.Notice](r)
		if len(notices) != 1 || !strings.Contains(notices[0].Text, "no space left") {
			t.Errorf("got %d notices, want one with the reason", len(notices))
		}
	})
}
