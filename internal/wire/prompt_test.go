package wire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// parse reads one frame that must be a request.
func parse(t *testing.T, c ServerCodec, frame string) Request {
	t.Helper()
	r, err := c.ParseRequest([]byte(frame))
	if err != nil {
		t.Fatalf("ParseRequest(%q): %v", frame, err)
	}
	return r
}

func TestThePromptRoomAsksForANameFirst(t *testing.T) {
	c := promptM2.Server()
	want := []Request{Guest{Name: "al"}, Say{Text: "  two words "}, nil, Say{Text: ":q"}}
	for i, frame := range []string{" al \n", "  two words \r\n", "\n", ":q"} {
		if diff := cmp.Diff(want[i], parse(t, c, frame), byValue()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", frame, diff)
		}
	}
}

func TestThePromptRoomAsksForThePasswordOfARegisteredName(t *testing.T) {
	digest := PasswordDigest("horse").Secret
	tests := []struct {
		typed string
		want  Request
	}{
		{" horse \n", Login{Name: "sara", Password: "horse"}},
		{strings.ToUpper(digest.Reveal()), Login{Name: "sara", Password: digest, Digest: true}},
	}
	for _, tt := range tests {
		c := promptM2.Server()
		parse(t, c, "sara")
		all, d := frames(t, c, &Refused{Of: ActGuest, Code: CodeRegistered, Text: "It is registered."})
		if all[0] != promptPassword || d.Close || d.Gap != 500*time.Millisecond {
			t.Errorf("got %q, %+v, want the question alone", all, d)
		}
		if diff := cmp.Diff(tt.want, parse(t, c, tt.typed), byValue()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(Request(Say{Text: "hi"}), parse(t, c, "hi"), byValue()); diff != "" {
			t.Errorf("after the password (-want +got):\n%s", diff)
		}
	}
	// What came before the question is no answer to it, nor said to anybody.
	c := promptM2.Server()
	parse(t, c, "sara")
	if diff := cmp.Diff(Request(Say{Text: "horse"}), parse(t, c, "horse"), byValue()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAccountsAreEnteredInThreeSteps(t *testing.T) {
	tests := []struct {
		word string
		last Request
	}{
		{" LOGIN \n", Login{Name: "sara", Password: "horse"}},
		{"register", Register{Name: "sara", Password: "horse", Legacy: true}},
	}
	for _, tt := range tests {
		c := promptAccounts.Server()
		want := []Request{Ping{}, CheckName{Name: "sara"}, tt.last, Say{Text: "hi"}}
		for i, frame := range []string{tt.word, "Sara", "horse", "hi"} {
			if diff := cmp.Diff(want[i], parse(t, c, frame), byValue()); diff != "" {
				t.Errorf("%q (-want +got):\n%s", frame, diff)
			}
		}
	}
}

func TestWhatANameIsAnsweredWithAccounts(t *testing.T) {
	tests := []struct {
		word  string
		state NameState
		want  string
	}{
		{"login", NameRegistered, promptPassword},
		{"login", NameFree, promptUnknown},
		{"login", NameTaken, promptUnknown},
		{"login", NameInvalid, promptUnknown},
		{"register", NameFree, promptPassword},
		{"register", NameTaken, promptTaken},
		{"register", NameRegistered, promptTaken},
		{"register", NameInvalid, "Invalid username. Please try again."},
	}
	for _, tt := range tests {
		c := promptAccounts.Server()
		parse(t, c, tt.word)
		parse(t, c, "sara")
		all, d := frames(t, c, &NameChecked{Name: "sara", State: tt.state})
		if all[0] != tt.want || d.Close != (tt.want != promptPassword) {
			t.Errorf("%s of a %s name: %q, %+v, want %q", tt.word, tt.state, all, d, tt.want)
		}
	}
}

func TestPromptRefusals(t *testing.T) {
	tests := []struct {
		style prompt
		e     Refused
		want  string
		last  bool
	}{
		{promptM1, Refused{Of: ActGuest, Code: CodeNameInvalid}, "Invalid username. Please try again.", true},
		{promptM2, Refused{Of: ActGuest, Code: CodeNameInvalid}, "Invalid username. Please try again. ", true},
		{promptM2, Refused{Of: ActGuest, Code: CodeNameTaken}, promptTaken, true},
		{promptM2, Refused{Of: ActLogin, Code: CodeDenied}, promptDenied, true},
		{promptM2, Refused{Of: ActLogin, Code: CodeThrottled, Text: "Wait\na little."}, "Wait a little.", true},
		{promptAccounts, Refused{Of: ActRegister, Code: CodeRegistered}, promptTaken, true},
		{promptAccounts, Refused{Of: ActName, Code: CodeThrottled, Text: "Wait."}, "Wait.", true},
		{promptM2, Refused{Of: ActSay, Code: CodeRate, Text: "Too fast."}, "Too fast.", false},
		{promptM2, Refused{Of: ActSay, Code: CodeRate, Text: "[x]"}, "* [x]", false},
		{promptM2, Refused{Of: ActSay, Code: CodeRate}, "rate", false},
	}
	for _, tt := range tests {
		all, d := frames(t, tt.style.Server(), &tt.e)
		if len(all) != 1 || all[0] != tt.want || d.Close != tt.last {
			t.Errorf("%s: %+v: %q, %+v, want %q", tt.style.name, tt.e, all, d, tt.want)
		}
	}
	for typed, style := range map[string]prompt{" \n": promptM2, "xx": promptAccounts} {
		r, err := style.Server().ParseRequest([]byte(typed))
		if fe, ok := errors.AsType[*FrameError](err); !ok || r != nil || fe.Request().Act() == ActMalformed {
			t.Errorf("%s: %q is %v, %v, want a refusal of what it would have been", style.name, typed, r, err)
		}
	}
}

func TestPromptNotices(t *testing.T) {
	al := Via{Addr: "127.0.0.61"}
	tests := []struct {
		style prompt
		e     Event
		want  string
	}{
		{promptM1, &Joined{Name: "al", Via: al}, "al (IP: 127.0.0.61): connected"},
		{promptM1, &Left{Name: "al", Via: al}, "al (IP: 127.0.0.61): is offline"},
		{promptM1, &Said{From: "al", Via: al, Text: "hi"}, "al (IP: 127.0.0.61) says: hi"},
		{promptM2, &Joined{Name: "sara"}, "sara (IP: 0.0.0.0) connected"},
		{promptM2, &Left{Name: "sara"}, "sara (IP: 0.0.0.0) is offline"},
		{promptM2, &Said{From: "sara", Text: "[1] æ", Action: true}, "sara (IP: 0.0.0.0) said: * [1] æ"},
		{promptM2, &Renamed{Old: "al", Name: "b."}, "al is now called b.."},
		{promptM2, &Notice{Text: "[The disk is full]"}, "* [The disk is full]"},
		{promptM2, &Goodbye{Code: CodeSlow, Text: "Too slow."}, "Too slow."},
	}
	for _, tt := range tests {
		all, d := frames(t, tt.style.Server(), tt.e)
		_, bye := tt.e.(*Goodbye)
		if len(all) != 1 || all[0] != tt.want || d.Close != bye || d.Replaces != "" {
			t.Errorf("%s: %q, %+v, want %q", tt.style.name, all, d, tt.want)
		}
	}
	for _, e := range []Event{&Accepted{}, &Presence{}, &TopicSet{}, &PeopleList{}, &Entered{}, &Gap{}} {
		if got, _, err := promptM2.Server().AppendEvent(nil, e); !errors.Is(err, ErrUnsupported) || len(got) != 0 {
			t.Errorf("AppendEvent(%T) = %q, %v, want ErrUnsupported", e, got, err)
		}
	}
}

func FuzzPromptRequests(f *testing.F) {
	fuzzLines(f, promptM2, "al\n")
}

func FuzzPromptAccountsRequests(f *testing.F) {
	fuzzLines(f, promptAccounts, "login\n", "al\n", "pw\n")
}

func FuzzPromptEvents(f *testing.F)         { fuzzHeard(f, promptM2) }
func FuzzPromptM1Events(f *testing.F)       { fuzzHeard(f, promptM1) }
func FuzzPromptAccountsEvents(f *testing.F) { fuzzHeard(f, promptAccounts) }
