package hub

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"labchat/internal/wire"
)

// press keeps as many requests of a session waiting as the loop reads ahead.
func (s *script) press(id SessionID, next func() wire.Request) {
	for range 64 {
		if n, _ := s.hub.Pending(id); n >= 64 {
			return
		}
		s.ask(id, next())
	}
}

// alternately asks for one thing and its opposite.
func alternately(rs ...wire.Request) func() wire.Request {
	n := 0
	return func() wire.Request {
		n++
		return rs[n%len(rs)]
	}
}

func TestWhatOthersHearOrTheDiskKeepsComesOutAtTheRate(t *testing.T) {
	text := func(s string) *string { return &s }
	tests := []struct {
		name string
		next func() wire.Request
		old  bool
	}{
		{name: "away", next: alternately(wire.Away{Text: "x"}, wire.Away{})},
		{name: "coming and going", next: alternately(wire.Join{Room: "den"}, wire.Leave{Room: "den"})},
		{name: "resuming and going", next: alternately(wire.Resume{Rooms: []wire.Mark{{Room: "den"}}}, wire.Leave{Room: "den"})},
		{name: "names", next: alternately(wire.Guest{Name: "mallory1"}, wire.Guest{Name: "mallory2"})},
		{name: "names of an older program", old: true, next: alternately(wire.Guest{Name: "mallory1"}, wire.Guest{Name: "mallory2"})},
		{name: "topics", next: alternately(wire.Topic{Room: "den", Text: text("a")}, wire.Topic{Room: "den", Text: text("b")})},
		{name: "logging out and in", next: alternately(wire.Guest{Name: "mallory"}, wire.Join{Room: wire.Lobby}, wire.Logout{})},
		{name: "endpoints", next: alternately(wire.UDP{Key: keyOf("phone")}, wire.UDP{Key: keyOf("laptop")})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := run(t, Config{Rate: 10}, `
				enter watcher
				enter mallory
				old oscar
				quietly mallory: create den
				quietly mallory: join den
				quietly watcher: join den
				pass 10s
			`)
			id := s.names["mallory"]
			if tt.old {
				id = s.names["oscar"]
			}
			heard, stored := 0, 0
			s.onDeliver = func(to SessionID, _ wire.Event) {
				if to == s.names["watcher"] {
					heard++
				}
			}
			s.onApply = func(*Entry) { stored++ }
			for range 100 { // ten seconds
				s.press(id, tt.next)
				s.pass(100 * time.Millisecond)
			}
			if most := 40 + 10*10; heard > most || stored > most {
				t.Errorf("a room-mate heard %d of them, and %d were stored, in 10 s; want %d at most", heard, stored, most)
			}
			if n, _ := s.hub.Pending(id); n == 0 {
				t.Error("nothing waits")
			}
		})
	}
}

func TestWithoutARateNothingWaits(t *testing.T) {
	s := run(t, Config{}, "enter alice")
	for range 1000 {
		s.ask(s.names["alice"], wire.Away{Text: "x"})
		s.ask(s.names["alice"], wire.Away{})
	}
	if n, _ := s.hub.Pending(s.names["alice"]); n != 0 {
		t.Errorf("%d requests wait", n)
	}
}

// questions are what only the asker hears of.
func questions() func() wire.Request {
	return alternately(wire.Ping{}, wire.People{}, wire.Rooms{}, wire.Whois{Name: "alice"}, wire.Topic{Room: wire.Lobby}, wire.Help{})
}

func TestAThousandQuestionsAreAnsweredAtOnce(t *testing.T) {
	s := run(t, Config{Rate: 10}, "enter alice")
	s.pass(time.Minute) // what entering took is there again
	next := questions()
	for range 1000 {
		s.ask(s.names["alice"], next())
	}
	if n, _ := s.hub.Pending(s.names["alice"]); n != 0 {
		t.Errorf("%d questions wait", n)
	}
}

func TestWhoAsksWithoutEndIsAnsweredFiftyTimesASecondAndLosesNothing(t *testing.T) {
	s := run(t, Config{Rate: 10}, "enter alice")
	s.pass(time.Minute)
	alice, next := s.names["alice"], questions()
	for range 1600 {
		s.ask(alice, next())
	}
	waiting := func() int { n, _ := s.hub.Pending(alice); return n }
	before := waiting()
	s.pass(4 * time.Second)
	if done := before - waiting(); before < 599 || done < 190 || done > 210 {
		t.Errorf("%d of 1600 questions wait, and after 4 s %d of them are answered; want about 600 and 200", before, done)
	}
	s.pass(9 * time.Second)
	if n := waiting(); n != 0 {
		t.Errorf("%d questions still wait", n)
	}
}

