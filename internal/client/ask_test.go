package client

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// apart stands between answers that are written one by one.
const apart = "\x00"

// service is a small server written from the facts: what it reads at once is
// one message, which step answers; ok is false where it ends the connection.
type service struct {
	step  func(n int, message string) (answer string, ok bool)
	heard []string    // Written by serve only
	at    []time.Time // likewise
	ended chan struct{}
}

// dial connects to the service.
func (s *service) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go s.serve(far)
	return near, nil
}

func (s *service) serve(conn net.Conn) {
	defer close(s.ended)
	defer conn.Close()
	buf := make([]byte, 1024)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		s.heard, s.at = append(s.heard, string(buf[:n])), append(s.at, time.Now())
		answer, ok := s.step(len(s.heard)-1, string(buf[:n]))
		for part := range strings.SplitSeq(answer, apart) {
			if part == "" {
				continue
			}
			if _, err := conn.Write([]byte(part)); err != nil {
				return
			}
		}
		if !ok {
			return
		}
	}
}

func TestServicesOfEachFamilyAreAsked(t *testing.T) {
	calc := func(by wire.Arithmetic) wire.Request { return wire.Calc{Left: "12", Op: "+", Right: "42", By: by} }
	tests := []struct {
		name    string
		request wire.Request
		dialect string
		answers []string // to each message; the service ends after the last
		heard   []string
		want    string
	}{
		{"sum", calc(wire.Integers), "sum", []string{"54\n", ""}, []string{"12+42\n", "game over\n"}, "54"},
		{"arithmetic", calc(wire.Floats), "arith", []string{"", "54.0", ""}, []string{"ada", "12 + 42", "q"}, "54.0"},
		{"arithmetic that says hello", calc(wire.Floats), "arith-hello", []string{"Hello ada", "54", "Bye"}, []string{"ada", "12 + 42", "q"}, "54"},
		{"arithmetic that says welcome", calc(wire.Floats), "arith-welcome", []string{"Welcome!!!!!!", "54.0", "q"}, []string{"ada", "12 + 42", "q"}, "54.0"},
		{"no value", calc(wire.Floats), "arith", []string{"", "Invalid math operations"}, []string{"ada", "12 + 42"}, "Invalid math operations"},
		{"a service that ends", calc(wire.Floats), "arith", []string{"", ""}, []string{"ada", "12 + 42"}, "The server closed the connection."},
		{"date", wire.Clock{Date: true}, "", []string{"22-11-2026"}, []string{"SEND_DATE"}, "22-11-2026"},
		{"date in another style", wire.Clock{Date: true}, "", []string{"22/11/2026"}, []string{"SEND_DATE"}, "22/11/2026"},
		{"time", wire.Clock{}, "", []string{"06:13:14"}, []string{"SEND_TIME"}, "06:13:14"},
		{"no time", wire.Clock{}, "", []string{"soon"}, []string{"SEND_TIME"}, `The answer "soon" is neither a date nor a time.`},
		{"a clock of another kind", wire.Clock{}, "", []string{"Error in request format"}, []string{"SEND_TIME"}, `The service answers "Error in request format".`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{ended: make(chan struct{}), step: func(n int, _ string) (string, bool) {
					return tt.answers[n], n < len(tt.answers)-1
				}}
				got, err := Ask(t.Context(), Question{Server: "lab:1", Request: tt.request, Dialect: tt.dialect, Name: "ada", Dial: s.dial})
				<-s.ended
				if text := outcome(got, err); text != tt.want {
					t.Errorf("got %q, want %q", text, tt.want)
				}
				if !slices.Equal(s.heard, tt.heard) {
					t.Errorf("the service heard %q, want %q", s.heard, tt.heard)
				}
				if tt.dialect == "arith" && len(s.at) > 1 && s.at[1].Sub(s.at[0]) < pauseAfterName {
					t.Error("the expression came so soon after the name that one read may bring both")
				}
			})
		})
	}
}

func TestTheStyleOfArithmeticIsFoundOutByItsGreeting(t *testing.T) {
	for greeting, want := range map[string]string{"Hello ada": "54", "Welcome!!!!!!": "54", "220 mail ready": "The service says \"220 mail ready\" instead of waiting for an expression. Look for the arithmetic's port."} {
		synctest.Test(t, func(t *testing.T) {
			s := &service{step: func(n int, message string) (string, bool) {
				return map[string]string{"ada": greeting, "12 + 42": "54"}[message], message != "q"
			}}
			dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
				s.ended = make(chan struct{})
				return s.dial(ctx, network, addr)
			}
			got, err := Ask(t.Context(), Question{
				Server: "lab:1", Request: wire.Calc{Left: "12", Op: "+", Right: "42", By: wire.Floats}, Dialect: "arith", Name: "ada", Dial: dial,
			})
			<-s.ended
			if text := outcome(got, err); text != want {
				t.Errorf("after %q: got %q, want %q", greeting, text, want)
			}
		})
	}
}

// outcome is the answer or the error.
func outcome(e wire.Event, err error) string {
	if err != nil {
		return err.Error()
	}
	switch e := e.(type) {
	case *wire.Calculated:
		return e.Value
	case *wire.ClockTold:
		return e.Text
	default:
		return "?"
	}
}

