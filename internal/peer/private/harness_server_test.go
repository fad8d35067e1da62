package private_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// session is a private.Server.
type session struct {
	harness *harness
	name    string
	kind    wire.Kind
	id      uint64
	key     string // of its endpoint
	holds   string // the name under which it asked for that last
	events  chan []wire.Event
	tags    int
	settle  func(wire.ClientID) // notes on the disk that a line was sent

	mu      sync.Mutex
	waiting []wire.Event
	wake    chan struct{}
	passed  []*wire.Receipt // lines that the server may read
	held    []*wire.Receipt // that were passed on and wait
	holding bool
	returns bool // every line that is passed on
	tries   int  // lines that were passed on, again and again
	asked   []wire.Request
	tagged  map[wire.Act]string // the newest tag of each kind of request
	online  bool
	dead    bool
}

func (s *session) Events() <-chan []wire.Event            { return s.events }
func (s *session) Say(string, string, bool) wire.ClientID { return "" }
func (s *session) Retry()                                 {}
func (s *session) Check()                                 {}

func (s *session) Run(ctx context.Context) error {
	defer close(s.events)
	defer func() { // nothing goes out any more
		s.mu.Lock()
		s.online = false
		s.mu.Unlock()
	}()
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

// hold keeps lines that are passed on from going out; when it ends they are returned.
func (s *session) hold(on bool) {
	s.mu.Lock()
	held := s.held
	s.holding, s.held = on, nil
	s.mu.Unlock()
	for _, r := range held {
		s.push(&wire.Returned{Client: r.Client})
	}
}

// deaf lets what the server says get lost, as on a connection that has died.
func (s *session) deaf(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = on
}

func (s *session) push(e wire.Event) {
	s.mu.Lock()
	if s.dead {
		s.mu.Unlock()
		return
	}
	s.waiting = append(s.waiting, e)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *session) connect() {
	s.harness.mu.Lock()
	s.harness.here[wire.Fold(s.name)] = s
	s.harness.mu.Unlock()
	s.mu.Lock()
	s.online = true
	s.mu.Unlock()
	s.push(&wire.Welcome{Node: "node", Nonce: "nonce", Features: s.harness.features()})
	s.push(&wire.LoggedIn{Name: s.name, Kind: s.kind})
	s.push(&wire.Status{State: wire.StateOnline, Dialect: "chat1", Remote: netip.AddrPortFrom(s.harness.addr.Addr(), 1300).String()})
	s.harness.vault.tell(s)
}

// login gives the session another name, as a server does that is asked to, and
// hands over what waits for it before the endpoint can say anything.
func (s *session) login(name string, kind wire.Kind) {
	s.harness.mu.Lock()
	delete(s.harness.here, wire.Fold(s.name))
	s.name, s.kind, s.key = name, kind, ""
	s.harness.here[wire.Fold(name)] = s
	s.harness.mu.Unlock()
	s.push(&wire.LoggedIn{Re: wire.Re{Re: "of the person"}, Name: name, Kind: kind})
	s.harness.vault.tell(s)
}

func (s *session) disconnect() {
	s.harness.mu.Lock()
	delete(s.harness.here, wire.Fold(s.name))
	for pair := range s.harness.open {
		if slices.Contains(pair[:], s.name) {
			delete(s.harness.open, pair)
		}
	}
	s.harness.mu.Unlock()
	s.mu.Lock()
	s.online = false
	s.mu.Unlock()
	s.push(&wire.Status{State: wire.StateOffline})
}

// Pass sends a line at once and has the disk settle it, or returns it.
func (s *session) Pass(v gate.Verdict, r *wire.Receipt) {
	s.mu.Lock()
	s.tries++
	online := s.online && v.InPlain(r.To) && !s.returns
	if s.holding && online {
		s.held = append(s.held, r)
		s.mu.Unlock()
		return
	}
	if online {
		s.passed = append(s.passed, r)
	}
	s.mu.Unlock()
	if !online {
		s.push(&wire.Returned{Client: r.Client, InDoubt: r.InDoubt})
		return
	}
	if s.settle != nil {
		s.settle(r.Client)
	}
	sent := *r
	sent.State = wire.ReceiptSent
	s.push(&sent)
}

func (s *session) Tell(r wire.Request) { s.Do(r) }

func (s *session) Do(r wire.Request) string {
	s.mu.Lock()
	s.tags++
	tag := fmt.Sprintf("p%d", s.tags)
	if _, relay := r.(wire.Relay); !relay {
		s.asked = append(s.asked, r)
		if s.tagged == nil {
			s.tagged = map[wire.Act]string{}
		}
		s.tagged[r.Act()] = tag
	}
	online := s.online
	s.mu.Unlock()
	if !online {
		s.push(&wire.Refused{Re: wire.Re{Re: tag}, Of: r.Act(), Code: wire.CodeOffline})
		return tag
	}
	if e := s.harness.answer(s, r, wire.Re{Re: tag}); e != nil {
		s.push(e)
	}
	return tag
}

// tagOf is the tag of the newest request of a kind.
func (s *session) tagOf(a wire.Act) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tagged[a]
}

