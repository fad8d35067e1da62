package private_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
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

// lab is a network of one test, with a server in memory that knows who is where
// and passes on what private conversations need.
type lab struct {
	t    testing.TB
	net  *memnet.Packets // nil: sockets of this host
	conn net.PacketConn
	addr netip.AddrPort // of the registry

	mu      sync.Mutex
	here    map[string]*session // by folded name
	seen    map[uint64]netip.AddrPort
	open    map[[2]string]string     // who has sent whom which call
	relays  int                      // datagrams that were passed on
	lose    func(n int) bool         // of relayed ones; nil: none
	devices map[string][]wire.Device // of accounts, by name
	vault   *vault                   // nil: nothing is kept for those who are away
	all     []*person
	done    sync.WaitGroup
}

func newLab(tb testing.TB) *lab {
	tb.Helper()
	return startLab(tb, memnet.NewPackets())
}

// startLab starts one on a network in memory, or with nil on this host's sockets.
func startLab(tb testing.TB, network *memnet.Packets) *lab {
	tb.Helper()
	w := &lab{
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
func (w *lab) listen(addr netip.AddrPort) (net.PacketConn, error) {
	if w.net != nil {
		return w.net.Listen(addr)
	}
	return net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
}

// end stops everybody. It must be called within the bubble.
func (w *lab) end() {
	for _, p := range w.all {
		p.quit()
	}
	w.conn.Close()
	w.done.Wait()
}

// serve is the registry.
func (w *lab) serve() {
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
		w.mu.Unlock()
		answer := wire.Signal{Kind: wire.SignalRegistered, Nonce: s.Nonce, ID: s.ID, Addr: at}
		_, _ = w.conn.WriteTo(answer.Append(nil, secretOf(s.ID)), from)
	}
}

func secretOf(id uint64) []byte { return fmt.Appendf(nil, "%032d", id) }

// session is a private.Server.
type session struct {
	lab    *lab
	name   string
	kind   wire.Kind
	id     uint64
	key    string // of its endpoint
	events chan []wire.Event
	tags   int

	mu      sync.Mutex
	waiting []wire.Event
	wake    chan struct{}
	passed  []*wire.Receipt // lines that the server may read
	asked   []wire.Request
	online  bool
}

func (s *session) Events() <-chan []wire.Event            { return s.events }
func (s *session) Say(string, string, bool) wire.ClientID { return "" }
func (s *session) Retry()                                 {}

func (s *session) Run(ctx context.Context) error {
	defer close(s.events)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		}
		s.mu.Lock()
		batch := s.waiting
		s.waiting = nil
		s.mu.Unlock()
		select {
		case s.events <- batch:
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *session) push(e wire.Event) {
	s.mu.Lock()
	s.waiting = append(s.waiting, e)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *session) connect() {
	s.lab.mu.Lock()
	s.lab.here[wire.Fold(s.name)] = s
	s.lab.mu.Unlock()
	s.mu.Lock()
	s.online = true
	s.mu.Unlock()
	s.push(&wire.Welcome{Node: "node", Features: append([]string{"udp"}, s.lab.vault.features()...)})
	s.push(&wire.LoggedIn{Name: s.name, Kind: s.kind})
	s.push(&wire.Status{State: wire.StateOnline, Dialect: "chat1", Remote: netip.AddrPortFrom(s.lab.addr.Addr(), 1300).String()})
	s.lab.vault.tell(s)
}

func (s *session) disconnect() {
	s.lab.mu.Lock()
	delete(s.lab.here, wire.Fold(s.name))
	for pair := range s.lab.open {
		if slices.Contains(pair[:], s.name) {
			delete(s.lab.open, pair)
		}
	}
	s.lab.mu.Unlock()
	s.mu.Lock()
	s.online = false
	s.mu.Unlock()
	s.push(&wire.Status{State: wire.StateOffline})
}

func (s *session) Pass(r *wire.Receipt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passed = append(s.passed, r)
}

func (s *session) Tell(r wire.Request) { s.Do(r) }

func (s *session) Do(r wire.Request) string {
	s.mu.Lock()
	s.tags++
	tag := fmt.Sprintf("p%d", s.tags)
	if _, relay := r.(wire.Relay); !relay {
		s.asked = append(s.asked, r)
	}
	online := s.online
	s.mu.Unlock()
	if !online {
		s.push(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: wire.CodeOffline})
		return tag
	}
	if e := s.lab.answer(s, r, wire.Re{Re: tag}); e != nil {
		s.push(e)
	}
	return tag
}

