package namefirst

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

func TestTheFirstThingSaidIsTheName(t *testing.T) {
	tests := []struct {
		style  Dialect
		frames []string
		want   []wire.Request
	}{
		{
			Plain,
			[]string{" ann \n", " two words ", "\n", "Q", "quit", " q", "q\n"},
			[]wire.Request{wire.Guest{Name: "ann"}, wire.Say{Text: " two words "}, nil, wire.Say{Text: "Q"}, wire.Say{Text: "quit"}, wire.Say{Text: " q"}, wire.Quit{}},
		},
		{
			Clock,
			[]string{"ann", "\n", " ", "q", "say quit", " QuIt \n"},
			[]wire.Request{wire.Guest{Name: "ann"}, nil, nil, wire.Say{Text: "q"}, wire.Say{Text: "say quit"}, wire.Quit{}},
		},
		{Echo, []string{"q", "\n", "quit", "q"}, []wire.Request{wire.Guest{Name: "q"}, nil, wire.Say{Text: "quit"}, wire.Quit{}}},
	}
	for _, tt := range tests {
		c := tt.style.Server()
		for i, frame := range tt.frames {
			if diff := cmp.Diff(tt.want[i], wiretest.Parse(t, c, frame), wiretest.ByValue()); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", tt.style.name, frame, diff)
			}
		}
	}
}

func TestAnEmptyNameIsRefused(t *testing.T) {
	for _, d := range []Dialect{Plain, Clock, Echo} {
		r, err := d.Server().ParseRequest([]byte(" \n"))
		fe, ok := errors.AsType[*wire.FrameError](err)
		if r != nil || !ok || fe.Of != wire.ActGuest {
			t.Fatalf("%s: %v, %v", d.name, r, err)
		}
		all, delivery := wiretest.Frames(t, d.Server(), &wire.Refused{Of: fe.Of, Code: fe.Code, Text: fe.Text})
		if want := "A name needs at least one character." + d.tail; all[0] != want || !delivery.Close {
			t.Errorf("%s: %q, %+v, want %q and the end", d.name, all, delivery, want)
		}
	}
}

// TestAProgramThatWaitsForItsLineIsAnswered is for the style whose clients
// read once for each line that they write.
func TestAProgramThatWaitsForItsLineIsAnswered(t *testing.T) {
	c := Echo.Server()
	wiretest.Parse(t, c, "ann")
	r, err := c.ParseRequest([]byte("  "))
	fe, ok := errors.AsType[*wire.FrameError](err)
	if r != nil || !ok || fe.Of != wire.ActSay {
		t.Fatalf("%v, %v, want a refusal of the line", r, err)
	}
	all, d := wiretest.Frames(t, c, &wire.Refused{Of: wire.ActSay, Code: wire.CodeRate, Text: "Too fast."})
	if all[0] != "Too fast.\n" || d.Close {
		t.Errorf("%q, %+v", all, d)
	}
}

