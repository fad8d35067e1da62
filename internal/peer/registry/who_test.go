package registry

import (
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
	"labchat/internal/peer/oldpeer"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// said is a socket that notes what goes out.
type said struct {
	net.PacketConn
	all []string
}

func (s *said) WriteTo(b []byte, _ net.Addr) (int, error) {
	s.all = append(s.all, string(b))
	return len(b), nil
}

// lines are what has gone out since the last call.
func (s *said) lines() (all []string) {
	all, s.all = s.all, nil
	return all
}

// groupOf is a loop in a group, without its reader; heard is what the group
// hears of it.
func groupOf(t *testing.T) (l *loop, at *room, heard *said) {
	t.Helper()
	own, err := memnet.NewPackets().Listen(netip.MustParseAddrPort("10.0.0.2:4000"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { own.Close() })
	heard = &said{PacketConn: own}
	l = newLoop(New(Config{Dialect: dialects.DatagramsByName("ias"), Name: "anna"}))
	l.conn, l.me = heard, "anna"
	at = &room{name: "g1", told: map[netip.AddrPort]string{}, group: &group{addr: netip.MustParseAddrPort("239.1.2.3:5007"), inquiry: newInquiry()}}
	l.rooms.list = []*room{at}
	return l, at, heard
}

func (l *loop) hearsIn(at *room, from, text string) {
	l.fromGroup(oldpeer.Datagram{From: netip.MustParseAddrPort(from), Group: at.group.addr, Data: []byte("MSG:" + text + "\n")})
}

// passes lets time pass, in which the loop does what is due.
func (l *loop) passes(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); l.actInGroups(time.Now()) {
		<-time.After(10 * time.Millisecond)
	}
}

// lists are the answers that have come out since the last call.
func (l *loop) lists() (all []*wire.PeopleList) {
	for _, e := range l.feed.Batch {
		if e, ok := e.(*wire.PeopleList); ok {
			all = append(all, e)
		}
	}
	l.feed.Batch = nil
	return all
}

func TestNobodyCanMakeAGroupShout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, at, heard := groupOf(t)
		l.hearsIn(at, "10.0.0.7:4000", question)
		l.passes(answerWithin)
		if got := heard.lines(); len(got) != 1 || got[0] != "MSG:Hey there I am anna\n" {
			t.Fatalf("the answer is %q", got)
		}
		for range 1000 {
			l.hearsIn(at, "10.0.0.8:4000", question)
			l.passes(10 * time.Millisecond)
		}
		l.passes(answerEvery)
		if n := len(heard.lines()); n < 4 || n > 6 {
			t.Errorf("questions for 10 s have brought about %d answers, want one in %v", n, answerEvery)
		}
		l.passes(time.Minute)
		if got := heard.lines(); got != nil {
			t.Errorf("nobody has asked, and the group hears %q", got)
		}
	})
}

func TestWhoDoesNotAnswerAnyMoreIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, at, heard := groupOf(t)
		l.hearsIn(at, "10.0.0.7:5007", greeting+"olaf") // an original: never answers
		l.hearsIn(at, "10.0.0.8:4000", greeting+"ben")
		l.passes(time.Minute)
		for i, want := range []struct {
			answers bool
			people  int
		}{{true, 3}, {false, 3}, {false, 2}} {
			l.who(wire.People{}, "a")
			l.who(wire.People{Room: "g1"}, "b")
			if got := heard.lines(); len(got) != 1 || got[0] != "MSG:Who is here?\n" {
				t.Fatalf("the question is %q", got)
			}
			if want.answers {
				l.hearsIn(at, "10.0.0.8:4000", greeting+"ben")
			}
			l.passes(whoWait)
			got := l.lists()
			if len(got) != 2 || got[0].Re.Re != "a" || got[1].Re.Re != "b" || len(got[0].People) != want.people {
				t.Errorf("round %d: the answers are %+v, want %d people", i, got, want.people)
			}
			if l.passes(whoWait); i > 0 {
				l.passes(answerEvery)
			}
		}
	})
}

func TestStrangersInAGroupFillNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, at, _ := groupOf(t)
		for i := range 5000 {
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 4000)
			l.hearsIn(at, from.String(), greeting+"x")
			l.hearsIn(at, from.String(), question)
		}
		if n, m := len(at.told), len(at.group.inquiry.heard); n > maxTold || m > maxTold {
			t.Errorf("%d and %d strangers are remembered", n, m)
		}
		for _, junk := range []string{"", ":", "Hey there I am ", "Hey there I am \x00\x1b[2J", "\xff\xfe", "Who is here?:"} {
			l.hearsIn(at, "10.0.0.9:4000", junk)
		}
	})
}
