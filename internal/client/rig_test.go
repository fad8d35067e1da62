package client

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/session"
	"labchat/internal/wire"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m)
}

// rig is a running session, its server and store, and what came out.
type rig struct {
	t     *testing.T
	f     *fake
	store *memStore
	s     *Session
	stop  context.CancelFunc
	ended chan error
	done  sync.WaitGroup

	mu     sync.Mutex
	events []wire.Event
}

// config is a guest called alice in the lobby.
func config(f *fake, store *memStore) Config {
	return Config{
		Server: "127.0.0.1:1300", Identity: Identity{Mode: ModeGuest, Name: "alice"}, Rooms: []string{wire.Lobby},
		Store: store, Known: store, Dial: f.DialContext, Program: "test",
	}
}

// start runs a session of cfg with a fake; both end with the test.
func start(t *testing.T, f *fake, cfg Config) *rig {
	t.Helper()
	r := &rig{t: t, f: f, s: New(cfg), ended: make(chan error, 1)}
	r.store, _ = cfg.Store.(*memStore)
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	r.done.Go(func() { r.ended <- r.s.Run(ctx) })
	r.done.Go(r.listen)
	return r
}

func (r *rig) listen() {
	for batch := range r.s.Events() {
		r.mu.Lock()
		r.events = append(r.events, batch...)
		r.mu.Unlock()
	}
}

// end stops the session and waits for it.
func (r *rig) end() {
	r.t.Helper()
	r.stop()
	r.done.Wait()
}

// until lets the fake clock run until something holds.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	for range 10_000 {
		synctest.Wait()
		if holds() {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	r.t.Fatalf("never: %s; events: %v", what, r.kinds())
}

// all lists the events of one kind that came out.
func all[E wire.Event](r *rig) []E {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []E
	for _, e := range r.events {
		if e, ok := e.(E); ok {
			list = append(list, e)
		}
	}
	return list
}

// state is the last one that was told.
func (r *rig) state() wire.State {
	if list := all[*wire.Status](r); len(list) > 0 {
		return list[len(list)-1].State
	}
	return ""
}

// receipts lists the states that a line went through.
func (r *rig) receipts(id wire.ClientID) []wire.ReceiptState {
	var states []wire.ReceiptState
	for _, e := range all[*wire.Receipt](r) {
		if e.Client == id {
			states = append(states, e.State)
		}
	}
	return states
}

// sent waits until a line is at the server.
func (r *rig) sent(id wire.ClientID) {
	r.t.Helper()
	r.until("sent", func() bool { return slices.Contains(r.receipts(id), wire.ReceiptSent) })
}

// fatal waits for the end of a session and returns why it ended for good.
func (r *rig) fatal() *session.EndedError {
	r.t.Helper()
	r.until("ended", func() bool { return len(r.ended) > 0 })
	err := <-r.ended
	ended, ok := err.(*session.EndedError) //nolint:errorlint // Run promises the type itself
	if !ok {
		r.t.Fatalf("got %v, want an EndedError", err)
	}
	if r.state() != wire.StateEnded {
		r.t.Errorf("got the state %q, want ended", r.state())
	}
	return ended
}

func (r *rig) kinds() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, e := range r.events {
		kinds = append(kinds, fmt.Sprintf("%T", e))
	}
	return kinds
}

// far makes a connection look as if it led to another machine.
type far struct{ net.Conn }

func (far) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1300} }

// elsewhere dials a fake that is not on this machine.
func elsewhere(f *fake) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := f.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return far{c}, nil
	}
}
