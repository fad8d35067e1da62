package hub

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
)

// relayers has so many pairs of guests agree, each at addresses of its own that
// address says.
func relayers(t *testing.T, cfg Config, pairs int, address func(i int) string) *script {
	t.Helper()
	s := run(t, cfg, "")
	for i := range pairs {
		for _, name := range []string{"from", "to"} {
			name = fmt.Sprint(name, i)
			s.openAs(name, "safe", netip.AddrPortFrom(netip.MustParseAddr(address(i)), 4000))
			s.ask(s.names[name], wire.Hello{Version: 1, Profile: profile(name)})
			s.ask(s.names[name], wire.Guest{Name: name})
			s.ask(s.names[name], wire.UDP{Key: keyOf("phone")})
		}
		s.ask(s.names[fmt.Sprint("from", i)], wire.Punch{To: fmt.Sprint("to", i), Call: callOf("c1")})
		s.ask(s.names[fmt.Sprint("to", i)], wire.Punch{To: fmt.Sprint("from", i), Call: callOf("c1")})
	}
	clear(s.heard)
	return s
}

// relayHard has pairs send as much as a pair may for some seconds, and returns
// how many bytes came over, and what people were told.
func (s *script) relayHard(pairs, seconds int, beside func(tenth int)) (bytes int, told []string) {
	s.onDeliver = func(_ SessionID, e wire.Event) {
		switch e := e.(type) {
		case *wire.Relayed:
			bytes += len(e.Data)
		case *wire.Notice:
			told = append(told, e.Text)
		default:
		}
	}
	for tenth := range seconds * 10 {
		for n := range pairs * 20 {
			s.ask(s.names[fmt.Sprint("from", n%pairs)], wire.Relay{To: fmt.Sprint("to", n%pairs), Data: make([]byte, wire.MaxRelayed)})
		}
		if beside != nil {
			beside(tenth)
		}
		s.pass(100 * time.Millisecond)
	}
	return bytes, told
}

func TestOneAddressIsRelayedAFourthOfAllAndToldWhyNoMore(t *testing.T) {
	s := relayers(t, Config{}, 12, func(int) string { return "10.0.0.1" })
	bytes, told := s.relayHard(12, 10, nil)
	// What those who are new may borrow comes on top, once.
	if most := 11*(1<<20) + 1<<20; bytes > most || bytes < 9<<20 {
		t.Errorf("12 pairs of one address were relayed %d bytes in 10 s, want %d at most", bytes, most)
	}
	if n := len(told); n == 0 || n > 24 || !strings.Contains(strings.Join(told, "\n"), "10.0.0.1") {
		t.Errorf("they were told %d times: %q", n, told)
	}
}

func TestAllTogetherAreRelayedWhatTheOperatorSays(t *testing.T) {
	s := relayers(t, Config{Relay: Relaying{PerSecond: 1 << 20}}, 24, func(i int) string { return fmt.Sprint("10.0.0.", i+1) })
	bytes, told := s.relayHard(24, 10, nil)
	if most := 11*(1<<20) + 1<<20; bytes > most || bytes < 9<<20 {
		t.Errorf("24 pairs were relayed %d bytes in 10 s, want %d at most", bytes, most)
	}
	if !strings.Contains(strings.Join(told, "\n"), "in all") {
		t.Errorf("nobody was told why: %q", told)
	}
}

// TestLinesAreRelayedBesideThoseWhoRelayMuch has thirty quiet people behind the
// address of those who take all that it is given.
func TestLinesAreRelayedBesideThoseWhoRelayMuch(t *testing.T) {
	const hogs, quiet = 20, 15
	s := relayers(t, Config{}, hogs+quiet, func(int) string { return "10.0.0.1" })
	lost := 0
	line := make([]byte, 300)
	s.relayHard(hogs, 10, func(tenth int) {
		i := hogs + tenth%quiet
		s.ask(s.names[fmt.Sprint("to", i)], wire.Relay{Head: wire.Head{Tag: "x"}, To: fmt.Sprint("from", i), Data: line})
		s.ask(s.names[fmt.Sprint("from", i)], wire.Relay{Head: wire.Head{Tag: "x"}, To: fmt.Sprint("to", i), Data: line})
	})
	arrived := 0
	s.onDeliver = func(_ SessionID, e wire.Event) {
		switch e.(type) {
		case *wire.Refused:
			lost++
		case *wire.Relayed:
			arrived++
		default:
		}
	}
	for i := hogs; i < hogs+quiet; i++ { // all at once
		s.ask(s.names[fmt.Sprint("to", i)], wire.Relay{Head: wire.Head{Tag: "x"}, To: fmt.Sprint("from", i), Data: line})
	}
	if lost != 0 || arrived != quiet {
		t.Errorf("%d lines of %d quiet people arrived, and %d were refused", arrived, quiet, lost)
	}
}

func TestWhoSendsFarMoreThanIsRelayedIsReadMoreSlowly(t *testing.T) {
	tests := []struct {
		name   string
		beside func(s *script, from SessionID)
	}{
		{"and sends nothing else", func(*script, SessionID) {}},
		{"and always has another request that waits for its budget", func(s *script, from SessionID) {
			for n, _ := s.hub.Pending(from); n < 4; n, _ = s.hub.Pending(from) {
				s.ask(from, wire.Away{Text: "x"})
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := relayers(t, Config{Rate: 10}, 1, func(int) string { return "10.0.0.1" })
			from, taken := s.names["from0"], 0
			for range 100 { // ten seconds
				tt.beside(s, from)
				for range 1000 {
					if n, _ := s.hub.Pending(from); n >= 64 {
						break
					}
					s.ask(from, wire.Relay{To: "to0", Data: make([]byte, 1000)})
					taken++
				}
				s.pass(100 * time.Millisecond)
			}
			relayed, dropped := 64<<10+10*256<<10, 256<<10+10*64<<10
			if most := (relayed+dropped)/1000 + 64; taken > most {
				t.Errorf("%d datagrams of 1,000 bytes were read in 10 s, want %d at most", taken, most)
			}
			s.pass(15 * time.Second)
			s.ask(from, wire.Ping{Head: wire.Head{Tag: "x"}})
			if n, _ := s.hub.Pending(from); n != 0 {
				t.Errorf("%d requests wait though nothing is sent to be relayed any more", n)
			}
		})
	}
}

func TestNothingIsRelayedWhereThatIsOff(t *testing.T) {
	s := relayers(t, Config{Relay: Relaying{Off: true}}, 1, func(int) string { return "10.0.0.1" })
	from := s.names["from0"]
	s.ask(from, wire.Relay{Head: wire.Head{Tag: "x"}, To: "to0", Data: []byte("x")})
	s.ask(from, wire.Relay{To: "to0", Data: []byte("x")})
	s.ask(from, wire.Punch{To: "to0", Call: callOf("c2"), Relay: true})
	s.ask(from, wire.UDP{Key: keyOf("phone")})
	if n := len(s.heard[s.names["to0"]]); n != 0 {
		t.Errorf("%d events came over", n)
	}
	got := s.heard[from]
	if len(got) != 4 {
		t.Fatalf("heard %v", got)
	}
	for i, want := range []string{"refused relay unsupported", "notice", "refused punch unsupported"} {
		if !strings.HasPrefix(words(got[i]), want) {
			t.Errorf("got %q, want %q", words(got[i]), want)
		}
	}
	if e, ok := got[3].(*wire.Endpoint); !ok || !e.NoRelay {
		t.Errorf("got %+v, want an endpoint that says so", got[3])
	}
}
