package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// talking begins a scene in a private conversation with alice, whose way is p.
func talking(t *testing.T, p *wire.Path) *scene {
	t.Helper()
	s := entered(t)
	s.book.person("alice")
	s.hear(p)
	s.switchTo(s.book.person("alice"))
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
		{"direct", wire.Path{Way: wire.WayDirect, RTT: 4100, Key: wire.KeyVerified}, false, false,
			" p2p│", "@ alice · verified ✓ · direct UDP 4 ms", "to alice only, encrypted › "},
		{"direct while the server is gone", wire.Path{Way: wire.WayDirect, RTT: 400, Key: wire.KeyKnown}, false, true,
			"● alice             p2p│", "direct UDP <1 ms", "to alice only, encrypted › "},
		{"relayed", wire.Path{Way: wire.WayRelay, RTT: 61_000, Reason: "no datagrams", Key: wire.KeyNew}, false, false,
			" rly│", "new key, not compared · relayed 61 ms: no datagrams", "to alice only (relayed, encrypted) › "},
		{"relayed, and looking on", wire.Path{Way: wire.WayRelay, Trying: true, Key: wire.KeyKnown}, false, false,
			" rly│", "relayed · looking for a direct way", "(relayed, encrypted)"},
		{"relayed while the server is gone", wire.Path{Way: wire.WayRelay, Key: wire.KeyKnown}, false, true,
			" rly│", "relayed", "(offline: will be queued)"},
		{"nobody there", wire.Path{Way: wire.WayNone, Key: wire.KeyKnown}, false, false,
			" off│", "away: lines wait here", "to alice only (away: waits on this machine) › "},
		{"being tried", wire.Path{Way: wire.WayNone, Trying: true, Key: wire.KeyKnown}, false, false,
			"◌ alice             try│", "looking for a way, lines wait here", "(away: waits on this machine)"},
		{"the inbox", wire.Path{Way: wire.WayInbox, Key: wire.KeyKnown}, false, false,
			" box│", "away: lines wait sealed at the", "(away: sealed, waits at the server)"},
		{"through the server", wire.Path{Way: wire.WayPlain, Reason: "alice's program is too old"}, false, false,
			" srv│", "not encrypted: alice's program is too old", "through the server (readable by it)"},
		{"past the server", wire.Path{Way: wire.WayPlain, Addr: "10.0.0.7:2020"}, false, false,
			" pln│", "not encrypted: plain text past the server", "in plain text (readable on the way)"},
		{"a request", wire.Path{Way: wire.WayNone, Key: wire.KeyNew, Guest: true, Request: true}, false, false,
			" ask│", "@ ~alice · asks for a private conversation · a guest's key, not kept", "(a line accepts their request)"},
		{"another key", wire.Path{Way: wire.WayDirect, Key: wire.KeyChanged, Blocked: true}, false, false,
			" !key│", "KEY CHANGED: nothing is sent", "to alice only (blocked: /verify alice) › "},
		{"a refused key", wire.Path{Way: wire.WayNone, Key: wire.KeyRejected, Blocked: true}, false, false,
			" !key│", "key refused: nothing is sent", "(blocked: /verify alice)"},
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
	s.book.person("alice")
	s.types("!")
	s.shows("to alice only, encrypted › ")
}

func TestReceiptsOnlyGoForward(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(mine(1, 14, 0, wire.ReceiptQueued, "one", ""))
	s.shows("queued")
	s.hear(mine(1, 14, 0, wire.ReceiptDelivered, "one", "")) // without sent before it
	s.shows("✓✓│")
	s.shows("outbox 0")
	s.hear(mine(1, 14, 0, wire.ReceiptSent, "one", ""))
	s.hides("✓ sent")
	s.hear(mine(1, 14, 0, wire.ReceiptRead, "one", ""))
	s.shows("✓✓ read")
	s.hear(mine(2, 14, 1, wire.ReceiptQueued, "two", ""), mine(2, 14, 1, wire.ReceiptFailed, "two", "alice refuses"))
	s.shows("failed")
	s.shows("not sent: alice refuses")
	if n := len(s.book.rooms); n != 1 {
		t.Errorf("there are %d rooms: a private receipt made one", n)
	}
}

