package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/knownservers"
	"labchat/internal/server"
	"labchat/internal/wire"
)

// host is the real server on a real socket, started anew on its data.
type host struct {
	t    *testing.T
	data string
	port int
	addr string
	stop func()
}

// start starts the daemon and waits until it is ready.
func (d *host) start() {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	var done sync.WaitGroup
	done.Go(func() {
		ports := server.FreePorts()
		ports[server.Chat] = d.port
		err := server.Run(ctx, server.Config{
			Data: d.data, Ports: ports, Register: true,
			Ready: func(l server.Listener) {
				if l.Name == "chat" {
					ready <- l.Addr
				}
			},
		})
		if err != nil {
			d.t.Error(err)
		}
	})
	d.stop = func() {
		cancel()
		done.Wait()
	}
	select {
	case d.addr = <-ready:
	case <-time.After(20 * time.Second):
		d.t.Fatal("the daemon is not ready")
	}
	if _, err := fmt.Sscanf(d.addr, "127.0.0.1:%d", &d.port); err != nil {
		d.t.Fatal(err)
	}
}

// person is a session and what came out of it.
type person struct {
	*client.Session
	done sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond
	heard   []string
	sent    map[wire.ClientID]bool
	online  bool
	state   wire.State
	codes   []wire.Code
}

// visit starts a session of somebody who registers.
func visit(ctx context.Context, t *testing.T, addr, name string) *person {
	t.Helper()
	a, err := archive.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &person{sent: map[wire.ClientID]bool{}}
	p.changed = sync.NewCond(&p.mu)
	p.Session = client.New(client.Config{
		Server: addr, Store: a, Known: knownservers.At(filepath.Join(t.TempDir(), "known-servers")), Rooms: []string{wire.Lobby},
		Identity: client.Identity{Mode: client.ModeRegister, Name: name, Password: "a good password"},
	})
	p.done.Go(func() {
		if err := p.Run(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	p.done.Go(p.listen)
	return p
}

func (p *person) listen() {
	for batch := range p.Events() {
		p.mu.Lock()
		for _, e := range batch {
			p.event(e)
		}
		p.changed.Broadcast()
		p.mu.Unlock()
	}
}

func (p *person) event(e wire.Event) {
	switch e := e.(type) {
	case *wire.Said:
		p.heard = append(p.heard, e.From+": "+e.Text)
	case *wire.Receipt:
		p.sent[e.Client] = e.State == wire.ReceiptSent
	case *wire.Status:
		p.state = e.State
		p.codes = append(p.codes, e.Code)
	case *wire.Entered:
		p.online = true
	default:
	}
}

// until waits for something that holds under the lock.
func (p *person) until(holds func() bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !holds() {
		p.changed.Wait()
	}
}

// Two people type while the server stops and comes back, twice: each line is
// delivered once and in order, and nobody has touched a key.
func TestLinesSurviveAServerThatStops(t *testing.T) {
	d := &host{t: t, data: t.TempDir()}
	d.start()
	ctx, cancel := context.WithCancel(t.Context())
	alice, bob := visit(ctx, t, d.addr, "alice"), visit(ctx, t, d.addr, "bob")
	defer bob.done.Wait()
	defer alice.done.Wait()
	defer cancel()
	for _, p := range []*person{alice, bob} {
		p.until(func() bool { return p.online })
	}
	var last wire.ClientID
	var want []string
	say := func(n int) {
		for range n {
			text := fmt.Sprint("line ", len(want))
			last = alice.Say(wire.Lobby, text, false)
			want = append(want, "alice: "+text)
		}
	}
	for range 2 {
		say(20)
		d.stop()
		alice.until(func() bool { return alice.state == wire.StateOffline })
		say(20)
		d.start()
	}
	say(20)
	alice.until(func() bool { return alice.sent[last] })
	bob.until(func() bool { return len(bob.heard) >= len(want) })
	d.stop()
	bob.mu.Lock()
	defer bob.mu.Unlock()
	if diff := cmp.Diff(want, bob.heard); diff != "" {
		t.Errorf("what bob heard (-want +got):\n%s", diff)
	}
}
