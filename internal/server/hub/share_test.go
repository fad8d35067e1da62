package hub

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"labchat/internal/wire"
)

func TestSourcesThatAnybodyCanForgeFillNoTable(t *testing.T) {
	s := run(t, Config{Rate: 10}, "")
	s.onDeliver = func(SessionID, wire.Event) {}
	for i := range uint32(maxShares + 1000) { // one host more each time
		from := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, 10<<24+i)))
		id := s.open(Origin{Addr: netip.AddrPortFrom(from, 4000), Datagram: true, Dialect: tobiDialect, Manners: datagramsOf(tobiDialect).Manners()})
		s.ask(id, wire.Join{Room: wire.Lobby})
		s.gone(id)
	}
	if n := len(s.hub.budgets.shares.of); n > maxShares {
		t.Errorf("the budgets of %d networks are kept, want %d at most", n, maxShares)
	}
}

// TestPeopleGoOnBesideConnectionsThatComeAnew has new connections of an address come
// faster than it may ask for things, each with one request.
func TestPeopleGoOnBesideConnectionsThatComeAnew(t *testing.T) {
	address := netip.MustParseAddrPort("10.0.0.1:4000")
	s := run(t, Config{Rate: 10}, "")
	s.onDeliver = func(SessionID, wire.Event) {}
	come := func(name string) SessionID {
		s.openAs(name, "native", address)
		s.ask(s.names[name], wire.Guest{Name: name})
		s.ask(s.names[name], wire.Join{Room: wire.Lobby})
		return s.names[name]
	}
	var quiet []SessionID
	for _, name := range numbered("quiet", 10) {
		quiet = append(quiet, come(name))
		s.pass(time.Second)
	}
	s.pass(2 * time.Minute)
	churn := 0
	flood := func(d time.Duration) {
		for end := s.now.Add(d); s.now.Before(end); {
			churn++
			name := fmt.Sprint("mallory", churn)
			s.openAs(name, "native", address)
			s.pass(2 * time.Millisecond)
			s.ask(s.names[name], wire.Guest{Name: name})
			s.pass(3 * time.Millisecond)
			if churn > 200 {
				old := fmt.Sprint("mallory", churn-200)
				s.gone(s.names[old])
				s.drop(old)
			}
		}
	}
	flood(10 * time.Second)
	for round := range 20 { // each of them writes every ten seconds
		id := quiet[round%len(quiet)]
		s.ask(id, wire.Say{Room: wire.Lobby, Text: "hello"})
		if n, _ := s.hub.Pending(id); n > 0 {
			t.Fatalf("a line of a quiet person waits, in round %d", round)
		}
		flood(time.Second)
	}
	late := come("late")
	rooms := make([]wire.Mark, maxResume)
	for i := range rooms {
		rooms[i] = wire.Mark{Room: wire.Lobby}
	}
	s.ask(late, wire.Resume{Rooms: rooms})
	flood(15 * time.Second)
	if n, _ := s.hub.Pending(late); n > 0 {
		t.Errorf("%d requests of somebody who has come back to %d rooms wait after 15 s", n, len(rooms))
	}
}
