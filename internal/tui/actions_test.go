package tui

import (
	"fmt"
	"strings"
	"testing"

	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

func TestAMistypedCommandIsNeverSent(t *testing.T) {
	s := entered(t)
	s.enters("/jion lab4")
	s.enters("$geheimnis")
	if len(s.session.said) != 0 {
		t.Errorf("sent %+v", s.session.said)
	}
	s.shows("/join")
	for _, line := range s.archive.inputs["#lab3"] {
		t.Errorf("remembered %q", line)
	}
}

func TestWhereNobodyMayRegisterNoPasswordIsAskedFor(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Welcome{Register: true})
	s.enters("/register sara")
	s.shows("new password for sara")
	s.press("esc")
	s.hear(&wire.Welcome{}) // the server is back with another configuration
	s.enters("/register sara")
	s.shows("This server takes no new accounts")
	s.hides("new password for sara")
}

func TestASecretIsMaskedAndNeverRemembered(t *testing.T) {
	s := entered(t)
	s.enters("/register sara")
	for range 2 {
		s.types("correct horse")
		s.hides("horse")
		s.shows("•••••••••••••")
		s.press("enter")
	}
	all, _ := asked[wire.Register](s.session)
	if len(all) != 1 || all[0].Password.Reveal() != "correct horse" || all[0].Name != "sara" {
		t.Fatalf("got %d requests", len(all))
	}
	if inputs := fmt.Sprint(s.archive.inputs, s.bar.composer.here.lines); strings.Contains(inputs, "horse") {
		t.Error("the history holds the password")
	}
	s.press("up")
	s.hides("horse")
}

func TestIgnoredPeopleAreHidden(t *testing.T) {
	s := entered(t)
	s.hear(said("lab3", "mallory", 14, 1, 0, "spam"), said("lab3", "bob", 14, 2, 0, "fine"))
	s.enters("/ignore Mallory")
	s.hear(said("lab3", "mallory", 14, 3, 0, "more spam"), &wire.Whispered{ID: 9, From: "mallory", To: "sara", Text: "spam"})
	s.expect("fine")
	if s.Book.ByID["@mallory"] != nil {
		t.Error("a private line of theirs is shown")
	}
	if len(s.archive.ignored) != 1 {
		t.Errorf("the archive has %v", s.archive.ignored)
	}
	s.enters("/unignore mallory")
	s.expect("spam", "fine", "more spam")
}

func TestAnswersAreReadable(t *testing.T) {
	s := entered(t)
	s.enters("/users")
	_, tag := asked[wire.People](s.session)
	s.hear(&wire.PeopleList{Re: wire.Re{Re: tag}, People: []wire.Person{{Name: "alice", Kind: wire.KindAccount}, {Name: "x", Kind: wire.KindGuest, Away: "lunch"}}, More: 2})
	s.shows("4 people online: alice, ~x (away: lunch) and 2 more")
	s.enters("/rooms")
	_, tag = asked[wire.Rooms](s.session)
	s.hear(&wire.RoomList{Re: wire.Re{Re: tag}, Rooms: []wire.RoomInfo{{Room: "lab4", Topic: "sheet 4", People: 1}}, More: 7})
	s.shows("#lab4 · 1 person · sheet 4")
	s.shows("and 7 more")
	s.enters("/whois alice")
	_, tag = asked[wire.Whois](s.session)
	s.hear(&wire.UserInfo{Re: wire.Re{Re: tag}, Name: "alice", Kind: wire.KindAccount, Online: true, Rooms: []string{"lab3"}, More: 2})
	s.shows("alice · account · online · rooms: lab3 and 2 more")
	s.enters("/whois nobody")
	_, tag = asked[wire.Whois](s.session)
	s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActWhois, Code: wire.CodeNoUser, Text: "There is nobody of that name.", Near: []string{"bob"}})
	s.shows("refused: There is nobody of that name.")
	s.shows("bob?)")
}

