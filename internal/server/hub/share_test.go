package hub

import (
	"encoding/binary"
	"net/netip"
	"testing"

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
	if n := len(s.hub.shares.of); n > maxShares {
		t.Errorf("the budgets of %d networks are kept, want %d at most", n, maxShares)
	}
}
