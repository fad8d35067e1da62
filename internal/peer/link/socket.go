package link

import (
	"net"
	"net/netip"
	"sync"

	"golang.org/x/net/ipv4"
)

const (
	// plainWaiting is how many plain datagrams wait for their reader; more are
	// lost, as they are in a kernel.
	plainWaiting = 256
	// maxDatagram is the longest datagram there is.
	maxDatagram = 64 << 10
	// packetBytes is how long the buffers are that QUIC reads into: what is
	// longer is none of its packets.
	packetBytes = 1452
)

// Datagram is a plain one, as it came.
type Datagram struct {
	From netip.AddrPort
	Data []byte
}

// Socket is one UDP socket for QUIC and for plain datagrams. QUIC is read by a
// Carrier; while it reads, all other datagrams are in Plain. A packet that may
// begin a connection is dropped unless its source is admitted: nobody else gets
// a byte in answer, least of all our certificate.
//
// It embeds what makes QUIC fast on a socket (batches, segmentation offload).
// ReadBatch must be ours: without it QUIC would read the descriptor itself.
type Socket struct {
	*net.UDPConn
	batch *ipv4.PacketConn
	spill [][]byte // behind QUIC's buffers, for longer datagrams. Owned by its reader
	filter
}

// NewSocket takes over a socket. admits is called by whoever reads it.
func NewSocket(conn *net.UDPConn, admits func(netip.AddrPort) bool) *Socket {
	return &Socket{UDPConn: conn, batch: ipv4.NewPacketConn(conn), filter: newFilter(admits)}
}

// ReadBatch reads datagrams and keeps those that are not QUIC's: these are left
// empty in ms, and QUIC passes over them.
func (s *Socket) ReadBatch(ms []ipv4.Message, flags int) (int, error) {
	for len(s.spill) < len(ms) {
		s.spill = append(s.spill, make([]byte, maxDatagram))
	}
	for i := range ms {
		ms[i].Buffers = append(ms[i].Buffers, s.spill[i])
	}
	n, err := s.batch.ReadBatch(ms, flags)
	for i := range ms {
		ms[i].Buffers = ms[i].Buffers[:len(ms[i].Buffers)-1]
	}
	for i := range ms[:max(n, 0)] {
		m := &ms[i]
		head := m.Buffers[0][:min(m.N, len(m.Buffers[0]))]
		if m.N <= packetBytes && isQUIC(head) {
			if s.lets(m.Addr, head) {
				continue
			}
		} else if m.N > 0 {
			s.keep(m.Addr, joined(m, head, s.spill[i]))
		}
		m.N, m.NN = 0, 0
	}
	return n, err
}

// joined copies a datagram out of the buffers that it lies in.
func joined(m *ipv4.Message, head, spill []byte) []byte {
	d := append(make([]byte, 0, m.N), head...)
	return append(d, spill[:m.N-len(head)]...)
}

// ReadFrom does the same where datagrams are read one by one.
func (s *Socket) ReadFrom(b []byte) (int, net.Addr, error) { return s.readFrom(s.UDPConn, b) }

// anySocket is a Socket without a descriptor.
type anySocket struct {
	net.PacketConn
	filter
}

// ReadFrom keeps what is not QUIC's.
func (s *anySocket) ReadFrom(b []byte) (int, net.Addr, error) { return s.readFrom(s.PacketConn, b) }

// PlainConn is a socket that shares its datagrams with QUIC.
type PlainConn interface {
	net.PacketConn
	// Plain is where datagrams are that are not QUIC's. It is never closed.
	Plain() <-chan Datagram
}

// Share makes a socket one for QUIC and plain datagrams. admits reports whether
// connections may begin with an address, IPv4 as such; it is called by whoever
// reads the socket.
func Share(conn net.PacketConn, admits func(netip.AddrPort) bool) PlainConn {
	if udp, ok := conn.(*net.UDPConn); ok {
		return NewSocket(udp, admits)
	}
	return &anySocket{PacketConn: conn, filter: newFilter(admits)}
}

// filter keeps plain datagrams apart, and strangers out.
type filter struct {
	plain  chan Datagram
	room   *sync.Pool // of buffers that hold any datagram
	admits func(netip.AddrPort) bool
}

func newFilter(admits func(netip.AddrPort) bool) filter {
	return filter{admits: admits, plain: make(chan Datagram, plainWaiting), room: &sync.Pool{New: func() any {
		b := make([]byte, maxDatagram)
		return &b
	}}}
}

// Plain implements PlainConn.
func (s *filter) Plain() <-chan Datagram { return s.plain }

// keep hands a datagram to whoever reads the plain ones.
func (s *filter) keep(from net.Addr, data []byte) {
	udp, ok := from.(*net.UDPAddr)
	if !ok {
		return
	}
	select {
	case s.plain <- Datagram{unmapped(udp), data}:
	default:
	}
}

// lets reports whether a packet of QUIC's is for QUIC: one that may begin a
// connection only from an address that is admitted. QUIC answers none of the
// others unless it belongs to a connection.
func (s *filter) lets(from net.Addr, p []byte) bool {
	if !Begins(p) {
		return true
	}
	udp, ok := from.(*net.UDPAddr)
	return ok && s.admits(unmapped(udp))
}

// unmapped is an address as others write it: IPv4 as such.
func unmapped(a *net.UDPAddr) netip.AddrPort {
	ap := a.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// readFrom reads until a packet of QUIC's comes.
func (s *filter) readFrom(conn net.PacketConn, b []byte) (int, net.Addr, error) {
	buf := s.room.Get().(*[]byte)
	defer s.room.Put(buf)
	for {
		n, from, err := conn.ReadFrom(*buf)
		if err != nil {
			return 0, nil, err
		}
		d := (*buf)[:n]
		switch {
		case n <= packetBytes && isQUIC(d):
			if s.lets(from, d) {
				return copy(b, d), from, nil
			}
		case n > 0:
			s.keep(from, append([]byte(nil), d...))
		}
	}
}

// Begins reports whether a packet of QUIC's may begin a connection, or belongs to
// the handshake of one: it has a long header.
func Begins(p []byte) bool { return len(p) > 0 && p[0]&0x80 != 0 }

// isQUIC tells packets of QUIC from all other datagrams: a long header has a
// version that we speak, a short one a connection id that we made.
func isQUIC(p []byte) bool {
	const shortest = 9 // a first byte and a connection id
	if len(p) < shortest {
		return false
	}
	if p[0]&0x80 == 0 {
		return p[0]&0xc0 == 0x40 && p[1] == idFirst && p[2] == idSecond
	}
	const longestID = 20
	switch [4]byte(p[1:5]) {
	case [4]byte{0, 0, 0, 1}, [4]byte{0x6b, 0x33, 0x43, 0xcf}, [4]byte{}:
		return p[5] <= longestID
	}
	return false
}
