package private_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// intruder is a program with the key of somebody who is trusted; it says what it
// wants.
type intruder struct {
	*link.Link
	t       testing.TB
	carrier *link.Carrier
	conn    link.PlainConn
	done    sync.WaitGroup

	mu   sync.Mutex
	said []wire.PeerMessage // by the other side
	code link.Code          // that the other side has ended the link with
}

// intrude puts an intruder in the place of a person, with a link to another.
func (w *lab) intrude(as *person, to netip.AddrPort) *intruder {
	w.t.Helper()
	return w.intrudeSaying(as, to, func(*wire.PeerHello) {})
}

// intrudeSaying has the intruder begin with another hello than the person's program.
func (w *lab) intrudeSaying(as *person, to netip.AddrPort, change func(*wire.PeerHello)) *intruder {
	w.t.Helper()
	x, err := w.dialAs(as, to, true, change)
	must(w.t, err)
	return x
}

// at is who listens at an address.
func (w *lab) at(addr netip.AddrPort) *person { return w.all[addr.Addr().As4()[3]-2] }

// dialAs dials from the device of a person who has quit, after a call of the person at
// that address, or without one. It may begin with another hello than that person's
// program.
func (w *lab) dialAs(as *person, to netip.AddrPort, called bool, changes ...func(*wire.PeerHello)) (*intruder, error) {
	w.t.Helper()
	as.quit()
	conn, err := w.net.Listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 99}), 4000))
	must(w.t, err)
	seed, _ := as.store.Seed()
	id, err := link.NewIdentity(seed)
	must(w.t, err)
	x := &intruder{t: w.t, conn: link.Share(conn)}
	hello := &wire.PeerHello{Version: wire.PeerVersion, Node: "node", From: as.server.name, To: w.at(to).server.name}
	for _, change := range changes {
		change(hello)
	}
	x.carrier, err = link.NewCarrier(x.conn, id, func(string) bool { return true })
	must(w.t, err)
	if called {
		w.calls(as, id.Key(), w.at(to).server.name)
	}
	other, _ := newMemory("bob").Seed()
	key, err := link.NewIdentity(other)
	must(w.t, err)
	x.Link, err = x.carrier.Dial(context.Background(), net.UDPAddrFromAddrPort(to), key.Key())
	if err != nil {
		_ = x.carrier.Close()
		_ = x.conn.Close()
		return nil, err
	}
	x.say(hello)
	x.done.Go(func() {
		for {
			m, err := x.Read()
			if err != nil {
				x.mu.Lock()
				x.code, _ = link.Refused(err)
				x.mu.Unlock()
				return
			}
			x.mu.Lock()
			x.said = append(x.said, m)
			x.mu.Unlock()
		}
	})
	settle()
	return x, nil
}

// calls has the server tell somebody of a call by a device in a person's place, who
// takes the answer.
func (w *lab) calls(as *person, key, to string) {
	w.change(func() {
		s := &session{lab: w, name: as.server.name, kind: as.server.kind, key: key, wake: make(chan struct{}, 1)}
		w.here[wire.Fold(s.name)] = s
		w.punch(s, wire.Punch{To: to, Call: strings.Repeat("ab", 16)}, wire.Re{})
	})
	settle()
}

func (x *intruder) quit() {
	x.Close(false)
	_ = x.carrier.Close()
	_ = x.conn.Close()
	x.done.Wait()
}

// let is the gate's word that a key may be spoken to.
func let(key string) gate.Verdict {
	return gate.Decide(gate.Facts{Person: gate.Person{Contact: wire.Contact{Accepted: true}}, Way: gate.ByLink, Key: key})
}

func (x *intruder) say(m wire.PeerMessage) {
	x.t.Helper()
	frame, err := wire.AppendPeer(nil, m)
	must(x.t, err)
	must(x.t, x.Write(let(x.Key), frame))
}

// tries says something on a link that may have ended.
func (x *intruder) tries(m wire.PeerMessage) {
	x.t.Helper()
	frame, err := wire.AppendPeer(nil, m)
	must(x.t, err)
	_ = x.Write(let(x.Key), frame)
	settle()
}
