package server

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/server/store/storetest"
)

// TestWhoSendsThousandsOfRequestsAtOnceLeavesOthersTheirTurns has one connection send
// thousands of requests in one read, and somebody behind it one. It takes the loop's
// rounds one by one.
func TestWhoSendsThousandsOfRequestsAtOnceLeavesOthersTheirTurns(t *testing.T) {
	const pings = 2000
	l := newLoop(t)
	flood, quiet := enters(t, l), enters(t, l)
	sends(l, flood, strings.Repeat("{\"type\":\"ping\"}\n", pings))
	sends(l, quiet, "{\"type\":\"ping\"}\n")
	var answered int
	for rounds := 1; answered == 0 || l.clients.more; rounds++ {
		l.now = time.Now()
		l.clients.posted = l.inbox.take(l.clients.posted)
		for i := range l.clients.posted {
			l.handle(&l.clients.posted[i])
		}
		if rounds == 1 && bytes.Count(quiet.buf, []byte("pong")) != 1 {
			t.Errorf("the quiet one got %q in the first round", quiet.buf)
		}
		l.resume()
		n := bytes.Count(flood.buf, []byte("pong"))
		if n == 0 || n > 2*maxTurn {
			t.Fatalf("%d requests of one connection were handled in round %d, want at most %d", n, rounds, 2*maxTurn)
		}
		answered += n
		flood.buf, quiet.buf = nil, nil
		select {
		case <-l.inbox.wake:
		default:
			if l.clients.more {
				t.Fatalf("nothing wakes the loop for the rest after round %d", rounds)
			}
		}
	}
	if answered != pings {
		t.Errorf("got %d answers to %d requests", answered, pings)
	}
}

// newLoop returns a loop that nobody runs, without listeners.
func newLoop(t *testing.T) *loop {
	t.Helper()
	d := &daemon{cfg: Config{Log: testLog(t)}.orDefaults(), store: storetest.New(nil), late: newCoarseTimer()}
	t.Cleanup(func() { d.late.close(); d.store.Close() })
	l := d.newLoop(t.Context(), hub.State{})
	l.now = time.Now()
	return l
}

// enters is a session that has said hello.
func enters(t *testing.T, l *loop) *conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	c := &conn{raw: ours, nc: ours, judged: true}
	c.conn = c
	c.window.opened = make(chan struct{}, 1)
	l.clients.serve = func(*conn) {} // the test posts
	l.handleOpened(c)
	sends(l, c, `{"type":"hello","version":1}`+"\n")
	for _, i := range l.inbox.take(nil) {
		l.handle(&i)
	}
	c.buf = nil
	return c
}

// sends posts what a reader has read.
func sends(l *loop, c *conn, text string) {
	b := buffers.Get().(*buffer)
	c.window.ahead.Add(1)
	l.inbox.post(item{what: whatBytes, conn: c, arg: b, n: int32(copy(b[:], text))})
}
