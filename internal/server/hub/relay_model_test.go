package hub

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"labchat/internal/wire"
)

// agreed is what two people have said to each other: the naive hub keeps every
// call, and forgets all of them with an endpoint or a refusal.
type agreed map[[2]string]map[string]bool

func (a agreed) say(from, to, call string) {
	key := [2]string{from, to}
	if a[key] == nil {
		a[key] = map[string]bool{}
	}
	a[key][call] = true
}

// open reports whether both have sent the same call.
func (a agreed) open(x, y string) bool {
	for call := range a[[2]string{x, y}] {
		if a[[2]string{y, x}][call] {
			return true
		}
	}
	return false
}

func (a agreed) part(x, y string) {
	delete(a, [2]string{x, y})
	delete(a, [2]string{y, x})
}

func (a agreed) forget(x string) {
	for key := range a {
		if key[0] == x || key[1] == x {
			delete(a, key)
		}
	}
}

// TestNothingIsRelayedThatWasNotAgreed has people ask, answer, refuse, come
// back and send each other datagrams in any order.
func TestNothingIsRelayedThatWasNotAgreed(t *testing.T) {
	people := []string{"ann", "ben", "eve"}
	rapid.Check(t, func(rt *rapid.T) {
		s := run(t, Config{}, "enter ann\nenter ben\nenter eve")
		said := agreed{}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			from := rapid.SampledFrom(people).Draw(rt, "from")
			to := rapid.SampledFrom(people).Draw(rt, "to")
			call := callOf(rapid.SampledFrom([]string{"c1", "c2", "c3"}).Draw(rt, "call"))
			clear(s.heard)
			id := s.names[from]
			switch rapid.SampledFrom([]string{"udp", "punch", "punch", "punch", "decline", "relay", "relay", "pass"}).Draw(rt, "step") {
			case "udp":
				s.ask(id, wire.UDP{Key: keyOf("phone")})
				said.forget(from)
			case "punch":
				s.ask(id, wire.Punch{To: to, Call: call})
				if _, ok := s.heard[id][0].(*wire.Done); ok {
					said.say(from, to, call)
				}
			case "decline":
				s.ask(id, wire.Decline{To: to, Call: call})
				if len(s.heard[s.names[to]]) > 0 && from != to && s.hub.sessions[id].endpoint != nil {
					said.part(from, to)
				}
			case "relay":
				s.ask(id, wire.Relay{To: to, Data: []byte("x")})
				if came := len(s.heard[s.names[to]]) > 0; came && !said.open(from, to) {
					rt.Fatalf("%s reached %s, which had not agreed", from, to)
				}
			case "pass":
				s.pass(time.Minute)
			}
		}
	})
}
