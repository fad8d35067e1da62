package registry_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/session"
	"labchat/internal/wire"
)

func TestTwoSessionsTalkInARoomOfAnOriginalRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lobby")
		a := w.session("tobi", "anna", "10.0.0.2:4000")
		until(a, "anna enters", func(e *wire.Entered) bool { return e.Room == "lobby" })
		b := w.session("tobi", "bobby", "10.0.0.3:4000")
		until(b, "bobby enters", func(e *wire.Entered) bool { return e.Room == "lobby" })
		b.Say("lobby", "hello\nthere", false)
		first := until(a, "a line", func(e *wire.Said) bool { return e.From == "bobby" })
		second := until[*wire.Said](a, "a second line", nil)
		if first.Text != "hello" || second.Text != "there" || first.Room != "lobby" || first.Kind != wire.KindDatagram || second.ID <= first.ID {
			t.Errorf("got %+v and %+v", first, second)
		}
		until(b, "sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptSent && e.ID != 0 })
		a.Say("lobby", "waves", true)
		until(b, "an action", func(e *wire.Said) bool { return e.Text == "* waves" && e.From == "anna" })
		a.Do(wire.People{Room: "lobby"})
		people := until[*wire.PeopleList](a, "people", nil)
		if len(people.People) != 2 || people.People[1].Name != "bobby" {
			t.Errorf("got %+v", people)
		}
		a.Do(wire.Leave{Room: "lobby"})
		until(a, "left", func(e *wire.Done) bool { return e.Of == wire.ActLeave })
		b.Say("lobby", "still there?", false)
		until(b, "sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptSent })
		w.end()
		for _, e := range a.all {
			if e, ok := e.(*wire.Said); ok && e.Text == "still there?" {
				t.Error("a room that we left is heard")
			}
		}
	})
}

func TestEveryThirdDatagramMayGetLost(t *testing.T) {
	for _, dialect := range []string{"tobi", "ias"} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				n := 0
				w.net.Lose(func(from, to netip.AddrPort, _ []byte) bool {
					if from == registryAddr || to == registryAddr {
						n++
						return n%3 == 0
					}
					return false
				})
				if dialect == "tobi" {
					w.tobi() // without a room that both are in
				} else {
					w.ias()
				}
				a := w.session(dialect, "anna", "10.0.0.2:4000")
				b := w.session(dialect, "bobby", "10.0.0.3:4000")
				a.online()
				b.online()
				a.Whisper("bobby", "psst", false)
				until[*wire.Called](b, "a request", nil)
				until(b, "the line", func(e *wire.Whispered) bool { return e.Text == "psst" && e.Via.Direct })
				w.net.Lose(nil)
				w.end()
			})
		})
	}
}

func TestARegistryThatWentAwayComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		off := until(s, "offline", func(e *wire.Status) bool { return e.State == wire.StateOffline })
		if off.RetryAt == 0 || off.Reason == "" {
			t.Errorf("got %+v", off)
		}
		s.Do(wire.Rooms{})
		until(s, "refused", func(e *wire.Refused) bool { return e.Code == wire.CodeOffline && e.Re.Re != "" })
		w.tobi("lobby")
		s.Retry()
		until(s, "in the lobby", func(e *wire.Entered) bool { return e.Room == "lobby" })
		w.conn.Close()
		until(s, "offline again", func(e *wire.Status) bool { return e.State == wire.StateOffline })
		r := w.tobi("lobby") // it has forgotten everybody
		until(s, "online again", func(e *wire.Status) bool { return e.State == wire.StateOnline })
		b := w.session("tobi", "bobby", "10.0.0.3:4000")
		until[*wire.Entered](b, "bobby enters", nil)
		b.Say("lobby", "welcome back", false)
		until(s, "a line in the room that it is in again", func(e *wire.Said) bool { return e.Room == "lobby" })
		w.end()
		if len(r.names) != 0 {
			t.Errorf("%v are still registered after the farewell", r.names)
		}
	})
}

func TestARegistryThatForgotUsIsToldAgainAndSurvivesTheFarewell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lobby")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		w.conn.Close()
		r := w.tobi("lobby") // restarted faster than anybody asks
		until(s, "online again", func(e *wire.Status) bool { return e.State == wire.StateOnline })
		if r.find("anna") == nil {
			t.Error("it does not know us")
		}
		w.conn.Close()
		r = w.tobi("lobby")
		w.end()
		for _, d := range r.heard {
			if strings.HasPrefix(d, "by") {
				t.Errorf("a stranger's farewell ends the original: %q", r.heard)
			}
		}
	})
}

