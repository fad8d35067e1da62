package client

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// chatter has others say lines in the lobby, one a second, until the session
// ends: a server that is alive.
func (f *fake) chatter(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			f.mu.Lock()
			line := f.others(wire.Lobby, "chatter")
			for p := range f.peers {
				if p.rooms[wire.Lobby] {
					_ = p.tell(line)
				}
			}
			f.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
}

func TestAQuestionThatIsNotAnsweredIsRefusedInTimeWhateverElseTheServerSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		var late *peer
		f.script = func(p *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Rooms); ok {
				late = p
				return []wire.Event{}
			}
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f.done.Go(func() { f.chatter(ctx) })
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		defer cancel()
		r.until("online", func() bool { return len(all[*wire.Entered](r)) == 1 })
		began := time.Now()
		tag := r.s.Do(wire.Rooms{})
		r.until("refused", func() bool { return len(all[*wire.Refused](r)) == 1 })
		if e := all[*wire.Refused](r)[0]; e.Re.Re != tag || e.Of != wire.ActRooms || e.Code != wire.CodeUnanswered || e.Text == "" {
			t.Errorf("got %+v, want a sentence for %q", e, tag)
		}
		if got := time.Since(began).Round(time.Second); got != answerTimeout {
			t.Errorf("it was refused after %v, want %v", got, answerTimeout)
		}
		f.mu.Lock()
		_ = late.tell(&wire.RoomList{Re: wire.Re{Re: tag}})
		f.mu.Unlock()
		r.until("the late answer comes out", func() bool { return len(all[*wire.RoomList](r)) == 1 })
		<-time.After(2 * answerTimeout)
		if n := len(all[*wire.Refused](r)); n != 1 || r.state() != wire.StateOnline {
			t.Errorf("got %d refusals and the state %s, want one, and the connection kept", n, r.state())
		}
	})
}

func TestAnswersThatComeInTheirTurnAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		var due []string
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Rooms); ok {
				due = append(due, r.RequestTag())
				return []wire.Event{}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return len(all[*wire.Entered](r)) == 1 })
		for range 3 {
			r.s.Do(wire.Rooms{})
		}
		for n := range 3 {
			<-time.After(answerTimeout - 5*time.Second)
			f.mu.Lock()
			for p := range f.peers {
				_ = p.tell(&wire.RoomList{Re: wire.Re{Re: due[n]}})
			}
			f.mu.Unlock()
		}
		r.until("all answers", func() bool { return len(all[*wire.RoomList](r)) == 3 })
		if got := all[*wire.Refused](r); len(got) > 0 {
			t.Errorf("got %+v, want none refused: each came in its turn", got[0])
		}
	})
}

func TestALineThatIsNotAcknowledgedGoesOutAgainOnAnotherConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		deaf := 1
		f.script = func(p *peer, r wire.Request) []wire.Event {
			if say, ok := r.(wire.Say); ok && deaf > 0 {
				deaf--
				_ = f.say(p, say) // it is stored, and the answer gets lost
				return []wire.Event{}
			}
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f.done.Go(func() { f.chatter(ctx) })
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		defer cancel()
		first, second := r.s.Say(wire.Lobby, "one", false), r.s.Say(wire.Lobby, "two", false)
		r.sent(first)
		r.sent(second)
		own := slices.DeleteFunc(f.texts(), func(s string) bool { return s == "chatter" })
		if !slices.Equal(own, []string{"one", "two"}) {
			t.Errorf("got %q in the log, want each line once", own)
		}
	})
}

func TestARoomThatTheServerPassesOverInItsAnswersIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if join, ok := r.(wire.Join); ok && join.Room == wire.Lobby {
				return []wire.Event{}
			}
			return nil
		}
		cfg := config(f, newMemStore())
		cfg.Rooms = []string{wire.Lobby, "tea"}
		r := start(t, f, cfg)
		defer r.end()
		r.until("refused", func() bool { return len(all[*wire.Refused](r)) == 1 })
		if e := all[*wire.Refused](r)[0]; e.Of != wire.ActJoin || e.Code != wire.CodeUnanswered || !strings.Contains(e.Text, wire.Lobby) {
			t.Errorf("got %+v, want the lobby named", e)
		}
		if r.state() != wire.StateOnline || len(all[*wire.Entered](r)) != 1 {
			t.Errorf("got the state %s, want to be in the other room", r.state())
		}
	})
}

func TestAServerThatAnswersNothingButPingsIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		deaf := true
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			_, ping := r.(wire.Ping)
			_, join := r.(wire.Join)
			if deaf && (join || ping && len(f.asked) < 5) { // the barrier goes with the join
				return []wire.Event{}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		f.mu.Lock()
		deaf = false
		f.mu.Unlock()
		r.until("in the lobby", func() bool { return len(all[*wire.Entered](r)) > 0 })
	})
}

// slowStore is a disk that takes its time.
type slowStore struct {
	*memStore
	takes time.Duration
}

func (s *slowStore) Queue(lines ...*wire.Receipt) error {
	<-time.After(s.takes)
	return s.memStore.Queue(lines...)
}

func TestTheTimeThatTheDiskTakesIsNotTheServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		cfg := config(f, newMemStore())
		cfg.Store = &slowStore{newMemStore(), answerTimeout + 10*time.Second}
		r := start(t, f, cfg)
		defer r.end()
		r.until("online", func() bool { return len(all[*wire.Entered](r)) == 1 && r.state() == wire.StateOnline })
		tag := r.s.Do(wire.Rooms{})
		r.sent(r.s.Say(wire.Lobby, "one", false))
		answer[*wire.Done](r, tag)
		if got := all[*wire.Refused](r); len(got) != 0 || r.logins() != 1 {
			t.Errorf("got %+v and %d logins, want the answer on the one connection", got, r.logins())
		}
	})
}
