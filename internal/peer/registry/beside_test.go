package registry_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/registry"
	"labchat/internal/wire"
)

// inner is a session in a prompt room whose server is the test.
type inner struct {
	events    chan []wire.Event
	whispered chan string
}

func newInner() *inner {
	return &inner{events: make(chan []wire.Event), whispered: make(chan string, 10)}
}

func (i *inner) Run(ctx context.Context) error {
	<-ctx.Done()
	close(i.events)
	return nil
}

func (i *inner) Events() <-chan []wire.Event                { return i.events }
func (i *inner) Say(string, string, bool) wire.ClientID     { return "inner" }
func (i *inner) Do(wire.Request) string                     { return "inner" }
func (i *inner) Retry()                                     {}
func (i *inner) Whisper(to, _ string, _ bool) wire.ClientID { i.whispered <- to; return "inner" }

// beside runs a Beside of a session that is called name.
func (w *world) beside(name, local string) (*one, *inner) {
	w.t.Helper()
	return w.besideOn(name, local, nil)
}

// besideOn keeps what is said on a disk.
func (w *world) besideOn(name, local string, store registry.Store) (*one, *inner) {
	w.t.Helper()
	in := newInner()
	b := oldpeer.NewBeside(in, oldpeer.BesideConfig{Local: local, Store: store, Listen: func(_ context.Context, _, addr string) (net.PacketConn, error) {
		return w.net.Listen(netip.MustParseAddrPort(addr))
	}})
	s := w.run(b)
	in.events <- []wire.Event{&wire.Status{State: wire.StateOnline, Dialect: "a3"}}
	until(s, "online", func(e *wire.Status) bool { return !e.Direct })
	if id := s.Whisper("bob", "to a server of another kind", false); id != "inner" || <-in.whispered != "bob" {
		w.t.Error("it is not the session that sends the line")
	}
	in.events <- []wire.Event{&wire.Status{State: wire.StateOnline, Dialect: "prompt"}, &wire.LoggedIn{Name: name}}
	until(s, "marked as past the server", func(e *wire.Status) bool { return e.Direct })
	return s, in
}

func TestPrivateLinesOfAPromptRoomGoPastItsServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, atA := w.beside("alice", "10.0.0.2:13000")
		b, atB := w.beside("bob", "10.0.0.3:13000")
		list := &wire.PeerList{Peers: []wire.Peer{{Name: "alice", Addr: "10.0.0.2"}, {Name: "bob", Addr: "10.0.0.3"}, {Name: "orig", Addr: "10.0.0.7"}}}
		for s, in := range map[*one]*inner{a: atA, b: atB} {
			in.events <- []wire.Event{list}
			until[*wire.PeerList](s, "the list", nil)
		}
		o, stranger := w.original("10.0.0.7:13000"), w.original("10.0.0.8:13000")
		id := a.Whisper("bob", "psst", false)
		until(a, "sent", func(e *wire.Receipt) bool { return e.Client == id && e.State == wire.ReceiptSent && e.ID != 0 })
		until(b, "the line", func(e *wire.Whispered) bool { return e.From == "alice" && e.Text == "psst" && e.Via.Direct })
		a.Whisper("ORIG", "hi: you", false)
		o.hears(t, " hi: you")
		for _, junk := range []string{"\xff", " ", "  \n"} {
			o.say(netip.MustParseAddrPort("10.0.0.2:13000"), junk)
		}
		stranger.say(netip.MustParseAddrPort("10.0.0.2:13000"), " I am in no list")
		o.say(netip.MustParseAddrPort("10.0.0.2:13000"), " hello")
		if e := until[*wire.Whispered](a, "bytes that are no text", nil); e.Text != "\ufffd" {
			t.Errorf("got %+v", e)
		}
		if e := until[*wire.Whispered](a, "a line", nil); e.From != "orig" || e.Text != "hello" {
			t.Errorf("got %+v", e)
		}
		o.conn.Close()
		stranger.say(netip.MustParseAddrPort("10.0.0.2:13000"), " I shall be")
		a.Whisper("late", "just in time", false)
		atA.events <- []wire.Event{&wire.PeerList{Peers: []wire.Peer{{Name: "alice", Addr: "10.0.0.2"}, {Name: "late", Addr: "10.0.0.8"}}}}
		stranger.hears(t, " just in time")
		until(a, "what was early", func(e *wire.Whispered) bool { return e.From == "late" && e.Text == "I am in no list" })
		until(a, "what was early", func(e *wire.Whispered) bool { return e.From == "late" && e.Text == "I shall be" })
		a.Whisper("nobody", "psst", false)
		until(a, "not sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptFailed && e.To == "nobody" })
	})
}

// TestWhoIsKnownWithAKeyIsToldNothingInDatagrams tries both sessions that speak them: a
// registry, or a server's list, can give anybody's name to anybody.
func TestWhoIsKnownWithAKeyIsToldNothingInDatagrams(t *testing.T) {
	known := func() *disk {
		return &disk{keys: map[string][]wire.KnownDevice{"bob": {{User: "bob", Key: "of bob", State: wire.KeyKnown}}}}
	}
	refused := func(s *one) {
		id := s.Whisper("bob", "psst", false)
		e := until(s, "not sent", func(e *wire.Receipt) bool { return e.Client == id && e.State != wire.ReceiptQueued })
		if e.State != wire.ReceiptFailed || !strings.Contains(e.Reason, "key") {
			t.Errorf("got %+v", e)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		o := w.original("10.0.0.7:13000")
		a, atA := w.besideOn("alice", "10.0.0.2:13000", known())
		atA.events <- []wire.Event{&wire.PeerList{Peers: []wire.Peer{{Name: "bob", Addr: "10.0.0.7"}, {Name: "orig", Addr: "10.0.0.7"}}}}
		until[*wire.PeerList](a, "the list", nil)
		refused(a)
		a.Whisper("orig", "hi", false)
		o.hears(t, " hi")
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.tobi("lobby")
		a := w.sessionOn("tobi", "anna", "10.0.0.2:4000", known())
		until(a, "anna enters", func(e *wire.Entered) bool { return e.Room == "lobby" })
		refused(a)
	})
}

func TestASocketThatCannotBeOpenedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.listen("10.0.0.2:13000")
		s := w.run(oldpeer.NewBeside(newInner(), oldpeer.BesideConfig{Local: "10.0.0.2:13000", Listen: func(_ context.Context, _, addr string) (net.PacketConn, error) {
			return w.net.Listen(netip.MustParseAddrPort(addr))
		}}))
		until(s, "ended", func(e *wire.Status) bool { return e.State == wire.StateEnded && e.Reason != "" })
	})
}
