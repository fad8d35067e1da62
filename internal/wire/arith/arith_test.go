package arith

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/oldtext"
	"labchat/internal/wire/wiretest"
)

func FuzzArithRequests(f *testing.F)        { wiretest.FuzzRequests(f, Plain) }
func FuzzArithEvents(f *testing.F)          { wiretest.FuzzEvents(f, Plain) }
func FuzzArithHelloRequests(f *testing.F)   { wiretest.FuzzRequests(f, Hello) }
func FuzzArithHelloEvents(f *testing.F)     { wiretest.FuzzEvents(f, Hello) }
func FuzzArithWelcomeRequests(f *testing.F) { wiretest.FuzzRequests(f, Welcome) }
func FuzzArithWelcomeEvents(f *testing.F)   { wiretest.FuzzEvents(f, Welcome) }

func TestArithReadsANameAndThenExpressions(t *testing.T) {
	tests := []struct {
		name   string
		d      Dialect
		frames []string
		want   []wire.Request // nil for one that is refused
	}{
		{"plain", Plain, []string{"ada", "12 + 42", "q"}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: "ada"}, Program: "ada"}, wire.Calc{Left: "12", Op: "+", Right: "42", By: wire.Floats}, wire.Quit{},
		}},
		{"a name may be q, or an expression", Plain, []string{"q", "1+1"}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: "q"}, Program: "q"}, wire.Calc{Left: "1", Op: "+", Right: "1", By: wire.Floats},
		}},
		{"signs", Hello, []string{"ada", "-3 - +4"}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: "ada"}, Program: "ada"}, wire.Calc{Left: "-3", Op: "-", Right: "+4", By: wire.Mixed},
		}},
		{"no signs", Plain, []string{"ada", "-3 + 4"}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: "ada"}, Program: "ada"}, nil,
		}},
		{"underscores", Welcome, []string{"ada", "1_000.5 * 1e1_0"}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: "ada"}, Program: "ada"}, wire.Calc{Left: "1000.5", Op: "*", Right: "1e10", By: wire.Floats},
		}},
		{"a name that would end a line", Hello, []string{"a\x00d\ra"}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: "a d a"}, Program: "a d a"},
		}},
		{"a long name is cut between characters", Hello, []string{strings.Repeat("å", 512)}, []wire.Request{
			wire.Hello{Head: wire.Head{Tag: strings.Repeat("å", 509)}, Program: strings.Repeat("å", 509)},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			codec := tt.d.Server()
			for i, frame := range tt.frames {
				got, err := codec.ParseRequest([]byte(frame))
				if diff := cmp.Diff(tt.want[i], got, wiretest.ByValue()); diff != "" || (err == nil) != (tt.want[i] != nil) {
					t.Errorf("%q: %v (-want +got):\n%s", frame, err, diff)
				}
			}
		})
	}
}

