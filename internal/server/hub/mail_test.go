package hub

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"labchat/internal/wire"
)

// tells leaves a line and reports whether it was taken.
func (s *script) tells(id SessionID, to, text string) bool {
	s.heard[id] = nil
	s.ask(id, wire.Private{To: to, Text: text})
	_, ok := s.heard[id][len(s.heard[id])-1].(*wire.Accepted)
	return ok
}

// waiting counts the lines in target's inbox whose text begins so.
func (s *script) waiting(begins string) (n int) {
	for _, e := range s.log.inbox["target"] {
		if strings.HasPrefix(lineText(e), begins) {
			n++
		}
	}
	return n
}

// away makes an account that has spoken to a friend and is away, and returns the
// friend's connection.
func away(s *script) SessionID {
	friend := s.behind("10.0.0.7", "friend", true)
	s.tells(s.behind("10.0.0.7", "target", true), "friend", "hello")
	s.step("gone target")
	return friend
}

// TestAnInboxIsNotFilledByOneAddress has 11 guests leave all the lines they may,
// again and again, each under four names, with 30 people behind their address.
func TestAnInboxIsNotFilledByOneAddress(t *testing.T) {
	s := run(t, Config{}, "")
	friend := away(s)
	var quiet []SessionID
	for i := range 30 {
		id := s.behind(attackers, fmt.Sprint("calm", i), false)
		quiet = append(quiet, id)
		if !s.tells(id, "target", "calm before") {
			t.Errorf("quiet guest %d is refused before", i)
		}
	}
	flood := func(round int) {
		for i := range 11 {
			id := s.behind(attackers, fmt.Sprintf("bad%d.%d", round, i), false)
			for j := range 4 {
				s.ask(id, wire.Guest{Name: fmt.Sprintf("b%d.%d.%d", round, i, j)})
				for range 20 {
					s.tells(id, "target", "bad")
				}
			}
		}
	}
	flood(1)
	for i, id := range quiet {
		if !s.tells(id, "target", "calm after") {
			t.Errorf("quiet guest %d is refused after: %v", i, s.heard[id])
		}
	}
	flood(2)
	if !s.tells(friend, "target", "friend") {
		t.Errorf("the friend is refused: %v", s.heard[friend])
	}
	elsewhere := s.behind("10.0.0.9", "elsewhere", false)
	if !s.tells(elsewhere, "target", "elsewhere") {
		t.Errorf("a guest elsewhere is refused: %v", s.heard[elsewhere])
	}
	flood(3)
	for begins, want := range map[string]int{"friend": 1, "elsewhere": 1, "calm before": 30, "calm after": 30, "bad": defaultLimits.InboxAddress - 60} {
		if got := s.waiting(begins); got != want {
			t.Errorf("%d lines of %q wait, want %d", got, begins, want)
		}
	}
	s.restart()
	s.order = nil
	clear(s.names)
	flood(4)
	for begins, want := range map[string]int{"friend": 1, "elsewhere": 1} {
		if got := s.waiting(begins); got != want {
			t.Errorf("after a restart %d lines of %q wait, want %d", got, begins, want)
		}
	}
	if got := len(s.log.inbox["target"]); got != defaultLimits.InboxAddress+2 {
		t.Errorf("after a restart %d lines wait, want %d", got, defaultLimits.InboxAddress+2)
	}
}

// TestWhoWasThereBeforeKeepsItsLineWhereEachLeavesOne has guests leave one line
// each and go, which are as well behaved as the people who were there before.
func TestWhoWasThereBeforeKeepsItsLineWhereEachLeavesOne(t *testing.T) {
	s := run(t, Config{}, "")
	away(s)
	var calm []SessionID
	for i := range 30 {
		calm = append(calm, s.behind(attackers, fmt.Sprint("calm", i), false))
	}
	for _, id := range calm[:15] {
		s.tells(id, "target", "calm")
	}
	for i := range 300 {
		name := fmt.Sprint("bad", i)
		s.tells(s.behind(attackers, name, false), "target", "bad")
		s.step("gone " + name)
	}
	for _, id := range calm[15:] {
		s.tells(id, "target", "calm")
	}
	if got := s.waiting("calm"); got != 30 {
		t.Errorf("%d lines of those who were there before wait, want 30", got)
	}
	if got := s.waiting("bad"); got != defaultLimits.InboxAddress-30 {
		t.Errorf("%d lines of those who came later wait, want %d", got, defaultLimits.InboxAddress-30)
	}
}

func TestFriendsHaveTheirHalfOfAnInboxWhereverStrangersComeFrom(t *testing.T) {
	most := Limits{Inbox: 100, InboxPair: 50, InboxStrangers: 50, InboxAddress: 10}
	s := run(t, Config{Limits: most}, "")
	friend := away(s)
	for i := range 20 {
		id := s.behind(fmt.Sprint("10.0.1.", i), fmt.Sprint("bad", i), i%2 == 0)
		for range most.InboxAddress {
			s.tells(id, "target", "bad")
		}
	}
	if got := s.waiting("bad"); got != most.InboxStrangers {
		t.Errorf("%d lines of strangers wait, want %d", got, most.InboxStrangers)
	}
	for i := range most.InboxPair {
		if !s.tells(friend, "target", "friend") {
			t.Errorf("line %d of the friend is refused", i)
		}
	}
	if s.tells(friend, "target", "one too many") {
		t.Error("a friend leaves more than a pair may")
	}
	s.openAs("target", "safe", netip.MustParseAddrPort("10.0.0.7:9"))
	id := s.names["target"]
	s.ask(id, wire.Login{Name: "target", Password: "pw"})
	s.heard[id] = nil
	s.ask(id, wire.Inbox{})
	// 20 strangers have left 10 lines each, and 50 of them wait.
	if got, ok := s.heard[id][0].(*wire.InboxCount); !ok || got.Dropped != 150 {
		t.Errorf("got %+v, want to be told how many lines gave way", s.heard[id][0])
	}
}

func TestWhomAnAccountKnows(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		knows        bool
	}{
		{"whom it has written to", "quietly a: tell bob hi", true},
		{"and over a restart", "quietly a: tell bob hi\nrestart", true},
		{"not who has written to it", "quietly b: tell ann hi", false},
		{"not a guest of that name", "quietly a: guest anna | tell bob hi", false},
		{"not who has the name of one that was removed", "quietly a: tell bob hi\nquietly op remove bob\nquietly op add bob", false},
		{"nor over a restart", "quietly a: tell bob hi\nquietly op remove bob\nquietly op add bob\nrestart", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := run(t, Config{}, `
				quietly op add ann
				quietly op add bob
				open a native
				open b native
				quietly a: login ann pw
				quietly b: login bob pw
				`+tt.script)
			if got := s.hub.names.account("ann").inbox.knows(mail{from: "bob"}); got != tt.knows {
				t.Errorf("ann knows bob: %t, want %t", got, tt.knows)
			}
			if s.hub.names.account("ann").inbox.knows(mail{from: "bob", guest: true}) {
				t.Error("ann knows a guest")
			}
		})
	}
}

func TestWhomAnAccountKnowsIsBounded(t *testing.T) {
	s := run(t, Config{}, "quietly op add ann")
	for i := range MaxTalked + 10 {
		s.hub.inboxes.applyTalked(Talked{Name: "ann", To: fmt.Sprint("p", i)})
	}
	if got := s.hub.names.account("ann").inbox.talked; len(got) != MaxTalked || got[0] != "p10" {
		t.Errorf("%d are known, the first is %s", len(got), got[0])
	}
}