func TestNameFirstEvents(t *testing.T) {
	at := time.Date(2026, 11, 24, 6, 8, 59, 0, time.UTC)
	joined, left := &wire.Joined{Name: "ann", At: at, Count: 3, Names: 2}, &wire.Left{Name: "ann", At: at, Count: 2, Names: 1}
	bye := &wire.Goodbye{Code: wire.CodeQuit, Text: "Goodbye."}
	tests := []struct {
		style Dialect
		e     wire.Event
		want  string
		last  bool
	}{
		{Plain, joined, "ann has joined. Member count = 3", false},
		{Plain, left, "ann has left. Member count = 2", false},
		{Clock, joined, "Server: time=06:08 ann has joined. Member count=2", false},
		{Clock, left, "Server: time=06:08 ann has left. Member count=1", false},
		{Plain, &wire.Renamed{Old: "ann", Name: "anna"}, "ann is now called anna.", false},
		{Plain, &wire.Said{From: "ann", Text: "waves", Action: true}, "ann: * waves", false},
		{Echo, &wire.Said{From: "ann", Text: "a\nb"}, "ann : a\nann : b\n", false},
		{Plain, bye, "q", true},
		{Clock, bye, "", true},
		{Echo, bye, "me : q\n", true},
		{Plain, &wire.Goodbye{Code: wire.CodeShutdown, Text: "Back soon."}, "Back soon.", true},
		{Echo, &wire.Goodbye{Code: wire.CodeShutdown, Text: "Back soon."}, "Back soon.\n", true},
		{Plain, &wire.Refused{Of: wire.ActGuest, Code: wire.CodeRegistered, Text: "No."}, registered, true},
		{Plain, &wire.Refused{Of: wire.ActGuest, Code: wire.CodeFull, Text: "No room."}, "No room.", true},
		{Plain, &wire.Notice{Text: "The disk\nis full."}, "The disk is full.", false},
	}
	for _, tt := range tests {
		c := tt.style.Server()
		wiretest.Parse(t, c, "me")
		all, d := wiretest.Frames(t, c, tt.e)
		if got := strings.Join(all, ""); got != tt.want || d.Close != tt.last {
			t.Errorf("%s: %q, %+v, want %q", tt.style.name, got, d, tt.want)
		}
	}
	for _, e := range []wire.Event{joined, left, &wire.Renamed{Old: "a", Name: "b"}, &wire.LoggedIn{Name: "a"}, &wire.Accepted{}, &wire.PeerList{}} {
		if got, _, err := Echo.Server().AppendEvent(nil, e); !errors.Is(err, wire.ErrUnsupported) || len(got) != 0 {
			t.Errorf("AppendEvent(%T) = %q, %v, want ErrUnsupported", e, got, err)
		}
	}
	// The words of a goodbye before the name was said have nobody to be said by.
	if got, d, err := Echo.Server().AppendEvent(nil, bye); len(got) != 0 || !d.Close || err != nil {
		t.Errorf("%q, %+v, %v, want the end", got, d, err)
	}
}

func TestNameFirstClientSays(t *testing.T) {
	tests := []struct {
		style Dialect
		r     wire.Request
		want  string // "" is an error
	}{
		{Plain, wire.Guest{Name: "ann"}, "ann"},
		{Plain, wire.Say{Text: " hi "}, " hi "},
		{Plain, wire.Say{Text: "waves", Action: true}, "* waves"},
		{Plain, wire.Say{Text: "quit"}, "quit"},
		{Plain, wire.Say{Text: "q"}, ""},
		{Echo, wire.Say{Text: "q"}, ""},
		{Clock, wire.Say{Text: "q"}, "q"},
		{Clock, wire.Say{Text: " Quit"}, ""},
		{Plain, wire.Quit{}, "q"},
		{Clock, wire.Quit{}, "quit"},
		{Plain, wire.Guest{Name: "a b"}, ""},
		{Plain, wire.Guest{}, ""},
		{Plain, wire.Say{Text: strings.Repeat("x", 1025)}, ""},
		{Plain, wire.Say{Text: "a\nb"}, ""},
		{Plain, wire.Say{Room: "games", Text: "hi"}, ""},
		{Plain, wire.Login{Name: "ann", Password: "p"}, ""},
		{Plain, wire.People{}, ""},
	}
	for _, tt := range tests {
		got, err := tt.style.Client().AppendRequest(nil, tt.r)
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: %+v is %q, %v, want %q", tt.style.name, tt.r, got, err, tt.want)
		}
	}
	c := Plain.Client()
	if _, err := c.AppendRequest(nil, wire.Guest{Name: "ann"}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.AppendRequest(nil, wire.Guest{Name: "anna"}); !errors.Is(err, wire.ErrUnsupported) {
		t.Errorf("a second name would be a line: %q, %v", got, err)
	}
}

