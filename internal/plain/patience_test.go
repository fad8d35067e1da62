package plain_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// chatter has others talk for so long, a line a second.
func (r *run) chatter(seconds int) {
	r.t.Helper()
	for n := range seconds {
		<-time.After(time.Second)
		r.hear(said(1000+n, "lobby", "bob", "chatter"), online())
	}
}

func TestATypedLineWaitsTenSecondsForAnAnswerWhateverOthersSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, true, false)
		arrive(r)
		r.types("/rooms", "and this")
		r.chatter(9)
		if got := r.s.lastAsked(); !strings.HasPrefix(got, "wire.Rooms") {
			t.Fatalf("got %q after 9 seconds, want the line to wait", got)
		}
		r.chatter(2)
		if got, want := r.s.lastAsked(), `say lab3 "and this" false`; got != want {
			t.Errorf("got %q after 11 seconds, want %q", got, want)
		}
		r.eof()
		r.chatter(29)
		if !r.running() {
			t.Fatal("it did not wait for the acknowledgement")
		}
		if left, ok := errors.AsType[*plain.LeftError](r.result()); !ok || left.Lines != 1 {
			t.Errorf("got %v, want a line that was not acknowledged", left)
		}
	})
}

func TestInputIsReadAndEndsThoughNoRoomIsEverEntered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, true, false)
		r.hear(online())
		go func() {
			_, _ = r.typ.Write([]byte("/rooms\n"))
			_ = r.typ.Close()
		}()
		r.chatter(89)
		if n := len(r.s.all()); n != 0 {
			t.Errorf("asked %d times before a room was entered", n)
		}
		r.chatter(2)
		if n := len(r.s.all()); n != 1 {
			t.Errorf("asked %d times after 90 seconds, want the line of the input", n)
		}
		if err := r.result(); err != nil {
			t.Errorf("got %v, want an end: nothing was said", err)
		}
		if !strings.Contains(r.out.String(), "no room was entered within 90 seconds") {
			t.Errorf("got %q, want a sentence", r.out)
		}
	})
}

// missing is a program's output after a gap of which the session told the newest
// lines, in a room whose line 1 it has read.
func missing(t *testing.T) *run {
	t.Helper()
	r := conversation(t, true, false)
	arrive(r)
	r.hear(said(1, "lab3", "bob", "line"))
	r.hear(offline("reset"))
	r.hear(online(), &wire.Entered{Room: "lab3", Last: id(9)}, &wire.Gap{Room: "lab3", From: id(8), To: id(9), Count: 2, More: true},
		said(8, "lab3", "bob", "line"), said(9, "lab3", "bob", "line"))
	return r
}

func TestWhatWasMissedIsReadAfterAnotherOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := missing(t)
		r.hear(page("t1", 2, 9, false)[:3]...)
		r.hear(offline("reset"))
		r.types("typed meanwhile")
		if got, want := r.s.lastAsked(), `say lab3 "typed meanwhile" false`; got != want {
			t.Errorf("got %q while there is no connection, want %q", got, want)
		}
		r.hear(online())
		r.hear(page("t3", 2, 9, false)...)
		for n := 2; n <= 9; n++ {
			if got := strings.Count(r.out.String(), `"id":"`+id(n).String()+`"`); got != 1 {
				t.Errorf("line %d was shown %d times", n, got)
			}
		}
		r.hear(receipt("c2", wire.ReceiptSent, ""))
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
		if strings.Contains(r.out.String(), `"gap"`) {
			t.Errorf("got a gap in %s", r.out)
		}
	})
}

func TestMissedLinesOfWhichNoneAreToldAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, true, false)
		arrive(r)
		r.hear(said(1, "lab3", "bob", "line"))
		r.hear(offline("reset"))
		r.hear(online(), &wire.Entered{Room: "lab3", Last: id(9)}, &wire.Gap{Room: "lab3", From: id(2), To: id(9), More: true})
		if got := r.s.lastAsked(); !strings.HasPrefix(got, "wire.History{") || !strings.Contains(got, "After:"+id(1).String()) {
			t.Fatalf("got %q, want a question for what was missed", got)
		}
		r.hear(page("t1", 2, 9, false)...)
		if got := strings.Count(r.out.String(), `"said"`); got != 9 {
			t.Errorf("%d lines were shown, want all 9: %s", got, r.out)
		}
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestAProgramIsToldWhereLinesAreMissing(t *testing.T) {
	between := `{"type":"gap","room":"lab3","after":"` + id(1).String() + `","before":"` + id(8).String() + `","reason":"`
	for _, c := range []struct {
		name string
		do   func(r *run)
		want string
	}{
		{"refused", func(r *run) {
			r.hear(&wire.Refused{Re: wire.Re{Re: "t1"}, Of: wire.ActHistory, Code: wire.CodeStorage, Text: "The storage does not answer."})
		}, between + "The storage does not answer"},
		{"never told, while others talk", func(r *run) { r.chatter(11) }, between + "the server has not told them within 10 seconds"},
		{"a page that stops in its midst", func(r *run) {
			r.hear(page("t1", 2, 7, false)[:3]...)
			r.chatter(11)
		}, between + "the server has not told them within 10 seconds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := missing(t)
				c.do(r)
				r.eof()
				if err := r.result(); err != nil {
					t.Error(err)
				}
				_, after, found := strings.Cut(r.out.String(), c.want)
				if !found || !strings.Contains(after, `"id":"`+id(8).String()+`"`) {
					t.Errorf("got %s, want %s, and the lines behind it", r.out, c.want)
				}
			})
		})
	}
}

func TestAReadingThatALostConnectionEndsSaysSo(t *testing.T) {
	for _, json := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, json, false)
			arrive(r)
			r.types("/read all")
			r.hear(page("t1", 1, 5, true)...)
			r.hear(page("t2", 6, 9, true)[:2]...)
			r.hear(offline("reset"))
			want := "lines of #lab3 are missing: the connection was lost: /read shows what the server has\n"
			if json {
				want = `{"type":"gap","room":"lab3","after":"` + id(5).String() + `","reason":"the connection was lost`
			}
			if !strings.Contains(r.out.String(), want) {
				t.Errorf("got %s, want %s", r.out, want)
			}
			r.eof()
			if err := r.result(); err != nil {
				t.Error(err)
			}
		})
	}
}
