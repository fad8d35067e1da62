package wire

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzArithRequests(f *testing.F)        { fuzzRequests(f, arithPlain) }
func FuzzArithEvents(f *testing.F)          { fuzzEvents(f, arithPlain) }
func FuzzArithHelloRequests(f *testing.F)   { fuzzRequests(f, arithHello) }
func FuzzArithHelloEvents(f *testing.F)     { fuzzEvents(f, arithHello) }
func FuzzArithWelcomeRequests(f *testing.F) { fuzzRequests(f, arithWelcome) }
func FuzzArithWelcomeEvents(f *testing.F)   { fuzzEvents(f, arithWelcome) }

func TestArithReadsANameAndThenExpressions(t *testing.T) {
	tests := []struct {
		name   string
		d      arith
		frames []string
		want   []Request // nil for one that is refused
	}{
		{"plain", arithPlain, []string{"ada", "12 + 42", "q"}, []Request{
			Hello{Head: Head{Tag: "ada"}, Program: "ada"}, Calc{Left: "12", Op: "+", Right: "42", By: Floats}, Quit{},
		}},
		{"a name may be q, or an expression", arithPlain, []string{"q", "1+1"}, []Request{
			Hello{Head: Head{Tag: "q"}, Program: "q"}, Calc{Left: "1", Op: "+", Right: "1", By: Floats},
		}},
		{"signs", arithHello, []string{"ada", "-3 - +4"}, []Request{
			Hello{Head: Head{Tag: "ada"}, Program: "ada"}, Calc{Left: "-3", Op: "-", Right: "+4", By: Mixed},
		}},
		{"no signs", arithPlain, []string{"ada", "-3 + 4"}, []Request{
			Hello{Head: Head{Tag: "ada"}, Program: "ada"}, nil,
		}},
		{"underscores", arithWelcome, []string{"ada", "1_000.5 * 1e1_0"}, []Request{
			Hello{Head: Head{Tag: "ada"}, Program: "ada"}, Calc{Left: "1000.5", Op: "*", Right: "1e10", By: Floats},
		}},
		{"a name that would end a line", arithHello, []string{"a\x00d\ra"}, []Request{
			Hello{Head: Head{Tag: "a d a"}, Program: "a d a"},
		}},
		{"a long name is cut between characters", arithHello, []string{strings.Repeat("å", 512)}, []Request{
			Hello{Head: Head{Tag: strings.Repeat("å", 509)}, Program: strings.Repeat("å", 509)},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			codec := tt.d.Server()
			for i, frame := range tt.frames {
				got, err := codec.ParseRequest([]byte(frame))
				if diff := cmp.Diff(tt.want[i], got, byValue()); diff != "" || (err == nil) != (tt.want[i] != nil) {
					t.Errorf("%q: %v (-want +got):\n%s", frame, err, diff)
				}
			}
		})
	}
}

func TestArithRefusesWhatIsNoNumber(t *testing.T) {
	for _, d := range []arith{arithPlain, arithHello, arithWelcome} {
		for _, text := range []string{
			"7", "+", "1 +", "+ 1", "a + b", "1__0 + 1", "_1 + 1", "1_ + 1", "1._5 + 1", ". + 1", "1e + 1", "0x10 + 1", "1 2 + 3",
			"1 + 2 + 3", "2 ** 3", "7 // 2", "1e5", "--1 + 1", "1 + (2)", "١ + 1", "1,5 + 1", "quit()",
		} {
			codec := d.Server()
			_, _ = codec.ParseRequest([]byte("ada"))
			if r, err := codec.ParseRequest([]byte(text)); err == nil {
				t.Errorf("%s reads %q as %+v, want a refusal", d.name, text, r)
			}
		}
	}
}

