package plain_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// conversation starts Run for a person called sara, or for a program.
func conversation(t *testing.T, json, prompt bool) *run {
	t.Helper()
	return start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
		return plain.Run(t.Context(), plain.Config{
			Session: s, Input: in, Out: out, JSON: json, Prompt: prompt, Zone: time.UTC, Kept: true,
			Now:    sinceStart(),
			Secret: func(string) (wire.Secret, error) { return "sesame", nil },
			Hints:  []string{"a second window joins with chat-tui --local"},
		})
	})
}

// sinceStart is a clock that begins on the tests' morning.
func sinceStart() func() time.Time {
	start := time.Now()
	return func() time.Time { return at(30).Time().Add(time.Since(start)) }
}

// arrive brings the session into #lab3.
func arrive(r *run) {
	r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300"}, online())
	r.hear(&wire.Welcome{Motd: "sheet 3 is online", Register: true},
		&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount, Failed: 3, FailedFrom: []wire.FailedFrom{{Address: "192.0.2.7", Count: 2}, {Address: "2001:db8::/64", Count: 1}}, Waiting: 2},
		&wire.Entered{Room: "lab3", Topic: "sockets", Owner: "sara", People: []wire.Person{
			{Name: "sara", Kind: wire.KindAccount}, {Name: "bob", Kind: wire.KindGuest, Away: "lunch"},
		}, More: 2})
}

// day is what happens in the golden files: a day in the lab.
func day(r *run) {
	arrive(r)
	r.hear(
		&wire.Gap{Room: "lab3", From: id(1), To: id(1), Count: 1, More: true},
		said(1, "lab3", "prof", "earlier"),
		said(2, "lab3", "alice", "@sara, did you get the SYN-ACK number?"),
		said(2, "lab3", "alice", "a line that comes twice is shown once"),
		&wire.Said{Room: "lab3", ID: id(3), At: at(3), From: "bob", Kind: wire.KindGuest, Text: "waves\x1b[2J\u202e\x9b", Action: true},
		&wire.Joined{Room: "lab3", Name: "ivan", Kind: wire.KindGuest},
		&wire.Joined{Room: "lab3", Name: "sara", Kind: wire.KindAccount},
		&wire.Left{Room: "lab3", Name: "ivan", Reason: "connection lost"},
		&wire.Whispered{ID: id(4), At: at(4), From: "alice", To: "sara", Kind: wire.KindAccount, Text: "psst"},
		&wire.Presence{Name: "bob"},
		&wire.Renamed{Old: "bob", Name: "bobby", Kind: wire.KindGuest},
		&wire.TopicSet{Room: "lab3", Topic: "UDP", By: "prof"},
		&wire.Notice{Text: "down at six"},
	)
	r.types("mine starts at 0") // c1
	r.hear(&wire.Receipt{Client: "c1", Room: "lab3", As: "sara", State: wire.ReceiptQueued, At: at(5), Text: "mine starts at 0"})
	r.hear(&wire.Receipt{Client: "c1", Room: "lab3", As: "sara", State: wire.ReceiptSent, ID: id(5), At: at(5), Text: "mine starts at 0"})
	r.types("/quti", "@alice: done") // c2
	r.hear(&wire.Receipt{Client: "c2", To: "alice", As: "sara", State: wire.ReceiptSent, ID: id(6), At: at(6), Text: "done"})
	r.types("/rooms") // t3
	r.hear(&wire.RoomList{Re: wire.Re{Re: "t3"}, Rooms: []wire.RoomInfo{{Room: "lab3", People: 3, Member: true}, {Room: "lobby", People: 1, Topic: "hello"}}})
	r.types("/join lab4") // t4
	r.hear(&wire.Refused{Re: wire.Re{Re: "t4"}, Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no room lab4.", Near: []string{"lab3"}})
	r.types("/ignore bobby")
	r.hear(said(7, "lab3", "bobby", "not heard"), said(8, "lobby", "prof", "elsewhere"))
	r.types("/next", "/leave lab3", "y") // t5
	r.hear(&wire.Done{Re: wire.Re{Re: "t5"}, Of: wire.ActLeave})
	r.hear(&wire.Status{State: wire.StateOffline, Server: "127.0.0.1:1300", Reason: "connection reset", RetryAt: at(30) + 8000})
	r.types("kept") // c6
	r.hear(&wire.Receipt{Client: "c6", To: "alice", As: "sara", State: wire.ReceiptQueued, At: at(9), Text: "kept"})
	r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300", Attempt: 1}, online())
	r.hear(&wire.Receipt{Client: "c6", To: "alice", As: "sara", State: wire.ReceiptSent, ID: id(9), At: at(9), Text: "kept"})
	r.types("/quit")
}

func TestADayInPlainMode(t *testing.T) {
	for _, c := range []struct {
		golden       string
		json, prompt bool
	}{
		{"person.txt", false, true},
		{"pipe.txt", false, false},
		{"program.json", true, false},
	} {
		t.Run(c.golden, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, c.json, c.prompt)
				day(r)
				if err := r.result(); err != nil {
					t.Errorf("got %v, want no error", err)
				}
				golden(t, c.golden, strings.ReplaceAll(r.out.String(), "\r", "\n\\r"))
			})
		})
	}
}

