package client

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// teaDrinker is a session that is in the lobby and in tea.
func teaDrinker(t *testing.T, f *fake, change ...func(*Config)) *rig {
	t.Helper()
	cfg := config(f, newMemStore())
	cfg.Rooms = []string{wire.Lobby, "tea"}
	for _, do := range change {
		do(&cfg)
	}
	r := start(t, f, cfg)
	r.until("in both rooms", func() bool { return len(all[*wire.Entered](r)) == 2 && r.state() == wire.StateOnline })
	return r
}

// reconnect cuts the connection and waits for the next one.
func (r *rig) reconnect() {
	r.t.Helper()
	before := r.logins()
	r.f.cut()
	r.until("logged in again", func() bool { return r.logins() > before })
	synctest.Wait()
}

func (r *rig) logins() int { return len(all[*wire.LoggedIn](r)) }

// asksToBeIn lists the rooms that connections have asked to be in since n requests.
func asksToBeIn(f *fake, n int) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var rooms []string
	for _, r := range f.asked[n:] {
		switch r := r.(type) {
		case wire.Join:
			rooms = append(rooms, r.Room)
		case wire.Resume:
			for _, m := range r.Rooms {
				rooms = append(rooms, m.Room)
			}
		default:
		}
	}
	return rooms
}

func asked(f *fake) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

// answer waits for what came of a request.
func answer[E wire.Event](r *rig, tag string) (found E) {
	r.t.Helper()
	r.until("answered", func() bool {
		for _, e := range all[E](r) {
			if a, ok := any(e).(interface{ Answers() string }); ok && a.Answers() == tag {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// reasons lists why lines failed.
func (r *rig) reasons(id wire.ClientID) []string {
	var list []string
	for _, e := range all[*wire.Receipt](r) {
		if e.Client == id && e.State == wire.ReceiptFailed {
			list = append(list, e.Reason)
		}
	}
	return list
}

func TestALineForARoomThatIsNotWantedFailsWithASentenceAndEntersNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		_ = store.Queue(&wire.Receipt{Client: "old", As: "alice", Room: "tea", Text: "of a room that was left", State: wire.ReceiptQueued})
		_ = store.Queue(&wire.Receipt{Client: "bobs", As: "bob", Room: "tea", Text: "under another name", State: wire.ReceiptQueued})
		r := start(t, f, config(f, store))
		defer r.end()
		r.sent(r.s.Say(wire.Lobby, "behind it", false))
		if got := r.reasons("old"); len(got) != 1 || !strings.Contains(got[0], "tea") || !strings.Contains(got[0], "oin") {
			t.Errorf("the reasons are %q, want one that names the room and what to do", got)
		}
		r.s.Do(wire.Guest{Name: "bob"})
		r.until("the other name's line failed", func() bool { return len(r.reasons("bobs")) == 1 })
		if got := asksToBeIn(f, 0); slices.Contains(got, "tea") {
			t.Errorf("these rooms were asked for: %v", got)
		}
		if got := store.waiting(); got != 0 {
			t.Errorf("%d lines wait on disk, want none", got)
		}
	})
}

func TestARoomThatWasLeftOfflineStaysLeftAndItsLinesSaySo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		f.script = func(p *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Hello); ok {
				p.raw.Reset()
			}
			return nil
		}
		f.mu.Unlock()
		f.cut()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		kept, lost := r.s.Say(wire.Lobby, "stays", false), r.s.Say("tea", "too late", false)
		left := answer[*wire.Done](r, r.s.Do(wire.Leave{Room: "tea"}))
		if left.Of != wire.ActLeave {
			t.Errorf("got %+v", left)
		}
		if got := r.reasons(lost); len(got) != 1 || !strings.Contains(got[0], "left #tea") {
			t.Errorf("the reasons are %q", got)
		}
		nowhere := answer[*wire.Refused](r, r.s.Do(wire.Leave{Room: "nowhere"}))
		if nowhere.Code != wire.CodeNotMember {
			t.Errorf("got %+v", nowhere)
		}
		n := asked(f)
		f.mu.Lock()
		f.script = nil
		f.mu.Unlock()
		r.sent(kept)
		r.reconnect()
		if diff := cmp.Diff([]string{wire.Lobby, wire.Lobby}, asksToBeIn(f, n)); diff != "" {
			t.Errorf("rooms asked for (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{wire.Lobby}, r.store.Joined()); diff != "" {
			t.Errorf("on disk (-want +got):\n%s", diff)
		}
		if r.store.waiting() != 0 || len(f.log["tea"]) != 0 {
			t.Error("something is said in the room after all")
		}
	})
}

