package wire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheFirstThingSaidIsTheName(t *testing.T) {
	tests := []struct {
		style  nameFirst
		frames []string
		want   []Request
	}{
		{
			nameFirstPlain,
			[]string{" ann \n", " two words ", "\n", "Q", "quit", " q", "q\n"},
			[]Request{Guest{Name: "ann"}, Say{Text: " two words "}, nil, Say{Text: "Q"}, Say{Text: "quit"}, Say{Text: " q"}, Quit{}},
		},
		{
			nameFirstClock,
			[]string{"ann", "\n", " ", "q", "say quit", " QuIt \n"},
			[]Request{Guest{Name: "ann"}, nil, nil, Say{Text: "q"}, Say{Text: "say quit"}, Quit{}},
		},
		{nameFirstEcho, []string{"q", "\n", "quit", "q"}, []Request{Guest{Name: "q"}, nil, Say{Text: "quit"}, Quit{}}},
	}
	for _, tt := range tests {
		c := tt.style.Server()
		for i, frame := range tt.frames {
			if diff := cmp.Diff(tt.want[i], parse(t, c, frame), byValue()); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", tt.style.name, frame, diff)
			}
		}
	}
}

func TestAnEmptyNameIsRefused(t *testing.T) {
	for _, d := range []nameFirst{nameFirstPlain, nameFirstClock, nameFirstEcho} {
		r, err := d.Server().ParseRequest([]byte(" \n"))
		fe, ok := errors.AsType[*FrameError](err)
		if r != nil || !ok || fe.Of != ActGuest {
			t.Fatalf("%s: %v, %v", d.name, r, err)
		}
		all, delivery := frames(t, d.Server(), &Refused{Of: fe.Of, Code: fe.Code, Text: fe.Text})
		if want := "A name needs at least one character." + d.tail; all[0] != want || !delivery.Close {
			t.Errorf("%s: %q, %+v, want %q and the end", d.name, all, delivery, want)
		}
	}
}

// TestAProgramThatWaitsForItsLineIsAnswered is for the style whose clients
// read once for each line that they write.
func TestAProgramThatWaitsForItsLineIsAnswered(t *testing.T) {
	c := nameFirstEcho.Server()
	parse(t, c, "ann")
	r, err := c.ParseRequest([]byte("  "))
	fe, ok := errors.AsType[*FrameError](err)
	if r != nil || !ok || fe.Of != ActSay {
		t.Fatalf("%v, %v, want a refusal of the line", r, err)
	}
	all, d := frames(t, c, &Refused{Of: ActSay, Code: CodeRate, Text: "Too fast."})
	if all[0] != "Too fast.\n" || d.Close {
		t.Errorf("%q, %+v", all, d)
	}
}

func TestNameFirstEvents(t *testing.T) {
	at := time.Date(2026, 11, 24, 6, 8, 59, 0, time.UTC)
	joined, left := &Joined{Name: "ann", At: at, Count: 3, Names: 2}, &Left{Name: "ann", At: at, Count: 2, Names: 1}
	bye := &Goodbye{Code: CodeQuit, Text: "Goodbye."}
	tests := []struct {
		style nameFirst
		e     Event
		want  string
		last  bool
	}{
		{nameFirstPlain, joined, "ann has joined. Member count = 3", false},
		{nameFirstPlain, left, "ann has left. Member count = 2", false},
		{nameFirstClock, joined, "Server: time=06:08 ann has joined. Member count=2", false},
		{nameFirstClock, left, "Server: time=06:08 ann has left. Member count=1", false},
		{nameFirstPlain, &Renamed{Old: "ann", Name: "anna"}, "ann is now called anna.", false},
		{nameFirstPlain, &Said{From: "ann", Text: "waves", Action: true}, "ann: * waves", false},
		{nameFirstEcho, &Said{From: "ann", Text: "a\nb"}, "ann : a\nann : b\n", false},
		{nameFirstPlain, bye, "q", true},
		{nameFirstClock, bye, "", true},
		{nameFirstEcho, bye, "me : q\n", true},
		{nameFirstPlain, &Goodbye{Code: CodeShutdown, Text: "Back soon."}, "Back soon.", true},
		{nameFirstEcho, &Goodbye{Code: CodeShutdown, Text: "Back soon."}, "Back soon.\n", true},
		{nameFirstPlain, &Refused{Of: ActGuest, Code: CodeRegistered, Text: "No."}, nameFirstRegistered, true},
		{nameFirstPlain, &Refused{Of: ActGuest, Code: CodeFull, Text: "No room."}, "No room.", true},
		{nameFirstPlain, &Notice{Text: "The disk\nis full."}, "The disk is full.", false},
	}
	for _, tt := range tests {
		c := tt.style.Server()
		parse(t, c, "me")
		all, d := frames(t, c, tt.e)
		if got := strings.Join(all, ""); got != tt.want || d.Close != tt.last {
			t.Errorf("%s: %q, %+v, want %q", tt.style.name, got, d, tt.want)
		}
	}
	for _, e := range []Event{joined, left, &Renamed{Old: "a", Name: "b"}, &LoggedIn{Name: "a"}, &Accepted{}, &PeerList{}} {
		if got, _, err := nameFirstEcho.Server().AppendEvent(nil, e); !errors.Is(err, ErrUnsupported) || len(got) != 0 {
			t.Errorf("AppendEvent(%T) = %q, %v, want ErrUnsupported", e, got, err)
		}
	}
	// The words of a goodbye before the name was said have nobody to be said by.
	if got, d, err := nameFirstEcho.Server().AppendEvent(nil, bye); len(got) != 0 || !d.Close || err != nil {
		t.Errorf("%q, %+v, %v, want the end", got, d, err)
	}
}

