package private_test

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// claimer is somebody whose program is not ours: it has the keys of others registered
// as its own, and passes datagrams on between those who look for it.
type claimer struct {
	*session

	conn net.PacketConn
	ends map[netip.AddrPort]netip.AddrPort // where to pass on what comes from where
	done sync.WaitGroup
}

var claimerAt = netip.MustParseAddrPort("10.0.0.99:4000")

// claim brings in mallory between two people.
func (w *harness) claim(kind wire.Kind, one, other *person) *claimer {
	w.t.Helper()
	conn, err := w.net.Listen(claimerAt)
	must(w.t, err)
	a, b := one.server.at(), other.server.at()
	m := &claimer{
		session: &session{harness: w, name: "mallory", kind: kind, id: 99, events: make(chan []wire.Event), wake: make(chan struct{}, 1)},
		conn:    conn, ends: map[netip.AddrPort]netip.AddrPort{a: b, b: a},
	}
	w.change(func() { w.here["mallory"], w.seen[99] = m.session, claimerAt })
	m.done.Go(m.pass)
	return m
}

// pass answers knocks, and passes all else on.
func (m *claimer) pass() {
	buf := make([]byte, 2048)
	for {
		n, from, err := m.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if s, err := wire.ParseSignal(buf[:n]); err == nil && s.Kind == wire.SignalKnock {
			s.Kind = wire.SignalKnocked
			_, _ = m.conn.WriteTo(s.Append(nil, nil), from)
			continue
		}
		if to, known := m.ends[from.(*net.UDPAddr).AddrPort()]; known {
			_, _ = m.conn.WriteTo(buf[:n], net.UDPAddrFromAddrPort(to))
		}
	}
}

func (m *claimer) quit() {
	_ = m.conn.Close()
	m.done.Wait()
}

// answers says yes to the newest call of somebody, with a key that is not mallory's.
func (m *claimer) answers(p *person, key string) {
	calls := asksFor[wire.Punch](p)
	i := len(calls) - 1
	for i >= 0 && calls[i].To != "mallory" {
		i--
	}
	if i < 0 {
		return
	}
	m.harness.change(func() { m.key = key })
	m.harness.answer(m.session, wire.Punch{To: p.server.name, Call: calls[i].Call}, wire.Re{})
}

// calls calls somebody with a key that is not mallory's.
func (m *claimer) calls(p *person, key string) {
	m.harness.change(func() { m.key = key })
	m.harness.answer(m.session, wire.Punch{To: p.server.name, Call: strings.Repeat("ab", 16)}, wire.Re{})
}

// TestALineForWhoClaimsAnothersKeyReachesNobody has mallory register bob's public key as
// hers, at a server that is honest, and ann's toward bob. The keys of a link between
// ann and bob are as both expect.
func TestALineForWhoClaimsAnothersKeyReachesNobody(t *testing.T) {
	for name, towardBob := range map[string]func(m *claimer, ann, bob *person){
		"bob knows the key as ann's":       func(*claimer, *person, *person) {},
		"bob is called with it as mallory": func(m *claimer, ann, bob *person) { m.calls(bob, ann.server.key) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				// ann's is the smaller key of the two: she dials.
				ann, bob := w.enter("ann", wire.KindAccount, newMemory("bob")), w.enter("bob", wire.KindAccount, newMemory("ann"))
				must(t, ann.store.SetContact(wire.Contact{User: "bob", Accepted: true}))
				must(t, bob.store.SetContact(wire.Contact{User: "ann", Accepted: true}))
				must(t, bob.store.SetContact(wire.Contact{User: "mallory", Accepted: true}))
				m := w.claim(wire.KindAccount, ann, bob)
				defer m.quit()
				bob.Whisper("ann", "from bob for ann", false)
				settle()
				ann.wantTexts("bob", "from bob for ann")

				towardBob(m, ann, bob)
				settle()
				w.change(func() { m.key = bob.server.key })
				ann.Whisper("mallory", "from ann for mallory", false)
				for range 20 { // what ever way they try
					settle()
					for _, p := range []*person{ann, bob} { // who are asked whether the key is two people's, and take it
						if way := p.path("mallory"); way != nil && way.Blocked {
							p.verifies("mallory", wire.AnswerSame)
						}
					}
					m.answers(ann, bob.server.key)
					bob.Whisper("ann", "more for ann", false)
					wait(5 * time.Second)
				}
				for _, p := range []*person{ann, bob} {
					for _, e := range events[*wire.Whispered](p) {
						if e.Text == "from ann for mallory" || e.From == "mallory" {
							t.Errorf("%s was shown %q as %s's", p.server.name, e.Text, e.From)
						}
					}
				}
			})
		})
	}
}

// notices are what the program has said to a person.
func (p *person) notices() (all []string) {
	for _, e := range events[*wire.Notice](p) {
		all = append(all, e.Text)
	}
	return all
}

func (p *person) wasTold(part string) bool {
	return slices.ContainsFunc(p.notices(), func(s string) bool { return strings.Contains(s, part) })
}
