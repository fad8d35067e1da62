package tui

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// talking begins a scene in a private conversation with alice, whose way is p.
func talking(t *testing.T, p *wire.Path) *scene {
	t.Helper()
	s := entered(t)
	s.Book.Person("alice")
	s.hear(p)
	s.switchTo(s.Book.Person("alice"))
	s.clock.now = s.clock.now.Add(time.Second)
	return s
}

func TestTheScreenSaysHowPrivateLinesTravel(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		path                  wire.Path
		direct, lost          bool
		badge, title, written string
	}{
		{
			"direct",
			wire.Path{Way: wire.WayDirect, RTT: 4100, Key: wire.KeyVerified},
			false, false,
			" p2p│", "@ alice · verified ✓ · direct UDP 4 ms", "to alice only, encrypted › ",
		},
		{
			"direct while the server is gone",
			wire.Path{Way: wire.WayDirect, RTT: 400, Key: wire.KeyKnown},
			false, true,
			"● alice           p2p│", "direct UDP <1 ms", "to alice only, encrypted › ",
		},
		{
			"relayed",
			wire.Path{Way: wire.WayRelay, RTT: 61_000, Reason: "no datagrams", Key: wire.KeyNew},
			false, false,
			" rly│", "new key, not compared · relayed 61 ms: no datagrams", "to alice only (relayed, encrypted) › ",
		},
		{
			"relayed, and looking on",
			wire.Path{Way: wire.WayRelay, Trying: true, Key: wire.KeyKnown},
			false, false,
			" rly│", "relayed · looking for a direct way", "(relayed, encrypted)",
		},
		{
			"relayed while the server is gone",
			wire.Path{Way: wire.WayRelay, Key: wire.KeyKnown},
			false, true,
			" rly│", "relayed", "(offline: will be queued)",
		},
		{
			"nobody there",
			wire.Path{Way: wire.WayNone, Key: wire.KeyKnown, Reason: "alice is away"},
			false, false,
			" off│", "lines wait here: alice is away", "to alice only (waits on this machine) › ",
		},
		{
			"not connected", // nobody knows whether alice is away
			wire.Path{Way: wire.WayNone, Key: wire.KeyKnown},
			false, false,
			" off│", "the next line opens a connection", "to alice only (opens a connection) › ",
		},
		{
			"asked",
			wire.Path{Way: wire.WayNone, Trying: true, Asked: true, Key: wire.KeyNew, Reason: "alice was asked; lines go when alice accepts"},
			false, false,
			" ask│", "alice was asked; lines go when alice accepts", "to alice only (goes when alice accepts) › ",
		},
		{
			"being tried",
			wire.Path{Way: wire.WayNone, Trying: true, Key: wire.KeyKnown},
			false, false,
			"◌ alice           try│", "looking for a way, lines wait here", "(waits on this machine)",
		},
		{
			"the inbox",
			wire.Path{Way: wire.WayInbox, Key: wire.KeyKnown},
			false, false,
			" box│", "away: lines wait sealed at the", "(away: sealed, waits at the server)",
		},
		{
			"through the server",
			wire.Path{Way: wire.WayPlain, Reason: "alice's program is too old"},
			false, false,
			" srv│", "not encrypted: alice's program is too old", "through the server (readable by it)",
		},
		{
			"past the server",
			wire.Path{Way: wire.WayPlain, Addr: "10.0.0.7:2020"},
			false, false,
			" pln│", "not encrypted: plain text past the server", "in plain text (readable on the way)",
		},
		{
			"a request",
			wire.Path{Way: wire.WayNone, Key: wire.KeyNew, Guest: true, Request: true},
			false, false,
			" ask│", "@ ~alice · asks for a private conversation · a guest's key, not kept", "(a line accepts their request)",
		},
		{
			"another key",
			wire.Path{Way: wire.WayDirect, Key: wire.KeyChanged, Blocked: true},
			false, false,
			" !key│", "KEY CHANGED: nothing is sent", "to alice only (blocked: /verify alice) › ",
		},
		{
			"a refused key",
			wire.Path{Way: wire.WayNone, Key: wire.KeyRejected, Blocked: true},
			false, false,
			" !key│", "key refused: nothing is sent", "(blocked: /verify alice)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.path.User = "alice"
			s := talking(t, &tt.path)
			if tt.path.Guest {
				s.hear(&wire.Left{Room: "lab3", Name: "alice"})
			}
			if tt.lost {
				s.hear(offline(s))
				s.press("esc")
			}
			s.shows(tt.badge)
			s.shows(tt.title)
			s.shows(tt.written)
		})
	}
}

func TestARoomSaysNothingOfWays(t *testing.T) {
	s := entered(t)
	s.hear(directTo("alice", 4000))
	s.shows("#lab3 › ")
	s.types("@alice: psst")
	s.hides("encrypted") // nobody has opened a conversation with her: the server is asked first
	s.Book.Person("alice")
	s.types("!")
	s.shows("to alice only, encrypted › ")
}

func TestTheInspectorAsksForAFreshPathOnly(t *testing.T) {
	s := entered(t)
	s.press("alt+i")
	if all, _ := asked[wire.Route](s.session); len(all) != 0 {
		t.Errorf("a room has no way: %v", all)
	}
	s.Book.Person("alice")
	s.press("ctrl+n")
	all, tag := asked[wire.Route](s.session)
	if diff := cmp.Diff([]wire.Route{{Name: "alice"}}, all); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	p := directTo("alice", 4000)
	p.Re.Re = tag
	s.hear(p, directTo("alice", 8000))
	s.hides("alice: verified")
	for _, want := range []string{"PEER alice", "path  direct UDP", "nat   independent", "rtt   8 ms ▄█", "loss  0 / 212", "✓ checked", "since 13:58", "sent  118 ack 118", "dup   1 dropped"} {
		s.shows(want)
	}
	s.press("alt+i")
	s.hides("PEER")
	if all, _ := asked[wire.Route](s.session); len(all) != 2 && len(all) != 1 {
		t.Errorf("got %d questions", len(all))
	}
}

func TestASparkIsAsHighAsItsValue(t *testing.T) {
	bars := []text.Safe{"1", "2", "3", "4", "5", "6", "7", "8"}
	for _, tt := range []struct {
		values []int64
		want   text.Safe
	}{{nil, ""}, {[]int64{5}, "8"}, {[]int64{0, 7, 14}, "148"}, {[]int64{-3, 0}, "11"}, {[]int64{1 << 62 >> 4, 1}, "81"}} {
		if got := spark(tt.values, bars); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.values, got, tt.want)
		}
	}
	if !slices.IsSorted(bars) {
		t.Error("the bars of this test are out of order")
	}
}
