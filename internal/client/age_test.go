package client

import (
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// TestALineThatHasWaitedSaysSo has a private line go out at once, and one after a
// connection was lost.
func TestALineThatHasWaitedSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		ages := make(chan int64, 4)
		f.script = func(_ *peer, q wire.Request) []wire.Event {
			p, ok := q.(wire.Private)
			if !ok {
				return nil
			}
			ages <- p.Age
			if len(ages) == 1 {
				return []wire.Event{} // the answer is lost
			}
			return []wire.Event{&wire.Accepted{Re: wire.Re{Re: p.Tag}, Of: p.Act(), ID: 1, Client: p.Client, Reach: 1}}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		id := r.s.Whisper("gus", "hello", false)
		<-time.After(10 * time.Second)
		f.cut()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		r.sent(id)
		if first, second := <-ages, <-ages; first != 0 || second < 10_000 {
			t.Errorf("the line was typed %d ms ago, and 10 s later %d ms ago", first, second)
		}
	})
}
