package client

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// readable is the gate's word that somebody may be told something in plain text.
func readable(name string) gate.Verdict {
	return gate.Decide(gate.Facts{Person: gate.Person{Name: name}, Server: gate.Server{Help: gate.NoKeys}})
}

// pass hands a private line to a session as an endpoint does.
func (r *rig) pass(v gate.Verdict, id wire.ClientID, to string) {
	r.s.Pass(v, &wire.Receipt{Client: id, As: "alice", To: to, Text: "psst", State: wire.ReceiptQueued, At: 1})
}

// returned are the lines that came back.
func (r *rig) returned() (ids []wire.ClientID) {
	for _, e := range all[*wire.Returned](r) {
		ids = append(ids, e.Client)
	}
	return ids
}

func (r *rig) online() {
	r.t.Helper()
	r.until("online", func() bool { return r.state() == wire.StateOnline })
}

// TestANameThatNobodyHasAskedForIsNotTaken: whoever we are decides what is sent to whom.
func TestANameThatNobodyHasAskedForIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Joke); !ok {
				return nil
			}
			re := wire.Re{Re: r.RequestTag()}
			return []wire.Event{&wire.LoggedIn{Name: "bob", Kind: wire.KindAccount}, &wire.LoggedIn{Re: re, Name: "bob", Kind: wire.KindAccount}, &wire.Pong{}}
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.online()
		r.s.Do(wire.Joke{})
		r.until("asked", func() bool { return len(requests[wire.Joke](f)) == 1 })
		r.sent(r.s.Say(wire.Lobby, "I am alice still", false))
		for _, e := range all[*wire.LoggedIn](r) {
			if e.Name != "alice" {
				t.Errorf("the session took the name %s", e.Name)
			}
		}
	})
}

func TestAnAnswerForAnotherNameThanWasAskedForEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		lies := 2
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if guest, ok := r.(wire.Guest); ok && lies > 0 {
				lies--
				return []wire.Event{&wire.LoggedIn{Re: wire.Re{Re: guest.Tag}, Name: "bob", Kind: wire.KindAccount}}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("offline", func() bool { return r.state() == wire.StateOffline })
		if list := all[*wire.Status](r); !strings.Contains(list[len(list)-1].Reason, "bob") {
			t.Errorf("the person is told %q", list[len(list)-1].Reason)
		}
		r.online()
		for _, e := range all[*wire.LoggedIn](r) {
			if e.Name != "alice" {
				t.Errorf("the session took the name %s", e.Name)
			}
		}
	})
}

// TestAPassedLineIsForOneConnection: what is not at the server when that ends comes back,
// and is not sent by the next, also where it may have arrived.
func TestAPassedLineIsForOneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		f.script = func(_ *peer, r wire.Request) []wire.Event {
			if _, ok := r.(wire.Private); ok {
				return []wire.Event{}
			}
			return nil
		}
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.online()
		r.pass(readable("olaf"), "under way", "olaf")
		r.pass(readable("olaf"), "behind it", "olaf")
		r.until("asked", func() bool { return len(requests[wire.Private](f)) == 1 })
		f.cut()
		r.until("returned", func() bool { return len(r.returned()) == 2 })
		for _, e := range all[*wire.Returned](r) {
			if e.InDoubt != (e.Client == "under way") {
				t.Errorf("%q may have arrived: %v", e.Client, e.InDoubt)
			}
		}
		r.pass(readable("olaf"), "without a connection", "olaf")
		r.until("returned, too", func() bool { return len(r.returned()) == 3 })
		r.online()
		<-time.After(time.Minute)
		if n := len(requests[wire.Private](f)); n != 1 {
			t.Errorf("%d private lines went to the server, want the one of the first connection", n)
		}
	})
}

func TestALineIsNotPassedWithoutAVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.online()
		r.pass(gate.Verdict{}, "none", "olaf")
		r.pass(readable("olaf"), "for somebody else", "bob")
		r.until("returned", func() bool { return len(r.returned()) == 2 })
		<-time.After(time.Second)
		if n := len(requests[wire.Private](f)); n != 0 {
			t.Errorf("%d private lines went to the server", n)
		}
	})
}

// TestWhoIsKnownWithAKeyByNowIsNotToldWhatHasWaited has the disk know more when a line
// goes out than when it was passed, or typed in an earlier run.
func TestWhoIsKnownWithAKeyByNowIsNotToldWhatHasWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		store := newMemStore()
		store.keys = map[string][]wire.KnownDevice{"bob": {{User: "bob", Key: "of bob", State: wire.KeyKnown}}}
		store.outbox = []*wire.Receipt{{Client: "of an earlier run", As: "alice", To: "bob", Text: "psst", State: wire.ReceiptQueued}}
		r := start(t, f, config(f, store))
		defer r.end()
		r.online()
		r.pass(readable("bob"), "passed", "bob")
		typed := r.s.Whisper("bob", "psst", false)
		r.until("done", func() bool {
			return len(r.returned()) == 1 && len(r.receipts(typed)) == 2 && len(r.receipts("of an earlier run")) == 2
		})
		for _, id := range []wire.ClientID{typed, "of an earlier run"} {
			if states := r.receipts(id); states[1] != wire.ReceiptFailed {
				t.Errorf("%s went through %v", id, states)
			}
		}
		if n := len(requests[wire.Private](f)); n != 0 {
			t.Errorf("%d private lines went to the server", n)
		}
		r.sent(r.s.Whisper("olaf", "who has no key", false))
	})
}