// answer is the server's hub.
func (w *harness) answer(s *session, r wire.Request, re wire.Re) wire.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch r := r.(type) {
	case wire.UDP:
		if s.holds == s.name { // a second udp replaces the endpoint, a name's first keeps it
			maps.DeleteFunc(w.open, func(pair [2]string, _ string) bool { return slices.Contains(pair[:], s.name) })
		}
		s.key, s.holds = r.Key, s.name
		return &wire.Endpoint{
			Re: re, Devices: w.vault.adds(w, s), Prekeys: w.vault.left(s),
			ID: fmt.Sprintf("%016x", s.id), Secret: wire.Secret(hex.EncodeToString(secretOf(s.id))), Port: int(w.addr.Port()),
			NoRelay: w.relay.NoRelay, RelayRate: w.relay.RelayRate,
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
	case wire.Ping:
		return &wire.Pong{Re: re}
	case wire.Decline:
		if to := w.here[wire.Fold(r.To)]; to != nil {
			to.push(&wire.Declined{From: s.name, Call: r.Call})
		}
	case wire.Relay:
		if w.carry != nil && !w.carry(s.name, r.To, r.Data) {
			break
		}
		to := w.here[wire.Fold(r.To)]
		if to != nil && w.open[[2]string{s.name, to.name}] != "" && w.open[[2]string{s.name, to.name}] == w.open[[2]string{to.name, s.name}] {
			w.relays++
			if !w.spare.takes(len(r.Data), w.relay.RelayRate) {
				break
			}
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

func (w *harness) punch(s *session, r wire.Punch, re wire.Re) wire.Event {
	to := w.here[wire.Fold(r.To)]
	if to == nil || to.key == "" {
		return &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeNoUser, Text: "Not here."}
	}
	w.open[[2]string{s.name, to.name}] = r.Call
	e := &wire.Punched{From: s.name, Kind: s.kind, Call: r.Call, Device: s.key, Devices: w.devices[s.name], Relay: r.Relay}
	if at := w.seen[s.id]; at.IsValid() && !r.Relay {
		e.Addrs = []string{at.String()}
	}
	if w.tells != nil {
		e.Addrs = w.tells(to.name)
	}
	to.push(e)
	return &wire.Done{Re: re, Of: r.Act()}
}

// carries says what becomes of relayed datagrams from now on.
func (w *harness) carries(carry func(from, to string, data []byte) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.carry = carry
}

// features are those of the harness's server.
func (w *harness) features() []string {
	all := append([]string{"udp"}, w.vault.features()...)
	if w.ages {
		all = append(all, "age")
	}
	return all
}
