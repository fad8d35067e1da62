package hub

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"labchat/internal/wire"
)

func openService(w *harness, dialect string) SessionID {
	return w.open(Origin{Addr: loopback, Dialect: dialect, Manners: wire.Manners{Service: true}})
}

func TestServicesAnswerWhoIsNobody(t *testing.T) {
	zone := time.FixedZone("", 3600)
	w := newHarness(t, Config{Program: "chatd", Zone: zone})
	id := openService(w, "arith")
	for _, r := range []wire.Request{
		wire.Hello{Head: wire.Head{Tag: "ada"}, Program: "ada"},
		wire.Calc{Left: "12", Op: "+", Right: "42", By: wire.Floats},
		wire.Calc{Left: "6", Op: "/", Right: "0", By: wire.Floats},
		wire.Calc{Left: strings.Repeat("9", 2000), Op: "*", Right: "9", By: wire.Mixed},
		wire.Malformed{Code: wire.CodeMalformed, Of: wire.ActCalc, Text: "Write it otherwise."},
		wire.Clock{Date: true},
		wire.Clock{},
		wire.Ping{},
		wire.Quit{},
	} {
		w.ask(id, r)
	}
	want := []wire.Event{
		&wire.Welcome{Re: wire.Re{Re: "ada"}, Program: "chatd", Now: wire.MillisOf(w.now)},
		&wire.Calculated{Value: "54.0"},
		&wire.Refused{Of: wire.ActCalc, Code: wire.CodeNoResult},
		&wire.Refused{Of: wire.ActCalc, Code: wire.CodeTooLong},
		&wire.Refused{Of: wire.ActCalc, Code: wire.CodeMalformed},
		&wire.ClockTold{Date: true, At: w.now.In(zone)},
		&wire.ClockTold{At: w.now.In(zone)},
		&wire.Pong{},
		&wire.Goodbye{Code: wire.CodeQuit},
	}
	diff := cmp.Diff(want, w.heard[id], cmpopts.IgnoreFields(wire.Refused{}, "Text"), cmpopts.IgnoreFields(wire.Goodbye{}, "Text"))
	if diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !w.closed[id] {
		t.Error("the session is open after quit")
	}
}

func TestServicesHaveNoUsers(t *testing.T) {
	w := newHarness(t, Config{Register: true})
	native := w.open(origin("native", loopback))
	w.ask(native, wire.Hello{Version: 1})
	w.ask(native, wire.Guest{Name: "nan"})
	w.ask(native, wire.Join{Room: wire.Lobby})
	w.heard[native] = nil
	id := openService(w, "sum")
	for _, r := range []wire.Request{
		wire.Guest{Name: "ada"},
		wire.Login{Name: "ada", Password: "secret"},
		wire.Register{Name: "ada", Password: "long enough secret"},
		wire.Say{Room: wire.Lobby, Text: "hi"},
		wire.Private{To: "nan", Text: "hi"},
		wire.People{},
		wire.Hold{On: true},
		wire.Find{Name: "nan"},
	} {
		w.ask(id, r)
		refused, ok := w.heard[id][0].(*wire.Refused)
		if !ok || refused.Code != wire.CodeUnsupported || refused.Of != r.Act() || len(w.heard[id]) != 1 {
			t.Errorf("%T is answered by %+v, want a refusal", r, w.heard[id])
		}
		w.heard[id] = nil
	}
	w.gone(id)
	if len(w.heard[native]) > 0 {
		t.Errorf("others have heard of it: %+v", w.heard[native])
	}
	w.ask(native, wire.Calc{Left: "1", Op: "+", Right: "1"})
	if refused, ok := w.heard[native][0].(*wire.Refused); !ok || refused.Code != wire.CodeUnsupported {
		t.Errorf("a person's calc is answered by %+v, want a refusal", w.heard[native])
	}
}