func TestWhoIsSlowedDownIsToldOnce(t *testing.T) {
	s := run(t, Config{Rate: 10}, "enter alice")
	notices := 0
	s.onDeliver = func(_ SessionID, e wire.Event) {
		if _, ok := e.(*wire.Notice); ok {
			notices++
		}
	}
	next := alternately(wire.Away{Text: "x"}, wire.Away{})
	for range 90 {
		s.press(s.names["alice"], next)
		s.pass(100 * time.Millisecond)
	}
	if notices != 1 {
		t.Errorf("there were %d notices in 9 s, want 1", notices)
	}
}

// TestThirtyQuietPeopleBehindAFloodGoOn has as many connections of one address
// flood as it may have, beside those of people who write now and then.
func TestThirtyQuietPeopleBehindAFloodGoOn(t *testing.T) {
	address := netip.MustParseAddrPort("10.0.0.1:4000")
	s := run(t, Config{Rate: 10}, "")
	s.onDeliver = func(SessionID, wire.Event) {}
	come := func(name string) SessionID {
		s.openAs(name, "native", address)
		s.ask(s.names[name], wire.Guest{Name: name})
		s.ask(s.names[name], wire.Join{Room: wire.Lobby})
		return s.names[name]
	}
	var quiet []SessionID
	for i := range 30 {
		quiet = append(quiet, come(fmt.Sprintf("quiet%d", i)))
		s.pass(time.Second)
	}
	s.pass(2 * time.Minute)
	floods := map[SessionID]func() wire.Request{}
	for i := range 220 {
		floods[come(fmt.Sprintf("mallory%d", i))] = alternately(wire.Away{Text: "x"}, wire.Away{})
	}
	stored, presences := 0, 0
	s.onApply = func(e *Entry) { stored++ }
	s.onDeliver = func(to SessionID, e wire.Event) {
		if _, ok := e.(*wire.Presence); ok && to == quiet[0] {
			presences++
		}
	}
	const seconds = 24
	for round := range seconds * 10 {
		for id, next := range floods {
			s.press(id, next)
		}
		if round%2 == 0 { // each of them writes every six seconds
			id := quiet[round/2%30]
			before := stored
			s.ask(id, wire.Say{Room: wire.Lobby, Text: "hello"})
			if stored != before+1 {
				t.Fatalf("a line of a quiet person waits, in round %d", round)
			}
		}
		s.pass(100 * time.Millisecond)
		if round == 120 {
			late := come("late")
			s.pass(500 * time.Millisecond)
			if n, _ := s.hub.Pending(late); n != 0 {
				t.Errorf("somebody who comes waits for more than half a second")
			}
		}
	}
	for _, id := range quiet {
		s.ask(id, wire.Say{Room: wire.Lobby, Text: "all at once"})
		if n, _ := s.hub.Pending(id); n != 0 {
			t.Error("lines wait that quiet people write at once")
		}
	}
	if most := 2*200 + seconds*50; presences > most {
		t.Errorf("the flood made %d events in %d s, want %d at most", presences, seconds, most)
	}
}

func TestAnAccountsPlaceInLineDoesNotBeginAnewWithEachConnection(t *testing.T) {
	s := run(t, Config{Rate: 10}, `
		quietly op add mallory
		open a safe from 10.0.0.1
		quietly a: login mallory pw
		open b safe from 10.0.0.1
		quietly b: login mallory pw
	`)
	for range 10 {
		s.ask(s.names["a"], wire.Away{Text: "x"})
		s.ask(s.names["a"], wire.Away{})
	}
	if a, b := s.hub.sessions[s.names["a"]], s.hub.sessions[s.names["b"]]; a.standing() != b.standing() || !a.standing().After(s.now.Add(-oldStanding)) {
		t.Errorf("the account's sessions stand at %v and %v", a.standing(), b.standing())
	}
}

