package histories_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"labchat/internal/memnet"
	"labchat/internal/server"
	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// host is the server with its disk, which outlives it.
type host struct {
	t      *testing.T
	ledger *ledger
	data   string // of SQLite, "" for a store in memory

	mu   sync.Mutex
	l    *memnet.Listener // nil while there is no server
	stop context.CancelFunc
	done chan error
}

// newHost makes a disk with accounts and rooms on it.
func newHost(t *testing.T, data string, first []hub.Entry) *host {
	t.Helper()
	h := &host{t: t, data: data}
	h.ledger = newLedger(h.open())
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.ledger.Run(ctx) }()
	h.ledger.Append(first)
	for _, e := range <-h.ledger.Committed() {
		if e.Fail {
			t.Error("the first entries were not stored")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return h
}

func (h *host) open() store.Store {
	if h.data == "" {
		return storetest.New(nil)
	}
	s, err := store.Open(filepath.Join(h.data, "server"), store.Options{Durability: store.Normal})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *host) listener() *memnet.Listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.l
}

// start runs a server on the disk.
func (h *host) start() {
	h.t.Helper()
	h.ledger.reopen()
	l := memnet.Listen()
	ctx, stop := context.WithCancel(context.Background())
	h.stop, h.done = stop, make(chan error, 1)
	ready := make(chan struct{})
	cfg := server.Config{
		Store: h.ledger, TLS: server.TLSConfig{Off: true},
		Ports:  server.Ports{server.Chat: 0},
		Listen: func(string, string) (net.Listener, error) { return l, nil },
		Ready: func(l server.Listener) {
			if l == (server.Listener{}) {
				close(ready)
			}
		},
	}
	done := h.done
	go func() { done <- server.Run(ctx, cfg) }()
	select {
	case <-ready:
	case err := <-done:
		h.t.Fatalf("the server did not start: %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.l = l
}

// end stops the server, if it runs.
func (h *host) end() {
	h.mu.Lock()
	running := h.l != nil
	h.l = nil
	h.mu.Unlock()
	if !running {
		return
	}
	h.stop()
	if err := <-h.done; err != nil {
		h.t.Errorf("the server ended with %v", err)
	}
	if h.data != "" {
		if err := h.ledger.Store.Close(); err != nil {
			h.t.Error(err)
		}
		h.ledger.Store = h.open()
	}
}

// close ends the server and its disk.
func (h *host) close() {
	h.end()
	if err := h.ledger.Store.Close(); err != nil {
		h.t.Error(err)
	}
}

// crier is a program that says much at once, faster than a person's client.
type crier struct {
	h      *host
	conn   net.Conn // nil: none
	joined map[string]bool
	done   sync.WaitGroup
	said   int
}

// cry says so many lines in a room. Where the server is away, fewer.
func (c *crier) cry(room string, lines, size int) {
	codec := dialects.ByName("chat1").Client()
	var out []byte
	ask := func(r wire.Request) {
		var err error
		if out, err = codec.AppendRequest(out, r); err != nil {
			c.h.t.Fatal(err)
		}
	}
	if c.conn == nil {
		l := c.h.listener()
		if l == nil {
			return
		}
		conn, err := l.Dial(context.Background())
		if err != nil {
			return
		}
		c.conn, c.joined = conn, map[string]bool{}
		c.done.Go(func() { _, _ = io.Copy(io.Discard, conn) })
		ask(wire.Hello{Version: 1, Program: "crier"})
		ask(wire.Guest{Name: "crier"})
	}
	if !c.joined[room] {
		ask(wire.Join{Room: room})
		c.joined[room] = true
	}
	for range lines {
		c.said++
		ask(wire.Say{Room: room, Text: padded(fmt.Sprintf("crier %d", c.said), size)})
	}
	if _, err := c.conn.Write(out); err != nil {
		c.close()
	}
}

func (c *crier) close() {
	if c.conn == nil {
		return
	}
	_ = c.conn.Close()
	c.done.Wait()
	c.conn = nil
}

// padded makes a text at least so long.
func padded(text string, size int) string {
	return text + " " + strings.Repeat(".", max(0, size-len(text)-1))
}
