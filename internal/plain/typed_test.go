package plain_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

func TestARefusalNamesWhatWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.types("/join nosuchroom")
		r.hear(&wire.Refused{Re: wire.Re{Re: "t1"}, Of: wire.ActJoin, Code: wire.CodeNoRoom, Text: "There is no such room.", Near: []string{"lobby"}})
		r.types("/nick bob2", "y")
		r.hear(&wire.Refused{Re: wire.Re{Re: "t2"}, Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "The name is in use."})
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
		for _, want := range []string{"#nosuchroom: There is no such room. Near: lobby.", "log out of the account sara, and be the guest bob2?", "bob2: The name is in use."} {
			if !strings.Contains(r.out.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, r.out.String())
			}
		}
	})
}

func TestALineForARoomThatOneWasRemovedFromGoesToNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300"}, online())
		r.hear(&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount}, &wire.Entered{Room: "lobby"}, &wire.Entered{Room: "lab3"})
		r.types("/join lab3")
		r.hear(&wire.Entered{Re: wire.Re{Re: "t1"}, Room: "lab3"})
		r.hear(&wire.Left{Room: "lab3", Name: "sara", Reason: "removed"})
		r.types("for lab3 only")
		if got := r.s.lastAsked(); strings.Contains(got, "for lab3 only") {
			t.Errorf("sent: %s", got)
		}
		if !strings.Contains(r.out.String(), "You are in no room") {
			t.Errorf("it does not say that nothing was sent:\n%s", r.out.String())
		}
		r.eof()
		var left *plain.LeftError
		if err := r.result(); !errors.As(err, &left) && err != nil {
			t.Error(err)
		}
	})
}

func TestALineRightBehindARoomThatWasRefusedIsNotSaidElsewhere(t *testing.T) {
	for _, ask := range []string{"/join random", "/create random"} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, false, false)
			r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300"}, online())
			r.hear(&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount}, &wire.Entered{Room: "lobby"})
			r.types(ask)
			r.hear(&wire.Refused{Re: wire.Re{Re: "t1"}, Code: wire.CodeNoRoom, Text: "no"})
			r.types("for random only")
			r.types("/msg bob psst") // means the same anywhere
			<-time.After(2 * time.Second)
			r.types("for all")
			for words, sent := range map[string]bool{"for random only": false, "psst": true, "for all": true} {
				if got := strings.Contains(strings.Join(r.s.all(), "\n"), words); got != sent {
					t.Errorf("%s: %q was sent: %v, want %v", ask, words, got, sent)
				}
			}
			if want := "#random was not entered, so this was not done: for random only"; !strings.Contains(r.out.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, r.out.String())
			}
			r.eof()
			if err := r.result(); err == nil {
				t.Error("a script is not told that lines were not sent")
			}
		})
	}
}

func TestALineThatIsNoAnswerIsALineLikeOthers(t *testing.T) {
	for answer, want := range map[string]string{
		"y":          "wire.Leave{Head:{Tag:} Room:lab3}",
		" Y ":        "wire.Leave{Head:{Tag:} Room:lab3}",
		"n":          "",
		"":           "",
		"yes":        `say lab3 "yes" false`,
		"no way":     `say lab3 "no way" false`,
		"/msg bob x": `whisper bob "x" false`,
		"hello":      `say lab3 "hello" false`,
	} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, false, false)
			arrive(r)
			r.types("/leave", answer)
			if strings.TrimSpace(strings.ToLower(answer)) != "y" && !strings.Contains(r.out.String(), "not done.") {
				t.Errorf("%q: it does not say that nothing was done:\n%s", answer, r.out.String())
			}
			if got := r.s.lastAsked(); got != want {
				t.Errorf("%q: got %q, want %q", answer, got, want)
			}
			r.hear(&wire.Status{State: wire.StateEnded})
			if err := r.result(); err == nil {
				t.Error("got no error, want the session's end")
			}
		})
	}
}

// Whoever goes on with the password where none was asked for, as a script does
// without a terminal, does not say it.
func TestAPasswordThatNobodyAskedForIsNotSaid(t *testing.T) {
	refused := &wire.Refused{Re: wire.Re{Re: "t1"}, Of: wire.ActLogin, Code: wire.CodeDenied, Text: "Wrong name or password."}
	for _, c := range []struct {
		line   string
		secret error // what comes of asking for it
		hears  wire.Event
	}{
		{"/login ada", errors.New("there is no terminal"), nil},
		{"/login ada", nil, refused},
		{"/login ada pw", nil, nil},
		{"/logni ada", nil, nil},
		{"7login ada", nil, nil},
		{"/account password", nil, nil}, // the new password is the old one
	} {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
				return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, Secret: func(string) (wire.Secret, error) {
					return "sesame", c.secret
				}})
			})
			arrive(r)
			r.types(c.line)
			if c.hears != nil {
				r.hear(c.hears)
			}
			r.types("", "sesame-of-ada")
			if got := r.s.lastAsked(); strings.Contains(got, "sesame-of-ada") {
				t.Errorf("after %q: sent %s", c.line, got)
			}
			r.types("sesame-of-ada")
			if got, want := r.s.lastAsked(), `say lab3 "sesame-of-ada" false`; got != want {
				t.Errorf("after %q and the line once more: got %q, want %q", c.line, got, want)
			}
			r.hear(&wire.Receipt{Client: "c1", Room: "lab3", State: wire.ReceiptSent, ID: id(1)})
			r.eof()
			var left *plain.LeftError
			if err := r.result(); !errors.As(err, &left) || left.Refused == 0 {
				t.Errorf("after %q: got %v, want the line counted", c.line, err)
			}
		})
	}
}
