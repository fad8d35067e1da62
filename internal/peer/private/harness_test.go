package private_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/memnet"
	"labchat/internal/peer/link"
	"labchat/internal/peer/private"
	"labchat/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var serverAddr = netip.MustParseAddrPort("10.0.0.1:2020")

// harness is a network of one test, with a server in memory that knows who is where
// and passes on what private conversations need.
type harness struct {
	t    testing.TB
	net  *memnet.Packets // nil: sockets of this host
	conn net.PacketConn
	addr netip.AddrPort // of the registry

	mu      sync.Mutex
	here    map[string]*session // by folded name
	seen    map[uint64]netip.AddrPort
	open    map[[2]string]string                    // who has sent whom which call
	tells   func(to string) []string                // where it says that somebody is; nil: where they were seen
	signs   func(wire.Signal) []byte                // what the registry answers; nil: what is true
	relays  int                                     // datagrams that were passed on
	lose    func(n int) bool                        // of relayed ones; nil: none
	carry   func(from, to string, data []byte) bool // whether one is passed on; nil: yes
	relay   wire.Endpoint                           // what the server says about its relay
	spare   policer                                 // how much of what it says is left
	devices map[string][]wire.Device                // of accounts, by name
	vault   *vault                                  // nil: nothing is kept for those who are away
	ages    bool                                    // it goes by how long lines have waited
	all     []*person
	done    sync.WaitGroup

	originals []*original // people with older programs
}

func newHarness(tb testing.TB) *harness {
	tb.Helper()
	return startHarness(tb, memnet.NewPackets())
}

// startHarness starts one on a network in memory, or with nil on this host's sockets.
func startHarness(tb testing.TB, network *memnet.Packets) *harness {
	tb.Helper()
	w := &harness{
		t: tb, net: network, addr: serverAddr, here: map[string]*session{}, seen: map[uint64]netip.AddrPort{},
		open: map[[2]string]string{},
	}
	var err error
	if w.conn, err = w.listen(serverAddr); err != nil {
		tb.Fatal(err)
	}
	w.addr = netip.MustParseAddrPort(w.conn.LocalAddr().String())
	w.done.Go(w.serve)
	return w
}

// listen opens a socket at an address of the network in memory, or at any of this
// host.
func (w *harness) listen(addr netip.AddrPort) (net.PacketConn, error) {
	if w.net != nil {
		return w.net.Listen(addr)
	}
	return net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
}

// end stops everybody. It must be called within the bubble.
func (w *harness) end() {
	for _, p := range w.all {
		p.quit()
	}
	for _, o := range w.originals {
		o.conn.Close()
	}
	w.conn.Close()
	w.done.Wait()
}

// serve is the registry.
func (w *harness) serve() {
	buf := make([]byte, 2048)
	for {
		n, from, err := w.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		s, err := wire.ParseSignal(buf[:n])
		at := from.(*net.UDPAddr).AddrPort()
		if err != nil || s.Kind != wire.SignalRegister {
			continue
		}
		w.mu.Lock()
		w.seen[s.ID] = at
		signs := w.signs
		w.mu.Unlock()
		if signs != nil {
			_, _ = w.conn.WriteTo(signs(s), from)
			continue
		}
		answer := wire.Signal{Kind: wire.SignalRegistered, Nonce: s.Nonce, ID: s.ID, Addr: at}
		_, _ = w.conn.WriteTo(answer.Append(nil, secretOf(s.ID)), from)
	}
}

func secretOf(id uint64) []byte { return fmt.Appendf(nil, "%032d", id) }

// person is an endpoint of ours, and what came out of it.
type person struct {
	*private.Endpoint
	t       testing.TB
	harness *harness
	server  *session
	store   *memory
	outer   running // the endpoint, or what stands around it
	cancel  context.CancelFunc

	downloads string   // where files go
	took      []string // the files that were accepted
	done      sync.WaitGroup

	mu     sync.Mutex
	events []wire.Event
	read   int           // of events, by who awaits some
	more   chan struct{} // says that there are new ones
}

// enter brings somebody in who listens at an address.
func (w *harness) enter(name string, kind wire.Kind, store *memory) *person {
	w.t.Helper()
	return w.enterAt(name, kind, store, filepath.Join(w.t.TempDir(), "files"))
}

// enterAt says where this one's files go, too.
func (w *harness) enterAt(name string, kind wire.Kind, store *memory, downloads string) *person {
	w.t.Helper()
	p := w.bring(name, kind, store, manner{downloads: downloads})
	settle()
	return p
}

// enterWithin lets something stand around the endpoint.
func (w *harness) enterWithin(name string, kind wire.Kind, store *memory, around func(*person) running) *person {
	w.t.Helper()
	p := w.bring(name, kind, store, manner{around: around})
	settle()
	return p
}

// start brings somebody in with an account, on any disk.
func (w *harness) start(name string, store private.Store, watch func(wire.Event)) *person {
	return w.bring(name, wire.KindAccount, store, manner{watch: watch})
}

// manner is how somebody comes in.
type manner struct {
	downloads string                // where files go
	watch     func(wire.Event)      // nil, or called with what comes out
	now       func() time.Time      // nil, or a clock that is wrong
	around    func(*person) running // nil, or what stands around the endpoint
	offline   bool                  // there is no server yet
}