func TestALeaveWhoseAnswerIsLostWithTheConnectionCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		f.script = func(p *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Leave); ok {
				p.raw.Reset()
				return []wire.Event{}
			}
			return nil
		}
		f.mu.Unlock()
		n := asked(f)
		answer[*wire.Done](r, r.s.Do(wire.Leave{Room: "tea"}))
		r.until("logged in again", func() bool { return r.logins() == 2 })
		r.sent(r.s.Say(wire.Lobby, "x", false))
		if got := asksToBeIn(f, n); slices.Contains(got, "tea") {
			t.Errorf("these rooms were asked for: %v", got)
		}
	})
}

// TestLinesThatWereTypedBeforeALeaveAreSaidBeforeIt: they wait for the rate, and
// what was typed first happens first.
func TestLinesThatWereTypedBeforeALeaveAreSaidBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f, func(c *Config) { c.Rate = 2 })
		defer r.end()
		n := asked(f)
		for _, words := range []string{"one", "two", "three"} {
			r.s.Say("tea", words, false)
		}
		answer[*wire.Done](r, r.s.Do(wire.Leave{Room: "tea"}))
		r.reconnect()
		var said []string
		for _, l := range f.log["tea"] {
			said = append(said, l.Text)
		}
		if diff := cmp.Diff([]string{"one", "two", "three"}, said); diff != "" {
			t.Errorf("said in tea (-want +got):\n%s", diff)
		}
		if got := asksToBeIn(f, n); slices.Contains(got, "tea") {
			t.Errorf("these rooms were asked for: %v", got)
		}
		if got := all[*wire.Notice](r); len(got) != 1 || !strings.Contains(got[0].Text, " lines wait") || !strings.Contains(got[0].Text, "/leave") {
			t.Errorf("got %d notices, want one that says what is waited for, and how not to", len(got))
		}
	})
}

func TestASecondLeaveGoesAtOnceAndTheLinesThatWaitFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		refusing(f, 1000, wire.CodeStorage, 60_000)
		f.mu.Unlock()
		one, two := r.s.Say("tea", "one", false), r.s.Say("tea", "two", false)
		first := r.s.Do(wire.Leave{Room: "TEA"})
		synctest.Wait()
		if got := all[*wire.Done](r); len(got) != 0 {
			t.Fatalf("got %+v before the lines were said", got[0])
		}
		answer[*wire.Done](r, r.s.Do(wire.Leave{Room: "tea"}))
		answer[*wire.Done](r, first)
		for _, id := range []wire.ClientID{one, two} {
			if got := r.reasons(id); len(got) != 1 || !strings.Contains(got[0], "left #tea") {
				t.Errorf("the reasons are %q", got)
			}
		}
		if got := len(requests[wire.Leave](f)); got != 1 {
			t.Errorf("the server was asked %d times", got)
		}
	})
}

func TestALeaveThatWaitsForLinesSurvivesALostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		refusing(f, 1000, wire.CodeStorage, 60_000)
		f.mu.Unlock()
		one := r.s.Say("tea", "one", false)
		tag := r.s.Do(wire.Leave{Room: "tea"})
		synctest.Wait()
		n := asked(f)
		r.reconnect()
		answer[*wire.Done](r, tag)
		if len(r.reasons(one)) != 1 || slices.Contains(asksToBeIn(f, n), "tea") {
			t.Errorf("the reasons are %q, the rooms %v", r.reasons(one), asksToBeIn(f, n))
		}
	})
}

