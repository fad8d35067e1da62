package hub

import (
	"crypto/rand"
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestPendingCountsWhatWaits(t *testing.T) {
	s := run(t, Config{}, `
		enter alice
		log off
		alice: say lobby 12345 | say lobby 12345 | ping | ping
	`)
	requests, bytes := s.hub.Pending(s.names["alice"])
	if want := 4*requestOverhead + 10; requests != 4 || bytes != want {
		t.Errorf("%d requests and %d bytes are pending, want 4 and %d", requests, bytes, want)
	}
	s.holdLog = false
	s.settle()
	if requests, bytes := s.hub.Pending(s.names["alice"]); requests != 0 || bytes != 0 {
		t.Errorf("%d requests and %d bytes are pending after the commit, want none", requests, bytes)
	}
	if requests, bytes := s.hub.Pending(999); requests != 0 || bytes != 0 {
		t.Errorf("a session that is not there has %d requests and %d bytes pending", requests, bytes)
	}
}

func TestFarewellTellsEverybodyWhy(t *testing.T) {
	s := run(t, Config{}, `
		enter alice
		old bob
		open carl silent
		log off
		alice: say lobby last words
	`)
	s.do(func(out *Out) { s.hub.Farewell(wire.CodeShutdown, "The server stops.", 2000, out) })
	for name, id := range s.names {
		got := s.heard[id]
		if len(got) != 1 || words(got[0]) != "goodbye shutdown" {
			t.Errorf("%s heard %v, want a goodbye", name, got)
		}
	}
	s.holdLog = false
	s.settle() // what is committed afterwards is told to nobody
	if _, ok := s.hub.Next(); ok {
		t.Error("something is due after the end")
	}
}

func TestWhatNobodyKnowsIsPassedOver(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	s.do(func(out *Out) {
		s.hub.Handle(s.now, 99, wire.Ping{}, out)
		s.hub.Decide(s.now, 99, origin("native", loopback), out)
		s.hub.Disconnect(s.now, 99, out)
		s.hub.Resolve(s.now, Result{ID: 99}, out)
		s.hub.Apply(s.now, []Entry{{Origin: 99, Record: TokensGone{}}}, out)
		if len(out.Effects)+len(out.Entries)+len(out.Jobs)+len(out.Replies) > 0 {
			t.Errorf("the hub wants %+v", *out)
		}
	})
}

func TestANativeSessionWithoutACommonVersionEnds(t *testing.T) {
	s := run(t, Config{}, "open alice fresh")
	id := s.names["alice"]
	s.ask(id, wire.Hello{Version: 2})
	if got := s.heard[id]; len(got) != 2 || words(got[0]) != "refused hello version" || words(got[1]) != "goodbye version" {
		t.Errorf("heard %v, want a refusal and a goodbye", got)
	}
}

func TestHelloTellsWhatTheServerIs(t *testing.T) {
	cfg := Config{
		Server: "lab", Node: strings.Repeat("0", 32), Program: "chatd 1", Motd: "hi", Rate: 10, Register: true,
		Services: []wire.Service{{Name: "sum", Port: 1301, Net: "tcp"}},
	}
	s := run(t, cfg, "open alice fresh")
	id := s.names["alice"]
	s.ask(id, wire.Hello{Head: wire.Head{Tag: "h"}, Version: 1, Profile: "XYZ"})
	s.ask(id, wire.Hello{Head: wire.Head{Tag: "h"}, Version: 1, Program: strings.Repeat("ü", 100) + "\x1b[2J"})
	got := s.heard[id]
	if len(got) != 2 || words(got[0]) != "refused hello malformed" {
		t.Fatalf("heard %v, want a refusal of the profile and a welcome", got)
	}
	w, ok := got[1].(*wire.Welcome)
	if !ok || w.Re.Re != "h" || w.Server != "lab" || w.Limits.Rate != 10 || !w.Register || len(w.Services) != 1 || w.Motd != "hi" {
		t.Errorf("got %+v", got[1])
	}
	if program := s.hub.sessions[id].program; program != strings.Repeat("ü", maxProgram/2) {
		t.Errorf("the program is kept as %q", program)
	}
}

func TestJokesAreTwentyAndFitOneLineOfASCII(t *testing.T) {
	if len(jokes) != 20 {
		t.Errorf("there are %d jokes, want 20", len(jokes))
	}
	seen := map[string]bool{}
	for _, joke := range jokes {
		if seen[joke] || strings.ContainsFunc(joke, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q is told twice or not plain", joke)
		}
		seen[joke] = true
	}
}

func TestTokensAreLongAndDiffer(t *testing.T) {
	_, a, err := newToken(rand.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, b, err := newToken(rand.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) != 2*tokenBytes || a == b || hashToken(a) == hashToken(b) {
		t.Errorf("got two tokens of %d characters, equal: %t", len(a), a == b)
	}
}

// TestEveryRequestHasARule keeps the table complete when wire learns a new
// request.
func TestEveryRequestHasARule(t *testing.T) {
	for verb, request := range verbs {
		r := request(typed{script: &script{harness: &harness{}}})
		if _, ok := r.(wire.Malformed); ok {
			continue
		}
		if _, ok := peopleRules()[r.Act()]; !ok {
			t.Errorf("%q (%T) has no rule", verb, r)
		}
	}
	if want := 41; len(peopleRules()) != want {
		t.Errorf("there are %d rules, want one for each of the %d requests", len(peopleRules()), want)
	}
}

func TestLongListsAreCutAndSayHowManyAreLeftOut(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	for range wire.MaxList + 9 {
		s.open(origin("a3", loopback))
	}
	clear(s.heard)
	id := s.names["alice"]
	s.ask(id, wire.People{Room: wire.Lobby})
	s.ask(id, wire.Join{Room: wire.Lobby})
	list, _ := s.heard[id][0].(*wire.PeopleList)
	if list == nil || len(list.People) != wire.MaxList+10 || list.More != 0 || list.Next != "" {
		t.Errorf("people: got %+v, want all %d", list, wire.MaxList+10)
	}
	entered, _ := s.heard[id][1].(*wire.Entered)
	if entered == nil || len(entered.People) != wire.MaxList || entered.More != 10 {
		t.Fatalf("join: got %+v, want %d and 10 more", entered, wire.MaxList)
	}
	s.ask(id, wire.People{Room: wire.Lobby, After: entered.Next})
	rest, _ := s.heard[id][2].(*wire.PeopleList)
	if rest == nil || len(rest.People) != 10 || rest.People[0] != list.People[wire.MaxList] || rest.Next != "" {
		t.Errorf("the rest: got %+v, want 10", rest)
	}
	s.ask(id, wire.People{After: "x"})
	s.ask(id, wire.Rooms{After: "-1"})
	for _, e := range s.heard[id][3:] {
		if bad, ok := e.(*wire.Refused); !ok || bad.Code != wire.CodeMalformed {
			t.Errorf("a place that there is not: got %+v", e)
		}
	}
}

func TestGoneGuestsTokensAreForgotten(t *testing.T) {
	s := run(t, Config{}, `
		enter alice
		quietly gone alice
		open b native
		quietly b: token alice
	`)
	s.gone(s.names["b"])
	s.pass(guestTokenFor + sweepEvery)
	if n := len(s.hub.tokens.byHash); n != 0 {
		t.Errorf("%d tokens are kept, want none", n)
	}
}

func TestNothingIsKeptOfThoseWhoHaveGone(t *testing.T) {
	s := run(t, Config{Register: true, Rate: 2}, `
		enter alice
		old bob
		open carl silent
		quietly alice: create den | join den | say den x | tell bob x | say den x
		quietly bob: sync
		quietly alice: say lobby x
		open dora native
		quietly dora: login nobody sesame-1 | guest dora
		jobs off
		quietly dora: register eve sesame-1
	`)
	for _, id := range s.names {
		s.gone(id)
	}
	s.pass(2 * forgetTries)
	h := s.hub
	for what, n := range map[string]int{
		"sessions": len(h.sessions), "names": len(h.names.claims), "people": len(h.presence.online.places),
		"jobs": len(h.work.jobs), "rooms beside the lobby": len(h.rooms.byName) - 1, "rooms by address": len(h.rooms.made),
		"tokens": len(h.tokens.byHash), "guesses": len(h.accounts.guesses.tries) + len(h.accounts.guesses.accounts),
		"people in the lobby": len(h.rooms.lobby().people.places), "its sessions": h.rooms.lobby().conns, "those told more": h.rooms.lobby().notified,
		"its holders": len(h.rooms.lobby().holders), "its hidden": h.rooms.lobby().hidden, "on their way into it": h.rooms.lobby().coming,
		"peers": len(h.peers.members) + len(h.peers.list),
	} {
		if n != 0 {
			t.Errorf("%s: %d are kept, want none", what, n)
		}
	}
	if n := len(h.due); n != 1 {
		t.Errorf("%d deadlines are set, want the sweep's", n)
	}
}

func TestOldProgramsAmongThemselvesAreNotAnnounced(t *testing.T) {
	s := run(t, Config{}, `
		old alice
		open bob silent
		enter carl
		quietly gone carl
	`)
	var out Out
	s.hub.Open(s.now, 99, origin("a3", loopback), &out)
	s.hub.Handle(s.now, 99, wire.Guest{Name: "dora"}, &out)
	s.hub.Disconnect(s.now, 99, &out)
	for _, e := range out.Effects {
		if e.Op == OpCast {
			t.Errorf("the lobby is told %s", words(e.Event))
		}
	}
}

// A client takes lines with ids from before a room was made for those of another
// room, and a clock that was wrong when the database was made may be set back.
func TestOfTheLobbyItIsNotSaidWhenItWasMade(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	id := s.names["alice"]
	s.hub.rooms.main.made = wire.MillisOf(s.now)
	s.ask(id, wire.Join{Room: wire.Lobby})
	if entered, _ := s.heard[id][0].(*wire.Entered); entered == nil || entered.Made != 0 {
		t.Errorf("got %+v", s.heard[id][0])
	}
}

// peopleRules is the table of requests of people on connections.
func peopleRules() map[wire.Act]rule { return New(Config{}, State{}).routes.people }
