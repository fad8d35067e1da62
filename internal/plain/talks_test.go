package plain_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

var (
	groups = strings.Fields("37049 91223 50871 00412 88120 17640 29935 61107 45518 70266 13399 84021")
	words  = strings.Fields("apple brick cloud drum eagle flute glass hotel ivory jacket kettle lemon")
)

// line is a receipt of an encrypted line for alice.
func line(client string, state wire.ReceiptState, text string) *wire.Receipt {
	return &wire.Receipt{Client: wire.ClientID(client), To: "alice", As: "sara", State: state, At: at(33), Text: text, Seq: 7, ID: id(33)}
}

func waits(client, text string) *wire.Receipt {
	r := line(client, wire.ReceiptQueued, text)
	r.ID, r.Reason = 0, "alice is away"
	return r
}

func sealed(client, text string) *wire.Receipt {
	r := line(client, wire.ReceiptSent, text)
	r.Inbox = true
	return r
}

func whispered(n int, from, text string, way wire.Way) *wire.Whispered {
	return &wire.Whispered{ID: id(n), At: at(n), From: from, To: "sara", Kind: wire.KindAccount, Text: text, Via: wire.Via{Way: way}}
}

func pcap(state wire.TransferState, done int64) *wire.Transfer {
	return &wire.Transfer{ID: "3f9c", User: "alice", Name: "client1.pcap", Size: 84_000, Done: done, State: state}
}

// talk is what happens in the golden files: an afternoon of private
// conversations.
func talk(r *run) {
	arrive(r)
	r.hear(&wire.Called{From: "alice", Kind: wire.KindAccount, Secure: true},
		&wire.KeySeen{User: "alice", State: wire.KeyNew, Print: "SHA256:new"})
	r.types("/accept alice") // t1
	r.hear(&wire.Done{Re: wire.Re{Re: "t1"}, Of: wire.ActAccept})
	r.types("$poke alice") // t2
	r.hear(&wire.Path{Re: wire.Re{Re: "t2"}, User: "alice", Way: wire.WayNone, Trying: true})
	r.hear(&wire.Path{User: "alice", Way: wire.WayDirect, RTT: 3100, Key: wire.KeyNew},
		&wire.Path{User: "alice", Way: wire.WayDirect, RTT: 3101, Key: wire.KeyNew},
		&wire.Path{User: "alice", Way: wire.WayDirect, RTT: 4100, Key: wire.KeyNew})
	r.types("/verify") // t3
	r.hear(&wire.Safety{Re: wire.Re{Re: "t3"}, User: "alice", State: wire.KeyNew, Groups: groups, Words: words, Print: "SHA256:new", Own: "SHA256:own", Since: at(3), Lines: 118})
	r.types("/verify alice same") // t4
	r.hear(&wire.KeySeen{User: "alice", State: wire.KeyVerified, Print: "SHA256:new"}, &wire.Done{Re: wire.Re{Re: "t4"}, Of: wire.ActVerify})
	r.types("done") // c5
	r.hear(line("c5", wire.ReceiptQueued, "done"), line("c5", wire.ReceiptSent, "done"), line("c5", wire.ReceiptDelivered, "done"))
	r.hear(line("c5", wire.ReceiptRead, "done"))
	r.hear(whispered(2, "alice", "yes", wire.WayDirect), whispered(3, "alice", "and this", wire.WayRelay),
		whispered(4, "alice", "from before", wire.WayInbox), whispered(5, "olaf", "readable", wire.WayPlain))
	r.types("/path") // t6
	r.hear(&wire.Path{
		Re: wire.Re{Re: "t6"}, User: "alice", Way: wire.WayRelay, Reason: "the network between blocks UDP.", RTT: 61_000, Addr: "", NAT: wire.NATDependent,
		Since: at(20), Key: wire.KeyVerified, Device: "SHA256:new", Sent: 118, Acked: 117, Doubles: 1, Packets: 212, Lost: 3,
	})
	r.hear(&wire.Path{User: "alice", Way: wire.WayRelay, Reason: "the network between blocks UDP.", Trying: true, Key: wire.KeyVerified},
		&wire.Path{User: "alice", Way: wire.WayRelay, Reason: "the network between blocks UDP.", Key: wire.KeyVerified})
	r.hear(pcap(wire.TransferOffered, 0))
	r.hear(pcap(wire.TransferRunning, 0), pcap(wire.TransferRunning, 40_000))
	done := pcap(wire.TransferDone, 84_000)
	done.SHA256, done.File = "9f2c41", "downloads/client1.pcap"
	r.hear(done)
	r.hear(&wire.Path{User: "alice", Way: wire.WayNone, Reason: "alice has gone"})
	r.types("are you there?", "or there?") // c7, c8
	r.hear(waits("c7", "are you there?"), waits("c8", "or there?"))
	r.hear(waits("c7", "are you there?"))
	r.types("/outbox", "/outbox drop 2") // t9
	r.hear(&wire.Done{Re: wire.Re{Re: "t9"}, Of: wire.ActDrop})
	r.types("/outbox drop 2", "/outbox drop 3")
	r.hear(sealed("c7", "are you there?"))
	r.types("/outbox", "/share reading off") // t10
	r.hear(&wire.Shared{Re: wire.Re{Re: "t10"}, Typing: true})
	r.hear(&wire.KeySeen{User: "alice", State: wire.KeyChanged, Print: "SHA256:other", Old: "SHA256:new"},
		&wire.Path{User: "alice", Way: wire.WayNone, Key: wire.KeyChanged, Blocked: true})
	r.types("/kick", "y") // t11
	r.hear(&wire.Done{Re: wire.Re{Re: "t11"}, Of: wire.ActHangUp})
	r.hear(&wire.Displaced{})
	r.types("/quit")
}

