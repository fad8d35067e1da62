package netlab

import (
	"fmt"
	"net/netip"
)

// Mapping is how a Router chooses the outer port of a socket behind it. Either
// lets in only answers from the address and port that the socket has sent to.
type Mapping string

// The mappings, as RFC 4787 names them.
const (
	Independent Mapping = "masquerade"                     // the same one whatever the destination: the socket's own, if it is free
	Dependent   Mapping = "masquerade random,fully-random" // another one for each destination
)

// Router is a router with one outer address that translates those of the hosts
// behind it.
type Router struct {
	lab  *Lab
	link *port
	home *segment
}

// NAT adds a router to the internet.
func (l *Lab) NAT(name string, m Mapping) *Router {
	l.t.Helper()
	ns := l.namespace()
	prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, byte(firstHome + l.homes), 0}), 24)
	l.homes++
	r := &Router{lab: l, home: l.segment(ns, prefix), link: l.internet.attach(name, ns, "wan")}
	l.run(ns, fmt.Sprintf(routing, bridge, m), "nft", "-f", "-")
	l.tune(ns, "ipv4/ip_forward", "1")
	return r
}

// routing lets the hosts behind a router out and answers in. What comes
// unasked is dropped, by the input chain before it is a connection of the
// router itself: that would take the port from the host behind it that is
// about to send there, and no two hosts would ever meet half-way.
const routing = `table ip routing {
	chain forward {
		type filter hook forward priority 0; policy drop
		iifname %[1]q accept
		ct state established,related accept
	}
	chain input {
		type filter hook input priority 0
		iifname "wan" ct state new drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat
		oifname "wan" %[2]s
	}
}
`

func (r *Router) port() *port { return r.link }

// Addr is the router's outer address.
func (r *Router) Addr() netip.Addr { return r.link.addr }

// Move gives the router another outer address; what it has translated is
// forgotten.
func (r *Router) Move() netip.Addr {
	r.lab.t.Helper()
	return r.link.move()
}

// Host adds a host behind the router.
func (r *Router) Host(name string) *Host {
	r.lab.t.Helper()
	return r.lab.host(name, r.home)
}
