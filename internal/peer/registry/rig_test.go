package registry_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/memnet"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/peer/registry"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// annaAddr is where the session that is called anna listens.
var annaAddr = netip.MustParseAddrPort("10.0.0.2:4000")

var registryAddr = netip.MustParseAddrPort("10.0.0.1:2020")

// world is a network of one test, with a registry.
type world struct {
	t     *testing.T
	net   *memnet.Packets
	conn  *memnet.Packet // the registry's, nil while it is away
	all   []*one
	conns []*memnet.Packet
	done  sync.WaitGroup
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, net: memnet.NewPackets()}
	t.Cleanup(w.end)
	return w
}

func (w *world) listen(addr string) *memnet.Packet {
	w.t.Helper()
	conn, err := w.net.Listen(netip.MustParseAddrPort(addr))
	if err != nil {
		w.t.Fatal(err)
	}
	w.conns = append(w.conns, conn)
	return conn
}

// tobi starts an original registry, with rooms.
func (w *world) tobi(rooms ...string) *tobiRegistry {
	w.t.Helper()
	w.conn = w.listen(registryAddr.String())
	r := &tobiRegistry{conn: w.conn}
	for _, name := range rooms {
		r.rooms = append(r.rooms, &tobiRoom{name: name})
	}
	w.done.Go(func() { serve(r.conn, r.answer) })
	return r
}

func (w *world) ias() { w.t.Helper(); w.iasThatKnows("") }

// iasThatKnows starts an original registry of one of the two programs.
func (w *world) iasThatKnows(words string) *iasRegistry {
	w.t.Helper()
	w.conn = w.listen(registryAddr.String())
	r := &iasRegistry{conn: w.conn, knows: words, names: make(map[string]netip.AddrPort)}
	w.done.Go(func() { serve(r.conn, r.answer) })
	return r
}

// original is somebody with an original client.
func (w *world) original(addr string) *person {
	w.t.Helper()
	conn := w.listen(addr)
	p := &person{conn: conn, addr: netip.MustParseAddrPort(addr), heard: make(chan string, 1000)}
	w.done.Go(p.reading)
	return p
}

func (p *person) hears(t *testing.T, want string) {
	t.Helper()
	for {
		synctest.Wait()
		select {
		case got := <-p.heard:
			if got == want {
				return
			}
		default:
			t.Fatalf("%q was not heard", want)
		}
	}
}

// one is a session of ours, and what came out of it.
type one struct {
	oldpeer.Inner
	t     *testing.T
	stop  context.CancelFunc
	done  sync.WaitGroup
	err   error
	mu    sync.Mutex
	all   []wire.Event
	begin int // what until has seen
}

func (w *world) session(dialect, name, local string) *one {
	w.t.Helper()
	return w.sessionOn(dialect, name, local, nil)
}

// sessionOn is a session that keeps lines.
func (w *world) sessionOn(dialect, name, local string, store registry.Store) *one {
	w.t.Helper()
	cfg := registry.Config{
		Dialect: dialects.DatagramsByName(dialect), Registry: registryAddr.String(), Name: name, Local: local, Store: store,
		Listen: func(_ context.Context, _, addr string) (net.PacketConn, error) {
			return w.net.Listen(netip.MustParseAddrPort(addr))
		},
	}
	return w.run(registry.New(cfg))
}

// run holds a session until the world ends.
func (w *world) run(session oldpeer.Inner) *one {
	s := &one{Inner: session, t: w.t}
	ctx, stop := context.WithCancel(w.t.Context())
	s.stop = stop
	w.all = append(w.all, s)
	s.done.Go(func() { s.err = s.Run(ctx) })
	s.done.Go(func() {
		for batch := range s.Events() {
			s.mu.Lock()
			s.all = append(s.all, batch...)
			s.mu.Unlock()
		}
	})
	return s
}

// until waits for an event that holds, and returns it; what came before it is
// passed over.
func until[E wire.Event](s *one, what string, holds func(E) bool) E {
	s.t.Helper()
	for range 10_000 {
		synctest.Wait()
		s.mu.Lock()
		for ; s.begin < len(s.all); s.begin++ {
			if e, ok := s.all[s.begin].(E); ok && (holds == nil || holds(e)) {
				s.begin++
				s.mu.Unlock()
				return e
			}
		}
		s.mu.Unlock()
		<-time.After(10 * time.Millisecond)
	}
	for _, e := range s.all {
		s.t.Logf("%T %+v", e, e)
	}
	s.t.Fatalf("it does not happen: %s", what)
	panic("unreachable")
}

func (s *one) online() {
	s.t.Helper()
	until(s, "online", func(e *wire.Status) bool { return e.State == wire.StateOnline })
}

// end ends all that runs; it may be called early, to look what is left.
func (w *world) end() {
	for _, s := range w.all {
		s.stop()
		s.done.Wait()
	}
	for _, conn := range w.conns {
		conn.Close()
	}
	w.done.Wait()
}
