package client

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"labchat/internal/archive"
	"labchat/internal/wire"
)

// childEnv makes the test binary a client that types until it is killed; its
// value is "DIR ADDRESS".
const childEnv = "LABCHAT_TEST_CLIENT_CHILD"

// child runs the client that is killed, if this process is it.
func child() bool {
	dir, addr, is := strings.Cut(os.Getenv(childEnv), " ")
	if !is {
		return false
	}
	if err := typeForever(dir, addr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// typeForever types a line whenever the one before is on disk, and prints its
// client id then: it is promised.
func typeForever(dir, addr string) error {
	a, err := archive.Open(dir)
	if err != nil {
		return err
	}
	s := New(aliceAt(addr, a))
	s.Say(wire.Lobby, "first", false)
	failed := make(chan error, 1)
	go func() { failed <- s.Run(context.Background()) }()
	for batch := range s.Events() {
		for _, e := range batch {
			if r, ok := e.(*wire.Receipt); ok && r.State == wire.ReceiptQueued {
				if _, err := fmt.Println(r.Client); err != nil { //nolint:forbidigo // the parent reads it
					return err
				}
				s.Say(wire.Lobby, "next", false)
			}
		}
	}
	return <-failed
}

func aliceAt(addr string, a *archive.Archive) Config {
	return Config{
		Server: addr, Dialect: DialectChat1, Rooms: []string{wire.Lobby}, Store: a, Known: newMemStore(),
		Identity: Identity{Mode: ModeGuest, Name: "alice"},
	}
}

// A client that is killed again and again while it types: what it promised is
// at the server in the end, once and in order.
func TestQueuedLinesSurviveKill9AndAreSentOnce(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := serveOn(listener, nil, "chat1", nil)
	defer f.stop()
	dir := t.TempDir()
	var promised []wire.ClientID
	for range 4 {
		promised = promise(t, dir, listener.Addr().String(), promised)
		wantDoubts(t, dir, f)
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	flush(t, New(aliceAt(listener.Addr().String(), a)), a)

	var order []wire.ClientID
	for _, say := range requests[wire.Say](f) {
		if !slices.Contains(order, say.Client) {
			order = append(order, say.Client)
		}
	}
	at := -1
	for _, id := range promised {
		i := slices.Index(order, id)
		if i < 0 {
			t.Fatalf("%s was promised and is lost", id)
		}
		if i <= at {
			t.Fatalf("%s came before the line that was typed before it", id)
		}
		at = i
	}
	if got, want := len(f.texts()), len(order); got != want {
		t.Errorf("the server stored %d lines of %d", got, want)
	}
}

// wantDoubts checks that the disk takes no line for one that can't have arrived
// which the server has.
func wantDoubts(t *testing.T, dir string, f *fake) {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	lines, err := a.Outbox("alice")
	if err != nil {
		t.Fatal(err)
	}
	heard := map[wire.ClientID]bool{}
	for _, say := range requests[wire.Say](f) {
		heard[say.Client] = true
	}
	for _, l := range lines {
		if heard[l.Client] && !l.InDoubt {
			t.Errorf("%s has arrived, and the disk says that it can't have", l.Client)
		}
	}
}

// promise runs the child until it has promised some lines, kills it, and adds
// their ids.
func promise(t *testing.T, dir, addr string, ids []wire.ClientID) []wire.ClientID {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+dir+" "+addr)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	fresh := 0
	take := func() {
		if id := wire.ClientID(lines.Text()); !slices.Contains(ids, id) {
			ids = append(ids, id)
			fresh++
		}
	}
	for fresh < 20 && lines.Scan() {
		take()
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // what it printed before it died is promised too
		take()
	}
	if err := c.Wait(); err == nil || fresh == 0 {
		t.Fatalf("the child ended by itself after %d lines: %v", fresh, err)
	}
	return ids
}

// flush runs a session until nothing waits any more.
func flush(t *testing.T, s *Session, a *archive.Archive) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	last := s.Say(wire.Lobby, "last", false)
	for batch := range s.Events() {
		for _, e := range batch {
			if r, ok := e.(*wire.Receipt); ok && r.Client == last && r.State == wire.ReceiptSent {
				stop()
			}
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if left, err := a.Outbox("alice"); err != nil || len(left) != 0 {
		t.Fatalf("%d lines are left, %v", len(left), err)
	}
}
