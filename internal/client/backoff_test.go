package client

import (
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func TestTheBackoffHasTheRightSteps(t *testing.T) {
	now := time.Unix(1000, 0)
	var l backoff
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30, 30} {
		want *= time.Second
		low, high := want, want
		for range 200 {
			one := backoff{attempt: i}
			one.next(now, 0)
			wait := one.at.Sub(now)
			low, high = min(low, wait), max(high, wait)
		}
		if low < want*8/10 || high > want*12/10 || low > want*9/10 || high < want*11/10 {
			t.Errorf("step %d is %v to %v, want %v and a fifth less or more", i, low, high, want)
		}
		l.next(now, 0)
		if l.attempt != i+1 {
			t.Errorf("got attempt %d, want %d", l.attempt, i+1)
		}
	}
	l.next(now, time.Minute)
	if wait := l.at.Sub(now); wait < time.Minute || wait > 67*time.Second {
		t.Errorf("got %v, though the server asked for a minute", wait)
	}
}

// waits lists how long each offline status was to last.
func waits(r *rig) []time.Duration {
	var list []time.Duration
	for _, s := range all[*wire.Status](r) {
		if s.State == wire.StateOffline {
			list = append(list, time.Until(s.RetryAt.Time()))
		}
	}
	return list
}

func TestTheSessionComesBackByTheLadder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		f.stop() // nobody answers
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		begun := time.Now()
		for i, want := range []int{1, 3, 7, 15, 31, 61, 91} { // seconds after the first try
			r.until("another try", func() bool { return len(waits(r)) == i+1 })
			r.until("the next one", func() bool { return len(waits(r)) == i+2 })
			passed, least, most := time.Since(begun), time.Duration(want)*800*time.Millisecond, time.Duration(want)*1200*time.Millisecond
			if passed < least || passed > most+time.Second {
				t.Errorf("try %d came after %v, want %d s and a fifth less or more", i+2, passed, want)
			}
		}
		last := all[*wire.Status](r)
		s := last[len(last)-1]
		if s.Reason != "Nobody answers at 127.0.0.1:1300." || s.Attempt != 8 {
			t.Errorf("got %+v, want the reason and 8 attempts", s)
		}
		r.s.Retry()
		r.until("a try at once", func() bool { return len(waits(r)) == 9 })
	})
}

func TestAGoodbyeSaysWhetherAndWhenToComeBack(t *testing.T) {
	for _, c := range []struct {
		code  wire.Code
		retry int64
		ends  bool
		wait  time.Duration // at least
	}{
		{wire.CodeShutdown, 5000, false, 5 * time.Second},
		{wire.CodeSlow, 0, false, 0},
		{wire.CodeTimeout, 0, false, 0},
		{wire.CodeFull, 60_000, false, time.Minute},
		{wire.CodeReplaced, 0, true, 0},
		{wire.CodeBanned, 0, true, 0},
		{wire.CodeEnded, 0, true, 0},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				f.script = func(_ *peer, r wire.Request) []wire.Event {
					if _, ok := r.(wire.Joke); ok {
						return []wire.Event{&wire.Goodbye{Code: c.code, Text: "Because.", RetryMS: c.retry}}
					}
					return nil
				}
				r := start(t, f, config(f, newMemStore()))
				defer r.end()
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				tag := r.s.Do(wire.Joke{})
				if c.ends {
					if e := r.fatal(); e.Code != c.code || e.Text != "Because." {
						t.Errorf("got %q: %q", e.Code, e.Text)
					}
					return
				}
				r.until("offline", func() bool { return r.state() == wire.StateOffline })
				if wait := waits(r)[0]; wait < c.wait-time.Second {
					t.Errorf("it comes back after %v, want %v at least", wait, c.wait)
				}
				if s := all[*wire.Status](r); s[len(s)-1].Code != c.code || s[len(s)-1].Reason != "Because." {
					t.Errorf("got %+v, want the server's word", s[len(s)-1])
				}
				if refused := all[*wire.Refused](r); len(refused) != 1 || refused[0].Re.Re != tag || refused[0].Code != wire.CodeOffline {
					t.Errorf("got %+v, want the question refused", refused)
				}
				r.until("online again", func() bool { return r.state() == wire.StateOnline })
			})
		})
	}
}

func TestADeadServerIsFoundByItsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		dead := false
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Ping); ok && dead {
				return []wire.Event{}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("pinged", func() bool { return len(all[*wire.Status](r)) >= 3 })
		f.mu.Lock()
		dead = true
		f.mu.Unlock()
		begun := time.Now()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		if took := time.Since(begun); took < pongWithin || took > pingEvery+pongWithin+time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAServerThatDiesWhileItTellsWhatWasMissedIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			switch r.(type) {
			case wire.Join, wire.Ping:
				return []wire.Event{}
			default:
				return nil
			}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
	})
}

func TestAServerThatNeverGreetsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Guest); ok {
				return []wire.Event{}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		if got := len(requests[wire.Guest](f)); got != 1 {
			t.Errorf("got %d logins, want 1", got)
		}
	})
}
