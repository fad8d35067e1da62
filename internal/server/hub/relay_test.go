package hub

import (
	"fmt"
	"testing"
	"time"

	"labchat/internal/wire"
)

// pairUp has two guests agree on a private conversation.
func pairUp(t *testing.T) *script {
	t.Helper()
	return run(t, Config{}, `
		enter alice
		enter bob
		quietly alice: udp phone
		quietly bob: udp laptop
		quietly alice: punch bob c1
		quietly bob: punch alice c1
	`)
}

func TestAPairIsRelayedSoMuchASecond(t *testing.T) {
	s := pairUp(t)
	bytes, notices := 0, 0
	s.onDeliver = func(_ SessionID, e wire.Event) {
		switch e := e.(type) {
		case *wire.Relayed:
			bytes += len(e.Data)
		case *wire.Notice:
			notices++
		default:
		}
	}
	frame := make([]byte, 1000)
	for range 10_000 { // ten seconds of a megabyte each, half from either side
		s.ask(s.names["alice"], wire.Relay{To: "bob", Data: frame[:600]})
		s.ask(s.names["bob"], wire.Relay{To: "alice", Data: frame[:400]})
		s.pass(time.Millisecond)
	}
	most := leastRelayed + 10*(256<<10)
	if bytes > most || bytes < most-2*len(frame) {
		t.Errorf("%d bytes were relayed in 10 s, want %d", bytes, most)
	}
	if notices != 1 {
		t.Errorf("the two were told %d times that this is more than is relayed for them, want once", notices)
	}
}

func TestARelayedDatagramIsNotTooLongAndNotALine(t *testing.T) {
	s := pairUp(t)
	s.hub.cfg.Rate = 1
	s.ask(s.names["alice"], wire.Relay{Head: wire.Head{Tag: "1"}, To: "bob", Data: make([]byte, wire.MaxRelayed+1)})
	if got := words(s.heard[s.names["alice"]][0]); got != "refused relay too_long" {
		t.Errorf("a datagram that is too long is answered %q", got)
	}
	clear(s.heard)
	for range 40 {
		s.ask(s.names["alice"], wire.Relay{To: "bob", Data: make([]byte, wire.MaxRelayed)})
	}
	if got := len(s.heard[s.names["bob"]]); got != 40 {
		t.Errorf("%d of 40 datagrams came", got)
	}
	clear(s.heard)
	s.ask(s.names["alice"], wire.Say{Room: wire.Lobby, Text: "the first line"})
	if got := words(s.heard[s.names["alice"]][0]); got != "accepted 1" {
		t.Errorf("after datagrams a line is answered %q", got)
	}
}

func TestWhoAsksTooOftenIsRefusedForAWhile(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	alice := s.names["alice"]
	s.ask(alice, wire.UDP{Key: keyOf("phone")})
	for _, name := range numbered("user", 40) {
		s.openAs(name, "native", loopback)
		s.ask(s.names[name], wire.Guest{Name: name})
		s.ask(s.names[name], wire.UDP{Key: keyOf("laptop")})
	}
	count := func(ask func(i int)) (done int) {
		clear(s.heard)
		for i := range 1000 {
			ask(i)
		}
		for _, e := range s.heard[alice] {
			no, refused := e.(*wire.Refused)
			if !refused {
				done++
			} else if no.RetryMS <= 0 || no.Code != wire.CodeRate && no.Code != wire.CodeThrottled {
				t.Fatalf("refused with %s, retry in %d ms", no.Code, no.RetryMS)
			}
		}
		return done
	}
	punch := func(i int) {
		s.ask(alice, wire.Punch{To: fmt.Sprintf("user%d", i%40+1), Call: callOf("c1")})
	}
	if got := count(punch); got != punchesAllowed.atOnce {
		t.Errorf("%d punches were taken at once, want %d", got, punchesAllowed.atOnce)
	}
	s.pass(time.Minute)
	one := func(int) { s.ask(alice, wire.Punch{To: "user1", Call: callOf("c1")}) }
	if got := count(one); got != askedAllowed.atOnce {
		t.Errorf("one was asked %d times at once, want %d", got, askedAllowed.atOnce)
	}
	find := func(i int) { s.ask(alice, wire.Find{Name: fmt.Sprintf("user%d", i%40+1)}) }
	if got := count(find); got != findsAllowed.atOnce {
		t.Errorf("%d were looked up at once, want %d", got, findsAllowed.atOnce)
	}
	s.pass(time.Second)
	if got := count(find); got != findsAllowed.perSecond {
		t.Errorf("a second later %d were looked up, want %d", got, findsAllowed.perSecond)
	}
}

func TestPairsAreBoundedAndEndWithTheirEndpoint(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	alice := s.names["alice"]
	s.ask(alice, wire.UDP{Key: keyOf("phone")})
	names := numbered("user", maxOpen+20)
	for _, name := range names {
		s.openAs(name, "native", loopback)
		s.ask(s.names[name], wire.Guest{Name: name})
		s.ask(s.names[name], wire.UDP{Key: keyOf("laptop")})
		s.ask(alice, wire.Punch{To: name, Call: callOf("c1")})
		s.pass(time.Second)
	}
	e := s.hub.sessions[alice].endpoint
	if len(e.pairs) != maxAsked || s.hub.rendezvous.pairs != maxAsked {
		t.Errorf("%d and %d pairs are kept that were not answered, want %d", len(e.pairs), s.hub.rendezvous.pairs, maxAsked)
	}
	for _, name := range names {
		s.ask(alice, wire.Punch{To: name, Call: callOf("c1")})
		s.ask(s.names[name], wire.Punch{To: "alice", Call: callOf("c1")})
		s.pass(time.Second)
	}
	open := 0
	for _, p := range e.pairs {
		if p.open {
			open++
		}
	}
	if open != maxOpen {
		t.Errorf("%d conversations are open, want %d", open, maxOpen)
	}
	clear(s.heard)
	s.ask(alice, wire.Relay{To: names[0], Data: []byte("x")})
	s.ask(alice, wire.Relay{To: names[len(names)-1], Data: []byte("x")})
	if len(s.heard[s.names[names[0]]]) != 0 || len(s.heard[s.names[names[len(names)-1]]]) != 1 {
		t.Error("the conversation that was silent the longest has not given way")
	}
	for _, name := range names {
		s.gone(s.names[name])
	}
	if len(e.pairs) != 0 || s.hub.rendezvous.pairs != 0 {
		t.Errorf("%d and %d pairs outlive their endpoints", len(e.pairs), s.hub.rendezvous.pairs)
	}
	s.gone(alice)
	if len(s.hub.rendezvous.endpoints) != 0 {
		t.Error("endpoints outlive their sessions")
	}
}
