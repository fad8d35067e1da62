package plain_test

import (
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
		for _, want := range []string{
			"You are ~sara in #lab3",
			"~olaf@10.0.0.7 asks for a private conversation, in plain text. /msg olaf@10.0.0.7 TEXT answers, /refuse olaf@10.0.0.7 does not.\n",
			"private ~olaf@10.0.0.7, in plain text past the server: psst\n",
			"to olaf@10.0.0.7: yes. sent in plain text, which anybody between can read.\n",
			"rooms: #lab3.\n",
			"private with olaf@10.0.0.7: in plain text, which anybody between can read.",
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
