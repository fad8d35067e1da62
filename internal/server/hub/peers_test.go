package hub

import (
	"fmt"
	"net/netip"
	"testing"

	"labchat/internal/wire"
)

func TestWhoCanBeReachedIsToldWheneverItChangesInOrderOfComing(t *testing.T) {
	run(t, Config{}, `
	open a prompt from 10.0.0.1
	a: guest ann
	  a < you are ann old
	  a < peers ann=10.0.0.1
	quietly open m prompt-m1
	m: guest mia
	  a < joined lobby mia old from 127.0.0.1, 2 of 2 at 12:00
	  m < you are mia old
	open b prompt from 10.0.0.2
	b: guest ben
	  a < joined lobby ben old from 10.0.0.2, 3 of 3 at 12:00
	  a < peers ann=10.0.0.1 ben=10.0.0.2
	  b < you are ben old
	  b < peers ann=10.0.0.1 ben=10.0.0.2
	  m < joined lobby ben old from 10.0.0.2, 3 of 3 at 12:00
	quietly open s prompt from 2001:db8::1
	s: guest six
	  a < joined lobby six old from 2001:db8::1, 4 of 4 at 12:00
	  b < joined lobby six old from 2001:db8::1, 4 of 4 at 12:00
	  m < joined lobby six old from 2001:db8::1, 4 of 4 at 12:00
	  s < you are six old
	  s < peers ann=10.0.0.1 ben=10.0.0.2
	b: guest bert
	  b < renamed ben bert old from 10.0.0.2, 4 of 4 at 12:00
	  b < peers ann=10.0.0.1 bert=10.0.0.2
	  b < you are bert old
	  a < renamed ben bert old from 10.0.0.2, 4 of 4 at 12:00
	  a < peers ann=10.0.0.1 bert=10.0.0.2
	  m < renamed ben bert old from 10.0.0.2, 4 of 4 at 12:00
	  s < renamed ben bert old from 10.0.0.2, 4 of 4 at 12:00
	  s < peers ann=10.0.0.1 bert=10.0.0.2
	gone a
	  b < left lobby ann from 10.0.0.1, 3 of 3 at 12:00
	  b < peers bert=10.0.0.2
	  m < left lobby ann from 10.0.0.1, 3 of 3 at 12:00
	  s < left lobby ann from 10.0.0.1, 3 of 3 at 12:00
	  s < peers bert=10.0.0.2
	`)
}

func TestBehindTheEndOfTheListPeopleComeAndGoUnlisted(t *testing.T) {
	s := run(t, Config{}, "")
	come := func(i int) SessionID {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 4000)
		id := s.open(origin("prompt", from))
		s.ask(id, wire.Guest{Name: fmt.Sprintf("p%d", i)})
		return id
	}
	lists := func(id SessionID) (list []*wire.PeerList) {
		for _, e := range s.heard[id] {
			if l, ok := e.(*wire.PeerList); ok {
				list = append(list, l)
			}
		}
		return list
	}
	first := come(1)
	for i := 2; i <= maxPeers; i++ {
		come(i)
	}
	clear(s.heard)
	late := come(1000)
	if got := lists(late); len(got) != 1 || len(got[0].Peers) != maxPeers {
		t.Errorf("the last was told %d lists, want the one of %d", len(got), maxPeers)
	}
	s.gone(late)
	if got := lists(first); len(got) != 0 {
		t.Errorf("the others were told %d lists, want none: theirs was the same", len(got))
	}
	last := come(1001)
	s.gone(first)
	got := lists(last)
	if len(got) != 2 || got[1].Peers[maxPeers-1] != (wire.Peer{Name: "p1001", Addr: "10.0.3.233"}) {
		t.Errorf("got %v, want the last to move up when the first goes", got)
	}
}

func TestAFarewellEndsWhatTheOlderPortsHear(t *testing.T) {
	s := run(t, Config{}, `
		quietly open p prompt
		quietly p: guest pat
		open q names
	`)
	s.do(func(out *Out) { s.hub.Farewell(wire.CodeShutdown, "bye", 0, out) })
	for name, id := range s.names {
		if !s.closed[id] {
			t.Errorf("%s was not closed", name)
		}
	}
}
