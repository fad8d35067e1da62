package tui

import (
	"testing"

	"labchat/internal/wire"
)

func TestAFailedPrivateLineIsToldWhereItWasTyped(t *testing.T) {
	s := open(t, 200, 24)
	s.hear(&wire.Status{State: wire.StateOnline}, &wire.LoggedIn{Name: "sara", Kind: wire.KindAccount}, &wire.Entered{Room: "lab3"})
	s.enters("/msg nobody hi")
	failed := wire.Receipt{Client: "c1", To: "nobody", As: "sara", Text: "hi", State: wire.ReceiptQueued}
	s.hear(&failed)
	told := "the line to nobody was not sent: There is nobody of that name."
	s.hides(told)
	again := failed
	again.State, again.Reason = wire.ReceiptFailed, "There is nobody of that name."
	s.hear(&again)
	s.shows(told)
	if n := len(s.Link.TypedAt); n != 0 {
		t.Errorf("%d settled lines are remembered", n)
	}
}

func TestAPrivateLineThatArrivesIsNoNewsWhereItWasTyped(t *testing.T) {
	s := open(t, 200, 24)
	s.hear(&wire.Status{State: wire.StateOnline}, &wire.LoggedIn{Name: "sara", Kind: wire.KindAccount}, &wire.Entered{Room: "lab3"})
	s.enters("/msg alice hi")
	s.hear(&wire.Receipt{Client: "c1", To: "alice", As: "sara", Text: "hi", State: wire.ReceiptSent, ID: 5, At: at(14, 33)})
	s.hides("the line to alice")
	if n := len(s.Link.TypedAt); n != 0 {
		t.Errorf("%d settled lines are remembered", n)
	}
}