func TestANameThatIsTakenEndsTheSession(t *testing.T) {
	for _, dialect := range []string{"tobi", "ias"} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				if dialect == "tobi" {
					w.tobi("lobby")
				} else {
					w.ias()
				}
				a := w.session(dialect, "anna", "10.0.0.2:4000")
				a.online()
				b := w.session(dialect, "anna", "10.0.0.3:4000")
				until(b, "ended", func(e *wire.Status) bool { return e.State == wire.StateEnded && e.Code == wire.CodeNameTaken })
				w.end()
				if ended, ok := errors.AsType[*session.EndedError](b.err); !ok || ended.Code != wire.CodeNameTaken {
					t.Errorf("Run returned %v", b.err)
				}
			})
		})
	}
}

func TestAFixedSocketFindsItsOldNameAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.tobi("lobby")
		r.names = append(r.names, entry{"anna", netip.MustParseAddrPort("10.0.0.2:4000")}) // of a session that was killed
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		s.online()
		w.end()
	})
}

func TestOriginalsAreHeardByTheirAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lobby", "lab")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		o, impostor := w.original("10.0.0.7:700"), w.original("10.0.0.8:800")
		o.say(registryAddr, "hi olaf")
		o.say(registryAddr, "rj lobby")
		impostor.say(registryAddr, "rj lobby")
		o.hears(t, "rj 10.0.0.2 4000")
		o.say(annaAddr, "msg olaf> hi  there\n")
		until(s, "the line", func(e *wire.Said) bool { return e.From == "olaf" && e.Text == "hi  there" })
		impostor.say(annaAddr, "msg olaf> it's me\n")
		until(s, "the impostor", func(e *wire.Said) bool { return e.From == "olaf@10.0.0.8" && e.Text == "it's me" })
		impostor.say(annaAddr, "msg anna> I am you\n")
		until(s, "the impostor again", func(e *wire.Said) bool { return e.From == "olaf@10.0.0.8" && e.Text == "I am you" })
		s.Say("lobby", "hello", false)
		until(s, "sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptSent })
		o.hears(t, "msg anna> hello")
		w.end()
	})
}

func TestAStrangerIsARequestUntilAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lobby")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		o := w.original("10.0.0.7:700")
		for _, junk := range []string{"hi olaf", "rj __clear_peers__", "ar 6.6.6.6 666", "\xff\xff", "PTP:x\n", "ul x"} {
			o.say(annaAddr, junk)
		}
		o.say(annaAddr, "msg olaf> psst\n")
		if called := until[*wire.Called](s, "a request", nil); called.From != "olaf@10.0.0.7" {
			t.Errorf("called by %q", called.From)
		}
		until(s, "its first line", func(e *wire.Whispered) bool { return e.Text == "psst" && e.From == "olaf@10.0.0.7" })
		o.say(annaAddr, "msg olaf> are you there?\n")
		s.Whisper("olaf@10.0.0.7", "yes", false)
		until(s, "what was held", func(e *wire.Whispered) bool { return e.Text == "are you there?" && e.Via.Direct })
		o.hears(t, "msg anna> yes")
		o.say(annaAddr, "msg olaf> fine\n")
		until(s, "a line", func(e *wire.Whispered) bool { return e.Text == "fine" })
		w.end()
	})
}

func TestAStrangerOfIASCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.ias()
		s := w.session("ias", "anna", "10.0.0.2:4000")
		s.online()
		o := w.original("10.0.0.7:700")
		o.say(registryAddr, "REG:olaf\n")
		o.hears(t, "LIN:olaf")
		o.say(annaAddr, "PTP:olaf\n")
		until(s, "a request", func(e *wire.Called) bool { return e.From == "olaf@10.0.0.7" })
		s.Whisper("olaf", "hello: you", false)
		o.hears(t, "PTP:anna")
		o.hears(t, "MSG:hello\u2236 you")
		o.say(annaAddr, "MSG:hi\n")
		until(s, "a line", func(e *wire.Whispered) bool { return e.From == "olaf" && e.Text == "hi" })
		s.Whisper("nobody", "hello", false)
		until(s, "not sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptFailed && e.To == "nobody" })
		w.end()
	})
}

func TestLinesOfTheRegistryAreOfWhomItSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.tobi("lobby")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		send(r.conn, annaAddr, "msg sara> from another program\n")
		until(s, "a line", func(e *wire.Said) bool { return e.From == "sara" && e.Room == "lobby" })
		w.end()
	})
}

func TestAPrivateLineIsNeverSaidToARoomByTheRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.tobi("lobby")
		r.names = append(r.names, entry{"sara", registryAddr}, entry{"mia", registryAddr}) // as chatd tells of its own people
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		s.Whisper("sara", "secret", false)
		until(s, "refused", func(e *wire.Receipt) bool { return e.State == wire.ReceiptFailed })
		s.Do(wire.Leave{Room: "lobby"})
		s.Whisper("sara", "secret", false)
		until(s, "sent", func(e *wire.Receipt) bool { return e.State == wire.ReceiptSent })
		s.Whisper("mia", "not for both", false)
		until(s, "refused", func(e *wire.Receipt) bool { return e.State == wire.ReceiptFailed })
		w.end()
		if n := strings.Count(strings.Join(r.heard, "\n"), "msg anna> "); n != 1 {
			t.Errorf("the registry heard %d lines: %q", n, r.heard)
		}
	})
}

func TestRoomsAndNamesOfTheRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lobby")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		tag := s.Do(wire.Create{Room: "lab"})
		until(s, "created", func(e *wire.Created) bool { return e.Re.Re == tag && e.Room == "lab" })
		s.Do(wire.Create{Room: "lab"})
		until(s, "refused", func(e *wire.Refused) bool { return e.Code == wire.CodeRoomExists })
		tag = s.Do(wire.Rooms{})
		if e := until(s, "rooms", func(e *wire.RoomList) bool { return e.Re.Re == tag }); len(e.Rooms) != 2 {
			t.Errorf("got %+v", e)
		}
		s.Do(wire.Join{Room: "nowhere"})
		until(s, "refused", func(e *wire.Refused) bool { return e.Code == wire.CodeNoRoom })
		s.Do(wire.Join{Room: "lab"})
		until(s, "out of the lobby", func(e *wire.Left) bool { return e.Room == "lobby" })
		until(s, "in the lab", func(e *wire.Entered) bool { return e.Room == "lab" })
		s.Do(wire.Guest{Name: "nora"})
		until(s, "renamed", func(e *wire.LoggedIn) bool { return e.Name == "nora" })
		tag = s.Do(wire.People{})
		if e := until(s, "people", func(e *wire.PeopleList) bool { return e.Re.Re == tag }); len(e.People) != 1 || e.People[0].Name != "nora" {
			t.Errorf("got %+v", e)
		}
		s.Do(wire.Whois{Name: "nora"})
		until(s, "refused", func(e *wire.Refused) bool {
			return e.Code == wire.CodeUnsupported && strings.Contains(e.Text, "tobi, which has no words for /whois")
		})
		s.Say("lab", "is anybody here?", false)
		until(s, "nobody", func(e *wire.Receipt) bool { return e.State == wire.ReceiptFailed })
		w.end()
	})
}

func TestNothingThatComesEndsTheSession(t *testing.T) {
	for _, dialect := range []string{"tobi", "ias"} {
		t.Run(dialect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				if dialect == "tobi" {
					w.tobi("lobby")
				} else {
					w.ias()
				}
				s := w.session(dialect, "anna", "10.0.0.2:4000")
				s.online()
				stranger := w.original("10.0.0.9:900")
				for _, junk := range []string{
					"", " ", "\n", "\x00", "\xff\xfe", "hi", "hi x", "by", "ar", "ar 1.2.3.4", "ar 1.2.3.4 x", "ar 1.2.3.4 5", "ul", "ul x", "rl", "rl x", "rc", "rc x",
					"rj", "rj x", "rj __clear_peers__", "rj 10.0.0.9 900", "rj 10.0.0.2 4000", "rj 999.9.9.9 99999", "msg", "msg x", "msg > y", "msg \xff> y\n", "pk", strings.Repeat("msg x> y ", 7000),
					"LIN", "LIN:", "LIN:x\n", "PIN:", "PIN:x", "PIN:1.2.3.4", "PIN:1.2.3.4_x", "PIN:1.2.3.4_5", "GTA:", "GTA:_", "GCR:", "GCR:x", "GRI:", "GRI:x_y", "GRI:10.0.0.1_5", "GRI:239.1.1.1_5",
					"PTP", "PTP:", "PTP:None", "PTP:a:b\n", "MSG", "MSG:", "MSG::::\n", "MSG:\xff", ":", "::",
				} {
					send(w.conn, annaAddr, "%s", junk)
					stranger.say(annaAddr, junk)
				}
				tag := s.Do(wire.Rooms{})
				until(s, "an answer", func(e *wire.RoomList) bool { return e.Re.Re == tag })
				for _, e := range s.all {
					if called, ok := e.(*wire.Called); ok && !strings.Contains(called.From, "10.0.0.9") {
						t.Errorf("%q calls, which nobody knows", called.From)
					}
				}
			})
		})
	}
}

func TestManyStrangersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.tobi("lobby")
		s := w.session("tobi", "anna", "10.0.0.2:4000")
		until[*wire.Entered](s, "in the lobby", nil)
		for i := range 100 {
			conn := w.listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}), 9).String())
			for range 50 {
				send(conn, annaAddr, "msg who> spam\n")
			}
		}
		tag := s.Do(wire.Rooms{})
		until(s, "an answer", func(e *wire.RoomList) bool { return e.Re.Re == tag })
		shown := 0
		for _, e := range s.all {
			if _, ok := e.(*wire.Whispered); ok {
				shown++
			}
		}
		if shown == 0 || shown > 32 {
			t.Errorf("%d lines of 100 strangers are shown, want at most 32", shown)
		}
	})
}