func TestNothingThatATerminalObeysIsPrinted(t *testing.T) {
	hostile := "\x00\x1b]0;title\x07\x7f\u009b\u202e\r\n\u2066\U000e0041end"
	for _, json := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, json, true)
			arrive(r)
			r.hear(said(1, hostile, hostile, hostile),
				&wire.Notice{Text: hostile}, &wire.Refused{Code: "x", Text: hostile, Near: []string{hostile}},
				&wire.Whispered{From: hostile, To: hostile, Text: hostile, ID: id(2)},
				&wire.RoomList{Rooms: []wire.RoomInfo{{Room: hostile, Topic: hostile}}},
				&wire.UserInfo{Name: hostile, Away: hostile, Rooms: []string{hostile}, Dialects: []string{hostile}})
			for _, state := range []wire.KeyState{wire.KeyNew, wire.KeyKnown, wire.KeyVerified, wire.KeyChanged, wire.KeyRejected} {
				r.hear(&wire.KeySeen{User: hostile, State: state, Print: hostile, Old: hostile, Text: hostile})
			}
			for _, state := range []wire.TransferState{wire.TransferOffered, wire.TransferRunning, wire.TransferWaiting, wire.TransferDone, wire.TransferRefused, wire.TransferFailed} {
				r.hear(&wire.Transfer{ID: hostile, User: hostile, Name: hostile, SHA256: hostile, State: state, Reason: hostile, File: hostile})
			}
			r.hear(&wire.Path{User: hostile, Way: wire.WayRelay, Reason: hostile}, &wire.Path{User: hostile, Way: wire.WayRelay, Blocked: true},
				&wire.Path{Re: wire.Re{Re: "t1"}, User: hostile, Way: wire.WayDirect, Addr: hostile, Device: hostile},
				&wire.Safety{User: hostile, Groups: []string{hostile}, Words: []string{hostile}, Print: hostile, Own: hostile},
				&wire.Called{From: hostile}, &wire.Called{From: hostile, Secure: true},
				&wire.Receipt{Client: "h1", To: hostile, Text: hostile, State: wire.ReceiptQueued, Reason: hostile, Seq: 1},
				&wire.Receipt{Client: "h2", To: hostile, Text: hostile, State: wire.ReceiptDelivered, Seq: 2},
				&wire.Receipt{Client: "h3", To: hostile, Text: hostile, State: wire.ReceiptRead, Seq: 3})
			r.types("/outbox")
			r.hear(&wire.Receipt{Client: "h1", To: hostile, Text: hostile, State: wire.ReceiptDelivered, Seq: 1})
			r.types("/help", "/quit")
			if err := r.result(); err != nil {
				t.Fatal(err)
			}
			for _, c := range strings.TrimRight(r.out.String(), "\n") {
				if (c < ' ' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0) || c == '\u202e' || c == '\u2066' || c == '\U000e0041' {
					t.Errorf("json %v: got %U in the output", json, c)
				}
			}
		})
	}
}

func TestTheEndOfTheInputWaitsForAcknowledgements(t *testing.T) {
	sent := &wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: id(1)}
	failed := &wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptFailed, Reason: "You are not in #lab3."}
	for _, c := range []struct {
		name    string
		receipt *wire.Receipt
		after   time.Duration
		want    plain.LeftError
	}{
		{"acknowledged", sent, 0, plain.LeftError{}},
		{"acknowledged late", sent, 29 * time.Second, plain.LeftError{}},
		{"refused", failed, 0, plain.LeftError{Refused: 1, Kept: true}},
		{"never acknowledged", nil, 31 * time.Second, plain.LeftError{Lines: 1, InDoubt: true, Kept: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, true, false)
				arrive(r)
				r.types("hello")
				r.eof()
				if !r.running() {
					t.Fatal("got an end at once, want it to wait")
				}
				<-time.After(c.after)
				if c.receipt != nil {
					r.hear(c.receipt)
				}
				var got plain.LeftError
				if left := (*plain.LeftError)(nil); errors.As(r.result(), &left) {
					got = *left
				}
				if got != c.want {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

func TestTypedLinesWaitForTheRoomTheyAreMeantFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, true, false)
		go io.WriteString(r.typ, "/join lab4\nhello\n")
		synctest.Wait()
		if got := r.s.lastAsked(); got != "" {
			t.Errorf("before the session is in a room: got %q, want nothing", got)
		}
		arrive(r)
		if got, want := r.s.lastAsked(), "wire.Join{Head:{Tag:} Room:lab4}"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(&wire.Entered{Re: wire.Re{Re: "t1"}, Room: "lab4"})
		if got, want := r.s.lastAsked(), `say lab4 "hello" false`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(&wire.Receipt{Client: "c2", Room: "lab4", State: wire.ReceiptSent, ID: id(1)})
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestAServerWithOneRoomIsReadyWhenItIsOnline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		old := online()
		old.Dialect = "a3"
		r.hear(&wire.LoggedIn{Name: "sara"}, old)
		r.types("hello")
		if got, want := r.s.lastAsked(), `say lobby "hello" false`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(&wire.Receipt{Client: "c1", Room: "lobby", State: wire.ReceiptSent, ID: id(1)})
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestAChangedPasswordIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []wire.Secret{"old one", "new one", "new one"}
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, Secret: func(string) (wire.Secret, error) {
				answer := answers[0]
				answers = answers[1:]
				return answer, nil
			}})
		})
		arrive(r)
		r.types("/account password")
		r.hear(&wire.LoggedIn{Re: wire.Re{Re: "t1"}, Name: "sara", Kind: wire.KindAccount, Token: "t"})
		r.eof()
		if err := r.result(); err != nil || !strings.Contains(r.out.String(), "the password is changed") {
			t.Errorf("got %v and\n%s\nwant the change confirmed", err, r.out)
		}
	})
}

