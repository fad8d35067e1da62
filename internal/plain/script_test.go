package plain_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// sending starts Send: of a text, or where that is empty of the input's lines.
func sending(t *testing.T, text string) *run {
	t.Helper()
	return start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
		cfg := plain.SendConfig{Session: s, Room: "lab3", Text: text, Err: out}
		if text == "" {
			cfg.Input = in
		}
		return plain.Send(t.Context(), cfg)
	})
}

func receipt(client string, state wire.ReceiptState, reason string) *wire.Receipt {
	return &wire.Receipt{Client: wire.ClientID(client), Room: "lab3", State: state, ID: id(1), Reason: reason}
}

var inLab3 = &wire.Entered{Re: wire.Re{Re: "t1"}, Room: "lab3"}

func TestSendEndsAfterTheAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sending(t, "hello")
		r.hear(online())
		if got, want := r.s.lastAsked(), "wire.Join{Head:{Tag:} Room:lab3}"; got != want {
			t.Errorf("got %q first, want %q", got, want)
		}
		r.hear(inLab3)
		if got, want := r.s.lastAsked(), `say lab3 "hello" false`; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(receipt("c2", wire.ReceiptQueued, ""))
		if !r.running() {
			t.Fatal("got an end before the acknowledgement")
		}
		r.hear(receipt("c2", wire.ReceiptSent, ""))
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestSendPostsEachLineOfTheInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sending(t, "")
		r.hear(online(), inLab3)
		r.types("one", "", "two")
		r.eof()
		if got, want := strings.Join(r.s.all()[1:], ", "), `say lab3 "one" false, say lab3 "two" false`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		r.hear(receipt("c2", wire.ReceiptSent, ""))
		if !r.running() {
			t.Fatal("got an end before the second acknowledgement")
		}
		r.hear(receipt("c3", wire.ReceiptSent, ""))
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestALineOfTheInputThatCannotBeSentIsNamedAndTheOthersAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sending(t, "")
		r.hear(online(), inLab3)
		r.types("\ufeffone\r", "latin \xe9", "", "two", "nul\x00", strings.Repeat("x", 1<<20+1), "\ufeffthree")
		r.hear(receipt("c2", wire.ReceiptSent, ""), receipt("c3", wire.ReceiptFailed, "It is too rude."))
		go io.WriteString(r.typ, "four, without an end")
		synctest.Wait()
		r.eof()
		want := []string{`say lab3 "one" false`, `say lab3 "two" false`, `say lab3 "\ufeffthree" false`, `say lab3 "four, without an end" false`}
		if diff := cmp.Diff(want, r.s.all()[1:]); diff != "" {
			t.Error(diff)
		}
		r.hear(receipt("c4", wire.ReceiptSent, ""), receipt("c5", wire.ReceiptSent, ""))
		left, ok := errors.AsType[*plain.LeftError](r.result())
		if !ok || left.Refused != 4 || left.Lines != 0 {
			t.Errorf("got %+v, want 4 lines that were refused", left)
		}
		for _, told := range []string{
			"line 2 was not sent: The text is not UTF-8.", "line 5 was not sent: The text holds a NUL",
			"line 6 was not sent: It is longer than 1048576 bytes.", "line 4 was not sent: It is too rude.\n",
		} {
			if !strings.Contains(r.out.String(), told) {
				t.Errorf("got %q, want %q in it", r.out, told)
			}
		}
	})
}

