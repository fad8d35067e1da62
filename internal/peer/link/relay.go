package link

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const (
	// relayWaiting is how many relayed datagrams wait for QUIC; more are lost.
	relayWaiting = 256
	// maxRelayNames bounds the names that addresses are made for.
	maxRelayNames = 4096
)

// Relay is a socket whose datagrams somebody else carries, by names. QUIC wants
// addresses: each name gets one, in a network that exists nowhere.
type Relay struct {
	send func(to string, data []byte)
	in   chan packet
	done chan struct{}
	once sync.Once

	mu     sync.Mutex
	byName map[string]netip.AddrPort
	byAddr map[netip.AddrPort]string
	late   chan struct{} // closed while the reader is to end
	past   bool          // it is
}

type packet struct {
	from net.Addr
	data []byte
}

// NewRelay returns a relay that hands what is to be carried to send, which must
// not block nor keep data.
func NewRelay(send func(to string, data []byte)) *Relay {
	return &Relay{
		send: send, in: make(chan packet, relayWaiting), done: make(chan struct{}),
		byName: map[string]netip.AddrPort{}, byAddr: map[netip.AddrPort]string{}, late: make(chan struct{}),
	}
}

// Addr is the address that stands for a name.
func (r *Relay) Addr(name string) net.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	ap, ok := r.byName[name]
	if !ok {
		if len(r.byName) >= maxRelayNames {
			clear(r.byName)
			clear(r.byAddr)
		}
		n := len(r.byName) + 1
		ap = netip.AddrPortFrom(netip.AddrFrom16([16]byte{0: 0xfd, 1: 'l', 2: 'c', 14: byte(n >> 8), 15: byte(n)}), 1)
		r.byName[name], r.byAddr[ap] = ap, name
	}
	return net.UDPAddrFromAddrPort(ap)
}

// Rename has the address that stands for a name stand for another one: who is
// relayed to has another name now. QUIC knows by itself whether it is the same.
func (r *Relay) Rename(old, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ap, ok := r.byName[old]; ok {
		delete(r.byName, old)
		r.byName[name], r.byAddr[ap] = ap, name
	}
}

// Deliver takes in a datagram of somebody. It is lost where QUIC does not keep up,
// and where nobody has asked for the address of that name: strangers have none.
func (r *Relay) Deliver(from string, data []byte) {
	r.mu.Lock()
	ap, known := r.byName[from]
	r.mu.Unlock()
	if !known {
		return
	}
	select {
	case r.in <- packet{net.UDPAddrFromAddrPort(ap), data}:
	default:
	}
}

// ReadFrom implements net.PacketConn.
func (r *Relay) ReadFrom(b []byte) (int, net.Addr, error) {
	r.mu.Lock()
	late := r.late
	r.mu.Unlock()
	select {
	case p := <-r.in:
		return copy(b, p.data), p.from, nil
	case <-r.done:
		return 0, nil, net.ErrClosed
	case <-late:
		return 0, nil, os.ErrDeadlineExceeded
	}
}

// WriteTo implements net.PacketConn.
func (r *Relay) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "no relayed address", Addr: to.String()}
	}
	r.mu.Lock()
	name := r.byAddr[udp.AddrPort()]
	r.mu.Unlock()
	if name != "" {
		r.send(name, b)
	}
	return len(b), nil
}

// Close implements net.PacketConn.
func (r *Relay) Close() error {
	r.once.Do(func() { close(r.done) })
	return nil
}

// LocalAddr implements net.PacketConn.
func (*Relay) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom16([16]byte{0: 0xfd, 1: 'l', 2: 'c'}), 1))
}

// SetReadDeadline implements net.PacketConn for what QUIC uses it for: a deadline
// that has passed ends its reader.
func (r *Relay) SetReadDeadline(t time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	past := !t.IsZero() && time.Until(t) <= 0
	if past == r.past {
		return nil
	}
	if r.past = past; past {
		close(r.late)
	} else {
		r.late = make(chan struct{})
	}
	return nil
}

// SetDeadline implements net.PacketConn.
func (r *Relay) SetDeadline(t time.Time) error { return r.SetReadDeadline(t) }

// SetWriteDeadline implements net.PacketConn; writing never waits.
func (*Relay) SetWriteDeadline(time.Time) error { return nil }

// SetReadBuffer keeps QUIC from saying that it can't be enlarged.
func (*Relay) SetReadBuffer(int) error { return nil }

// SetWriteBuffer likewise.
func (*Relay) SetWriteBuffer(int) error { return nil }
