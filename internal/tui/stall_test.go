package tui

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"labchat/internal/app"
	archives "labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/knownservers"
	endpoints "labchat/internal/peer/private"
	"labchat/internal/server"
	"labchat/internal/server/store/storetest"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// early are those that come before it stands still.
const early = 10

// keeper is a disk that says how far it is.
type keeper struct {
	*archives.Archive

	moved chan struct{}
}

func (k keeper) Keep(lines []wire.Event, rooms ...wire.Extent) error {
	err := k.Archive.Keep(lines, rooms...)
	select {
	case k.moved <- struct{}{}:
	default:
	}
	return err
}

// until waits until the disk is so far.
func (k keeper) until(t *testing.T, reached func() bool) {
	t.Helper()
	for !reached() {
		select {
		case <-k.moved:
		case <-t.Context().Done():
			t.Fatal("the lines never came")
		}
	}
}

// serve runs a real server, and returns the addresses of its chat port.
func serve(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	var done sync.WaitGroup
	done.Go(func() {
		if err := server.Run(ctx, server.Config{
			Store: storetest.New(time.Now), Register: true, Ports: server.Ports{server.Chat: 0, server.Registry: 0},
			Ready: func(l server.Listener) {
				if l.Name == "chat" {
					ready <- l.Addr
				}
			},
		}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		done.Wait()
	})
	return <-ready
}

// visitor is somebody's real session, on a disk of their own, who has accepted
// private conversations with friend.
func visitor(t *testing.T, addr, name, friend string) (*endpoints.Endpoint, keeper) {
	t.Helper()
	a, err := archives.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Home(addr, ""); err != nil {
		t.Fatal(err)
	}
	k := keeper{a, make(chan struct{}, 1)}
	e := endpoints.New(client.New(client.Config{
		Server: addr, Store: k, Known: knownservers.At(filepath.Join(t.TempDir(), "known-servers")), Rooms: []string{wire.Lobby}, Identity: client.Identity{Mode: client.ModeGuest, Name: name},
	}), endpoints.Config{Name: name, Local: "127.0.0.1:0", Store: k})
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := e.Run(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	e.Do(wire.Poke{Name: friend}) // who wants to talk with somebody has accepted them
	t.Cleanup(func() {
		stop()
		for range e.Events() { // its last words
		}
		done.Wait()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, k
}

// floods says lines in the lobby, and returns the id of the last.
func floods(t *testing.T, addr string, from, to int) wire.ID {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	codec := dialects.ByName("chat1").Client()
	say := func(r wire.Request) {
		frame, err := codec.AppendRequest(nil, r)
		if err == nil {
			_, err = conn.Write(frame)
		}
		if err != nil {
			t.Error(err)
		}
	}
	var done sync.WaitGroup
	defer done.Wait()
	done.Go(func() {
		say(wire.Hello{Version: 1})
		say(wire.Guest{})
		say(wire.Join{Room: wire.Lobby})
		for i := from; i < to; i++ {
			say(wire.Say{Room: wire.Lobby, Text: fmt.Sprint("line ", i)})
		}
	})
	s := bufio.NewScanner(conn)
	s.Split(dialects.ByName("chat1").Split)
	for n := 0; s.Scan(); {
		e, err := codec.ParseEvent(s.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		switch e := e.(type) {
		case *wire.Accepted:
			if n++; n == to-from {
				return e.ID
			}
		case *wire.Refused:
			t.Fatalf("refused: %s", e.Text)
		default:
		}
	}
	t.Fatalf("the server has ended the connection: %v", s.Err())
	return 0
}

// whispers says lines in private, and waits until they are on bob's disk.
func whispers(ann *endpoints.Endpoint, from, to int) {
	for i := from; i < to; i++ {
		ann.Whisper("bob", fmt.Sprint("line ", i), false)
	}
	for delivered := from; delivered < to; {
		for _, e := range <-ann.Events() {
			if r, ok := e.(*wire.Receipt); ok && r.State == wire.ReceiptDelivered {
				delivered++
			}
		}
	}
}

// pump lets the screen hear its session until something holds.
func (s *scene) pump(from app.Session, holds func() bool) {
	s.t.Helper()
	patience := time.NewTimer(5 * time.Minute)
	defer patience.Stop()
	for !holds() {
		select {
		case events := <-from.Events():
			s.tell(batch{from, events})
		case <-patience.C:
			s.t.Fatalf("never:\n%s", s.View())
		}
	}
}

// A screen that does not keep up, as over a connection that stands still, gets
// the newest lines; all others are fetched again when somebody looks for them.
func TestAScreenThatStoodStillHasEveryLineAfterwardsInOrder(t *testing.T) {
	addr := serve(t)
	ann, _ := visitor(t, addr, "ann", "bob")
	bob, disk := visitor(t, addr, "bob", "ann")
	s := &scene{t: t, session: &session{}, clock: &clock{noon}}
	s.Model = New(Config{Session: bob, Archive: disk, Theme: plainTheme(), Room: wire.Lobby}, s.clock.Now, time.UTC)
	s.work(s.Init())
	s.tell(bubble.Sized{W: 100, H: 30})
	s.pump(bob, func() bool { return s.Book.Room(wire.Lobby).Stands == app.Inside })

	whispers(ann, 0, early)
	seen := floods(t, addr, 0, early)
	room, talk := s.Book.Room(wire.Lobby), s.Book.Person("ann")
	s.pump(bob, func() bool { return room.Log.Last() == seen && len(spoken(talk)) == early })
	s.switchTo(talk)
	whispers(ann, early, many)
	last := seen
	for from := early; from < many; from += 1110 { // so that the server does not cut a slow reader off
		last = floods(t, addr, from, min(from+1110, many))
		disk.until(t, func() bool { return disk.LastSeen(wire.Lobby) >= last })
	}
	s.pump(bob, func() bool { return room.Log.Last() == last && len(talk.Log.Holes) > 0 })
	if len(room.Log.Holes) == 0 || len(talk.Log.Holes) == 0 {
		t.Fatalf("%d and %d holes: nothing was left out", len(room.Log.Holes), len(talk.Log.Holes))
	}
	if got, want := room.Counts.Unread, many-early; got != want {
		t.Errorf("%d lines are unread, want %d", got, want)
	}
	for _, at := range []*app.Place{talk, room} {
		s.switchTo(at)
		s.press("alt+home")
		s.pump(bob, func() bool { return at.Past.Back == 0 })
		lines := spoken(at)
		for n, words := range lines {
			if want := fmt.Sprint("line ", n); words != want {
				t.Fatalf("%s: got %q, want %q", at.ID, words, want)
			}
		}
		if len(lines) != many {
			t.Errorf("%s: got %d lines, want %d; holes %+v, %+v\n%s", at.ID, len(lines), many, at.Log.Holes, at.Past, s.View())
		}
		s.hides(app.HoleRow)
	}
}