func TestSendWaitsAsLongForWhatAnEarlierRunHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sending(t, "hello")
		r.hear(receipt("left", wire.ReceiptQueued, ""), online())
		r.hear(inLab3)
		if !r.running() {
			t.Fatalf("it gave up at once: %v", r.result())
		}
		r.hear(receipt("left", wire.ReceiptSent, ""), receipt("c2", wire.ReceiptSent, ""))
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestSendSaysWhyItFailed(t *testing.T) {
	for _, c := range []struct {
		name  string
		heard [][]wire.Event
		want  string
	}{
		{"nobody answers", [][]wire.Event{{offline("Nobody answers at 127.0.0.1:1300.")}}, "Nobody answers at 127.0.0.1:1300. Start chatd there"},
		{"the name is refused", [][]wire.Event{{&wire.Status{State: wire.StateEnded, Reason: "bob is registered."}}}, "bob is registered."},
		{"there is no such room", [][]wire.Event{
			{online()},
			{&wire.Refused{Re: wire.Re{Re: "t1"}, Code: wire.CodeNoRoom, Text: "There is no room lab3: create it with /create lab3.", Near: []string{"hall"}}},
		}, "#lab3: There is no room lab3: create it with /create lab3. Near: hall."},
		{"the line is refused", [][]wire.Event{{online()}, {inLab3}, {receipt("c2", wire.ReceiptFailed, "The line is too long.")}}, "The line is too long."},
		{"the server stays silent", [][]wire.Event{{online()}, {inLab3}}, "1 line was not acknowledged"},
		{"the acknowledgement never comes", [][]wire.Event{{online()}, {inLab3}, {offline("reset")}}, "1 line was not acknowledged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := sending(t, "hello")
				for _, batch := range c.heard {
					r.hear(batch...)
				}
				if err := r.result(); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			})
		})
	}
}

func TestSendTakesNoMoreInputThanTheServerFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sending(t, "")
		r.hear(online(), inLab3)
		go io.WriteString(r.typ, strings.Repeat("line\n", 100))
		synctest.Wait()
		if got, want := len(r.s.all())-1, 64; got != want {
			t.Errorf("got %d lines under way, want %d", got, want)
		}
		r.hear(receipt("c2", wire.ReceiptSent, ""))
		if got, want := len(r.s.all())-1, 65; got != want {
			t.Errorf("after an acknowledgement: got %d lines, want %d", got, want)
		}
		r.hear(&wire.Status{State: wire.StateEnded, Reason: "enough"})
		if err := r.result(); err == nil {
			t.Error("got no error, want the session's")
		}
	})
}

func TestSendWaitsForSlowInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sending(t, "")
		r.hear(online(), inLab3)
		<-time.After(time.Hour)
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func tailing(t *testing.T, ctx context.Context, history int, noFollow, json bool) (*run, *bytes.Buffer) { //nolint:revive // t goes first
	t.Helper()
	problems := new(bytes.Buffer)
	return start(t, func(s *session, _ io.ReadCloser, out io.Writer) error {
		return plain.Tail(ctx, plain.TailConfig{
			Session: s, Room: "lab3", History: history, NoFollow: noFollow, JSON: json,
			Out: out, Err: problems, Zone: time.UTC,
		})
	}), problems
}

func TestTailPrintsTheHistoryThenWhatIsSaidEachLineOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, problems := tailing(t, ctx, 2, false, false)
		r.hear(online(), inLab3)
		if got, want := r.s.lastAsked(), "wire.History{Head:{Tag:} Room:lab3 Before:0 After:0 Limit:2}"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.hear(said(3, "lab3", "bob", "said before the history came"))
		r.hear(&wire.Gap{Re: wire.Re{Re: "t2"}, Room: "lab3", From: id(1), To: id(2), Count: 2}, said(1, "lab3", "bob", "one"), said(2, "lab3", "bob", "two"))
		r.hear(said(4, "lobby", "bob", "elsewhere"), said(4, "lab3", "bob", "four"))
		r.hear(offline("reset"), said(5, "lab3", "bob", "five"), online())
		r.hear(&wire.Gap{Re: wire.Re{Re: "t3"}, Room: "lab3", From: id(5), To: id(5), Count: 1}, said(5, "lab3", "bob", "five"))
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		golden(t, "tail.txt", r.out.String())
		if got := problems.String(); !strings.Contains(got, "connection lost: reset.") {
			t.Errorf("got %q as problems, want the lost connection", got)
		}
	})
}

func TestTailAsksAgainWhereTheServerIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := tailing(t, t.Context(), 2, true, false)
		r.hear(online(), inLab3)
		r.hear(&wire.Refused{Re: wire.Re{Re: "t2"}, Of: wire.ActHistory, Code: wire.CodeBusy, RetryMS: 5000})
		<-time.After(4 * time.Second)
		if n := len(r.s.all()); n != 2 {
			t.Errorf("asked %d times, want it to wait as long as the server says", n)
		}
		<-time.After(2 * time.Second)
		r.hear(&wire.Gap{Re: wire.Re{Re: "t3"}, Room: "lab3", From: id(1), To: id(1), Count: 1}, said(1, "lab3", "bob", "one"))
		if err := r.result(); err != nil || !strings.Contains(r.out.String(), "one") {
			t.Errorf("got %v and %q", err, r.out)
		}
	})
}

