package wire

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzSumRequests(f *testing.F) { fuzzRequests(f, sum{}) }
func FuzzSumEvents(f *testing.F)   { fuzzEvents(f, sum{}) }

func TestSumSaysItsThreeAnswers(t *testing.T) {
	tests := []struct {
		name  string
		event Event
		want  string
		close bool
	}{
		{"a sum", &Calculated{Value: "-12"}, "-12\n", false},
		{"no sum", &Refused{Of: ActCalc, Code: CodeMalformed, Text: "Write two\nintegers."}, "error\n", false},
		{"a line too long for the reader", &Refused{Of: ActSay, Code: CodeTooLong}, "error\n", false},
		{"the end", &Goodbye{Code: CodeQuit}, "", true},
		{"another end", &Goodbye{Code: CodeShutdown, Text: "The server stops."}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, delivery, err := sum{}.Server().AppendEvent([]byte("x"), tt.event)
			if err != nil || string(got) != "x"+tt.want || !cmp.Equal(delivery, Delivery{Close: tt.close}) {
				t.Errorf("got %q, %+v, %v, want %q", got, delivery, err, tt.want)
			}
		})
	}
	for _, e := range []Event{&Calculated{}, &Calculated{Value: "1\n2"}, &Calculated{Value: "54.0"}, &Said{Text: "hi"}} {
		if got, _, err := (sum{}).Server().AppendEvent(nil, e); err == nil || len(got) > 0 {
			t.Errorf("%+v is said as %q, want an error", e, got)
		}
	}
}

func TestSumSendsWhatItsServersRead(t *testing.T) {
	tests := []struct {
		name string
		r    Request
		want string // "" for what can't be said
	}{
		{"two integers", Calc{Head: Head{Tag: "7"}, Left: "20", Op: "+", Right: "22"}, "20+22\n"},
		{"negative ones", Calc{Left: "-1", Op: "+", Right: "-2"}, "-1+-2\n"},
		{"the end", Quit{}, "game over\n"},
		{"no integer", Calc{Left: "1.5", Op: "+", Right: "1"}, ""},
		{"another operator", Calc{Left: "5", Op: "-", Right: "1"}, ""},
		{"what the asker can't choose", Calc{Left: "5", Op: "+", Right: "1", By: Floats}, "5+1\n"},
		{"a second line", Calc{Left: "5", Op: "+", Right: "1\n1+1"}, ""},
		{"more than a line holds", Calc{Left: "5", Op: "+", Right: strings.Repeat("9", MaxFrame)}, ""},
		{"a name", Hello{Program: "ada"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sum{}.Client().AppendRequest(nil, tt.r)
			if string(got) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestSumTakesTheEndForGranted(t *testing.T) {
	c := sum{}.Client()
	if _, ok := c.Assume(Quit{}).(*Goodbye); !ok || c.Assume(Calc{}) != nil {
		t.Error("want a goodbye after quit, and nothing after a sum")
	}
}

func TestSumAnswersThatAreNone(t *testing.T) {
	for _, line := range []string{"", "hello\n", "5 6\n", "5.0\n", "Error\n"} {
		e, err := sum{}.Client().ParseEvent([]byte(line))
		if _, ok := errors.AsType[*FrameError](err); !ok {
			t.Errorf("%q is read as %+v, %v, want an error", line, e, err)
		}
	}
}

// TestSumTakesLinesInPieces reads lines whose end comes in two pieces.
func TestSumTakesLinesInPieces(t *testing.T) {
	codec := sum{}.Server()
	for i, frame := range []string{"1+1\r", "\n", "2+2\r", "\n", "3+3\n"} {
		r, err := codec.ParseRequest([]byte(frame))
		if half := i%2 == 1; err != nil || (r == nil) != half {
			t.Errorf("%q is read as %+v, %v", frame, r, err)
		}
	}
}
