package private_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// traffic counts what leaves a socket of the network.
type traffic struct {
	mu    sync.Mutex
	bytes map[netip.AddrPort][]int // the lengths of what went to each address
}

// watch counts what somebody sends from now on.
func (w *harness) watch(from *person) *traffic {
	x := &traffic{bytes: map[netip.AddrPort][]int{}}
	w.net.Lose(func(source, to netip.AddrPort, d []byte) bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		if source == from.server.at() {
			x.bytes[to] = append(x.bytes[to], len(d))
		}
		return false
	})
	return x
}

// to are the lengths of what went to an address.
func (x *traffic) to(a netip.AddrPort) []int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.bytes[a])
}

// elsewhere are the addresses that something went to, but for some.
func (x *traffic) elsewhere(but ...netip.AddrPort) (all []netip.AddrPort) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for a := range x.bytes {
		if !slices.Contains(but, a) {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, netip.AddrPort.Compare)
	return all
}

// bothWays runs a test for who dials and for who listens: the keys decide.
func bothWays(t *testing.T, test func(t *testing.T, w *harness, me, other *person)) {
	t.Helper()
	for _, name := range []string{"ann", "bob"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := friends(w)
				if name == "ann" {
					test(t, w, ann, bob)
				} else {
					test(t, w, bob, ann)
				}
			})
		})
	}
}

// calls is the call that somebody's endpoint made or answered last.
func calls(t *testing.T, p *person) (token [16]byte) {
	t.Helper()
	all := asksFor[wire.Punch](p)
	if len(all) == 0 {
		t.Fatal("nobody was called")
	}
	b, err := hex.DecodeString(all[len(all)-1].Call)
	must(t, err)
	return [16]byte(b)
}

// TestForgedKnocksDrawFewSmallDatagrams has somebody who knows the call, as the
// server does, send knocks and answers from addresses of others.
func TestForgedKnocksDrawFewSmallDatagrams(t *testing.T) {
	bothWays(t, func(t *testing.T, w *harness, me, other *person) {
		t.Helper()
		sent := w.watch(me)
		w.mu.Lock()
		w.tells = func(string) []string { return []string{"10.9.9.9:4000"} } // nobody is there
		w.mu.Unlock()
		me.Whisper(other.server.name, "hello", false)
		settle()
		token := calls(t, me)
		var victims []netip.AddrPort
		for i := range 16 {
			for _, port := range []uint16{53, 1023, 5000} {
				victims = append(victims, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 7, 0, byte(i + 1)}), port))
			}
		}
		for _, v := range victims {
			conn, err := w.net.Listen(v)
			must(t, err)
			for range 50 {
				for _, kind := range []wire.SignalKind{wire.SignalKnock, wire.SignalKnocked} {
					_, err := conn.WriteTo(wire.Signal{Kind: kind, Token: token, Addr: me.server.at()}.Append(nil, nil), me.addr())
					must(t, err)
				}
			}
			conn.Close()
			synctest.Wait()
		}
		wait(time.Minute)
		called := len(asksFor[wire.Punch](me))
		hit := sent.elsewhere(serverAddr, other.server.at())
		if len(hit) == 0 || len(hit) > wire.MaxCandidates {
			t.Errorf("%d addresses were sent something, want some and at most %d: %v", len(hit), wire.MaxCandidates, hit)
		}
		for _, a := range hit {
			lengths := sent.to(a)
			most := 5
			if a.Addr() == netip.MustParseAddr("10.9.9.9") {
				most *= called // which each call was told of
			}
			if a.Port() < 1024 || len(lengths) > most || slices.Max(lengths) > wire.SignalSize {
				t.Errorf("%v was sent datagrams of %v bytes, want at most %d of %d", a, lengths, most, wire.SignalSize)
			}
		}
		other.wantTexts(me.server.name, "hello")
	})
}

// TestOnlyAnAddressThatAnswersIsDialled has the server name somebody else's address
// for the other side's, and knock from there.
func TestOnlyAnAddressThatAnswersIsDialled(t *testing.T) {
	bothWays(t, func(t *testing.T, w *harness, me, other *person) {
		t.Helper()
		conn, err := w.net.Listen(victim)
		must(t, err)
		defer conn.Close()
		sent := w.watch(me)
		w.mu.Lock()
		w.tells = func(string) []string { return []string{victim.String()} }
		w.mu.Unlock()
		me.Whisper(other.server.name, "hello", false)
		settle()
		token := calls(t, me)
		for range 30 {
			for _, kind := range []wire.SignalKind{wire.SignalKnock, wire.SignalKnocked} {
				_, err := conn.WriteTo(wire.Signal{Kind: kind, Token: token, Addr: me.server.at()}.Append(nil, nil), me.addr())
				must(t, err)
			}
			wait(100 * time.Millisecond)
		}
		wait(10 * time.Second)
		if lengths := sent.to(victim); len(lengths) == 0 || slices.Max(lengths) > wire.SignalSize {
			t.Errorf("%v was sent datagrams of %v bytes, want some and none above %d", victim, lengths, wire.SignalSize)
		}
		other.wantTexts(me.server.name, "hello")
	})
}