func TestAReceiptIsOfOwnLinesOnly(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	line := theirs(1, 14, 0, wire.WayDirect, "hers")
	s.hear(line, &wire.Receipt{Client: "gone", To: "alice", State: wire.ReceiptRead, ID: line.ID, At: line.At, Text: "hers"})
	if l := s.book.current.log.lines[0]; l.text != "hers" || l.state != deliveryNone {
		t.Errorf("got %+v", l)
	}
}

func TestWhatLinesWaitForIsSaidOnce(t *testing.T) {
	s := talking(t, &wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyKnown})
	before := len(s.book.current.log.lines)
	s.hear(mine(1, 14, 0, wire.ReceiptQueued, "one", "alice is\x1b[2J away"))
	s.shows("queued: alice is␛[2J away")
	s.press("left")
	if s.moment.flash != "" {
		t.Error("the status row still says it")
	}
	s.hear(mine(2, 14, 0, wire.ReceiptQueued, "two", "alice is\x1b[2J away"))
	if s.moment.flash != "" {
		t.Error("it is said for each line")
	}
	s.shows("queued: alice is␛[2J away") // the hint
	if n := len(s.book.current.log.lines) - before; n != 2 {
		t.Errorf("got %d more lines, want the two", n)
	}
	s.hear(mine(1, 14, 0, wire.ReceiptSent, "one", ""), mine(2, 14, 0, wire.ReceiptSent, "two", ""))
	s.hides("is␛[2J away")
}

func TestARequestIsFoundBeforeAllOtherNews(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, said("general", "bob", 14, 1, 0, "nothing"),
		&wire.Whispered{ID: 5, At: at(14, 1), From: "bob", To: "sara", Text: "psst", Kind: wire.KindAccount},
		&wire.Called{From: "carol", Kind: wire.KindGuest, Secure: true}, &wire.Path{User: "carol", Way: wire.WayNone, Request: true})
	s.shows("○ ~carol          1 ask│")
	s.press("alt+a")
	s.shows("~carol asks for a private conversation. /accept carol")
	s.shows("takes it, /refuse carol does not, /ignore carol hides all")
	s.shows("@ ~carol · asks for a private conversation")
	s.press("enter")
	if len(s.session.private) != 0 || s.book.byID["@carol"].counts.alarm {
		t.Error("Enter without words answered")
	}
	s.press("alt+a")
	if s.book.current.id != "@bob" {
		t.Errorf("got %s: a request that was looked at is no news", s.book.current.id)
	}
	s.hear(&wire.Path{User: "carol", Way: wire.WayDirect, RTT: 9000, Key: wire.KeyNew})
	s.shows(" p2p│")
}

func TestARequestIsAnswered(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Called{From: "carol", Kind: wire.KindAccount, Secure: true}, &wire.Called{From: "mallory", Kind: wire.KindAccount, Secure: true})
	s.ask(s.book.current, wire.Reject{Name: "carol"})
	_, tag := asked[wire.Reject](s.session)
	s.hear(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActReject})
	if c := s.book.byID["@carol"]; c.peer.path.Request || c.counts.alarm {
		t.Error("carol still asks")
	}
	s.enters("/ignore mallory")
	all, _ := asked[wire.Reject](s.session)
	if len(all) != 2 || all[1].Name != "mallory" || s.book.byID["@mallory"] != nil {
		t.Errorf("got %v: who is ignored is refused and taken off the list", all)
	}
	s.hear(&wire.Called{From: "mallory", Kind: wire.KindAccount, Secure: true}, &wire.Path{User: "mallory", Request: true})
	if s.book.byID["@mallory"] != nil {
		t.Error("somebody who is ignored asks again and is seen")
	}
}