func TestALineUnderWayWhenItsRoomIsLeftIsCalledUncertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		f.mu.Lock()
		f.script = func(p *peer, q wire.Request) []wire.Event {
			switch q.(type) {
			case wire.Say, wire.Hello:
				f.usual(p, q) // it is stored, and nobody is told
				p.raw.Reset()
				return []wire.Event{}
			default:
				return nil
			}
		}
		f.mu.Unlock()
		line := r.s.Say("tea", "maybe", false)
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		answer[*wire.Done](r, r.s.Do(wire.Leave{Room: "tea"}))
		if got := r.reasons(line); len(got) != 1 || !strings.Contains(got[0], "may have arrived") || strings.Contains(got[0], "before it was sent") {
			t.Errorf("the reasons are %q", got)
		}
	})
}

func TestARoomOnceLeftIsEnteredAgainByAJoinRightBehindIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		r.s.Do(wire.Leave{Room: "tea"})
		r.s.Do(wire.Join{Room: "tea"})
		r.sent(r.s.Say("tea", "here again", false))
		n := asked(f)
		r.reconnect()
		if !slices.Contains(asksToBeIn(f, n), "tea") {
			t.Error("it is not entered again after a lost connection")
		}
	})
}

func TestALeaveWhileTheResumeIsOnItsWayHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		var tag string
		f.mu.Lock()
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			if _, ok := q.(wire.Resume); ok {
				tag = r.s.Do(wire.Leave{Room: "tea"})
			}
			return nil
		}
		f.mu.Unlock()
		r.reconnect()
		answer[*wire.Done](r, tag)
		f.mu.Lock()
		f.script = nil
		f.mu.Unlock()
		n := asked(f)
		r.reconnect()
		if got := asksToBeIn(f, n); slices.Contains(got, "tea") {
			t.Errorf("these rooms were asked for: %v", got)
		}
	})
}

// TestARoomThatIsBeingLeftIsNotEnteredForWhatIsMissing: the answer to the leave is
// on its way when the session looks for what to fetch next.
func TestARoomThatIsBeingLeftIsNotEnteredForWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		n := asked(f)
		r.s.box.Post(func(l *loop) {
			l.do(wire.Leave{Room: "tea"}, "p-leave")
			l.catchUp(l.rooms.joined())
		})
		answer[*wire.Done](r, "p-leave")
		r.sent(r.s.Say(wire.Lobby, "x", false))
		if diff := cmp.Diff([]string{wire.Lobby}, r.store.Joined()); diff != "" || slices.Contains(asksToBeIn(f, n), "tea") {
			t.Errorf("rooms on disk (-want +got):\n%s", diff)
		}
	})
}

// TestARoomThatWasLeftWhileItWaitedToBeEnteredIsNotEntered: a session enters no
// more rooms at a time than the server answers.
func TestARoomThatWasLeftWhileItWaitedToBeEnteredIsNotEntered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		n := asked(f)
		r.s.box.Post(func(l *loop) {
			tea := l.rooms.find("tea")
			l.rooms.queue = append(l.rooms.queue, tea)
			l.left("tea")
			l.enterNext()
			l.resume([]wire.Mark{{Room: "tea", Last: 1}, {Room: wire.Lobby, Last: 1}}) // the halves of a larger one
		})
		r.sent(r.s.Say(wire.Lobby, "x", false))
		if diff := cmp.Diff([]string{wire.Lobby}, asksToBeIn(f, n)); diff != "" {
			t.Errorf("rooms asked for (-want +got):\n%s", diff)
		}
	})
}

func TestNothingIsFetchedForTheDiskFromARoomThatIsBeingLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := teaDrinker(t, f)
		defer r.end()
		r.s.box.Post(func(l *loop) {
			l.change("tea").Skip(l.extent("tea").Last + 100)
			l.do(wire.Leave{Room: "tea"}, "p-leave")
			l.fill()
		})
		answer[*wire.Done](r, "p-leave")
		r.sent(r.s.Say(wire.Lobby, "x", false))
		if got := requests[wire.History](f); len(got) != 0 {
			t.Errorf("asked for %+v", got)
		}
	})
}