// answer is the server's hub.
func (w *lab) answer(s *session, r wire.Request, re wire.Re) wire.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch r := r.(type) {
	case wire.UDP:
		s.key = r.Key
		return &wire.Endpoint{
			Re: re, Devices: w.vault.adds(w, s), Prekeys: w.vault.left(s),
			ID: fmt.Sprintf("%016x", s.id), Secret: wire.Secret(hex.EncodeToString(secretOf(s.id))), Port: int(w.addr.Port()),
		}
	case wire.Find:
		to := w.here[wire.Fold(r.Name)]
		switch {
		case to == nil && w.vault != nil && w.devices[r.Name] != nil:
			return &wire.Found{Re: re, Name: r.Name, Kind: wire.KindAccount, Devices: w.devices[r.Name]}
		case to == nil:
			return &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeNoUser, Text: "Nobody of that name."}
		}
		return &wire.Found{Re: re, Name: to.name, Kind: to.kind, Online: true, Device: to.key, Devices: w.devices[to.name]}
	case wire.Punch:
		return w.punch(s, r, re)
	case wire.Decline:
		if to := w.here[wire.Fold(r.To)]; to != nil {
			to.push(&wire.Declined{From: s.name, Call: r.Call})
		}
	case wire.Relay:
		to := w.here[wire.Fold(r.To)]
		if to != nil && w.open[[2]string{s.name, to.name}] != "" && w.open[[2]string{s.name, to.name}] == w.open[[2]string{to.name, s.name}] {
			w.relays++
			if w.lose == nil || !w.lose(w.relays) {
				to.push(&wire.Relayed{From: s.name, Data: r.Data})
			}
		}
	default:
		if w.vault != nil {
			return w.vault.answer(w, s, r, re)
		}
	}
	return nil
}

func (w *lab) punch(s *session, r wire.Punch, re wire.Re) wire.Event {
	to := w.here[wire.Fold(r.To)]
	if to == nil || to.key == "" {
		return &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeNoUser, Text: "Not here."}
	}
	w.open[[2]string{s.name, to.name}] = r.Call
	e := &wire.Punched{From: s.name, Kind: s.kind, Call: r.Call, Device: s.key, Devices: w.devices[s.name], Relay: r.Relay}
	if at := w.seen[s.id]; at.IsValid() && !r.Relay {
		e.Addrs = []string{at.String()}
	}
	to.push(e)
	return &wire.Done{Re: re, Of: r.Act()}
}

// person is an endpoint of ours, and what came out of it.
type person struct {
	*private.Endpoint
	t      testing.TB
	lab    *lab
	server *session
	store  *memory
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex
	events []wire.Event
}

// enter brings somebody in who listens at an address.
func (w *lab) enter(name string, kind wire.Kind, store *memory) *person {
	w.t.Helper()
	p := w.start(name, kind, store)
	p.store = store
	settle()
	return p
}

// start brings somebody in, on any disk.
func (w *lab) start(name string, kind wire.Kind, store private.Store, watch ...func(wire.Event)) *person {
	n := len(w.all) + 2
	s := &session{lab: w, name: name, kind: kind, id: uint64(n), events: make(chan []wire.Event), wake: make(chan struct{}, 1)}
	p := &person{t: w.t, lab: w, server: s}
	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 4000)
	p.Endpoint = private.New(s, private.Config{
		Name: name, Store: store,
		Listen: func(context.Context, string, string) (net.PacketConn, error) { return w.listen(addr) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.done.Go(func() { _ = p.Run(ctx) })
	p.done.Go(func() {
		for batch := range p.Events() {
			p.mu.Lock()
			p.events = append(p.events, batch...)
			p.mu.Unlock()
			for _, e := range batch {
				for _, f := range watch {
					f(e)
				}
			}
		}
	})
	w.all = append(w.all, p)
	s.connect()
	return p
}

// enterOld brings somebody in whose program knows no private conversations.
func (w *lab) enterOld(name string, kind wire.Kind) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.here[wire.Fold(name)] = &session{lab: w, name: name, kind: kind, wake: make(chan struct{}, 1)}
}

// identity is the device of a store.
func identity(t *testing.T, m *memory) *link.Identity {
	t.Helper()
	seed, err := m.Seed()
	must(t, err)
	id, err := link.NewIdentity(seed)
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
	time.Sleep(100 * time.Millisecond) //nolint:forbidigo // the clock of the bubble, not of the wall
	synctest.Wait()
}

func wait(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the clock of the bubble, not of the wall
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