func (w *harness) bring(name string, kind wire.Kind, store private.Store, as manner) *person {
	n := len(w.all) + 2
	s := &session{harness: w, name: name, kind: kind, id: uint64(n), events: make(chan []wire.Event), wake: make(chan struct{}, 1)}
	p := &person{t: w.t, harness: w, server: s, downloads: as.downloads, more: make(chan struct{}, 1)}
	addr := s.at()
	p.Endpoint = private.New(s, private.Config{
		Name: name, Store: store, Downloads: as.downloads, Now: as.now,
		Listen: func(context.Context, string, string) (net.PacketConn, error) { return w.listen(addr) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	if p.store, _ = store.(*memory); p.store != nil {
		s.settle = func(id wire.ClientID) { _ = p.store.change(func() { p.store.remove(id) }) }
	}
	p.outer = p.Endpoint
	if as.around != nil {
		p.outer = as.around(p)
	}
	p.done.Go(func() { _ = p.outer.Run(ctx) })
	p.done.Go(func() {
		for batch := range p.outer.Events() {
			p.mu.Lock()
			p.events = append(p.events, batch...)
			p.mu.Unlock()
			for _, e := range batch {
				if as.watch != nil {
					as.watch(e)
				}
			}
			select {
			case p.more <- struct{}{}:
			default:
			}
		}
	})
	w.all = append(w.all, p)
	if !as.offline {
		s.connect()
	}
	return p
}

// at is where the session's endpoint listens, on the network in memory.
func (s *session) at() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(s.id >> 8), byte(s.id)}), 4000)
}

func (p *person) addr() net.Addr { return net.UDPAddrFromAddrPort(p.server.at()) }

// identity is the device of a store.
func identity(t *testing.T, m *memory) *link.Identity {
	t.Helper()
	id, err := link.NewIdentity(wire.Secret(m.seed))
	must(t, err)
	return id
}

func (p *person) count(is func(wire.Event) bool) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if is(e) {
			n++
		}
	}
	return n
}

func (p *person) quit() {
	p.cancel()
	p.done.Wait()
	p.server.disconnect()
}

// settle lets everything happen that is under way.
func settle() {
	wait(100 * time.Millisecond)
}

func wait(d time.Duration) {
	<-time.After(d) // of the bubble's clock, not of the wall's
	synctest.Wait()
}

// texts are the private lines that have come from somebody.
func (p *person) texts(from string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, e := range p.events {
		if w, ok := e.(*wire.Whispered); ok && w.From == from {
			all = append(all, w.Text)
		}
	}
	return all
}

// states are the states that a line has gone through.
func (p *person) states(id wire.ClientID) []wire.ReceiptState {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []wire.ReceiptState
	for _, e := range p.events {
		if r, ok := e.(*wire.Receipt); ok && r.Client == id && (len(all) == 0 || all[len(all)-1] != r.State) {
			all = append(all, r.State)
		}
	}
	return all
}

// last is the newest event of a type.
func last[E wire.Event](p *person, is func(E) bool) (found E) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e, ok := e.(E); ok && is(e) {
			found = e
		}
	}
	return found
}

// accepts takes what somebody asks for as a screen shows it: the conversation, or
// else the oldest file that is offered.
func (p *person) accepts(name string) {
	if way := p.path(name); way == nil || !way.Request {
		p.mu.Lock()
		offered := map[string]bool{}
		var first []string
		for _, e := range p.events {
			if t, ok := e.(*wire.Transfer); ok && t.User == name && !t.Out {
				offered[t.ID] = t.State == wire.TransferOffered
				first = append(first, t.ID)
			}
		}
		p.mu.Unlock()
		if i := slices.IndexFunc(first, func(id string) bool { return offered[id] && !slices.Contains(p.took, id) }); i >= 0 {
			p.took = append(p.took, first[i])
			p.Do(wire.Accept{Name: name, File: first[i]})
			return
		}
	}
	r := wire.Accept{Name: name}
	if called := last(p, func(e *wire.Called) bool { return e.From == name }); called != nil {
		r.Print = called.Print
	}
	if way := p.path(name); way != nil && way.Request {
		r.Print = way.Asker
	}
	p.Do(r)
}

// verifies compares somebody's number, "" that of the own account, and answers.
func (p *person) verifies(name string, answer wire.Answer) {
	p.t.Helper()
	p.Do(wire.Verify{Name: name, Answer: answer, Print: p.compares(name).Print})
}

// compares is what a person is shown to compare with somebody.
func (p *person) compares(name string) *wire.Safety {
	p.t.Helper()
	tag := p.Do(wire.Verify{Name: name})
	settle()
	e := last(p, func(e *wire.Safety) bool { return e.Re.Re == tag })
	if e == nil {
		p.t.Fatalf("%s is shown nothing to compare with %s", p.server.name, name)
	}
	return e
}

func (p *person) path(user string) *wire.Path {
	return last(p, func(e *wire.Path) bool { return e.User == user })
}

func (p *person) wantTexts(from string, want ...string) {
	p.t.Helper()
	got := p.texts(from)
	if slices.Equal(got, want) {
		return
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	p.t.Errorf("%s has heard %d lines of %s, want %d; from %d on %.200q, want %.200q", p.server.name, len(got), from, len(want), i, got[i:], want[i:])
}

func (p *person) wantStates(id wire.ClientID, want ...wire.ReceiptState) {
	p.t.Helper()
	if got := p.states(id); !slices.Equal(got, want) {
		p.t.Errorf("%s's line went through %v, want %v", p.server.name, got, want)
	}
}