func TestNameFirstClientSays(t *testing.T) {
	tests := []struct {
		style nameFirst
		r     Request
		want  string // "" is an error
	}{
		{nameFirstPlain, Guest{Name: "ann"}, "ann"},
		{nameFirstPlain, Say{Text: " hi "}, " hi "},
		{nameFirstPlain, Say{Text: "waves", Action: true}, "* waves"},
		{nameFirstPlain, Say{Text: "quit"}, "quit"},
		{nameFirstPlain, Say{Text: "q"}, ""},
		{nameFirstEcho, Say{Text: "q"}, ""},
		{nameFirstClock, Say{Text: "q"}, "q"},
		{nameFirstClock, Say{Text: " Quit"}, ""},
		{nameFirstPlain, Quit{}, "q"},
		{nameFirstClock, Quit{}, "quit"},
		{nameFirstPlain, Guest{Name: "a b"}, ""},
		{nameFirstPlain, Guest{}, ""},
		{nameFirstPlain, Say{Text: strings.Repeat("x", 1025)}, ""},
		{nameFirstPlain, Say{Text: "a\nb"}, ""},
		{nameFirstPlain, Say{Room: "games", Text: "hi"}, ""},
		{nameFirstPlain, Login{Name: "ann", Password: "p"}, ""},
		{nameFirstPlain, People{}, ""},
	}
	for _, tt := range tests {
		got, err := tt.style.Client().AppendRequest(nil, tt.r)
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: %+v is %q, %v, want %q", tt.style.name, tt.r, got, err, tt.want)
		}
	}
	c := nameFirstPlain.Client()
	if _, err := c.AppendRequest(nil, Guest{Name: "ann"}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.AppendRequest(nil, Guest{Name: "anna"}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a second name would be a line: %q, %v", got, err)
	}
}

func TestNameFirstClientAssumes(t *testing.T) {
	c := nameFirstPlain.Client()
	for _, tt := range []struct {
		r    Request
		want Event
	}{
		{Guest{Name: "ann"}, &LoggedIn{Name: "ann", Kind: KindOld}},
		{Say{Text: "hi"}, &Accepted{Of: ActSay}},
		{Quit{}, nil},
	} {
		if diff := cmp.Diff(tt.want, c.Assume(tt.r), byValue()); diff != "" {
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
		style nameFirst
		frame string
		want  Event
	}{
		{nameFirstPlain, "ben has joined. Member count = 2", &Joined{Room: Lobby, Name: "ben", Kind: KindOld, Count: 2}},
		{nameFirstPlain, "ben has left. Member count = 1", &Left{Room: Lobby, Name: "ben", Count: 1}},
		{nameFirstPlain, "ann: ben has left. Member count = 1", &Said{Room: Lobby, From: "ann", Kind: KindOld, Text: "ben has left. Member count = 1"}},
		{nameFirstPlain, "ben has left. Member count = many", &Notice{Text: "ben has left. Member count = many"}},
		{nameFirstPlain, "ann:  hi: \n", &Said{Room: Lobby, From: "ann", Kind: KindOld, Text: " hi: "}},
		{nameFirstPlain, "a b: hi", &Notice{Text: "a b: hi"}},
		{nameFirstPlain, "ann: ", nil},
		{nameFirstPlain, "\n", nil},
		{nameFirstPlain, "q", &Goodbye{Code: CodeQuit}},
		{nameFirstClock, "q", &Notice{Text: "q"}},
		{nameFirstClock, "Server: time=06:18 ben has joined. Member count=2", &Joined{Room: Lobby, Name: "ben", Kind: KindOld, At: at, Names: 2}},
		{nameFirstClock, "Server: time=6pm ben has left. Member count=1", &Said{Room: Lobby, From: "Server", Kind: KindOld, Text: "time=6pm ben has left. Member count=1"}},
		{nameFirstEcho, "ann : hi\xff\n", &Said{Room: Lobby, From: "ann", Kind: KindOld, Text: "hi\ufffd"}},
		{nameFirstEcho, "ann : q\n", &Said{Room: Lobby, From: "ann", Kind: KindOld, Text: "q"}},
		{nameFirstPlain, nameFirstTaken, &Refused{Of: ActLogin, Code: CodeNameTaken, Text: nameFirstTaken}},
	}
	for _, tt := range tests {
		got, err := tt.style.Client().ParseEvent([]byte(tt.frame))
		if diff := cmp.Diff(tt.want, got, byValue()); err != nil || diff != "" {
			t.Errorf("%s: ParseEvent(%q): %v (-want +got):\n%s", tt.style.name, tt.frame, err, diff)
		}
	}
}

func fuzzNameFirst(f *testing.F, d nameFirst) {
	f.Helper()
	fuzzLines(f, d, "al\n")
}

func FuzzNamesRequests(f *testing.F)      { fuzzNameFirst(f, nameFirstPlain) }
func FuzzNamesClockRequests(f *testing.F) { fuzzNameFirst(f, nameFirstClock) }
func FuzzNamesEchoRequests(f *testing.F)  { fuzzNameFirst(f, nameFirstEcho) }
func FuzzNamesEvents(f *testing.F)        { fuzzHeard(f, nameFirstPlain) }
func FuzzNamesClockEvents(f *testing.F)   { fuzzHeard(f, nameFirstClock) }
func FuzzNamesEchoEvents(f *testing.F)    { fuzzHeard(f, nameFirstEcho) }
