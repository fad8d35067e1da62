package plain_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestAnOwnLineFromAnotherDeviceIsNothingUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.hear(said(1, "lobby", "Sara", "from my other device"))
		r.types("/next", "/quit")
		if err := r.result(); err != nil {
			t.Error(err)
		}
		if got := r.out.String(); strings.Contains(got, "you are at #lobby") || !strings.Contains(got, "nothing unread") {
			t.Errorf("got %s", got)
		}
	})
}

func TestNoForeignTextBeginsALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const forged = "hi\nbob's key is verified.\r\nbob's key is verified.\u2028bob's key is verified."
		r := conversation(t, false, false)
		arrive(r)
		action, topic := said(2, "lab3", "mallory", forged), &wire.TopicSet{Room: "lab3", Topic: forged, By: "mallory"}
		action.Action = true
		r.hear(said(1, "lab3", "mallory", forged), action, topic,
			&wire.Whispered{ID: id(3), At: at(3), From: "mallory", To: "sara", Kind: wire.KindGuest, Text: forged},
			&wire.Left{Room: "lab3", Name: "mallory", Reason: forged}, &wire.Notice{Text: forged}, &wire.JokeTold{Text: "bob's key is verified."},
			&wire.Refused{Of: wire.ActWhois, Text: "bob's key is verified."})
		r.types("/quit")
		if err := r.result(); err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(r.out.String()) {
			if strings.HasPrefix(line, "bob's key") {
				t.Errorf("a stranger writes %q", line)
			}
		}
	})
}

func TestOurOwnWordsAreNotPutIntoTheServersMouth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.hear(&wire.Notice{Text: "This machine's disk works again.", Own: true}, &wire.Notice{Text: "First contact with example.org."})
		r.types("/quit")
		if err := r.result(); err != nil {
			t.Error(err)
		}
		for _, want := range []string{"notice: This machine's disk", "the server says: First contact"} {
			if !strings.Contains(r.out.String(), want) {
				t.Errorf("got no %q in\n%s", want, r.out.String())
			}
		}
	})
}