// TestAWrongStyleOfArithmeticIsRecognisedAndNamed on one connection: originals
// serve no second one.
func TestAWrongStyleOfArithmeticIsRecognisedAndNamed(t *testing.T) {
	for _, c := range []struct {
		asked, speaks string
		answers       []string
		want          string
	}{
		{"arith-hello", "arith", []string{"", "54.0", ""}, "54.0"},
		{"arith-welcome", "arith", []string{"", "54.0", ""}, "54.0"},
		{"arith-welcome", "arith-hello", []string{"Hello ada", "54", "Bye"}, "54"},
		{"arith-hello", "arith-welcome", []string{"Welcome!!!!!!", "54.0", "q"}, "54.0"},
		{"arith", "arith-welcome", []string{"Welcome!!!!!!", "54.0", "q"}, "54.0"},
		{"arith", "arith-hello", []string{"", "Hello ada", "54"}, "54"}, // the greeting is late
	} {
		t.Run(c.asked+" at "+c.speaks, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{ended: make(chan struct{})}
				s.step = func(n int, _ string) (string, bool) {
					if c.answers[1] == "Hello ada" && n == 1 {
						return c.answers[1] + apart + c.answers[2], true
					}
					return c.answers[min(n, len(c.answers)-1)], n < len(c.answers)-1
				}
				named := ""
				got, err := Ask(t.Context(), Question{
					Server: "lab:1", Request: wire.Calc{Left: "12", Op: "+", Right: "42", By: wire.Floats}, Dialect: c.asked, Name: "ada",
					Dial: s.dial, Style: func(d string) { named = d },
				})
				<-s.ended
				if text := outcome(got, err); text != c.want || named != c.speaks {
					t.Errorf("got %q of a service called %q, want %q of %q", text, named, c.want, c.speaks)
				}
				if len(s.heard) != 3 {
					t.Errorf("it heard %q", s.heard)
				}
			})
		})
	}
}

func TestAnExpressionThatTheStyleDoesNotTakeIsSaidToBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{ended: make(chan struct{}), step: func(int, string) (string, bool) { return "", true }}
		_, err := Ask(t.Context(), Question{
			Server: "lab:1", Request: wire.Calc{Left: "-3", Op: "+", Right: "4", By: wire.Floats}, Dialect: "arith-hello", Name: "ada", Dial: s.dial,
		})
		<-s.ended
		if err == nil || err.Error() != "The service speaks arith, which does not take this expression." {
			t.Errorf("got %v", err)
		}
	})
}

func TestALostQuestionForTheTimeIsAskedAgain(t *testing.T) {
	tests := []struct {
		name     string
		answered int // which question is
		want     string
		heard    int
	}{
		{"the first is lost", 1, "06:13:14", 2},
		{"two are", 2, "06:13:14", 3},
		{"all are", 9, "lab:1 does not answer in time.", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{ended: make(chan struct{}), step: func(n int, _ string) (string, bool) {
					if n == tt.answered {
						return "06:13:14", true
					}
					return "", true
				}}
				got, err := Ask(t.Context(), Question{Server: "lab:1", Request: wire.Clock{}, Dial: s.dial})
				<-s.ended
				if text := outcome(got, err); text != tt.want || len(s.heard) != tt.heard {
					t.Errorf("got %q after %d questions, want %q after %d", text, len(s.heard), tt.want, tt.heard)
				}
			})
		})
	}
}

func TestADateIsNoAnswerToWhoAsksForTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{ended: make(chan struct{}), step: func(n int, _ string) (string, bool) {
			return []string{"22-11-2026", "06:13:14"}[n], true
		}}
		got, err := Ask(t.Context(), Question{Server: "lab:1", Request: wire.Clock{}, Dial: s.dial})
		<-s.ended
		if text := outcome(got, err); text != "06:13:14" {
			t.Errorf("got %q, want the time", text)
		}
	})
}

func TestWhatCannotBeAskedIsNotSent(t *testing.T) {
	one := wire.Calc{Left: "1", Op: "+", Right: "1"}
	for name, q := range map[string]Question{
		"no name":                    {Request: one, Dialect: "arith"},
		"a name of two lines":        {Request: one, Dialect: "arith", Name: "a\nb"},
		"no expression":              {Request: wire.Calc{Left: "a", Op: "+", Right: "b"}, Dialect: "sum"},
		"no dialect":                 {Request: one, Dialect: "esperanto"},
		"a dialect without services": {Request: one, Dialect: "a3"},
	} {
		t.Run(name, func(t *testing.T) {
			q.Dial = func(context.Context, string, string) (net.Conn, error) {
				t.Error("it was sent")
				return nil, os.ErrInvalid
			}
			if e, err := Ask(t.Context(), q); err == nil || !strings.HasSuffix(err.Error(), ".") {
				t.Errorf("got %+v, %v, want a sentence", e, err)
			}
		})
	}
}

func TestAskingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &service{ended: make(chan struct{}), step: func(int, string) (string, bool) { cancel(); return "", true }}
		_, err := Ask(ctx, Question{Server: "lab:1", Request: wire.Clock{}, Dial: s.dial})
		<-s.ended
		if !errors.Is(err, context.Canceled) || len(s.heard) != 1 {
			t.Errorf("got %v after %d questions, want the context's error after one", err, len(s.heard))
		}
	})
}

func TestNobodyAnswersAtAClosedPort(t *testing.T) {
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := conn.LocalAddr().String()
	conn.Close()
	if _, err := Ask(t.Context(), Question{Server: addr, Request: wire.Clock{}}); err == nil || err.Error() != "Nobody answers at "+addr+"." {
		t.Errorf("got %v", err)
	}
}