func TestStrangersCannotFillTheList(t *testing.T) {
	s := entered(t)
	for i := range 10 * maxAsking {
		name := fmt.Sprintf("m%d", i)
		s.hear(&wire.Called{From: name, Kind: wire.KindGuest, Secure: true}, &wire.Path{User: name, Request: true})
	}
	if n := len(s.book.persons); n != maxAsking {
		t.Errorf("%d places, want %d", n, maxAsking)
	}
	s.shows("more people ask for private conversations than are shown")
	for i := range 2 * maxPeers {
		s.hear(&wire.Path{User: fmt.Sprintf("n%d", i), Way: wire.WayNone})
	}
	if n := len(s.book.peers); n > maxPeers {
		t.Errorf("%d ways are kept, want at most %d", n, maxPeers)
	}
	if !s.book.peers["m1"].path.Request {
		t.Error("the way of somebody on the list was forgotten")
	}
}

func TestAChangedKeyIsLoudAndBlocks(t *testing.T) {
	s := entered(t)
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyChanged, Print: testPrint, Old: "SHA256:old", Text: "it was \x1b[31mold"})
	s.shows(" !key│")
	if at := s.book.byID["@alice"]; at.rank() != 3 {
		t.Errorf("it has rank %d", at.rank())
	}
	s.press("alt+a")
	s.shows("THE KEY OF alice HAS CHANGED. Nothing is sent before you")
	s.shows("have answered: it was ␛[31mold")
	s.shows("/verify alice")
	s.shows("(blocked: /verify alice)")
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyVerified, Print: testPrint}, directTo("alice", 4000))
	s.shows("alice's key is verified")
	s.shows("to alice only, encrypted › ")
}

func TestOtherNewsOfAKeyMakesNoPlace(t *testing.T) {
	s := entered(t)
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyNew, Print: testPrint})
	if s.book.byID["@alice"] != nil {
		t.Error("it made one")
	}
	s.book.person("alice")
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyNew, Print: testPrint})
	s.press("ctrl+n")
	s.shows("alice's key is seen for the first time: hk5Uq0mY…")
}

