package tui

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/app"
	"labchat/internal/wire"
)

func TestARequestIsFoundBeforeAllOtherNews(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Entered{Room: "general"}, said("general", "bob", 14, 1, 0, "nothing"),
		&wire.Whispered{ID: 5, At: at(14, 1), From: "bob", To: "sara", Text: "psst", Kind: wire.KindAccount},
		&wire.Called{From: "carol", Kind: wire.KindGuest, Secure: true}, &wire.Path{User: "carol", Way: wire.WayNone, Request: true})
	s.shows("○ ~carol        1 ask│")
	s.press("alt+a")
	s.shows("~carol asks for a private conversation. /accept carol")
	s.shows("takes it, /refuse carol does not, /ignore carol hides")
	s.shows("@ ~carol · asks for a private conversation")
	s.press("enter")
	if len(s.session.private) != 0 || s.Book.ByID["@carol"].Counts.Alarm {
		t.Error("Enter without words answered")
	}
	s.press("alt+a")
	if s.Book.Current.ID != "@bob" {
		t.Errorf("got %s: a request that was looked at is no news", s.Book.Current.ID)
	}
	s.hear(&wire.Path{User: "carol", Way: wire.WayDirect, RTT: 9000, Key: wire.KeyNew})
	s.shows(" p2p│")
}

func TestARequestIsAnswered(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Called{From: "carol", Kind: wire.KindAccount, Secure: true}, &wire.Called{From: "mallory", Kind: wire.KindAccount, Secure: true})
	s.Ask(s.Book.Current, wire.Reject{Name: "carol"})
	_, tag := asked[wire.Reject](s.session)
	s.hear(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActReject})
	if c := s.Book.ByID["@carol"]; c.Peer.Path.Request || c.Counts.Alarm {
		t.Error("carol still asks")
	}
	s.enters("/ignore mallory")
	all, _ := asked[wire.Reject](s.session)
	if len(all) != 2 || all[1].Name != "mallory" || s.Book.ByID["@mallory"] != nil {
		t.Errorf("got %v: who is ignored is refused and taken off the list", all)
	}
	s.hear(&wire.Called{From: "mallory", Kind: wire.KindAccount, Secure: true}, &wire.Path{User: "mallory", Request: true})
	if s.Book.ByID["@mallory"] != nil {
		t.Error("somebody who is ignored asks again and is seen")
	}
}

func TestAYesIsForWhatStandsOnTheScreen(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Called{From: "carol", Kind: wire.KindGuest, Secure: true, Print: "SHA256:first"})
	s.lingers(restFor)
	s.enters("/accept carol")
	s.hear(&wire.Called{From: "alice", Kind: wire.KindAccount, Secure: true, Print: "SHA256:alice"},
		&wire.Path{User: "alice", Request: true, Asker: "SHA256:alice"}, file(wire.TransferOffered, 0))
	s.lingers(restFor)
	s.enters("/accept alice")
	s.hear(&wire.Path{User: "alice", Way: wire.WayDirect, Device: "SHA256:alice"})
	s.enters("/accept alice")
	s.hear(file(wire.TransferRefused, 0))
	s.enters("/accept alice")
	all, _ := asked[wire.Accept](s.session)
	if diff := cmp.Diff([]wire.Accept{
		{Name: "carol", Print: "SHA256:first"}, {Name: "alice", Print: "SHA256:alice"}, {Name: "alice", File: "f1"}, {Name: "alice"},
	}, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAYesThatWasBegunBeforeSomebodyElseAskedIsHeld(t *testing.T) {
	s := entered(t)
	s.hear(&wire.Called{From: "carol", Kind: wire.KindGuest, Secure: true, Print: "SHA256:first"})
	s.press("alt+a")
	s.lingers(restFor)
	s.types("/accept carol")
	s.hear(&wire.Called{From: "carol", Kind: wire.KindGuest, Secure: true, Print: "SHA256:second"})
	s.shows("somebody else asks as ~carol now")
	s.press("enter")
	s.shows("press Enter again to accept this one")
	if all, _ := asked[wire.Accept](s.session); len(all) != 0 {
		t.Fatalf("accepted: %+v", all)
	}
	s.press("enter")
	all, _ := asked[wire.Accept](s.session)
	if diff := cmp.Diff([]wire.Accept{{Name: "carol", Print: "SHA256:second"}}, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAKeyOfTwoNamesIsLoudAndBlocks(t *testing.T) {
	s := entered(t)
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyShared, Print: testPrint, Text: "bob's"},
		&wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyShared, Blocked: true, Device: testPrint})
	s.shows(" !key│")
	s.press("alt+a")
	s.shows("THE KEY OF alice IS KNOWN UNDER ANOTHER NAME, TOO.")
	s.shows("answered: bob's")
	s.shows("(blocked: /verify alice)")
	s.shows("KEY OF TWO NAMES: nothing is sent")
}

func TestStrangersCannotFillTheList(t *testing.T) {
	s := entered(t)
	for i := range 10 * app.MaxAsking {
		name := fmt.Sprintf("m%d", i)
		s.hear(&wire.Called{From: name, Kind: wire.KindGuest, Secure: true}, &wire.Path{User: name, Request: true})
	}
	if n := len(s.Book.Persons); n != app.MaxAsking {
		t.Errorf("%d places, want %d", n, app.MaxAsking)
	}
	s.hear(&wire.Called{From: "m1", Kind: wire.KindGuest, Secure: true}, &wire.Called{From: "m1", Kind: wire.KindGuest, Secure: true})
	if n := len(s.Book.ByID["@m1"].Log.Lines); n != 1 {
		t.Errorf("who asks again and again fills %d lines", n)
	}
	s.hear(&wire.Called{From: "one more", Kind: wire.KindGuest, Secure: true})
	s.shows("more people ask for private conversations than are shown")
	for i := range 2 * app.MaxPeers {
		s.hear(&wire.Path{User: fmt.Sprintf("n%d", i), Way: wire.WayNone})
	}
	if n := len(s.Book.Peers); n > app.MaxPeers {
		t.Errorf("%d ways are kept, want at most %d", n, app.MaxPeers)
	}
	if !s.Book.Peers["m1"].Path.Request {
		t.Error("the way of somebody on the list was forgotten")
	}
}

func TestAChangedKeyIsLoudAndBlocks(t *testing.T) {
	s := entered(t)
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyChanged, Print: testPrint, Old: "SHA256:old", Text: "it was \x1b[31mold"})
	s.shows(" !key│")
	if at := s.Book.ByID["@alice"]; at.Rank() != 3 {
		t.Errorf("it has rank %d", at.Rank())
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
	if s.Book.ByID["@alice"] != nil {
		t.Error("it made one")
	}
	s.Book.Person("alice")
	s.hear(&wire.KeySeen{User: "alice", State: wire.KeyNew, Print: testPrint})
	s.press("ctrl+n")
	s.shows("alice's key is seen for the first time: hk5Uq0mY…")
}

func TestAnAnswerToNobodyNamesWhoAsks(t *testing.T) {
	s := entered(t)
	s.enters("/accept")
	s.shows("This is no private conversation")
	s.press("ctrl+c")
	s.hear(&wire.Called{From: "carol", Kind: wire.KindGuest, Secure: true}, &wire.Path{User: "carol", Way: wire.WayNone, Request: true})
	s.enters("/accept")
	s.shows("~carol asks for a private conversation: /accept carol or /refuse carol")
	s.press("ctrl+c")
	s.enters("/path")
	s.shows("This is no private conversation")
}
