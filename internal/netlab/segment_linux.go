package netlab

import (
	"fmt"
	"net/netip"
)

// bridge is the name of a segment's switch in its namespace.
const bridge = "lan"

// segment is a switch with its own address, the first of the prefix, and ports.
// What goes elsewhere from there is lost, unless a Router owns the namespace.
type segment struct {
	lab     *Lab
	ns      *namespace
	prefix  netip.Prefix
	gateway netip.Addr
	last    netip.Addr // the last address given out
	ports   []*port
	faults  map[direction]Fault
	marks   bool // the ports obey those of datagrams
}

// port is a link from a segment to a device in another namespace.
type port struct {
	segment *segment
	name    string // of the node, for people
	outer   string // the device here
	inner   string // the device there
	ns      *namespace
	addr    netip.Addr
}

func (l *Lab) segment(ns *namespace, prefix netip.Prefix) *segment {
	l.t.Helper()
	gateway := prefix.Addr().Next()
	s := &segment{lab: l, ns: ns, prefix: prefix, gateway: gateway, last: gateway, faults: make(map[direction]Fault)}
	l.ip(ns,
		"link add "+bridge+" type bridge mcast_snooping 0",
		fmt.Sprintf("addr add %v/%d dev %s", gateway, prefix.Bits(), bridge),
		"link set "+bridge+" up",
	)
	l.tune(ns, "bridge/bridge-nf-call-iptables", "0") // what is switched is not routed
	return s
}

// free returns an address that nobody has had.
func (s *segment) free() netip.Addr {
	s.lab.t.Helper()
	if s.last = s.last.Next(); !s.prefix.Contains(s.last.Next()) {
		s.lab.t.Fatalf("%v has no address left", s.prefix)
	}
	return s.last
}

// attach links a device in another namespace to the segment and waits until
// the link is up. The devices leave the cutting of large packets to nobody
// behind them, so that what is lost, doubled or captured is what is on a wire.
func (s *segment) attach(name string, ns *namespace, device string) *port {
	s.lab.t.Helper()
	p := &port{segment: s, name: name, outer: fmt.Sprintf("p%d", len(s.ports)+1), inner: device, ns: ns, addr: s.free()}
	s.ports = append(s.ports, p)
	s.lab.ip(s.ns,
		fmt.Sprintf("link add %s gso_max_segs 1 type veth peer name %s gso_max_segs 1 netns %s", p.outer, device, ns.path()),
		fmt.Sprintf("link set %s master %s up", p.outer, bridge),
	)
	s.lab.ip(ns,
		fmt.Sprintf("addr add %v/%d dev %s", p.addr, s.prefix.Bits(), device),
		fmt.Sprintf("link set %s up", device),
		fmt.Sprintf("route add default via %v", s.gateway),
	)
	if s.marks {
		p.obey()
	}
	s.lab.reach(ns, s.gateway)
	return p
}

// move gives the device another address.
func (p *port) move() netip.Addr {
	s := p.segment
	s.lab.t.Helper()
	old := p.addr
	p.addr = s.free()
	s.lab.ip(p.ns,
		fmt.Sprintf("addr del %v/%d dev %s", old, s.prefix.Bits(), p.inner),
		fmt.Sprintf("addr add %v/%d dev %s", p.addr, s.prefix.Bits(), p.inner),
		fmt.Sprintf("route replace default via %v", s.gateway),
	)
	return p.addr
}