// TestThePeopleOfABigRoomFillTheListWithoutAWord is told of the others behind those
// that the answer to a join has held.
func TestThePeopleOfABigRoomFillTheListWithoutAWord(t *testing.T) {
	s := entered(t)
	at := s.Book.Current
	lines := len(at.Log.Lines)
	s.hear(&wire.Entered{Room: "lab3", People: []wire.Person{{Name: "sara", Kind: wire.KindAccount}}, More: 499})
	all := []wire.Person{{Name: "sara", Kind: wire.KindAccount}}
	for i := range 499 {
		all = append(all, wire.Person{Name: fmt.Sprint("guest", i), Kind: wire.KindGuest})
	}
	s.hear(&wire.PeopleList{Room: "lab3", People: all})
	if n := len(at.People.People); n != 500 || at.People.More != 0 || len(at.Log.Lines) != lines {
		t.Errorf("the room has %d people and %d more, and %d new lines", n, at.People.More, len(at.Log.Lines)-lines)
	}
}

func TestAnAnswerNobodyWaitsForIsNotShown(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Refused{Re: wire.Re{Re: "t99"}, Of: wire.ActTyping, Code: wire.CodeRate, Text: "Too fast."})
	s.hides("Too fast.")
}

func TestQuittingAsksWhileLinesWait(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptQueued, As: "sara", Text: "mine"})
	s.press("ctrl+q")
	s.shows("1 line not sent yet")
	s.tell(bubble.Key{Text: "n"})
	if s.quits != 0 {
		t.Fatal("it quit")
	}
	s.press("ctrl+q")
	s.tell(bubble.Key{Text: "y"})
	if s.quits != 1 {
		t.Error("it did not quit")
	}
}

func TestLeavingARoomTakesItOffTheList(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"})
	s.enters("/leave")
	s.tell(bubble.Key{Text: "y"})
	all, tag := asked[wire.Leave](s.session)
	if len(all) != 1 {
		t.Fatalf("got %v", all)
	}
	s.hear(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActLeave})
	if s.Book.ByID["#lab3"] != nil || s.Book.Current.ID != "#general" {
		t.Errorf("on %s", s.Book.Current.ID)
	}
}

func TestClosingAPrivateConversationTakesItOffTheListUntilTheNextLine(t *testing.T) {
	s := entered(t)
	psst := func(id wire.ID, words string) wire.Event {
		return &wire.Whispered{ID: id, At: at(14, 1), From: "bob", To: "sara", Kind: wire.KindAccount, Text: words}
	}
	s.hear(psst(5, "psst"))
	s.press("alt+a")
	s.enters("/leave")
	if s.Book.ByID["@bob"] != nil || s.Book.Current.ID != "#lab3" {
		t.Fatalf("on %s", s.Book.Current.ID)
	}
	if all, _ := asked[wire.Leave](s.session); len(all) != 0 {
		t.Errorf("the server was asked: %v", all)
	}
	s.hear(psst(6, "still there?"))
	s.shows("unread bob:1 ")
	s.press("alt+a")
	s.hear(&wire.Receipt{Client: "c1", To: "bob", State: wire.ReceiptQueued, As: "sara", Text: "yes"})
	s.enters("/leave")
	s.shows("a line still waits here")
}

func TestEarlierLinesAreShownByNumber(t *testing.T) {
	s := entered(t)
	for i := range 200 {
		s.hear(said("lab3", "bob", 13, 0, i, fmt.Sprintf("line %d.", i)))
	}
	s.shows("line 167.")
	s.hides("line 166.")
	s.enters("/read 10")
	s.shows("line 157.")
	s.hides("line 156.")
	s.enters("/read 1")
	s.shows("line 156.")
	s.hides("line 155.")
	s.enters("/read 500")
	s.shows("line 0.")
}

func TestTabCompletes(t *testing.T) {
	s := entered(t)
	s.types("al")
	s.press("tab")
	s.shows("› alice: ▮")
	s.press("ctrl+u")
	s.types("/wh")
	s.press("tab", "tab")
	s.shows("/whois ")
	s.press("ctrl+u")
	s.types("/l")
	s.press("tab")
	s.shows("▌/leave [room]")
	s.shows("also  $roomleave")
}