func TestArithAnswersAreAlone(t *testing.T) {
	tests := []struct {
		name  string
		d     arith
		event Event
		want  string
		deliv Delivery
	}{
		{"plain is silent", arithPlain, &Welcome{Re: Re{"ada"}}, "", Delivery{}},
		{"plain ends without words", arithPlain, &Goodbye{Code: CodeQuit}, "", Delivery{Close: true}},
		{"a value", arithPlain, &Calculated{Value: "54.0"}, "54.0", Delivery{Gap: gapText}},
		{"no value", arithPlain, &Refused{Code: CodeNoResult}, "Invalid math operations", Delivery{Gap: gapText}},
		{"too long", arithPlain, &Refused{Code: CodeTooLong}, "Warning: incorrect query format", Delivery{Gap: gapText}},
		{"hello", arithHello, &Welcome{Re: Re{"ada"}}, "Hello ada", Delivery{Gap: gapText}},
		{"hello with letters outside ASCII", arithHello, &Welcome{Re: Re{"åse"}}, "Hello åse", Delivery{Gap: gapForeign}},
		{"ends without words where nobody has said q", arithHello, &Goodbye{Code: CodeShutdown, Text: "The server stops."}, "", Delivery{Close: true}},
		{"bye", arithHello, &Goodbye{Code: CodeQuit}, "Bye", Delivery{Gap: gapAlone, Close: true}},
		{"welcome", arithWelcome, &Welcome{Re: Re{"ada"}}, "Welcome!!!!!!", Delivery{Gap: gapText}},
		{"an unknown operator", arithWelcome, &Refused{Code: CodeUnsupported}, "None", Delivery{Gap: gapText}},
		{"q", arithWelcome, &Goodbye{Code: CodeQuit}, "q", Delivery{Gap: gapAlone, Close: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, delivery, err := tt.d.Server().AppendEvent([]byte("x"), tt.event)
			if err != nil || string(got) != "x"+tt.want || !cmp.Equal(delivery, tt.deliv, cmp.Comparer(sameDelivery)) {
				t.Errorf("got %q, %+v, %v, want %q, %+v", got, delivery, err, tt.want, tt.deliv)
			}
		})
	}
	for _, e := range []Event{&Calculated{}, &Calculated{Value: "1\n2"}, &Calculated{Value: strings.Repeat("9", 1025)}, &Said{Text: "hi"}} {
		if got, _, err := arithPlain.Server().AppendEvent(nil, e); err == nil || len(got) > 0 {
			t.Errorf("%+v is said as %q, want an error", e, got)
		}
	}
}

// sameDelivery takes no cuts and an empty list of them for the same.
func sameDelivery(a, b Delivery) bool {
	return a.Gap == b.Gap && a.Close == b.Close && a.Replaces == b.Replaces && len(a.Cuts) == len(b.Cuts)
}

func TestArithSendsWhatItsServersRead(t *testing.T) {
	plus := Calc{Head: Head{Tag: "7"}, Left: "12", Op: "+", Right: "42", By: Floats}
	tests := []struct {
		name string
		d    arith
		r    Request
		want string // "" for what can't be said
	}{
		{"a name", arithPlain, Hello{Program: "ada lovelace"}, "ada lovelace"},
		{"an expression", arithPlain, plus, "12 + 42"},
		{"the end", arithPlain, Quit{}, "q"},
		{"a sign where the style has none", arithPlain, Calc{Left: "-3", Op: "+", Right: "4", By: Floats}, ""},
		{"a sign", arithWelcome, Calc{Left: "-3", Op: "+", Right: "4", By: Floats}, "-3 + 4"},
		{"what the asker can't choose", arithHello, plus, "12 + 42"},
		{"an operator that there is not", arithHello, Calc{Left: "3", Op: "%", Right: "4", By: Mixed}, ""},
		{"more than a program reads", arithPlain, Calc{Left: strings.Repeat("9", 1024), Op: "+", Right: "4", By: Floats}, ""},
		{"an empty name", arithPlain, Hello{}, ""},
		{"a name of two lines", arithPlain, Hello{Program: "a\nb"}, ""},
		{"a name that would come back cut", arithHello, Hello{Program: strings.Repeat("a", 1019)}, ""},
		{"a line", arithPlain, Say{Text: "hi"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.d.Client().AppendRequest(nil, tt.r)
			if string(got) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestArithTakesSilenceForAnAnswerWhereThereIsNone(t *testing.T) {
	for _, d := range []arith{arithPlain, arithHello, arithWelcome} {
		_, welcomed := d.Client().Assume(Hello{}).(*Welcome)
		_, ended := d.Client().Assume(Quit{}).(*Goodbye)
		if silent := d.name == "arith"; welcomed != silent || ended != silent || d.Client().Assume(Calc{}) != nil {
			t.Errorf("%s takes for granted: a welcome %t, an end %t; want %t", d.name, welcomed, ended, silent)
		}
	}
}