func TestArithRefusesWhatIsNoNumber(t *testing.T) {
	for _, d := range []Dialect{Plain, Hello, Welcome} {
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
		d     Dialect
		event wire.Event
		want  string
		deliv wire.Delivery
	}{
		{"plain is silent", Plain, &wire.Welcome{Re: wire.Re{Re: "ada"}}, "", wire.Delivery{}},
		{"plain ends without words", Plain, &wire.Goodbye{Code: wire.CodeQuit}, "", wire.Delivery{Close: true}},
		{"a value", Plain, &wire.Calculated{Value: "54.0"}, "54.0", wire.Delivery{Gap: oldtext.GapText}},
		{"no value", Plain, &wire.Refused{Code: wire.CodeNoResult}, "Invalid math operations", wire.Delivery{Gap: oldtext.GapText}},
		{"too long", Plain, &wire.Refused{Code: wire.CodeTooLong}, "Warning: incorrect query format", wire.Delivery{Gap: oldtext.GapText}},
		{"hello", Hello, &wire.Welcome{Re: wire.Re{Re: "ada"}}, "Hello ada", wire.Delivery{Gap: oldtext.GapText}},
		{"hello with letters outside ASCII", Hello, &wire.Welcome{Re: wire.Re{Re: "åse"}}, "Hello åse", wire.Delivery{Gap: oldtext.GapForeign}},
		{"ends without words where nobody has said q", Hello, &wire.Goodbye{Code: wire.CodeShutdown, Text: "The server stops."}, "", wire.Delivery{Close: true}},
		{"bye", Hello, &wire.Goodbye{Code: wire.CodeQuit}, "Bye", wire.Delivery{Gap: oldtext.GapAlone, Close: true}},
		{"welcome", Welcome, &wire.Welcome{Re: wire.Re{Re: "ada"}}, "Welcome!!!!!!", wire.Delivery{Gap: oldtext.GapText}},
		{"an unknown operator", Welcome, &wire.Refused{Code: wire.CodeUnsupported}, "None", wire.Delivery{Gap: oldtext.GapText}},
		{"q", Welcome, &wire.Goodbye{Code: wire.CodeQuit}, "q", wire.Delivery{Gap: oldtext.GapAlone, Close: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, delivery, err := tt.d.Server().AppendEvent([]byte("x"), tt.event)
			if err != nil || string(got) != "x"+tt.want || !cmp.Equal(delivery, tt.deliv, cmp.Comparer(sameDelivery)) {
				t.Errorf("got %q, %+v, %v, want %q, %+v", got, delivery, err, tt.want, tt.deliv)
			}
		})
	}
	for _, e := range []wire.Event{&wire.Calculated{}, &wire.Calculated{Value: "1\n2"}, &wire.Calculated{Value: strings.Repeat("9", 1025)}, &wire.Said{Text: "hi"}} {
		if got, _, err := Plain.Server().AppendEvent(nil, e); err == nil || len(got) > 0 {
			t.Errorf("%+v is said as %q, want an error", e, got)
		}
	}
}

// sameDelivery takes no cuts and an empty list of them for the same.
func sameDelivery(a, b wire.Delivery) bool {
	return a.Gap == b.Gap && a.Close == b.Close && a.Replaces == b.Replaces && len(a.Cuts) == len(b.Cuts)
}

func TestArithSendsWhatItsServersRead(t *testing.T) {
	plus := wire.Calc{Head: wire.Head{Tag: "7"}, Left: "12", Op: "+", Right: "42", By: wire.Floats}
	tests := []struct {
		name string
		d    Dialect
		r    wire.Request
		want string // "" for what can't be said
	}{
		{"a name", Plain, wire.Hello{Program: "ada lovelace"}, "ada lovelace"},
		{"an expression", Plain, plus, "12 + 42"},
		{"the end", Plain, wire.Quit{}, "q"},
		{"a sign where the style has none", Plain, wire.Calc{Left: "-3", Op: "+", Right: "4", By: wire.Floats}, ""},
		{"a sign", Welcome, wire.Calc{Left: "-3", Op: "+", Right: "4", By: wire.Floats}, "-3 + 4"},
		{"what the asker can't choose", Hello, plus, "12 + 42"},
		{"an operator that there is not", Hello, wire.Calc{Left: "3", Op: "%", Right: "4", By: wire.Mixed}, ""},
		{"more than a program reads", Plain, wire.Calc{Left: strings.Repeat("9", 1024), Op: "+", Right: "4", By: wire.Floats}, ""},
		{"an empty name", Plain, wire.Hello{}, ""},
		{"a name of two lines", Plain, wire.Hello{Program: "a\nb"}, ""},
		{"a name that would come back cut", Hello, wire.Hello{Program: strings.Repeat("a", 1019)}, ""},
		{"a line", Plain, wire.Say{Text: "hi"}, ""},
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
	for _, d := range []Dialect{Plain, Hello, Welcome} {
		_, welcomed := d.Client().Assume(wire.Hello{}).(*wire.Welcome)
		_, ended := d.Client().Assume(wire.Quit{}).(*wire.Goodbye)
		if silent := d.name == "arith"; welcomed != silent || ended != silent || d.Client().Assume(wire.Calc{}) != nil {
			t.Errorf("%s takes for granted: a welcome %t, an end %t; want %t", d.name, welcomed, ended, silent)
		}
	}
}
