package wire

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestA3Split(t *testing.T) {
	tests := []struct {
		name, data string
		atEOF      bool
		frames     []string
	}{
		{"LF", "a\nb\n", false, []string{"a\n", "b\n"}},
		{"CRLF", "a\r\nb\r\n", false, []string{"a\r\n", "b\r\n"}},
		{"a lone CR", "a\rb\r", false, []string{"a\r", "b\r"}},
		{"a blank line between", "a\n\r\nb\n", false, []string{"a\n", "\r\n", "b\n"}},
		{"two lone CRs are two lines", "a\r\rb\n", false, []string{"a\r", "\r", "b\n"}},
		{"half a line waits", "a\nb", false, []string{"a\n"}},
		{"half a line at the end is a line", "a\nb", true, []string{"a\n", "b"}},
		{"nothing at the end is none", "", true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			data := []byte(tt.data)
			for {
				advance, frame, err := a3{}.Split(data, tt.atEOF)
				if err != nil {
					t.Fatal(err)
				}
				if advance == 0 {
					break
				}
				got = append(got, string(frame))
				data = data[advance:]
			}
			if diff := cmp.Diff(tt.frames, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestA3LinesInSegments reads lines that come in several pieces, as a reader
// does that hands on what it has after each.
func TestA3LinesInSegments(t *testing.T) {
	bad := "refused"
	tests := []struct {
		name     string
		segments []string
		want     []string // the texts
	}{
		{"CR, then LF of the same line", []string{"msg a\r", "\nmsg b\r", "\n"}, []string{"a", "b"}},
		{"CR, then LF with the next line", []string{"msg a\r", "\nmsg b\n"}, []string{"a", "b"}},
		{"CR, then a line of its own", []string{"msg a\r", "msg b\r"}, []string{"a", "b"}},
		{"a blank line after LF is one", []string{"msg a\n", "\n"}, []string{"a", bad}},
		{"a blank line after CRLF in two pieces is one", []string{"msg a\r", "\n", "\n"}, []string{"a", bad}},
		{"a blank line of CRs", []string{"msg a\r", "\r"}, []string{"a", bad}},
		{"a line in three pieces", []string{"ms", "g a b", " c\n"}, []string{"a b c"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			codec := a3{}.Server()
			var data []byte
			var got []string
			for _, segment := range tt.segments {
				data = append(data, segment...)
				for {
					advance, frame, err := a3{}.Split(data, false)
					if err != nil {
						t.Fatal(err)
					}
					if advance == 0 {
						break
					}
					switch r, err := codec.ParseRequest(frame); {
					case err != nil:
						got = append(got, bad)
					case r != nil:
						got = append(got, r.(Say).Text)
					}
					data = data[advance:]
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestA3ParsesRequests(t *testing.T) {
	tests := []struct {
		line string
		want Request
	}{
		{"msg hi", Say{Text: "hi"}},
		{"msg  hi  there \r\n", Say{Text: " hi  there"}},
		{"  \tusers \n", People{}},
		{"login bob", Guest{Name: "bob"}},
		{"login bob  my  secret \n", Login{Name: "bob", Password: " my  secret"}},
		{"register bob my secret", Register{Name: "bob", Password: "my secret", Legacy: true}},
		{"privmsg b-o.b  hi", Private{To: "b-o.b", Text: "hi"}},
		{"sync", Hold{On: true}},
		{"async", Hold{}},
		{"msg \xff\xfe\xc3", Say{Text: "\ufffd\ufffd\ufffd"}},
	}
	for _, tt := range tests {
		got, err := a3{}.Server().ParseRequest([]byte(tt.line))
		if diff := cmp.Diff(tt.want, got, byValue()); err != nil || diff != "" {
			t.Errorf("ParseRequest(%q): %v (-want +got):\n%s", tt.line, err, diff)
		}
	}
}

func TestA3RefusesLines(t *testing.T) {
	tests := []struct {
		line string
		code Code
		of   Act
	}{
		{"", CodeUnsupported, ""},
		{"quit", CodeUnsupported, ""},
		{"MSG hi", CodeUnsupported, ""},
		{"msg\thi", CodeUnsupported, ""},
		{"users x", CodeUnsupported, ""},
		{"async x", CodeUnsupported, ""},
		{"privmsg", CodeUnsupported, ""},
		{"privmsg bob", CodeUnsupported, ""},
		{"privmsg bob \u00a0", CodeUnsupported, ""},
		{"privmsg  bob hi", CodeUnsupported, ""},
		{"login  bob", CodeNameInvalid, ActLogin},
		{"login b_b", CodeNameInvalid, ActLogin},
		{"login bøb", CodeNameInvalid, ActLogin},
		{"login b_b secret", CodeNameInvalid, ActLogin},
		{"register b_b secret", CodeNameInvalid, ActRegister},
		{"register bob", CodePasswordInvalid, ActRegister},
		{"register", CodeUnsupported, ""},
		{"msg " + strings.Repeat("x", MaxFrame), CodeTooLong, ""},
	}
	for _, tt := range tests {
		r, err := a3{}.Server().ParseRequest([]byte(tt.line))
		var fe *FrameError
		if !errors.As(err, &fe) || r != nil || fe.Code != tt.code || fe.Of != tt.of {
			t.Errorf("ParseRequest(%.40q) = %v, %v, want %s of %q", tt.line, r, err, tt.code, tt.of)
		}
	}
}

func TestA3AppendsEvents(t *testing.T) {
	tests := []struct {
		name  string
		event Event
		want  string
	}{
		{"each line of a text", &Said{From: "bob", Text: "one\n\n \n  two\n"}, "msg bob one\nmsg bob   two\n"},
		{"an action", &Said{From: "bob", Text: "waves", Action: true}, "msg bob * waves\n"},
		{"each line of a private text", &Whispered{From: "bob", To: "al", Text: "a\nb"}, "privmsg bob a\nprivmsg bob b\n"},
		{"names that it can spell", &PeopleList{People: []Person{{Name: "åse"}, {Name: "b b"}, {Name: "bob"}}}, "users bob\n"},
		{"a list of nobody", &PeopleList{}, "cmderr command not supported\n"},
		{"a taken name", &Refused{Of: ActGuest, Code: CodeNameTaken, Text: "Taken."}, "loginerr username already in use\n"},
		{"a bad name", &Refused{Of: ActRegister, Code: CodeNameInvalid, Text: "Bad."}, "loginerr incorrect username format\n"},
		{"another reason of login", &Refused{Of: ActLogin, Code: CodeDenied, Text: "Wrong\nname."}, "loginerr Wrong name.\n"},
		{"a reason without words", &Refused{Of: ActLogin, Code: CodeDenied, Text: "\n"}, "loginerr denied\n"},
		{"a line before login", &Refused{Of: ActPrivate, Code: CodeLoginFirst, Text: "Log in."}, "msgerr unauthorized\n"},
		{"nobody there", &Refused{Of: ActPrivate, Code: CodeNoUser, Text: "Nobody."}, "msgerr incorrect recipient\n"},
		{"another reason of a line", &Refused{Of: ActSay, Code: CodeRate, Text: "Too fast."}, "msgerr Too fast.\n"},
		{"any other refusal", &Refused{Of: ActInbox, Code: CodeBusy, Text: "Busy."}, "cmderr command not supported\n"},
		{"a joke of two lines", &JokeTold{Text: "knock\nknock"}, "joke knock knock\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, delivery, err := a3{}.Server().AppendEvent(nil, tt.event)
			if err != nil || string(got) != tt.want || !cmp.Equal(delivery, Delivery{}) {
				t.Errorf("got %q, %+v, %v, want %q", got, delivery, err, tt.want)
			}
		})
	}
}

func TestA3LeavesOut(t *testing.T) {
	events := map[string]Event{
		"a text that shows nothing": &Said{From: "bob", Text: " \n"},
		"a text with a CR":          &Said{From: "bob", Text: "ok\na\rmsg x y"},
		"a text with NUL":           &Said{From: "bob", Text: "a\x00"},
		"a sender with a blank":     &Said{From: "b b", Text: "hi"},
		"a sender without a name":   &Whispered{Text: "hi"},
		"help without words":        &HelpText{},
		"help with a bad word":      &HelpText{Commands: []string{"a b"}},
		"a joke that shows nothing": &JokeTold{Text: "\n"},
	}
	for name, e := range events {
		got, _, err := a3{}.Server().AppendEvent([]byte("x"), e)
		if err == nil || string(got) != "x" {
			t.Errorf("%s: AppendEvent = %q, %v, want an error and nothing more", name, got, err)
		}
	}
	for _, e := range []Event{&Joined{}, &Left{}, &Notice{}, &Goodbye{}, &Presence{}, &Welcome{}, &Status{}, &Renamed{}} {
		if got, _, err := (a3{}).Server().AppendEvent(nil, e); !errors.Is(err, ErrUnsupported) || len(got) != 0 {
			t.Errorf("AppendEvent(%T) = %q, %v, want ErrUnsupported", e, got, err)
		}
	}
}

func TestA3AppendsRequests(t *testing.T) {
	tests := []struct {
		name    string
		request Request
		want    string // "" is an error
	}{
		{"an action", Say{Text: "waves", Action: true}, "msg * waves\n"},
		{"blanks that the server keeps", Say{Text: "  hi  "}, "msg   hi\n"},
		{"blanks that it drops", Private{To: "bob", Text: "  hi  "}, "privmsg bob hi\n"},
		{"a text of two lines", Say{Text: "a\nb"}, ""},
		{"a text that shows nothing", Say{Text: " "}, ""},
		{"a receiver with a blank", Private{To: "b b", Text: "hi"}, ""},
		{"no receiver", Private{Text: "hi"}, ""},
		{"a name with a sign", Guest{Name: "b-b"}, ""},
		{"no name", Guest{}, ""},
		{"a password", Login{Name: "bob", Password: "a b"}, "login bob a b\n"},
		{"a password that would be two lines", Login{Name: "bob", Password: "a\nquit"}, ""},
		{"a token", Login{Name: "bob", Token: "t"}, ""},
		{"an account", Register{Name: "bob", Password: "s"}, "register bob s\n"},
		{"an account without a password", Register{Name: "bob"}, ""},
		{"people of the one room", People{Room: Lobby}, "users\n"},
		{"people of another room", People{Room: "games"}, ""},
		{"rooms", Rooms{}, ""},
		{"what could not be read", Malformed{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := a3{}.Client().AppendRequest(nil, tt.request)
			if string(got) != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	if got, err := (a3{}).Client().AppendRequest([]byte("x"), Quit{}); string(got) != "x" || err != nil {
		t.Errorf("Quit made %q, %v, want no bytes", got, err)
	}
}

func TestA3ParsesEvents(t *testing.T) {
	tests := []struct {
		line string
		want Event
	}{
		{"msg bob hi  there\r\n", &Said{Room: Lobby, From: "bob", Kind: KindOld, Text: "hi  there"}},
		{"msg bob \n", &Said{Room: Lobby, From: "bob", Kind: KindOld}},
		{"privmsg bob hi\n", &Whispered{From: "bob", Kind: KindOld, Text: "hi"}},
		{"loginerr who knows\n", &Refused{Of: ActLogin, Code: CodeDenied, Text: "who knows"}},
		{"supported login msg\n", &HelpText{Commands: []string{"login", "msg"}}},
		{"users a b\n", &PeopleList{Room: Lobby, People: []Person{{Name: "a", Kind: KindOld}, {Name: "b", Kind: KindOld}}}},
		{"\n", nil},
		{"welcome to the server\n", nil},
	}
	for _, tt := range tests {
		got, err := a3{}.Client().ParseEvent([]byte(tt.line))
		if diff := cmp.Diff(tt.want, got, byValue()); err != nil || diff != "" {
			t.Errorf("ParseEvent(%q): %v (-want +got):\n%s", tt.line, err, diff)
		}
	}
	for _, line := range []string{"msg\n", "msg  hi\n", "privmsg \n", "msgok\n", "msgok x\n", "inbox -1\n"} {
		var fe *FrameError
		if e, err := (a3{}).Client().ParseEvent([]byte(line)); !errors.As(err, &fe) || e != nil {
			t.Errorf("ParseEvent(%q) = %v, %v, want a FrameError", line, e, err)
		}
	}
}
