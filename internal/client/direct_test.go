package client

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"labchat/internal/wire"
)

// directEnd is one end of a direct conversation, and what it has shown.
type directEnd struct {
	*Direct
	t    *testing.T
	seen []wire.Event
	stop context.CancelFunc
	done chan error
}

func directly(t *testing.T, cfg DirectConfig) *directEnd {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	e := &directEnd{Direct: NewDirect(cfg), t: t, stop: stop, done: make(chan error, 1)}
	go func() { e.done <- e.Run(ctx) }()
	t.Cleanup(e.end)
	return e
}

// end ends the conversation and waits for it.
func (e *directEnd) end() {
	e.stop()
	for range e.Events() {
	}
}

// until waits for an event that fits.
func until[E wire.Event](e *directEnd, what string, fits func(E) bool) E {
	e.t.Helper()
	for _, seen := range e.seen {
		if one, ok := seen.(E); ok && fits(one) {
			return one
		}
	}
	patience := time.After(30 * time.Second)
	for {
		select {
		case batch, ok := <-e.Events():
			e.seen = append(e.seen, batch...)
			for _, seen := range batch {
				if one, ok := seen.(E); ok && fits(one) {
					return one
				}
			}
			if !ok {
				e.t.Fatalf("the conversation ended before %s", what)
			}
		case <-patience:
			e.t.Fatalf("%s did not come; seen %+v", what, e.seen)
		}
	}
}

func (e *directEnd) hears(text string) {
	e.t.Helper()
	until(e, "the line "+text, func(s *wire.Said) bool { return s.Text == text })
}

// waits returns where the conversation waits for the other.
func (e *directEnd) waits() string {
	e.t.Helper()
	s := until(e, "waiting", func(s *wire.Status) bool { return s.State == wire.StateOffline })
	return strings.TrimPrefix(s.Reason, "waiting for the other at ")
}

func (e *directEnd) forget() { e.seen = nil }

func TestTwoPeopleTalkDirectly(t *testing.T) {
	first := directly(t, DirectConfig{Peer: "127.0.0.1:1", Listen: "127.0.0.1:0", Me: "ann"})
	at := first.waits()
	early := first.Say(DirectRoom, "typed before anybody was there", false)
	second := directly(t, DirectConfig{Peer: at, Listen: "127.0.0.1:0", Me: "ben"})
	second.hears("typed before anybody was there")
	until(first, "its receipt", func(r *wire.Receipt) bool { return r.Client == early && r.State == wire.ReceiptSent })
	second.Say(DirectRoom, "/quit is text here, and so is æøå", false)
	first.hears("/quit is text here, and so is æøå")
	first.forget()
	second.end()
	if again := first.waits(); again != at {
		t.Errorf("waits at %s after the other has left, want %s", again, at)
	}
	third := directly(t, DirectConfig{Peer: at, Listen: "127.0.0.1:0", Me: "ben"})
	third.Say(DirectRoom, "back", false)
	first.hears("back")
}

// original connects as a program of the older families does.
func original(t *testing.T, at string) *net.TCPConn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

func write(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

func TestOriginalsAreHeardAsTheyWrite(t *testing.T) {
	e := directly(t, DirectConfig{Listen: "127.0.0.1:0", Me: "ann"})
	at := e.waits()
	c := original(t, at)
	write(t, c, "one\ntwo\r\n\nno line feed")
	for _, text := range []string{"one", "two", "no line feed"} {
		e.hears(text)
	}
	write(t, c, "broken \xff byte\n"+strings.Repeat("x", 1500)+"\n:q\n")
	e.hears("broken \uFFFD byte")
	e.hears(strings.Repeat("x", 1500))
	e.hears(":q")
	e.forget()
	if err := c.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	c.Close()
	e.waits()
	write(t, original(t, at), "after a reset\n")
	e.hears("after a reset")
}

func TestOriginalsAreSentWhatTheyCanRead(t *testing.T) {
	e := directly(t, DirectConfig{Listen: "127.0.0.1:0", Me: "ann"})
	c := original(t, e.waits())
	long := strings.Repeat("æ", 1500)
	e.Say(DirectRoom, long, false)
	buf := make([]byte, directPiece)
	var got []byte
	for len(got) < len(long)+1 {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(buf[:n]) {
			t.Fatalf("%d bytes read at once end in a cut character", n)
		}
		got = append(got, buf[:n]...)
	}
	if string(got) != long+"\n" {
		t.Errorf("got %d bytes, want the line of %d", len(got), len(long)+1)
	}
	write(t, c, "unread\n")
	e.hears("unread")
	e.stop()
	if rest, err := io.ReadAll(bufio.NewReader(c)); err != nil || len(rest) > 0 {
		t.Errorf("the end is %q, %v, want a FIN and nothing before it", rest, err)
	}
}

func TestAThirdOneIsSentAway(t *testing.T) {
	e := directly(t, DirectConfig{Listen: "127.0.0.1:0", Me: "ann"})
	at := e.waits()
	c := original(t, at)
	write(t, c, "first\n")
	e.hears("first")
	third := original(t, at)
	if _, err := third.Read(make([]byte, 1)); err == nil {
		t.Error("a third one is let in")
	}
	write(t, c, "still here\n")
	e.hears("still here")
}

func TestAPortInUseIsExplained(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	e := directly(t, DirectConfig{Listen: taken.Addr().String(), Me: "ann"})
	s := until(e, "the end", func(s *wire.Status) bool { return s.State == wire.StateEnded })
	if want := "Can't wait at " + taken.Addr().String() + ": another program uses it. Choose another port with --listen."; s.Reason != want {
		t.Errorf("got %q, want %q", s.Reason, want)
	}
}

// TestWhoTheOtherHasLeftWaitsUntilThePortIsFree as the one who listened may hold
// it for a while: an original's system does so for a minute.
func TestWhoTheOtherHasLeftWaitsUntilThePortIsFree(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	at := ln.Addr().String()
	e := directly(t, DirectConfig{Peer: at, Listen: at, Me: "ann"})
	other, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	write(t, other, "goodbye\n")
	e.hears("goodbye")
	other.Close()
	until(e, "that the port is in use", func(n *wire.Notice) bool {
		return strings.Contains(n.Text, at) && strings.Contains(n.Text, "another program uses it") && strings.Contains(n.Text, "again")
	})
	early := e.Say(DirectRoom, "typed meanwhile", false)
	ln.Close()
	until(e, "waiting", func(n *wire.Notice) bool { return strings.HasPrefix(n.Text, "Waiting for the other at "+at) })
	c := original(t, at)
	write(t, c, "here again\n")
	e.hears("here again")
	until(e, "its receipt", func(r *wire.Receipt) bool { return r.Client == early && r.State == wire.ReceiptSent })
}
