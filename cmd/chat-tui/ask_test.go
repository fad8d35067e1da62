package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/client"
	"labchat/internal/wire"
)

func TestWhatIsAskedAndWhere(t *testing.T) {
	auto := reach{Dialect: client.DialectAuto, User: "ada"}
	for _, c := range []struct {
		name  string
		ask   ask
		reach reach
		want  client.Question // without a Server where it is wrong usage
	}{
		{"the date", ask{Host: "lab", What: "date"}, auto, client.Question{Server: "lab:2020", Request: wire.Clock{Date: true}, Name: "ada"}},
		{"the time, elsewhere", ask{Host: "lab:20001", What: "time"}, auto, client.Question{Server: "lab:20001", Request: wire.Clock{}, Name: "ada"}},
		{"a sum over IPv6", ask{Host: "::1", What: "sum", Expression: []string{"3", "+", "4"}}, auto, client.Question{
			Server: "[::1]:1301", Dialect: "sum", Name: "ada", Request: wire.Calc{Left: "3", Op: "+", Right: "4"},
		}},
		{"an expression", ask{Host: "[::1]:7", What: "calc", Expression: []string{"3*4"}}, auto, client.Question{
			Server: "[::1]:7", Dialect: "arith", Name: "ada", Request: wire.Calc{Left: "3", Op: "*", Right: "4", By: wire.Floats},
		}},
		{"an expression in a style", ask{Host: "lab", What: "calc", Expression: []string{"-3*4"}}, reach{Dialect: "arith-hello", User: "ada"}, client.Question{
			Server: "lab:1303", Dialect: "arith-hello", Name: "ada", Request: wire.Calc{Left: "-3", Op: "*", Right: "4", By: wire.Mixed},
		}},
		{"the dialect of the chat says nothing of the clock", ask{Host: "lab", What: "date"}, reach{Dialect: "a3", User: "ada"}, client.Question{
			Server: "lab:2020", Request: wire.Clock{Date: true}, Name: "ada",
		}},
		{"no expression", ask{Host: "lab", What: "sum"}, auto, client.Question{}},
		{"none that the style takes", ask{Host: "lab", What: "calc", Expression: []string{"-3*4"}}, auto, client.Question{}},
		{"no style", ask{Host: "lab", What: "calc", Expression: []string{"3*4"}}, reach{Dialect: "a3"}, client.Question{}},
		{"nothing to compute", ask{Host: "lab", What: "clock", Expression: []string{"3*4"}}, auto, client.Question{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.ask.question(&c.reach)
			if c.want.Server == "" {
				if err == nil {
					t.Errorf("got %+v, want it refused", got)
				}
				return
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(client.Question{}, "Dial")); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestSpansOfTime(t *testing.T) {
	for text, want := range map[string]span{
		"1s-2s":       {time.Second, 2 * time.Second},
		"500ms":       {500 * time.Millisecond, 500 * time.Millisecond},
		"1m-1m":       {time.Minute, time.Minute},
		"2s-1s":       {},
		"0s-1s":       {},
		"":            {},
		"1s-":         {},
		"-1s":         {},
		"1-2":         {},
		"1s-2s-3s":    {},
		"1s to 2s":    {},
		"1s-9999999h": {},
	} {
		var got span
		if err := got.UnmarshalText([]byte(text)); (err == nil) != (want != span{}) || err == nil && got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
}
