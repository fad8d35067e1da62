package plain_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// atARegistry are the events of a session whose private lines are plain text.
func atARegistry(r *run) {
	r.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:2020", Dialect: "tobi", Direct: true},
		&wire.LoggedIn{Name: "sara", Kind: wire.KindDatagram}, &wire.Entered{Room: "lab3"})
	r.hear(&wire.Called{From: "olaf@10.0.0.7"},
		&wire.Whispered{ID: id(1), At: at(1), From: "olaf@10.0.0.7", To: "sara", Kind: wire.KindDatagram, Text: "psst", Via: wire.Via{Direct: true}},
		&wire.Receipt{Client: "x", To: "olaf@10.0.0.7", As: "sara", State: wire.ReceiptSent, ID: id(2), At: at(2), Text: "yes"},
		&wire.RoomList{Rooms: []wire.RoomInfo{{Room: "lab3"}}})
}

func TestPlainTextIsMarkedSoAndStrangersAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		atARegistry(r)
		r.types("/msg olaf@10.0.0.7")
		r.hear(&wire.Path{Re: wire.Re{Re: fmt.Sprint("t", r.s.n)}, User: "olaf@10.0.0.7", Way: wire.WayPlain, Reason: "plain text past the registry"})
		for _, want := range []string{
			"You are ~sara in #lab3",
			"~olaf@10.0.0.7 asks for a private conversation, in plain text. /msg olaf@10.0.0.7 TEXT answers, /refuse olaf@10.0.0.7 does not.\n",
			"private ~olaf@10.0.0.7, in plain text past the server: psst\n",
			"to olaf@10.0.0.7: yes. sent in plain text, which anybody between can read.\n",
			"rooms: #lab3.\n",
			"private with olaf@10.0.0.7: not encrypted: plain text past the registry. /join leads back to a room.",
		} {
			if !strings.Contains(r.out.String(), want) {
				t.Errorf("%q is not in\n%s", want, r.out)
			}
		}
		r.eof()
		<-r.done
	})
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, true, false)
		atARegistry(r)
		r.eof()
		<-r.done
		if want := `{"type":"request","from":"olaf@10.0.0.7"}` + "\n"; !strings.Contains(r.out.String(), want) {
			t.Errorf("%q is not in\n%s", want, r.out)
		}
	})
}

// TestWhatBecomesOfPrivateLinesIsAskedOfTheSession as older servers differ.
func TestWhatBecomesOfPrivateLinesIsAskedOfTheSession(t *testing.T) {
	for _, typed := range []string{"/msg bob", "$poke bob", "cmd:request bob"} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, false, false)
			r.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:1304", Dialect: "names"}, &wire.LoggedIn{Name: "sara", Kind: wire.KindOld})
			r.types(typed)
			if got := r.s.lastAsked(); got != "wire.Poke{Head:{Tag:} Name:bob}" {
				t.Errorf("%s asks %q", typed, got)
			}
			r.hear(&wire.Path{Re: wire.Re{Re: fmt.Sprint("t", r.s.n)}, User: "bob", Way: wire.WayNever, Reason: "this server has no private lines"})
			if out := r.out.String(); !strings.Contains(out, "private with bob: not possible: this server has no private lines. /join leads back") || strings.Contains(out, "through the server") {
				t.Errorf("%s shows\n%s", typed, out)
			}
			r.eof()
			<-r.done
		})
	}
}
