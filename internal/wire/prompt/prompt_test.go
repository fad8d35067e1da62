package prompt

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

func TestThePromptRoomAsksForANameFirst(t *testing.T) {
	c := M2.Server()
	want := []wire.Request{wire.Guest{Name: "al"}, wire.Say{Text: "  two words "}, nil, wire.Say{Text: ":q"}}
	for i, frame := range []string{" al \n", "  two words \r\n", "\n", ":q"} {
		if diff := cmp.Diff(want[i], wiretest.Parse(t, c, frame), wiretest.ByValue()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", frame, diff)
		}
	}
}

func TestThePromptRoomAsksForThePasswordOfARegisteredName(t *testing.T) {
	digest := wire.PasswordDigest("horse").Secret
	tests := []struct {
		typed string
		want  wire.Request
	}{
		{" horse \n", wire.Login{Name: "sara", Password: "horse"}},
		{strings.ToUpper(digest.Reveal()), wire.Login{Name: "sara", Password: digest, Digest: true}},
	}
	for _, tt := range tests {
		c := M2.Server()
		wiretest.Parse(t, c, "sara")
		all, d := wiretest.Frames(t, c, &wire.Refused{Of: wire.ActGuest, Code: wire.CodeRegistered, Text: "It is registered."})
		if all[0] != promptPassword || d.Close || d.Gap != 500*time.Millisecond {
			t.Errorf("got %q, %+v, want the question alone", all, d)
		}
		if diff := cmp.Diff(tt.want, wiretest.Parse(t, c, tt.typed), wiretest.ByValue()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wire.Request(wire.Say{Text: "hi"}), wiretest.Parse(t, c, "hi"), wiretest.ByValue()); diff != "" {
			t.Errorf("after the password (-want +got):\n%s", diff)
		}
	}
	// What came before the question is no answer to it, nor said to anybody.
	c := M2.Server()
	wiretest.Parse(t, c, "sara")
	if diff := cmp.Diff(wire.Request(wire.Say{Text: "horse"}), wiretest.Parse(t, c, "horse"), wiretest.ByValue()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAccountsAreEnteredInThreeSteps(t *testing.T) {
	tests := []struct {
		word string
		last wire.Request
	}{
		{" LOGIN \n", wire.Login{Name: "sara", Password: "horse"}},
		{"register", wire.Register{Name: "sara", Password: "horse", Legacy: true}},
	}
	for _, tt := range tests {
		c := Accounts.Server()
		want := []wire.Request{wire.Ping{}, wire.CheckName{Name: "sara"}, tt.last, wire.Say{Text: "hi"}}
		for i, frame := range []string{tt.word, "Sara", "horse", "hi"} {
			if diff := cmp.Diff(want[i], wiretest.Parse(t, c, frame), wiretest.ByValue()); diff != "" {
				t.Errorf("%q (-want +got):\n%s", frame, diff)
			}
		}
	}
}

func TestWhatANameIsAnsweredWithAccounts(t *testing.T) {
	tests := []struct {
		word  string
		state wire.NameState
		want  string
	}{
		{"login", wire.NameRegistered, promptPassword},
		{"login", wire.NameFree, unknown},
		{"login", wire.NameTaken, unknown},
		{"login", wire.NameInvalid, unknown},
		{"register", wire.NameFree, promptPassword},
		{"register", wire.NameTaken, taken},
		{"register", wire.NameRegistered, taken},
		{"register", wire.NameInvalid, "Invalid username. Please try again."},
	}
	for _, tt := range tests {
		c := Accounts.Server()
		wiretest.Parse(t, c, tt.word)
		wiretest.Parse(t, c, "sara")
		all, d := wiretest.Frames(t, c, &wire.NameChecked{Name: "sara", State: tt.state})
		if all[0] != tt.want || d.Close != (tt.want != promptPassword) {
			t.Errorf("%s of a %s name: %q, %+v, want %q", tt.word, tt.state, all, d, tt.want)
		}
	}
}

func TestPromptRefusals(t *testing.T) {
	tests := []struct {
		style Dialect
		e     wire.Refused
		want  string
		last  bool
	}{
		{M1, wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameInvalid}, "Invalid username. Please try again.", true},
		{M2, wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameInvalid}, "Invalid username. Please try again. ", true},
		{M2, wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameTaken}, taken, true},
		{M2, wire.Refused{Of: wire.ActLogin, Code: wire.CodeDenied}, denied, true},
		{M2, wire.Refused{Of: wire.ActLogin, Code: wire.CodeThrottled, Text: "Wait\na little."}, "Wait a little.", true},
		{Accounts, wire.Refused{Of: wire.ActRegister, Code: wire.CodeRegistered}, taken, true},
		{Accounts, wire.Refused{Of: wire.ActName, Code: wire.CodeThrottled, Text: "Wait."}, "Wait.", true},
		{M2, wire.Refused{Of: wire.ActSay, Code: wire.CodeRate, Text: "Too fast."}, "Too fast.", false},
		{M2, wire.Refused{Of: wire.ActSay, Code: wire.CodeRate, Text: "[x]"}, "* [x]", false},
		{M2, wire.Refused{Of: wire.ActSay, Code: wire.CodeRate}, "rate", false},
	}
	for _, tt := range tests {
		all, d := wiretest.Frames(t, tt.style.Server(), &tt.e)
		if len(all) != 1 || all[0] != tt.want || d.Close != tt.last {
			t.Errorf("%s: %+v: %q, %+v, want %q", tt.style.name, tt.e, all, d, tt.want)
		}
	}
	for typed, style := range map[string]Dialect{" \n": M2, "xx": Accounts} {
		r, err := style.Server().ParseRequest([]byte(typed))
		if fe, ok := errors.AsType[*wire.FrameError](err); !ok || r != nil || fe.Request().Act() == wire.ActMalformed {
			t.Errorf("%s: %q is %v, %v, want a refusal of what it would have been", style.name, typed, r, err)
		}
	}
}