func TestALineThatCameReadableSaysSo(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(theirs(1, 14, 1, wire.WayDirect, "one"), theirs(2, 14, 2, wire.WayInbox, "two"), theirs(3, 14, 3, "", "three"), theirs(4, 14, 4, wire.WayPlain, "four"))
	var got []string
	for _, l := range s.book.current.log.lines {
		if l.spoken() {
			got = append(got, l.text)
		}
	}
	if diff := cmp.Diff([]string{"one", "two", "(not encrypted) three", "(not encrypted) four"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.hear(&wire.Whispered{ID: 9, At: at(14, 5), From: "bob", To: "sara", Text: "from an old program"})
	s.press("alt+a")
	s.hides("(not encrypted)") // the title says it of all
}

func TestAWayThatComesAndGoesIsOneNote(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.shows("direct connection made")
	for range 5 {
		s.hear(&wire.Path{User: "alice", Way: wire.WayNone, Reason: "no answer"}, directTo("alice", 5000))
	}
	if n := strings.Count(s.View(), "direct connection made"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, s.View())
	}
	s.hear(theirs(1, 14, 34, wire.WayDirect, "hello"), &wire.Path{User: "alice", Way: wire.WayRelay, Reason: "the network changed"})
	s.shows("direct connection made")
	s.shows("relayed from here on, encrypted: the network changed")
}

func TestReadingIsToldWhereItCanBe(t *testing.T) {
	seen := func(s *scene) []wire.Seen { all, _ := asked[wire.Seen](s.session); return all }
	s := talking(t, directTo("alice", 4000))
	line := theirs(1, 14, 33, wire.WayDirect, "hello")
	s.hear(line)
	if len(seen(s)) != 0 {
		t.Fatal("told at once")
	}
	s.wait(lookFor)
	if diff := cmp.Diff([]wire.Seen{{Name: "alice", Last: line.ID}}, seen(s)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.hear(mine(1, 14, 34, wire.ReceiptQueued, "mine", ""), mine(1, 14, 34, wire.ReceiptSent, "mine", ""))
	s.press("alt+end")
	s.wait(lookFor)
	if len(seen(s)) != 1 {
		t.Errorf("own lines are told as read: %v", seen(s))
	}
	s.hear(&wire.Path{User: "alice", Way: wire.WayNone}, theirs(2, 14, 35, wire.WayDirect, "and"))
	s.wait(lookFor)
	if len(seen(s)) != 1 {
		t.Fatalf("told where nobody can hear it: %v", seen(s))
	}
	s.hear(directTo("alice", 4000))
	if got := seen(s); len(got) != 2 || got[1].Last != theirs(2, 14, 35, "", "").ID {
		t.Errorf("not told when the way came back: %v", got)
	}
	s.hear(&wire.Path{User: "alice", Way: wire.WayDirect, Request: true}, theirs(3, 14, 36, wire.WayDirect, "let me in"))
	s.wait(lookFor)
	if len(seen(s)) != 2 {
		t.Error("a stranger is told what we read")
	}
}

func TestTypingIsToldPastTheServerToo(t *testing.T) {
	typing := func(s *scene) int { all, _ := asked[wire.Typing](s.session); return len(all) }
	for _, tt := range []struct {
		name string
		path wire.Path
		want int
	}{
		{"direct", wire.Path{Way: wire.WayDirect}, 1},
		{"nobody there", wire.Path{Way: wire.WayNone}, 0},
		{"a request", wire.Path{Way: wire.WayDirect, Request: true}, 0},
		{"another key", wire.Path{Way: wire.WayDirect, Blocked: true}, 0},
		{"through the server, which is gone", wire.Path{Way: wire.WayPlain}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.path.User = "alice"
			s := talking(t, &tt.path)
			s.hear(offline(s))
			s.types("hello")
			if got := typing(s); got != tt.want {
				t.Errorf("told %d times, want %d", got, tt.want)
			}
		})
	}
}

func TestARouteIsAnsweredWhereItWasAsked(t *testing.T) {
	s := entered(t)
	s.ask(s.book.current, wire.Route{Name: "alice", Mode: wire.RouteRelay})
	_, tag := asked[wire.Route](s.session)
	p := directTo("alice", 4000)
	p.Way, p.Re.Re, p.Reason = wire.WayRelay, tag, "you want it so"
	s.hear(p)
	s.shows("alice: verified ✓, relayed 4 ms: you want it so")
	s.hear(&wire.Shared{Typing: true})
	s.shows("others are told in private that you are typing: yes")
	s.shows("what you have read: no")
}

func TestWaysEndWithTheirSession(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(&wire.Status{State: wire.StateEnded, Reason: "replaced"})
	s.hides("direct UDP")
	if names := s.book.direct(); len(names) != 0 {
		t.Errorf("got %v", names)
	}
}

func TestTheInspectorAsksForAFreshPathOnly(t *testing.T) {
	s := entered(t)
	s.press("alt+i")
	if all, _ := asked[wire.Route](s.session); len(all) != 0 {
		t.Errorf("a room has no way: %v", all)
	}
	s.book.person("alice")
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
	bars := []rune("12345678")
	for _, tt := range []struct {
		values []int64
		want   string
	}{{nil, ""}, {[]int64{5}, "8"}, {[]int64{0, 7, 14}, "148"}, {[]int64{-3, 0}, "11"}, {[]int64{1 << 62 >> 4, 1}, "81"}} {
		if got := spark(tt.values, bars); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.values, got, tt.want)
		}
	}
	if !slices.IsSorted(bars) {
		t.Error("the bars of this test are out of order")
	}
}