func TestTextTypedBeforeTheFirstConnectionWaitsForTheRoom(t *testing.T) {
	for room, want := range map[string]string{"lab3": `say lab3 "hello" false`, "": ""} {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
				return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, Room: room})
			})
			r.hear(offline("Nobody answers."))
			r.types("hello")
			if got := r.s.lastAsked(); got != want {
				t.Errorf("room %q: got %q, want %q", room, got, want)
			}
			r.eof()
			var left *plain.LeftError
			if err := r.result(); !errors.As(err, &left) {
				t.Errorf("room %q: got %v, want the line counted as left", room, err)
			}
		})
	}
}

func TestALostConnectionAnswersForTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		go io.WriteString(r.typ, "/rooms\nhello\n")
		synctest.Wait()
		r.hear(offline("reset"))
		if got, want := r.s.lastAsked(), `say lab3 "hello" false`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(&wire.Receipt{Client: "c2", State: wire.ReceiptSent})
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestAPasswordIsNotChangedToItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false) // every question is answered with the same
		arrive(r)
		r.types("/account password")
		if got := r.s.lastAsked(); got != "" {
			t.Errorf("got %q, want nothing asked", got)
		}
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestAnEndedSessionEndsTheConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		r.hear(&wire.Status{State: wire.StateEnded, Reason: "wrong password", Code: wire.CodeDenied})
		var ended *plain.EndedError
		if err := r.result(); !errors.As(err, &ended) || ended.Reason != "wrong password" {
			t.Errorf("got %v, want the reason", err)
		}
	})
}

func TestWhereNobodyMayRegisterNoPasswordIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.hear(&wire.Welcome{})
		r.types("/register sara")
		if got := r.s.lastAsked(); got != "" || !strings.Contains(r.out.String(), "takes no new accounts") {
			t.Errorf("it asks %q, and says %q", got, r.out.String())
		}
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestSecretsAreAskedForAndNotTakenFromTheLine(t *testing.T) {
	for line, want := range map[string]string{
		"/login sara":           "wire.Login{Head:{Tag:} Name:sara Password:REDACTED Token:REDACTED Digest:false}",
		"/register sara":        "wire.Register{Head:{Tag:} Name:sara Password:REDACTED Legacy:false Digest:false}",
		"/login sara sesame":    "",
		"/register sara hunter": "",
	} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, false, false)
			arrive(r)
			r.types(line)
			if got := r.s.lastAsked(); got != want {
				t.Errorf("%s: got %q, want %q", line, got, want)
			}
			r.hear(&wire.Refused{Re: wire.Re{Re: "t1"}, Text: "no"})
			r.eof()
			if err := r.result(); err != nil {
				t.Error(err)
			}
			if strings.Contains(r.out.String(), "sesame") || strings.Contains(r.out.String(), "hunter") {
				t.Errorf("%s: got the secret in the output", line)
			}
		})
	}
}

func TestATypedLineThatCannotBeSentIsNamedAndTheNextIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.types("latin \xe9", strings.Repeat("x", 1<<20+1), "next")
		if got, want := r.s.lastAsked(), `say lab3 "next" false`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for _, told := range []string{"line 1 was not sent: The text is not UTF-8.", "line 2 was not sent: It is longer than"} {
			if !strings.Contains(r.out.String(), told) {
				t.Errorf("got %q, want %q in it", r.out, told)
			}
		}
		r.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: id(5)})
		r.eof()
		left, ok := errors.AsType[*plain.LeftError](r.result())
		if !ok || left.Refused != 2 {
			t.Errorf("got %+v, want 2 lines that were refused", left)
		}
	})
}

func TestTheContextEndsAConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(ctx, plain.Config{Session: s, Input: in, Out: out})
		})
		arrive(r)
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}