// away is a conversation with alice, who does not answer.
func away(t *testing.T) *run {
	t.Helper()
	r := conversation(t, false, false)
	arrive(r)
	return r
}

func left(t *testing.T, err error) plain.LeftError {
	t.Helper()
	if e := (*plain.LeftError)(nil); errors.As(err, &e) {
		return *e
	}
	if err != nil {
		t.Errorf("got %v, want nothing or lines that are left", err)
	}
	return plain.LeftError{}
}

func TestAnEncryptedLineIsAcknowledgedByItsReceiver(t *testing.T) {
	queued, sent := line("c1", wire.ReceiptQueued, "hi"), line("c1", wire.ReceiptSent, "hi")
	late := waits("c1", "hi")
	for _, c := range []struct {
		name  string
		heard []wire.Event
		want  plain.LeftError
	}{
		{"delivered", []wire.Event{queued, sent, line("c1", wire.ReceiptDelivered, "hi")}, plain.LeftError{}},
		{"read before it is known to be delivered", []wire.Event{queued, sent, line("c1", wire.ReceiptRead, "hi")}, plain.LeftError{}},
		{"sealed at the server", []wire.Event{late, sealed("c1", "hi")}, plain.LeftError{}},
		{"sent only", []wire.Event{queued, sent}, plain.LeftError{Undelivered: 1, Kept: true}},
		{"waiting for somebody", []wire.Event{late}, plain.LeftError{Undelivered: 1, Kept: true}},
		{"sent, and waiting again", []wire.Event{sent, late}, plain.LeftError{Undelivered: 1, Kept: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := away(t)
				r.types("@alice: hi")
				r.hear(c.heard...)
				r.eof()
				if got, want := r.running(), c.want != (plain.LeftError{}); got != want {
					t.Fatalf("running %v, want %v", got, want)
				}
				if got := left(t, r.result()); got != c.want {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

func TestWhatIsLeftIsSaidForEachKindOfLine(t *testing.T) {
	for want, e := range map[string]plain.LeftError{
		"1 private line was not delivered; what waits goes out when this profile is used again":                                 {Undelivered: 1, Kept: true},
		"2 lines were not acknowledged by the server; 3 private lines were not delivered; send again what others have not seen": {Lines: 2, Undelivered: 3},
		"1 line was not acknowledged by the server, and may have arrived or not; send again what others have not seen":          {Lines: 1, InDoubt: true},
		"1 line was refused: see above why": {Refused: 1},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLinesThatWaitForSomebodyHoldNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := away(t)
		const many = 100
		go io.WriteString(r.typ, strings.Repeat("@alice: hi\n", many)+"hello\n")
		synctest.Wait()
		for n := range many {
			r.hear(waits(fmt.Sprintf("c%d", n+1), "hi"))
		}
		if got, want := r.s.lastAsked(), `say lab3 "hello" false`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(&wire.Status{State: wire.StateEnded, Reason: "enough"})
		if err := r.result(); err == nil {
			t.Error("got no error, want the session's end")
		}
	})
}

func TestADroppedLineIsNoFailure(t *testing.T) {
	dropped := line("c1", wire.ReceiptFailed, "hi")
	dropped.Reason = "dropped"
	done := &wire.Done{Re: wire.Re{Re: "t2"}, Of: wire.ActDrop}
	refused := &wire.Refused{Re: wire.Re{Re: "t2"}, Of: wire.ActDrop, Code: wire.CodeUnsupported, Text: "It has been sent."}
	for name, c := range map[string]struct {
		heard []wire.Event
		want  plain.LeftError
	}{
		"answered":              {[]wire.Event{done}, plain.LeftError{}},
		"with a receipt before": {[]wire.Event{dropped, done}, plain.LeftError{}},
		"with a receipt after":  {[]wire.Event{done, dropped}, plain.LeftError{}},
		"refused":               {[]wire.Event{refused}, plain.LeftError{Undelivered: 1, Kept: true}},
		"refused and failed":    {[]wire.Event{refused, dropped}, plain.LeftError{Refused: 1, Kept: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := away(t)
				r.types("@alice: hi")
				r.hear(waits("c1", "hi"))
				r.types("/outbox", "/outbox drop 1")
				if got, want := r.s.lastAsked(), "wire.Drop{Head:{Tag:} Client:c1}"; got != want {
					t.Fatalf("got %q, want %q", got, want)
				}
				r.hear(c.heard...)
				r.eof()
				if got := left(t, r.result()); got != c.want {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

func TestAPersonsReadingIsToldAndAProgramReadsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		json, prompt bool
		want         []wire.Seen
	}{
		"a person":                {false, true, []wire.Seen{{Name: "alice", Last: id(3)}, {Name: "bob", Last: id(4)}}},
		"a pipe":                  {false, false, nil},
		"a program":               {true, false, nil},
		"a program at a terminal": {true, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, c.json, c.prompt)
				arrive(r)
				r.types("/ignore mallory")
				r.hear(&wire.Path{User: "eve", Way: wire.WayRelay, Request: true})
				r.hear(whispered(2, "alice", "one", wire.WayDirect), whispered(3, "Alice", "two", wire.WayRelay), whispered(4, "bob", "hi", wire.WayInbox),
					whispered(5, "olaf", "readable", wire.WayPlain), whispered(6, "prof", "readable", ""),
					whispered(7, "mallory", "not heard", wire.WayDirect), whispered(8, "eve", "not accepted", wire.WayRelay),
					&wire.Whispered{ID: id(9), From: "sara", To: "alice", Text: "our own", State: wire.ReceiptSent, Via: wire.Via{Way: wire.WayDirect}})
				r.hear(&wire.Refused{Re: wire.Re{Re: "seen"}, Of: wire.ActSeen, Code: wire.CodeUnsupported, Text: "not that"})
				if diff := cmp.Diff(c.want, r.s.seen); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if strings.Contains(r.out.String(), "not that") {
					t.Errorf("an answer that nobody asked for is shown:\n%s", r.out)
				}
				r.eof()
				if err := r.result(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAPathIsToldWhenItIsAnotherOne(t *testing.T) {
	direct := wire.Path{User: "alice", Way: wire.WayDirect, RTT: 1, Key: wire.KeyKnown}
	slower, relayed, none, looking, blocked := direct, direct, direct, direct, direct
	slower.RTT = 9000
	relayed.Way, relayed.Reason = wire.WayRelay, "no way through"
	none.Way, looking.Way, looking.Trying, blocked.Blocked = wire.WayNone, wire.WayNone, true, true
	for name, c := range map[string]struct {
		paths []wire.Path
		want  int
	}{
		"nothing has been":            {[]wire.Path{none}, 0},
		"the first way":               {[]wire.Path{looking, direct}, 1},
		"the look for one has failed": {[]wire.Path{looking, none}, 1},
		"another figure":              {[]wire.Path{direct, slower}, 1},
		"another way and back":        {[]wire.Path{direct, relayed, direct}, 3},
		"a way that is lost":          {[]wire.Path{direct, looking, none}, 3},
		"sending is blocked":          {[]wire.Path{direct, blocked, blocked}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := away(t)
				for i := range c.paths {
					r.hear(&c.paths[i])
				}
				if got := strings.Count(r.out.String(), "private with alice: "); got != c.want {
					t.Errorf("told %d times, want %d:\n%s", got, c.want, r.out)
				}
				r.eof()
				if err := r.result(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestASessionThatEncryptsNothingSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		refused wire.Code
		want    string
	}{
		"no such request": {wire.CodeUnsupported, "private with alice: through the server, which can read it. /join leads back to a room.\n"},
		"offline":         {wire.CodeOffline, "private with alice: through the server, which can read it. /join leads back to a room.\n"},
		"no such user":    {wire.CodeNoUser, "nobody is called alice\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := away(t)
				r.types("/msg alice") // t1
				if got, want := r.s.lastAsked(), "wire.Poke{Head:{Tag:} Name:alice}"; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				r.hear(&wire.Refused{Re: wire.Re{Re: "t1"}, Of: wire.ActPoke, Code: c.refused, Text: "nobody is called alice"})
				if !strings.HasSuffix(r.out.String(), c.want) {
					t.Errorf("got\n%s\nwant %q at the end", r.out, c.want)
				}
				r.eof()
				if err := r.result(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAProgramHearsOfAFileOnItsWayOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, JSON: true})
		})
		arrive(r)
		r.hear(pcap(wire.TransferOffered, 0))
		const steps, step = 84, 100 * time.Millisecond
		for n := range steps {
			r.hear(pcap(wire.TransferRunning, int64(n)*1000))
			<-time.After(step)
		}
		r.hear(pcap(wire.TransferDone, 84_000))
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
		for state, want := range map[string]int{"offered": 1, "running": 9, "done": 1} {
			if got := strings.Count(r.out.String(), `"state":"`+state+`"`); got != want {
				t.Errorf("%s: got %d objects, want %d", state, got, want)
			}
		}
	})
}

func TestWhomOneIgnoresAsksForNothing(t *testing.T) {
	for _, json := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, json, false)
			arrive(r)
			r.types("/ignore mallory")
			before := r.out.Len()
			offer := pcap(wire.TransferOffered, 0)
			offer.User = "Mallory"
			r.hear(&wire.Called{From: "mallory", Secure: true}, &wire.KeySeen{User: "mallory", State: wire.KeyNew},
				&wire.Path{User: "mallory", Way: wire.WayRelay, Request: true}, offer)
			if got := r.out.String()[before:]; got != "" {
				t.Errorf("json %v: got %q, want nothing", json, got)
			}
			r.eof()
			if err := r.result(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnAfternoonOfPrivateConversations(t *testing.T) {
	for _, c := range []struct {
		golden       string
		json, prompt bool
	}{
		{"talk-person.txt", false, true},
		{"talk-pipe.txt", false, false},
		{"talk-program.json", true, false},
	} {
		t.Run(c.golden, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, c.json, c.prompt)
				talk(r)
				if err := r.result(); err != nil {
					t.Errorf("got %v, want no error", err)
				}
				golden(t, c.golden, strings.ReplaceAll(r.out.String(), "\r", "\n\\r"))
			})
		})
	}
}