func TestTailGivesUpAHistoryWhoseServerIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := tailing(t, t.Context(), plain.All, true, false)
		r.hear(online(), inLab3)
		r.hear(&wire.Gap{Re: wire.Re{Re: "t2"}, Room: "lab3", From: id(1), To: id(2), Count: 2, More: true}, said(1, "lab3", "bob", "one"))
		r.hear(offline("reset"))
		<-time.After(29 * time.Second)
		if !r.running() {
			t.Fatal("it did not wait for the server")
		}
		if err := r.result(); err == nil || !strings.Contains(err.Error(), "run it again") {
			t.Errorf("got %v, want a sentence", err)
		}
	})
}

func TestTailAsksForAPageAgainOfWhichLinesWereLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := tailing(t, t.Context(), plain.All, true, false)
		r.hear(online(), inLab3)
		r.hear(&wire.Gap{Re: wire.Re{Re: "t2"}, Room: "lab3", From: id(1), To: id(3), Count: 3},
			&wire.Gap{Room: "lab3", From: id(1), To: id(2), More: true, Out: 2}, said(3, "lab3", "bob", "three"))
		r.hear(&wire.Gap{Room: "lab3", From: id(1), To: id(3), More: true, Out: 3}, // stands before what it is about
			&wire.Gap{Re: wire.Re{Re: "t3"}, Room: "lab3", From: id(1), To: id(3), Count: 3})
		r.hear(&wire.Gap{Re: wire.Re{Re: "t4"}, Room: "lab3", From: id(1), To: id(3), Count: 3},
			said(1, "lab3", "bob", "one"), said(2, "lab3", "bob", "two"), said(3, "lab3", "bob", "three"))
		if err := r.result(); err != nil {
			t.Error(err)
		}
		if got, want := r.out.String(), "14:01 #lab3 bob: one\n14:02 #lab3 bob: two\n14:03 #lab3 bob: three\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestTailWithoutHistoryBeginsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := tailing(t, ctx, 0, false, false)
		r.hear(online())
		r.hear(&wire.Entered{Re: wire.Re{Re: "t1"}, Room: "lab3", Last: id(2)})
		r.hear(said(1, "lab3", "bob", "before"), said(2, "lab3", "bob", "before"), said(3, "lab3", "bob", "now"))
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got, want := r.out.String(), "14:03 #lab3 bob: now\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestTailWithoutFollowingEndsAfterTheHistory(t *testing.T) {
	for _, c := range []struct {
		name    string
		history int
		heard   []wire.Event
		want    string
	}{
		{"two lines", 2, []wire.Event{
			&wire.Gap{Re: wire.Re{Re: "t2"}, Room: "lab3", From: id(1), To: id(2), Count: 2}, said(1, "lab3", "bob", "one"), said(2, "lab3", "bob", "two"),
		}, "tail.json"},
		{"an empty room", 2, []wire.Event{&wire.Gap{Re: wire.Re{Re: "t2"}, Room: "lab3"}}, ""},
		{"no history wanted", 0, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := tailing(t, t.Context(), c.history, true, true)
				r.hear(online())
				r.hear(inLab3)
				if c.heard != nil {
					r.hear(c.heard...)
				}
				if err := r.result(); err != nil {
					t.Error(err)
				}
				if c.want == "" && r.out.Len() > 0 {
					t.Errorf("got %q, want nothing", r.out)
				} else if c.want != "" {
					golden(t, c.want, r.out.String())
				}
			})
		})
	}
}

// brokenPipe takes nothing.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTailEndsWhenNobodyReadsItsOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(s *session, _ io.ReadCloser, _ io.Writer) error {
			return plain.Tail(t.Context(), plain.TailConfig{Session: s, Room: "lab3", Out: brokenPipe{}, Err: io.Discard})
		})
		r.hear(online(), inLab3)
		r.hear(said(1, "lab3", "bob", "one"))
		if err := r.result(); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
		}
	})
}