func TestAWholeBudgetOfANetworkIsForgotten(t *testing.T) {
	s := run(t, Config{Rate: 10}, `
		open a native from 10.0.0.1
		quietly a: guest ann
		gone a
		open b native from 10.0.0.2
		quietly b: guest ben
		pass 20m
	`)
	if n := len(s.hub.budgets.shares.of); n != 1 {
		t.Errorf("%d networks are remembered, want the one that somebody is here from", n)
	}
}

func TestConnectionsThatOnlyComeAndGoAreToldAtTheNetworksRate(t *testing.T) {
	s := run(t, Config{Rate: 10}, "enter watcher")
	heard := 0
	s.onDeliver = func(to SessionID, _ wire.Event) {
		if to == s.names["watcher"] {
			heard++
		}
	}
	address := netip.MustParseAddrPort("10.0.0.1:4000")
	for range 5_000 { // in five seconds
		s.openAs("mallory", "a3", address)
		s.gone(s.names["mallory"])
		s.drop("mallory")
		s.pass(time.Millisecond)
	}
	if most := 2 * (200 + 5*50); heard > most {
		t.Errorf("somebody in the lobby heard of %d arrivals and departures, want %d at most", heard, most)
	}
	s.pass(2 * newsEvery)
	heard = 0
	s.openAs("eve", "a3", address)
	s.pass(announceLater)
	if heard != 1 {
		t.Errorf("of one that stays the lobby was told %d times within a second, want once", heard)
	}
}

func TestASiteHasTheBudgetOfEightNetworks(t *testing.T) {
	s := run(t, Config{Rate: 10}, "enter watcher")
	heard := 0
	s.onDeliver = func(to SessionID, _ wire.Event) {
		if to == s.names["watcher"] {
			heard++
		}
	}
	for i := range 1000 { // each from a /64 of its own
		from := netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 6: byte(i >> 8), 7: byte(i)})
		s.openAs(fmt.Sprint("eve", i), "native", netip.AddrPortFrom(from, 4000))
		id := s.names[fmt.Sprint("eve", i)]
		s.ask(id, wire.Guest{Name: fmt.Sprint("eve", i)})
		s.ask(id, wire.Join{Room: wire.Lobby})
		s.ask(id, wire.Away{Text: "x"})
	}
	// Each is told of twice for three requests; what is there at once can be
	// overdrawn by half of it by those who are new.
	if most := SiteShare * (200 + 100) * 2 / 3; heard > most {
		t.Errorf("a site made %d events at once, want %d at most", heard, most)
	}
}

// TestThreeOlderProgramsAtTheRateWaitForNothing is what A3's own people try:
// logins, lines and private lines on three connections at once.
func TestThreeOlderProgramsAtTheRateWaitForNothing(t *testing.T) {
	s := run(t, Config{Rate: 10}, "")
	names := numbered("user", 3)
	for _, name := range names {
		s.openAs(name, "a3", netip.MustParseAddrPort("10.0.0.1:4000"))
		s.ask(s.names[name], wire.Guest{Name: name})
	}
	for range 30 { // seconds
		for _, name := range names {
			for range 5 {
				s.ask(s.names[name], wire.Say{Text: "hello"})
				s.ask(s.names[name], wire.Private{To: names[0], Text: "hello"})
			}
			if n, _ := s.hub.Pending(s.names[name]); n != 0 {
				t.Fatalf("%d requests of %s wait", n, name)
			}
		}
		s.pass(time.Second)
	}
}

func TestWhoeverHasHadTheLeastIsTheNext(t *testing.T) {
	s := run(t, Config{Rate: 10}, `
		open mallory native from 10.0.0.1
		open ann native from 10.0.0.1
		quietly mallory: guest mallory
		quietly ann: guest ann
		quietly mallory: away a | away b | away c | away d
	`)
	mallory, ann := s.names["mallory"], s.names["ann"]
	sh := s.hub.sessions[ann].share
	sh.spent.whole = s.now.Add(time.Minute) // more than anybody may borrow
	var order []SessionID
	s.onDeliver = func(to SessionID, e wire.Event) {
		if _, ok := e.(*wire.Done); ok {
			order = append(order, to)
		}
	}
	for _, id := range []SessionID{mallory, ann} {
		s.ask(id, wire.Away{Text: "x"})
		s.ask(id, wire.Away{})
	}
	s.pass(time.Minute)
	if want := []SessionID{ann, ann, mallory, mallory}; !slices.Equal(order, want) {
		t.Errorf("the sessions were answered in the order %v, want %v", order, want)
	}
}
