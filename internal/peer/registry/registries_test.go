package registry_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"labchat/internal/memnet"
)

// tobiRegistry is a registry of the tobi family as its original behaves.
type tobiRegistry struct {
	conn  net.PacketConn
	names []entry // in order of registration
	rooms []*tobiRoom
	heard []string
}

type entry struct {
	name string
	addr netip.AddrPort
}

type tobiRoom struct {
	name    string
	members []netip.AddrPort
}

// serve answers until the socket is closed. A stranger's farewell would end the
// original: it is noted.
func serve(conn net.PacketConn, answer func(from netip.AddrPort, d string) (alive bool)) {
	buf := make([]byte, 1024)
	for {
		n, addr, err := conn.ReadFrom(buf)
		if err != nil || !answer(addr.(*net.UDPAddr).AddrPort(), string(buf[:n])) {
			return
		}
	}
}

func send(conn net.PacketConn, to netip.AddrPort, format string, args ...any) {
	_, _ = conn.WriteTo(fmt.Appendf(nil, format, args...), net.UDPAddrFromAddrPort(to))
}

func (r *tobiRegistry) answer(from netip.AddrPort, d string) bool {
	words := strings.Fields(d)
	if len(words) == 0 {
		return false
	}
	r.heard = append(r.heard, d)
	switch {
	case words[0] == "by":
		send(r.conn, from, "by")
		i := slices.IndexFunc(r.names, func(e entry) bool { return e.addr == from })
		if i < 0 {
			return false
		}
		r.names = slices.Delete(r.names, i, i+1)
	case words[0] == "ul":
		r.list(from, "ul", len(r.names), func(i int) string { return r.names[i].name })
	case words[0] == "rl":
		r.list(from, "rl", len(r.rooms), func(i int) string { return r.rooms[i].name })
	case len(words) == 2:
		r.word(from, words[0], words[1])
	}
	return true
}

func (r *tobiRegistry) list(to netip.AddrPort, word string, n int, name func(int) string) {
	if n == 0 {
		send(r.conn, to, "%s", word)
	}
	for i := range n {
		send(r.conn, to, "%s %s", word, name(i))
	}
}

func (r *tobiRegistry) word(from netip.AddrPort, word, arg string) {
	switch word {
	case "hi":
		if r.find(arg) != nil {
			send(r.conn, from, "hi")
			return
		}
		r.names = append(r.names, entry{arg, from})
		send(r.conn, from, "hi %s", arg)
	case "ar":
		if e := r.find(arg); e != nil {
			send(r.conn, from, "ar %s %d", e.addr.Addr(), e.addr.Port())
			return
		}
		send(r.conn, from, "ar")
	case "rc":
		if r.room(arg) != nil {
			send(r.conn, from, "rc")
			return
		}
		r.rooms = append(r.rooms, &tobiRoom{name: arg})
		send(r.conn, from, "rc %s", arg)
	case "rj":
		r.join(from, arg)
	}
}

func (r *tobiRegistry) join(from netip.AddrPort, name string) {
	at := r.room(name)
	if at == nil {
		send(r.conn, from, "rj")
		return
	}
	for _, other := range r.rooms {
		other.members = slices.DeleteFunc(other.members, func(a netip.AddrPort) bool { return a == from })
	}
	at.members = append(at.members, from)
	for _, to := range at.members {
		send(r.conn, to, "rj __clear_peers__")
		for _, peer := range at.members {
			if peer != to {
				send(r.conn, to, "rj %s %d", peer.Addr(), peer.Port())
			}
		}
	}
}

func (r *tobiRegistry) find(name string) *entry {
	i := slices.IndexFunc(r.names, func(e entry) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return &r.names[i]
}

func (r *tobiRegistry) room(name string) *tobiRoom {
	i := slices.IndexFunc(r.rooms, func(at *tobiRoom) bool { return at.name == name })
	if i < 0 {
		return nil
	}
	return r.rooms[i]
}

// iasRegistry is a registry of the IAS family as its originals behave, the one
// of names and the one of groups on one port.
type iasRegistry struct {
	conn   net.PacketConn
	knows  string                    // the words it answers, "": those of both
	names  map[string]netip.AddrPort // with their line feeds
	groups [][3]string
}

// The words of the two programs of the family: neither answers anything to the
// other's.
const (
	namesOnly  = "REG REQ"
	groupsOnly = "REG GRP CGR GAC"
)

func (r *iasRegistry) answer(from netip.AddrPort, d string) bool {
	parts := strings.Split(d, ":")
	if len(parts) != 2 {
		return false
	}
	word, arg := parts[0], parts[1]
	if r.knows != "" && !strings.Contains(r.knows, word) {
		return true
	}
	switch word {
	case "REG":
		if addr, ok := r.names[strings.ToLower(arg)]; ok && addr != from {
			send(r.conn, from, "LIN:")
			break
		}
		r.names[arg] = from
		send(r.conn, from, "LIN:%s", arg)
	case "REQ":
		if addr, ok := r.names[arg]; ok {
			send(r.conn, from, "PIN:%s_%d", addr.Addr(), addr.Port())
			break
		}
		send(r.conn, from, "PIN:")
	case "GRP":
		var names []string
		for _, g := range r.groups {
			names = append(names, g[0])
		}
		send(r.conn, from, "GTA:%s", strings.Join(names, "_"))
	case "CGR":
		g := strings.Split(arg, "_")
		if len(g) != 3 {
			return false
		}
		if slices.ContainsFunc(r.groups, func(o [3]string) bool { return o[0] == g[0] || o[1] == g[1] }) {
			send(r.conn, from, "GCR:")
			break
		}
		r.groups = append(r.groups, [3]string(g))
		send(r.conn, from, "GCR:%s", g[0])
	case "GAC":
		i := slices.IndexFunc(r.groups, func(o [3]string) bool { return o[0] == arg })
		if i < 0 {
			send(r.conn, from, "GRI:")
			break
		}
		send(r.conn, from, "GRI:%s_%s", r.groups[i][1], r.groups[i][2])
	}
	return true
}

// person is an original client's socket: it says what the test says, and hears.
type person struct {
	conn  *memnet.Packet
	addr  netip.AddrPort
	heard chan string
}

func (p *person) say(to netip.AddrPort, d string) { send(p.conn, to, "%s", d) }

func (p *person) reading() {
	serve(p.conn, func(_ netip.AddrPort, d string) bool {
		p.heard <- string(bytes.TrimRight([]byte(d), "\n"))
		return true
	})
}
