package private_test

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"labchat/internal/memnet"
	"labchat/internal/wire"
)

// running is an endpoint, or what stands around it.
type running interface {
	Run(ctx context.Context) error
	Events() <-chan []wire.Event
}

// enterOld brings somebody in whose program knows no private conversations.
func (w *harness) enterOld(name string, kind wire.Kind) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.here[wire.Fold(name)] = &session{harness: w, name: name, kind: kind, wake: make(chan struct{}, 1)}
}

// annAddr is where the first of a harness listens.
var annAddr = net.UDPAddrFromAddrPort(netip.MustParseAddrPort("10.0.0.2:4000"))

// original is somebody with an older program: it says what the test says, and
// hears.
type original struct {
	conn *memnet.Packet

	mu    sync.Mutex
	heard []string
}

func (w *harness) original(addr string) *original {
	w.t.Helper()
	conn, err := w.net.Listen(netip.MustParseAddrPort(addr))
	must(w.t, err)
	o := &original{conn: conn}
	w.done.Go(func() {
		buf := make([]byte, 2048)
		for {
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			o.mu.Lock()
			o.heard = append(o.heard, string(buf[:n]))
			o.mu.Unlock()
		}
	})
	w.originals = append(w.originals, o)
	return o
}

// says sends datagrams to ann, and lets them arrive.
func (o *original) says(all ...string) {
	for _, d := range all {
		_, _ = o.conn.WriteTo([]byte(d), annAddr)
	}
	settle()
}

func (o *original) wants(t *testing.T, want ...string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Equal(o.heard, want) {
		t.Errorf("the older program has heard %q, want %q", o.heard, want)
	}
}

// pair brings in ann and bob, who talk encrypted.
func (w *harness) pair() (ann, bob *person) {
	w.t.Helper()
	ann, bob = w.enter("ann", wire.KindAccount, newMemory("ann")), w.enter("bob", wire.KindAccount, newMemory("bob"))
	w.befriend(ann, bob)
	return ann, bob
}

func (w *harness) befriend(ann, bob *person) {
	w.t.Helper()
	ann.Whisper("bob", "hello", false)
	settle()
	bob.accepts("ann")
	settle()
	bob.wantTexts("ann", "hello")
}

// wantWays checks by which way all lines of somebody came.
func (p *person) wantWays(from string, want wire.Way) {
	p.t.Helper()
	n := p.count(func(e wire.Event) bool {
		l, ok := e.(*wire.Whispered)
		return ok && l.From == from && l.Via.Way != want
	})
	if n > 0 || len(p.texts(from)) == 0 {
		p.t.Errorf("of %d lines of %s %d did not come by the way %q", len(p.texts(from)), from, n, want)
	}
}

// with are the kept lines of a conversation.
func (m *memory) with(name string) (all []*wire.Whispered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.history {
		if l.From == name || l.To == name {
			all = append(all, l)
		}
	}
	return all
}

// lines are the part of a memory that a Beside uses.
type lines struct{ *memory }

func (lines) Home(string, string) error { return nil }
func (lines) LastSeen(string) wire.ID   { return 0 }
