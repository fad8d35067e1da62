package private_test

import (
	"context"
	"encoding/hex"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
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
	said []peer1.Message // by the other side
	code link.Code       // that the other side has ended the link with
}

// intrude puts an intruder in the place of a person, who calls another and links.
func (w *harness) intrude(as, to *person) *intruder {
	w.t.Helper()
	return w.intrudeSaying(as, to, func(*peer1.Hello) {})
}

// intrudeSaying has the intruder begin with another hello than the person's program.
func (w *harness) intrudeSaying(as, to *person, change func(*peer1.Hello)) *intruder {
	w.t.Helper()
	x, err := w.dialAs(as, to, true, change)
	must(w.t, err)
	return x
}

// dialAs dials from the device of a person who has quit, after a call or without one. It
// may begin with another hello than that person's program.
func (w *harness) dialAs(as, to *person, called bool, changes ...func(*peer1.Hello)) (*intruder, error) {
	w.t.Helper()
	as.quit()
	conn, err := w.net.Listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 99}), 4000))
	must(w.t, err)
	seed := wire.Secret(as.store.seed)
	id, err := link.NewIdentity(seed)
	must(w.t, err)
	x := &intruder{t: w.t, conn: link.Share(conn, anywhere)}
	x.carrier, err = link.NewCarrier(x.conn, id, func(string) bool { return true })
	must(w.t, err)
	if called {
		w.knocks(x.conn, id.Key(), as.server, to)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	x.Link, err = x.carrier.Dial(ctx, to.addr(), to.server.key)
	if err != nil {
		_ = x.carrier.Close()
		_ = x.conn.Close()
		return nil, err
	}
	hello := &peer1.Hello{Version: peer1.Version, Node: "node", From: as.server.name, To: to.server.name}
	for _, change := range changes {
		change(hello)
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

func anywhere(netip.AddrPort) bool { return true }

// calls has the server tell somebody of a call by a device in a person's place, who
// takes the answer.
func (w *harness) calls(as *session, key string, token [16]byte, to string) {
	w.change(func() {
		s := &session{harness: w, name: as.name, kind: as.kind, key: key, wake: make(chan struct{}, 1)}
		w.here[wire.Fold(s.name)] = s
		w.punch(s, wire.Punch{To: to, Call: hex.EncodeToString(token[:])}, wire.Re{})
	})
	settle()
}

// knocks calls so, and knocks as a program would.
func (w *harness) knocks(conn net.PacketConn, key string, as *session, to *person) {
	w.t.Helper()
	k := wire.Signal{Kind: wire.SignalKnock, Token: [16]byte{15: 1}}
	w.calls(as, key, k.Token, to.server.name)
	_, err := conn.WriteTo(k.Append(nil, nil), to.addr())
	must(w.t, err)
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

func (x *intruder) say(m peer1.Message) {
	x.t.Helper()
	frame, err := peer1.Append(nil, m)
	must(x.t, err)
	must(x.t, x.Write(let(x.Key), frame))
}

// tries says something on a link that may have ended.
func (x *intruder) tries(m peer1.Message) {
	x.t.Helper()
	frame, err := peer1.Append(nil, m)
	must(x.t, err)
	_ = x.Write(let(x.Key), frame)
	settle()
}
