package client

import (
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestAPrivateLineThatIsHandedOnAgainComesOutOnce is told a line twice, as by a
// server that was killed before it knew that the line was delivered, and
// others of the same words, which are lines of their own.
func TestAPrivateLineThatIsHandedOnAgainComesOutOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Joke); !ok {
				return nil
			}
			told := func(id wire.ID) wire.Event {
				return &wire.Whispered{ID: id, From: "bob", To: "sara", Kind: wire.KindGuest, Text: "psst"}
			}
			return []wire.Event{told(7), told(8), &wire.JokeTold{Re: wire.Re{Re: r.RequestTag()}}}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		for round := 1; round <= 2; round++ {
			r.until("online", func() bool { return r.state() == wire.StateOnline })
			r.s.Do(wire.Joke{})
			r.until("asked", func() bool { return len(all[*wire.JokeTold](r)) == round })
			f.cut()
			r.until("offline", func() bool { return r.state() == wire.StateOffline })
		}
		if got := r.ids(); len(got) != 2 || got[0] != 7 || got[1] != 8 {
			t.Errorf("the lines %v came out, want 7 and 8 once", got)
		}
	})
}