// TestAddressesThatTheServerMayNotTellAreNotKnockedAt has the server aim us at
// groups, at our own host, at services, and at a network that is not ours.
func TestAddressesThatTheServerMayNotTellAreNotKnockedAt(t *testing.T) {
	for name, addrs := range map[string][]string{
		"a group":                        {"224.0.0.1:4000"},
		"everybody":                      {"255.255.255.255:4000"},
		"nobody":                         {"0.0.0.0:4000"},
		"our own host":                   {"127.0.0.1:4000"},
		"another service":                {"10.0.0.99:53"},
		"a link of ours":                 {"[fe80::1%eth0]:4000"},
		"no address":                     {"nonsense"},
		"a private one of other people":  {"203.0.113.9:4000", "10.0.0.99:4000", "192.168.1.1:4000"},
		"our own host, beside ours":      {"10.0.0.2:4000", "127.0.0.1:4000", "10.0.0.77:22", "203.0.113.10:4000"},
		"more than a call may lead to":   slices.Concat([]string{"10.0.0.2:4000"}, ports(100)),
		"our own host, beside the other": {"10.0.0.3:4000", "127.0.0.1:4000", "[::1]:4000"},
	} {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, w *harness, me, other *person) {
				t.Helper()
				sent := w.watch(me)
				w.mu.Lock()
				w.tells = func(string) []string { return addrs }
				w.mu.Unlock()
				me.Whisper(other.server.name, "hello", false)
				wait(5 * time.Second)
				all := sent.elsewhere(serverAddr, other.server.at(), me.server.at())
				for _, a := range all {
					if !slices.Contains(addrs, a.String()) || a.Addr().IsLoopback() || a.Addr().IsMulticast() || a.Addr().IsUnspecified() || a.Port() < 1024 ||
						a.Addr() == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || a.Addr() == netip.MustParseAddr("192.168.1.1") || a == netip.MustParseAddrPort("10.0.0.99:4000") ||
						a == netip.MustParseAddrPort("203.0.113.10:4000") {
						t.Errorf("%v was sent something", a)
					}
				}
				if len(all) > wire.MaxCandidates {
					t.Errorf("%d addresses were sent something", len(all))
				}
				other.wantTexts(me.server.name, "hello")
			})
		})
	}
}

func ports(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("10.0.0.50:%d", 5000+i))
	}
	return all
}

// TestAServerThatCallsOnAndOnDrawsNoFlood has the server bring call after call of
// somebody who is trusted.
func TestAServerThatCallsOnAndOnDrawsNoFlood(t *testing.T) {
	bothWays(t, func(t *testing.T, w *harness, me, other *person) {
		t.Helper()
		me.Whisper(other.server.name, "hello", false)
		wait(5 * time.Second)
		sent, before := w.watch(me), len(asksFor[wire.Punch](me))
		const seconds = 4
		for i := range seconds * 100 {
			me.server.push(&wire.Punched{
				From: other.server.name, Kind: wire.KindAccount, Call: fmt.Sprintf("%032x", i+1), Device: other.server.key, Addrs: []string{victim.String()},
			})
			wait(10 * time.Millisecond)
		}
		if n := len(asksFor[wire.Punch](me)) - before; n < 2 || n > 10+seconds+1 {
			t.Errorf("%d calls were answered or made, want 10 and one a second", n)
		}
		if n := len(sent.to(victim)); n == 0 || n > 5*(10+seconds+1) {
			t.Errorf("%d datagrams went to an address that never answered", n)
		}
	})
}

// TestCallsOfManyPeopleTogetherDrawNoFlood has it call as each of many who are
// trusted.
func TestCallsOfManyPeopleTogetherDrawNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, _ := friends(w)
		var addrs []string
		for i := range wire.MaxCandidates {
			addrs = append(addrs, fmt.Sprintf("10.0.0.2:%d", 5000+i)) // on ann's own network
		}
		sent := w.watch(ann)
		const people = 40
		for i := range people {
			name := fmt.Sprintf("friend%d", i)
			must(t, ann.store.SetContact(wire.Contact{User: name, Accepted: true}))
			for n := range 5 {
				ann.server.push(&wire.Punched{
					From: name, Kind: wire.KindAccount, Call: fmt.Sprintf("%030x%02x", i, n), Device: identity(t, newMemory(name)).Key(), Addrs: addrs,
				})
			}
		}
		settle()
		wait(900 * time.Millisecond)
		n := 0
		for _, a := range sent.elsewhere(serverAddr) {
			n += len(sent.to(a))
		}
		if n < 300 || n > 320+20 {
			t.Errorf("%d datagrams went to addresses that never answered, want 320 at once and 20 a second", n)
		}
	})
}

// victim is somebody's address who has nothing to do with any call.
var victim = netip.MustParseAddrPort("10.9.9.9:4000")

// TestACookieThatNobodyHasSignedIsNotEchoed has somebody else answer for the
// registry, who knows the question.
func TestACookieThatNobodyHasSignedIsNotEchoed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		forged, signed := [16]byte{1}, [16]byte{2}
		secret := []byte(nil)
		echoed := map[[16]byte]int{}
		w.signs = func(q wire.Signal) []byte {
			w.mu.Lock()
			defer w.mu.Unlock()
			echoed[q.Token]++
			answer := wire.Signal{Kind: wire.SignalCookie, Nonce: q.Nonce, ID: q.ID, Token: forged}
			if secret != nil {
				answer.Token = signed
			}
			if q.Token == signed {
				answer = wire.Signal{Kind: wire.SignalRegistered, Nonce: q.Nonce, ID: q.ID, Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 2}), 4000)}
			}
			return answer.Append(nil, secret)
		}
		ann := w.enter("ann", wire.KindAccount, newMemory("ann"))
		wait(20 * time.Second)
		w.mu.Lock()
		if echoed[forged] > 0 || echoed[[16]byte{}] == 0 {
			t.Errorf("cookies were echoed as %v", echoed)
		}
		secret = secretOf(ann.server.id)
		w.mu.Unlock()
		wait(20 * time.Second)
		w.mu.Lock()
		defer w.mu.Unlock()
		if echoed[signed] == 0 {
			t.Errorf("the registry's own cookie was not echoed: %v", echoed)
		}
	})
}