func TestPromptNotices(t *testing.T) {
	al := wire.Via{Addr: "127.0.0.61"}
	tests := []struct {
		style Dialect
		e     wire.Event
		want  string
	}{
		{M1, &wire.Joined{Name: "al", Via: al}, "al (IP: 127.0.0.61): connected"},
		{M1, &wire.Left{Name: "al", Via: al}, "al (IP: 127.0.0.61): is offline"},
		{M1, &wire.Said{From: "al", Via: al, Text: "hi"}, "al (IP: 127.0.0.61) says: hi"},
		{M2, &wire.Joined{Name: "sara"}, "sara (IP: 0.0.0.0) connected"},
		{M2, &wire.Left{Name: "sara"}, "sara (IP: 0.0.0.0) is offline"},
		{M2, &wire.Said{From: "sara", Text: "[1] æ", Action: true}, "sara (IP: 0.0.0.0) said: * [1] æ"},
		{M2, &wire.Renamed{Old: "al", Name: "b."}, "al is now called b.."},
		{M2, &wire.Notice{Text: "[The disk is full]"}, "* [The disk is full]"},
		{M2, &wire.Goodbye{Code: wire.CodeSlow, Text: "Too slow."}, "Too slow."},
	}
	for _, tt := range tests {
		all, d := wiretest.Frames(t, tt.style.Server(), tt.e)
		_, bye := tt.e.(*wire.Goodbye)
		if len(all) != 1 || all[0] != tt.want || d.Close != bye || d.Replaces != "" {
			t.Errorf("%s: %q, %+v, want %q", tt.style.name, all, d, tt.want)
		}
	}
	for _, e := range []wire.Event{&wire.Accepted{}, &wire.Presence{}, &wire.TopicSet{}, &wire.PeopleList{}, &wire.Entered{}, &wire.Gap{}} {
		if got, _, err := M2.Server().AppendEvent(nil, e); !errors.Is(err, wire.ErrUnsupported) || len(got) != 0 {
			t.Errorf("AppendEvent(%T) = %q, %v, want ErrUnsupported", e, got, err)
		}
	}
}

func FuzzPromptRequests(f *testing.F) {
	wiretest.FuzzLines(f, M2, "al\n")
}

func FuzzPromptAccountsRequests(f *testing.F) {
	wiretest.FuzzLines(f, Accounts, "login\n", "al\n", "pw\n")
}

func FuzzPromptEvents(f *testing.F)         { wiretest.FuzzHeard(f, M2) }
func FuzzPromptM1Events(f *testing.F)       { wiretest.FuzzHeard(f, M1) }
func FuzzPromptAccountsEvents(f *testing.F) { wiretest.FuzzHeard(f, Accounts) }
