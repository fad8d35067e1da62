package hub

import (
	"errors"
	"net/netip"
	"strings"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// registryAddr is where the scripts' datagrams are sent to.
const registryAddr = "127.0.0.1:2020"

// datagramsOf returns the datagram dialect of that name, or nil.
func datagramsOf(name string) wire.Datagrams {
	for _, d := range dialects.Datagrams() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

// sends hands the hub a datagram as the server would.
func (s *script) sends(id SessionID, datagram string) {
	s.t.Helper()
	r, err := s.codecs[id].ParseDatagram([]byte(strings.ReplaceAll(datagram, `\n`, "\n")))
	if frame := (*wire.FrameError)(nil); errors.As(err, &frame) {
		r = frame.Request()
	}
	if r != nil {
		s.ask(id, r)
	}
}

// datagrams are what an event makes, with our address where it belongs.
func (s *script) datagrams(codec wire.DatagramServer, e wire.Event) []string {
	s.t.Helper()
	all, err := codec.AppendDatagrams(nil, withAddress(e))
	if err != nil && err != wire.ErrUnsupported { //nolint:errorlint // codecs return it as it is
		s.t.Errorf("%T: %v", e, err)
	}
	list := make([]string, len(all))
	for i, d := range all {
		list[i] = strings.ReplaceAll(string(d), "\n", `\n`)
	}
	return list
}

func withAddress(e wire.Event) wire.Event {
	switch e := e.(type) {
	case *wire.Found:
		found := *e
		if found.Addr == "" {
			found.Addr = registryAddr
		}
		return &found
	case *wire.PeerList:
		list := wire.PeerList{Room: e.Room}
		for _, p := range e.Peers {
			if p.Addr == "" {
				p.Addr = registryAddr
			}
			list.Peers = append(list.Peers, p)
		}
		return &list
	default:
		return e
	}
}

// openBridge opens the session of a room's multicast group.
func (s *script) openBridge(name, room string) {
	id := s.open(bridgeOf(room))
	s.names[name], s.ever[name] = id, id
	s.order = append(s.order, name)
	s.codecs[id] = datagramsOf(iasDialect).Server()
}

func bridgeOf(room string) Origin {
	return Origin{
		Addr: netip.MustParseAddrPort("224.1.1.1:5007"), Datagram: true, Dialect: iasDialect,
		Manners: datagramsOf(iasDialect).Manners(), Group: room,
	}
}
