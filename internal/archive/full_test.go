package archive

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"labchat/internal/client"
	"labchat/internal/dbfile"
	"labchat/internal/knownservers"
	"labchat/internal/server"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

// startServer runs a real server, and returns where it listens.
func startServer(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	var done sync.WaitGroup
	done.Go(func() {
		if err := server.Run(ctx, server.Config{
			Store: storetest.New(time.Now),
			Ports: server.Ports{server.Chat: 0},
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

// guest is somebody's session on a disk.
type guest struct {
	*client.Session
	t    *testing.T
	stop func()
}

func visit(t *testing.T, addr, name string, a *Archive) *guest {
	t.Helper()
	g := &guest{t: t, Session: client.New(client.Config{
		Server: addr, Store: a, Known: knownservers.At(filepath.Join(t.TempDir(), "known-servers")), Rooms: []string{wire.Lobby}, Identity: client.Identity{Mode: client.ModeGuest, Name: name},
	})}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := g.Run(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	g.stop = sync.OnceFunc(func() {
		cancel()
		for range g.Events() { // its last words
		}
		done.Wait()
	})
	t.Cleanup(g.stop)
	return g
}

// until hears the session until an event is the one.
func (g *guest) until(what string, is func(wire.Event) bool) wire.Event {
	g.t.Helper()
	patience := time.NewTimer(30 * time.Second)
	defer patience.Stop()
	for {
		select {
		case batch := <-g.Events():
			for _, e := range batch {
				if is(e) {
					return e
				}
			}
		case <-patience.C:
			g.t.Fatalf("never: %s", what)
		}
	}
}

func entered(e wire.Event) bool {
	_, ok := e.(*wire.Entered)
	return ok
}

func noticed(words string) func(wire.Event) bool {
	return func(e wire.Event) bool {
		n, ok := e.(*wire.Notice)
		return ok && strings.Contains(n.Text, words)
	}
}

// says says lines until they are at the server, and returns the id of the last.
func (g *guest) says(from, to int) wire.ID {
	g.t.Helper()
	var last wire.ClientID
	for i := from; i < to; i++ {
		last = g.Say(wire.Lobby, fmt.Sprintf("line %d %s", i, strings.Repeat("x", 2000)), false)
	}
	return g.until("said", func(e wire.Event) bool {
		r, ok := e.(*wire.Receipt)
		return ok && r.Client == last && r.State == wire.ReceiptSent
	}).(*wire.Receipt).ID
}

// setFull takes all room that the file has not taken yet, or gives it back.
func setFull(t *testing.T, a *Archive, full bool) {
	t.Helper()
	pages := 1 << 30
	if full {
		must(t, a.write.QueryRow("PRAGMA page_count").Scan(&pages))
	}
	must(t, a.exec("set the size", fmt.Sprint("PRAGMA max_page_count = ", pages)))
}

// whole checks that the lines from 0 on are there, in order, and that the mark
// says so.
func whole(t *testing.T, a *Archive, lines int, last wire.ID) {
	t.Helper()
	kept, err := a.After("#"+wire.Lobby, 0, lines+1)
	must(t, err)
	for i, e := range kept {
		if want := fmt.Sprintf("line %d ", i); !strings.HasPrefix(e.(*wire.Said).Text, want) {
			t.Fatalf("got %.20q, want %q", e.(*wire.Said).Text, want)
		}
	}
	if len(kept) != lines || a.LastSeen(wire.Lobby) != last {
		t.Errorf("got %d lines up to %d, want %d up to %d", len(kept), a.LastSeen(wire.Lobby), lines, last)
	}
}

// A disk that is full for a while, and one that is full until the program ends:
// the lines are there afterwards.
func TestAfterAFullDiskNoLineIsMissing(t *testing.T) {
	addr := startServer(t)
	dir := t.TempDir()
	a := open(t, dir)
	ann := visit(t, addr, "ann", open(t, t.TempDir()))
	bob := visit(t, addr, "bob", a)
	ann.until("in the lobby", entered)
	bob.until("in the lobby", entered)
	hears := func(id wire.ID) {
		bob.until("the line", func(e wire.Event) bool { s, ok := e.(*wire.Said); return ok && s.ID == id })
	}
	hears(ann.says(0, 5))

	setFull(t, a, true)
	ann.says(5, 15)
	bob.until("the reason", noticed("full"))
	setFull(t, a, false)
	bob.until("the end of it", noticed("works again"))
	last := ann.says(15, 20)
	hears(last)
	whole(t, a, 20, last)

	setFull(t, a, true)
	last = ann.says(20, 30)
	hears(last)
	if got := a.LastSeen(wire.Lobby); got >= last {
		t.Fatal("the disk was not full")
	}
	bob.stop()
	must(t, a.Close())
	a = open(t, dir)
	bob = visit(t, addr, "bob", a)
	hears(last)
	whole(t, a, 30, last)
}

func TestAWriteWaitsForAnotherProgramNoLongerThanATypistNotices(t *testing.T) {
	a := open(t, t.TempDir())
	var got int64
	must(t, a.write.QueryRowContext(t.Context(), "PRAGMA busy_timeout").Scan(&got))
	if got != writeWait.Milliseconds() {
		t.Errorf("it waits for %d ms", got)
	}
}

// Another program, as one that makes a backup, holds the file for longer than a
// write waits.
func TestAfterAFileThatWasHeldNoLineIsMissing(t *testing.T) {
	addr := startServer(t)
	dir := t.TempDir()
	a := open(t, dir)
	other, err := dbfile.Open(t.Context(), filepath.Join(dir, fileName), "rw", 1, nil)
	must(t, err)
	defer other.Close()
	ann := visit(t, addr, "ann", open(t, t.TempDir()))
	bob := visit(t, addr, "bob", a)
	ann.until("in the lobby", entered)
	bob.until("in the lobby", entered)
	hears := func(id wire.ID) {
		bob.until("the line", func(e wire.Event) bool { s, ok := e.(*wire.Said); return ok && s.ID == id })
	}
	hears(ann.says(0, 5))

	held, err := other.BeginTx(t.Context(), nil)
	must(t, err)
	if _, err := held.Exec("UPDATE profile SET typing = typing"); err != nil { // takes the lock
		t.Fatal(err)
	}
	ann.says(5, 15)
	bob.until("the reason", noticed("another program holds the profile's file"))
	if got := a.Extent(wire.Lobby); len(got.Holes) != 0 {
		t.Errorf("got %+v while nothing can be written", got)
	}
	must(t, held.Rollback())
	bob.until("the end of it", noticed("works again"))
	last := ann.says(15, 20)
	hears(last)
	whole(t, a, 20, last)
}
