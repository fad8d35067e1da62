package sum

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

func FuzzSumRequests(f *testing.F) { wiretest.FuzzRequests(f, Dialect{}) }
func FuzzSumEvents(f *testing.F)   { wiretest.FuzzEvents(f, Dialect{}) }

func TestSumSaysItsThreeAnswers(t *testing.T) {
	tests := []struct {
		name  string
		event wire.Event
		want  string
		close bool
	}{
		{"a sum", &wire.Calculated{Value: "-12"}, "-12\n", false},
		{"no sum", &wire.Refused{Of: wire.ActCalc, Code: wire.CodeMalformed, Text: "Write two\nintegers."}, "error\n", false},
		{"a line too long for the reader", &wire.Refused{Of: wire.ActSay, Code: wire.CodeTooLong}, "error\n", false},
		{"the end", &wire.Goodbye{Code: wire.CodeQuit}, "", true},
		{"another end", &wire.Goodbye{Code: wire.CodeShutdown, Text: "The server stops."}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, delivery, err := Dialect{}.Server().AppendEvent([]byte("x"), tt.event)
			if err != nil || string(got) != "x"+tt.want || !cmp.Equal(delivery, wire.Delivery{Close: tt.close}) {
				t.Errorf("got %q, %+v, %v, want %q", got, delivery, err, tt.want)
			}
		})
	}
	for _, e := range []wire.Event{&wire.Calculated{}, &wire.Calculated{Value: "1\n2"}, &wire.Calculated{Value: "54.0"}, &wire.Said{Text: "hi"}} {
		if got, _, err := (Dialect{}).Server().AppendEvent(nil, e); err == nil || len(got) > 0 {
			t.Errorf("%+v is said as %q, want an error", e, got)
		}
	}
}

func TestSumSendsWhatItsServersRead(t *testing.T) {
	tests := []struct {
		name string
		r    wire.Request
		want string // "" for what can't be said
	}{
		{"two integers", wire.Calc{Head: wire.Head{Tag: "7"}, Left: "20", Op: "+", Right: "22"}, "20+22\n"},
		{"negative ones", wire.Calc{Left: "-1", Op: "+", Right: "-2"}, "-1+-2\n"},
		{"the end", wire.Quit{}, "game over\n"},
		{"no integer", wire.Calc{Left: "1.5", Op: "+", Right: "1"}, ""},
		{"another operator", wire.Calc{Left: "5", Op: "-", Right: "1"}, ""},
		{"what the asker can't choose", wire.Calc{Left: "5", Op: "+", Right: "1", By: wire.Floats}, "5+1\n"},
		{"a second line", wire.Calc{Left: "5", Op: "+", Right: "1\n1+1"}, ""},
		{"more than a line holds", wire.Calc{Left: "5", Op: "+", Right: strings.Repeat("9", wire.MaxFrame)}, ""},
		{"a name", wire.Hello{Program: "ada"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Dialect{}.Client().AppendRequest(nil, tt.r)
			if string(got) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestSumTakesTheEndForGranted(t *testing.T) {
	c := Dialect{}.Client()
	if _, ok := c.Assume(wire.Quit{}).(*wire.Goodbye); !ok || c.Assume(wire.Calc{}) != nil {
		t.Error("want a goodbye after quit, and nothing after a sum")
	}
}

func TestSumAnswersThatAreNone(t *testing.T) {
	for _, line := range []string{"", "hello\n", "5 6\n", "5.0\n", "Error\n"} {
		e, err := Dialect{}.Client().ParseEvent([]byte(line))
		if _, ok := errors.AsType[*wire.FrameError](err); !ok {
			t.Errorf("%q is read as %+v, %v, want an error", line, e, err)
		}
	}
}

// TestSumTakesLinesInPieces reads lines whose end comes in two pieces.
func TestSumTakesLinesInPieces(t *testing.T) {
	codec := Dialect{}.Server()
	for i, frame := range []string{"1+1\r", "\n", "2+2\r", "\n", "3+3\n"} {
		r, err := codec.ParseRequest([]byte(frame))
		if half := i%2 == 1; err != nil || (r == nil) != half {
			t.Errorf("%q is read as %+v, %v", frame, r, err)
		}
	}
}
