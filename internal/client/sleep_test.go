package client

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
	"labchat/internal/wire"
)

// sleeps makes an old server one with a single thread, which sleeps half a
// second before each list: what reaches it meanwhile it takes for one line.
func sleeps(s *oldServer) *oldServer {
	s.thread = make(chan struct{}, 1)
	return s
}

// until lets the fake clock run until something holds of a server.
func (s *oldServer) until(holds func() bool) {
	for range 1000 {
		synctest.Wait()
		s.mu.Lock()
		done := holds()
		s.mu.Unlock()
		if done {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// wake waits until the server's only thread is free, and reports whether it had
// to be waited for.
func (p *oldPeer) wake() bool {
	if p.thread == nil || p.runs {
		return false
	}
	p.thread <- struct{}{}
	p.runs = true
	return true
}

// awake adds to what was said what has come before the thread was free.
func (p *oldPeer) awake(said []byte) []byte {
	if !p.wake() {
		return said
	}
	p.conn.SetReadDeadline(time.Now())
	defer p.conn.SetReadDeadline(time.Time{})
	buf := make([]byte, 2048)
	for {
		n, _ := p.conn.Read(buf)
		if said = append(said, buf[:n]...); n == 0 {
			return said
		}
	}
}

func TestLinesAreHeldWhileAPromptServerSleeps(t *testing.T) {
	for _, dialect := range []string{"prompt", "prompt-accounts"} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serveOld(sleeps(oldRooms[dialect]()))
				defer s.stop()
				alice := oldRig(t, s, dialect, "alice", newMemStore())
				defer alice.end()
				bob := oldRig(t, s, dialect, "bob", newMemStore())
				defer bob.end()
				bob.until("bob online", func() bool { return bob.state() == wire.StateOnline })
				var lines []wire.ClientID
				for i := range 40 {
					lines = append(lines, alice.s.Say(wire.Lobby, fmt.Sprintf("row %02d", i), false))
				}
				for i := range 5 { // people come and go meanwhile
					one := oldRig(t, s, dialect, fmt.Sprintf("guest%d", i), newMemStore())
					one.until("a guest online", func() bool { return one.state() == wire.StateOnline })
					<-time.After(time.Duration(i) * 170 * time.Millisecond)
					one.end()
				}
				for _, id := range lines {
					alice.sent(id)
				}
				s.until(func() bool { return len(s.peers) == 2 })
				s.mu.Lock()
				defer s.mu.Unlock()
				rows := slices.DeleteFunc(slices.Clone(s.heard), func(h string) bool { return !strings.Contains(h, "row") })
				for i, row := range rows {
					if row != fmt.Sprintf("row %02d", i) {
						t.Errorf("line %d came as %q", i, row)
					}
				}
				if len(rows) != 40 {
					t.Errorf("%d lines came, want 40", len(rows))
				}
			})
		})
	}
}

// An older server that speaks to somebody who has gone fails in its next read,
// and what was said last is lost with it.
func TestWhoLeavesAnOlderServerHearsItToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		var failed error
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			c, err := l.Accept()
			if err != nil {
				failed = err
				return
			}
			defer c.Close()
			for range 2 { // the name, and a line
				if _, err := c.Read(make([]byte, 100)); err != nil {
					failed = err
					return
				}
			}
			<-time.After(500 * time.Millisecond)
			if _, failed = c.Write([]byte("guest has left. Member count = 1")); failed == nil {
				_, failed = c.Read(make([]byte, 100))
			}
		}()
		store := newMemStore()
		r := start(t, &fake{}, Config{
			Server: "127.0.0.1:4000", Dialect: "names", Identity: Identity{Mode: ModeGuest, Name: "alice"},
			Rooms: []string{wire.Lobby}, Store: store, Known: store, Dial: l.DialContext, Program: "test",
		})
		r.until("online", func() bool { return r.state() == wire.StateOnline })
		r.sent(r.s.Say(wire.Lobby, "the last line", false))
		r.end()
		<-ended
		if !errors.Is(failed, io.EOF) {
			t.Errorf("the server's last words end with %v, want the end of what was said", failed)
		}
		l.Close()
	})
}