func TestNameFirstClientAssumes(t *testing.T) {
	c := Plain.Client()
	for _, tt := range []struct {
		r    wire.Request
		want wire.Event
	}{
		{wire.Guest{Name: "ann"}, &wire.LoggedIn{Name: "ann", Kind: wire.KindOld}},
		{wire.Say{Text: "hi"}, &wire.Accepted{Of: wire.ActSay}},
		{wire.Quit{}, nil},
	} {
		if diff := cmp.Diff(tt.want, c.Assume(tt.r), wiretest.ByValue()); diff != "" {
			t.Errorf("%T (-want +got):\n%s", tt.r, diff)
		}
	}
	if got := c.AppendNext([]byte("x")); string(got) != "x" {
		t.Errorf("there is a next step: %q", got)
	}
}

func TestNameFirstClientHears(t *testing.T) {
	at := time.Date(0, 1, 1, 6, 18, 0, 0, time.UTC)
	tests := []struct {
		style Dialect
		frame string
		want  wire.Event
	}{
		{Plain, "ben has joined. Member count = 2", &wire.Joined{Room: wire.Lobby, Name: "ben", Kind: wire.KindOld, Count: 2}},
		{Plain, "ben has left. Member count = 1", &wire.Left{Room: wire.Lobby, Name: "ben", Count: 1}},
		{Plain, "ann: ben has left. Member count = 1", &wire.Said{Room: wire.Lobby, From: "ann", Kind: wire.KindOld, Text: "ben has left. Member count = 1"}},
		{Plain, "ben has left. Member count = many", &wire.Notice{Text: "ben has left. Member count = many"}},
		{Plain, "ann:  hi: \n", &wire.Said{Room: wire.Lobby, From: "ann", Kind: wire.KindOld, Text: " hi: "}},
		{Plain, "a b: hi", &wire.Notice{Text: "a b: hi"}},
		{Plain, "ann: ", nil},
		{Plain, "\n", nil},
		{Plain, "q", &wire.Goodbye{Code: wire.CodeQuit}},
		{Clock, "q", &wire.Notice{Text: "q"}},
		{Clock, "Server: time=06:18 ben has joined. Member count=2", &wire.Joined{Room: wire.Lobby, Name: "ben", Kind: wire.KindOld, At: at, Names: 2}},
		{Clock, "Server: time=6pm ben has left. Member count=1", &wire.Said{Room: wire.Lobby, From: "Server", Kind: wire.KindOld, Text: "time=6pm ben has left. Member count=1"}},
		{Echo, "ann : hi\xff\n", &wire.Said{Room: wire.Lobby, From: "ann", Kind: wire.KindOld, Text: "hi\ufffd"}},
		{Echo, "ann : q\n", &wire.Said{Room: wire.Lobby, From: "ann", Kind: wire.KindOld, Text: "q"}},
		{Plain, taken, &wire.Refused{Of: wire.ActLogin, Code: wire.CodeNameTaken, Text: taken}},
	}
	for _, tt := range tests {
		got, err := tt.style.Client().ParseEvent([]byte(tt.frame))
		if diff := cmp.Diff(tt.want, got, wiretest.ByValue()); err != nil || diff != "" {
			t.Errorf("%s: ParseEvent(%q): %v (-want +got):\n%s", tt.style.name, tt.frame, err, diff)
		}
	}
}

func fuzz(f *testing.F, d Dialect) {
	f.Helper()
	wiretest.FuzzLines(f, d, "al\n")
}

func FuzzNamesRequests(f *testing.F)      { fuzz(f, Plain) }
func FuzzNamesClockRequests(f *testing.F) { fuzz(f, Clock) }
func FuzzNamesEchoRequests(f *testing.F)  { fuzz(f, Echo) }
func FuzzNamesEvents(f *testing.F)        { wiretest.FuzzHeard(f, Plain) }
func FuzzNamesClockEvents(f *testing.F)   { wiretest.FuzzHeard(f, Clock) }
func FuzzNamesEchoEvents(f *testing.F)    { wiretest.FuzzHeard(f, Echo) }
