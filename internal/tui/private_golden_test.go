package tui

import (
	"fmt"
	"testing"

	"labchat/internal/wire"
)

// testPrint names a key in the tests.
const testPrint = "SHA256:hk5Uq0mYcVb1sJ8xQ2rZt7"

// directTo is a good way to somebody whose key was compared.
func directTo(name string, rtt int64) *wire.Path {
	return &wire.Path{
		User: name, Way: wire.WayDirect, RTT: rtt, Addr: "203.0.113.9:2021", NAT: wire.NATIndependent, Since: at(13, 58),
		Key: wire.KeyVerified, Device: testPrint, Sent: 118, Acked: 118, Doubles: 1, Packets: 212,
	}
}

// mine is how far a line of ours to alice has come.
func mine(n, hour, minute int, state wire.ReceiptState, words, reason string) *wire.Receipt {
	r := &wire.Receipt{
		Client: wire.ClientID(fmt.Sprintf("p%d", n)), To: "alice", State: state, As: "sara", At: at(hour, minute), Text: words, Reason: reason,
	}
	if state != wire.ReceiptQueued && state != wire.ReceiptFailed {
		r.ID = wire.FirstID(r.At) + wire.ID(n)
	}
	return r
}

// theirs is a line of alice's that came the given way.
func theirs(n, hour, minute int, way wire.Way, words string) *wire.Whispered {
	return &wire.Whispered{
		ID: wire.FirstID(at(hour, minute)) + wire.ID(n), At: at(hour, minute), From: "alice", To: "sara", Kind: wire.KindAccount, Text: words,
		Via: wire.Via{Way: way},
	}
}

// private is a conversation that goes straight to the other screen.
func private(s *scene) {
	lab(s)
	s.press("ctrl+u")
	for _, rtt := range []int64{3800, 4100, 6900, 4300, 12000, 4000} {
		s.hear(directTo("alice", rtt))
	}
	s.hear(theirs(1, 13, 58, wire.WayDirect, "hey, did the FIN come from you?"))
	s.hear(
		&wire.Path{User: "bob", Way: wire.WayRelay, RTT: 61000, Key: wire.KeyKnown, Device: testPrint, Reason: "both routers change ports"},
		&wire.Path{User: "carol", Way: wire.WayNone, Key: wire.KeyKnown, Device: testPrint},
	)
	s.Book.Person("carol")
	s.switchTo(s.Book.Person("alice"))
	for n, state := range []wire.ReceiptState{wire.ReceiptRead, wire.ReceiptDelivered, wire.ReceiptSent} {
		words := []string{"yes, look at 13:57:04", "second try, other laptop", "and the capture of it"}[n]
		s.hear(mine(n, 13, 59+n, wire.ReceiptQueued, words, ""), mine(n, 13, 59+n, state, words, ""))
	}
	s.hear(mine(4, 14, 4, wire.ReceiptQueued, "and one more", "the way is being made"))
	s.hear(theirs(2, 14, 20, wire.WayDirect, "got the first one"), theirs(3, 14, 21, wire.WayDirect, "the second came twice, same id, dropped"))
	s.press("ctrl+l")
}

// file is how far alice's file has come.
func file(state wire.TransferState, done int64) *wire.Transfer {
	return &wire.Transfer{
		ID: "f1", User: "alice", Name: "client1.pcap", Size: 84_000, Done: done, Rate: 1_200_000, State: state, At: at(14, 22),
		SHA256: "9f2c0d1e2f3a4b5c6d7e8f900102030405060708090a0b0c0d0e0f1011121341",
	}
}

func safetyOf(name string) *wire.Safety {
	return &wire.Safety{
		User: name, State: wire.KeyKnown, Print: testPrint, Own: "SHA256:own", Since: at(14, 0), Lines: 118,
		Groups: []string{"37049", "91223", "50871", "00412", "88120", "17640", "29935", "61107", "45518", "70266", "13399", "84021"},
		Words:  []string{"acid", "ladder", "orbit", "velvet", "copper", "mango", "tunnel", "quartz", "saddle", "breeze", "ivory", "pepper"},
		Code:   "370499122350871004128812017640299356110745518702661339984021",
	}
}

// verifying has the question whether alice is alice on the screen.
func verifying(s *scene) {
	s.Ask(s.Book.Current, wire.Verify{Name: "alice"})
	e := safetyOf("alice")
	_, e.Re.Re = asked[wire.Verify](s.session)
	s.hear(e)
	s.clock.now = s.clock.now.Add(restFor)
}

func asking(s *scene) {
	lab(s)
	s.press("ctrl+u")
	s.hear(&wire.Called{From: "mallory", Kind: wire.KindGuest, Secure: true},
		&wire.Path{User: "mallory", Way: wire.WayNone, Key: wire.KeyNew, Guest: true, Request: true, Device: testPrint})
}

func blocked(s *scene) {
	private(s)
	s.hear(&wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyChanged, Blocked: true, Device: testPrint},
		&wire.KeySeen{User: "alice", State: wire.KeyChanged, Print: testPrint, Old: "SHA256:old"})
}

func waitingLines(s *scene) {
	blocked(s)
	s.hear(mine(5, 14, 5, wire.ReceiptQueued, "did you get a new machine?", "the key of alice has changed"), waits(1),
		&wire.Receipt{Client: "q1", To: "carol", State: wire.ReceiptQueued, As: "sara", At: at(14, 1), Text: "sheet 4 is out\nread it", Reason: "carol is away"})
	s.press("alt+o", "down")
}

func TestPrivateScreensLookAsAgreed(t *testing.T) {
	all, usual := sizes, [][2]int{{50, 15}, {80, 24}}
	for _, tt := range []struct {
		name  string
		sizes [][2]int
		play  func(*scene)
	}{
		{"private", all, private},
		{"request", usual, func(s *scene) { asking(s); s.press("alt+a", "alt+a") }},
		{"request-listed", [][2]int{{80, 24}}, asking},
		{"blocked", usual, blocked},
		{"verify", usual, func(s *scene) { private(s); verifying(s) }},
		{"verify-words", usual, func(s *scene) { private(s); verifying(s); s.types("w") }},
		{"verify-code", usual, func(s *scene) { private(s); verifying(s); s.types("q") }},
		{"waiting", all, waitingLines},
		{"inspector", [][2]int{{50, 15}, {80, 24}, {120, 40}, {200, 50}}, func(s *scene) { private(s); s.press("alt+i") }},
		{"transfer", usual, func(s *scene) { private(s); s.hear(file(wire.TransferOffered, 0), file(wire.TransferRunning, 65_600)) }},
		{"banner-direct", [][2]int{{80, 24}, {120, 40}}, func(s *scene) { private(s); s.press("ctrl+p"); s.hear(offline(s), waits(1)) }},
	} {
		for _, size := range tt.sizes {
			t.Run(fmt.Sprintf("%s %dx%d", tt.name, size[0], size[1]), func(t *testing.T) {
				s := open(t, size[0], size[1])
				tt.play(s)
				golden(t, fmt.Sprintf("%s-%dx%d.txt", tt.name, size[0], size[1]), s.View(), size[0], size[1])
			})
		}
	}
}
