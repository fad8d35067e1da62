package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"

	"labchat/internal/peer/oldpeer"
	"labchat/internal/session"
	"labchat/internal/wire"
)

// groupTTL keeps what is said in a group in the local network.
const groupTTL = 1

// group is a multicast group that we are in. What is said goes out from the
// session's own socket, so that its echo is known by the address, and a
// registry knows who speaks.
type group struct {
	addr    netip.AddrPort
	conn    net.PacketConn
	inquiry inquiry
	answer  answer
}

func (g *group) close() { g.conn.Close() }

// ofGroup returns the room of a group, or nil.
func (r *rooms) ofGroup(addr netip.AddrPort) *room {
	for _, at := range r.list {
		if at.group != nil && at.group.addr == addr {
			return at
		}
	}
	return nil
}

// joinGroup listens to a group and says hello in it, as people of IAS do. Who is
// in it hears so, and says nothing: members take a second hello for another
// person's. A registry that has forgotten a group may have it elsewhere since.
func (r *rooms) joinGroup(l *loop, q wire.Join, e *wire.Entered) {
	addr, err := netip.ParseAddrPort(e.Group)
	if err != nil {
		l.refuse(q, e.Re.Re, wire.CodeUnsupported, fmt.Sprintf("The registry names %q as the address of that group, which is none.", e.Group))
		return
	}
	at := r.find(q.Room)
	if at != nil && at.group.addr == addr {
		e.Room, e.People = at.name, l.members(at)
		l.emit(e)
		return
	}
	conn, err := openGroup(l.conn, addr, l.registry.addr.Addr())
	if err != nil {
		l.refuse(q, e.Re.Re, wire.CodeUnsupported, fmt.Sprintf("The group %s can't be joined: %s.", addr, session.Cause(err)))
		return
	}
	if at != nil {
		r.drop(at)
	}
	l.spawn(func(ctx context.Context) { oldpeer.Read(ctx, conn, addr, l.heard) })
	at = &room{name: q.Room, told: make(map[netip.AddrPort]string), group: &group{addr: addr, conn: conn, inquiry: newInquiry()}}
	r.list = append(r.list, at)
	e.Room, e.People = q.Room, l.members(at)
	l.emit(e)
	at.group.greet(l)
}

// openGroup opens the socket that hears a group, and readies the session's own
// to speak in it: on the interface that it is bound to, or the system's choice.
// Who sits at a registry of this machine does not speak to other ones.
func openGroup(own net.PacketConn, addr netip.AddrPort, registry netip.Addr) (net.PacketConn, error) {
	local := oldpeer.AddrPort(own.LocalAddr()).Addr()
	if local.IsUnspecified() && registry.IsLoopback() {
		local = registry
	}
	ifi, err := interfaceOf(local)
	if err != nil {
		return nil, err
	}
	sender := ipv4.NewPacketConn(own)
	err = errors.Join(sender.SetMulticastTTL(groupTTL), sender.SetMulticastLoopback(true))
	if ifi != nil {
		err = errors.Join(err, sender.SetMulticastInterface(ifi))
	}
	if err != nil {
		return nil, fmt.Errorf("ready the socket: %w", err)
	}
	conn, err := net.ListenMulticastUDP("udp4", ifi, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	packets := ipv4.NewPacketConn(conn)
	_ = packets.SetControlMessage(ipv4.FlagDst, true) // not every system can; then all of the port is heard
	return only{packets, conn, addr.Addr()}, nil
}

// interfaceOf returns the interface of an address, nil for any.
func interfaceOf(local netip.Addr) (*net.Interface, error) {
	if local.IsUnspecified() {
		return nil, nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, ifi := range all {
		addrs, err := ifi.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Contains(local) {
				return &ifi, nil
			}
		}
	}
	return nil, fmt.Errorf("no interface has the address %s", local)
}

// only hears a socket's datagrams for one group: the port may be that of other
// groups, too.
type only struct {
	packets *ipv4.PacketConn
	net.PacketConn
	group netip.Addr
}

// ReadFrom passes over datagrams for other groups, where the system tells which
// they are for.
func (o only) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, cm, from, err := o.packets.ReadFrom(b)
		if err != nil || cm == nil || cm.Dst == nil || cm.Dst.String() == o.group.String() {
			return n, from, err
		}
	}
}
