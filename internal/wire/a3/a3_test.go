package a3

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
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
				advance, frame, err := Dialect{}.Split(data, tt.atEOF)
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
			codec := Dialect{}.Server()
			var data []byte
			var got []string
			for _, segment := range tt.segments {
				data = append(data, segment...)
				for {
					advance, frame, err := Dialect{}.Split(data, false)
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
						got = append(got, r.(wire.Say).Text)
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
		want wire.Request
	}{
		{"msg hi", wire.Say{Text: "hi"}},
		{"msg  hi  there \r\n", wire.Say{Text: " hi  there"}},
		{"  \tusers \n", wire.People{}},
		{"login bob", wire.Guest{Name: "bob"}},
		{"login bob  my  secret \n", wire.Login{Name: "bob", Password: " my  secret"}},
		{"register bob my secret", wire.Register{Name: "bob", Password: "my secret", Legacy: true}},
		{"privmsg b-o.b  hi", wire.Private{To: "b-o.b", Text: "hi"}},
		{"sync", wire.Hold{On: true}},
		{"async", wire.Hold{}},
		{"msg \xff\xfe\xc3", wire.Say{Text: "\ufffd\ufffd\ufffd"}},
	}
	for _, tt := range tests {
		got, err := Dialect{}.Server().ParseRequest([]byte(tt.line))
		if diff := cmp.Diff(tt.want, got, wiretest.ByValue()); err != nil || diff != "" {
			t.Errorf("ParseRequest(%q): %v (-want +got):\n%s", tt.line, err, diff)
		}
	}
}

func TestA3RefusesLines(t *testing.T) {
	tests := []struct {
		line string
		code wire.Code
		of   wire.Act
	}{
		{"", wire.CodeUnsupported, ""},
		{"quit", wire.CodeUnsupported, ""},
		{"MSG hi", wire.CodeUnsupported, ""},
		{"msg\thi", wire.CodeUnsupported, ""},
		{"users x", wire.CodeUnsupported, ""},
		{"async x", wire.CodeUnsupported, ""},
		{"privmsg", wire.CodeUnsupported, ""},
		{"privmsg bob", wire.CodeUnsupported, ""},
		{"privmsg bob \u00a0", wire.CodeUnsupported, ""},
		{"privmsg  bob hi", wire.CodeUnsupported, ""},
		{"login  bob", wire.CodeNameInvalid, wire.ActLogin},
		{"login b_b", wire.CodeNameInvalid, wire.ActLogin},
		{"login bøb", wire.CodeNameInvalid, wire.ActLogin},
		{"login b_b secret", wire.CodeNameInvalid, wire.ActLogin},
		{"register b_b secret", wire.CodeNameInvalid, wire.ActRegister},
		{"register bob", wire.CodePasswordInvalid, wire.ActRegister},
		{"register", wire.CodeUnsupported, ""},
		{"msg " + strings.Repeat("x", wire.MaxFrame), wire.CodeTooLong, ""},
	}
	for _, tt := range tests {
		r, err := Dialect{}.Server().ParseRequest([]byte(tt.line))
		var fe *wire.FrameError
		if !errors.As(err, &fe) || r != nil || fe.Code != tt.code || fe.Of != tt.of {
			t.Errorf("ParseRequest(%.40q) = %v, %v, want %s of %q", tt.line, r, err, tt.code, tt.of)
		}
	}
}

func TestA3AppendsEvents(t *testing.T) {
	tests := []struct {
		name  string
		event wire.Event
		want  string
	}{
		{"each line of a text", &wire.Said{From: "bob", Text: "one\n\n \n  two\n"}, "msg bob one\nmsg bob   two\n"},
		{"an action", &wire.Said{From: "bob", Text: "waves", Action: true}, "msg bob * waves\n"},
		{"each line of a private text", &wire.Whispered{From: "bob", To: "al", Text: "a\nb"}, "privmsg bob a\nprivmsg bob b\n"},
		{"names that it can spell", &wire.PeopleList{People: []wire.Person{{Name: "åse"}, {Name: "b b"}, {Name: "bob"}}}, "users bob\n"},
		{"a list of nobody", &wire.PeopleList{}, "cmderr command not supported\n"},
		{"a taken name", &wire.Refused{Of: wire.ActGuest, Code: wire.CodeNameTaken, Text: "Taken."}, "loginerr username already in use\n"},
		{"a bad name", &wire.Refused{Of: wire.ActRegister, Code: wire.CodeNameInvalid, Text: "Bad."}, "loginerr incorrect username format\n"},
		{"another reason of login", &wire.Refused{Of: wire.ActLogin, Code: wire.CodeDenied, Text: "Wrong\nname."}, "loginerr Wrong name.\n"},
		{"a reason without words", &wire.Refused{Of: wire.ActLogin, Code: wire.CodeDenied, Text: "\n"}, "loginerr denied\n"},
		{"a line before login", &wire.Refused{Of: wire.ActPrivate, Code: wire.CodeLoginFirst, Text: "Log in."}, "msgerr unauthorized\n"},
		{"nobody there", &wire.Refused{Of: wire.ActPrivate, Code: wire.CodeNoUser, Text: "Nobody."}, "msgerr incorrect recipient\n"},
		{"another reason of a line", &wire.Refused{Of: wire.ActSay, Code: wire.CodeRate, Text: "Too fast."}, "msgerr Too fast.\n"},
		{"any other refusal", &wire.Refused{Of: wire.ActInbox, Code: wire.CodeBusy, Text: "Busy."}, "cmderr command not supported\n"},
		{"a joke of two lines", &wire.JokeTold{Text: "knock\nknock"}, "joke knock knock\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, delivery, err := Dialect{}.Server().AppendEvent(nil, tt.event)
			if err != nil || string(got) != tt.want || !cmp.Equal(delivery, wire.Delivery{}) {
				t.Errorf("got %q, %+v, %v, want %q", got, delivery, err, tt.want)
			}
		})
	}
}

func TestA3LeavesOut(t *testing.T) {
	events := map[string]wire.Event{
		"a text that shows nothing": &wire.Said{From: "bob", Text: " \n"},
		"a text with a CR":          &wire.Said{From: "bob", Text: "ok\na\rmsg x y"},
		"a text with NUL":           &wire.Said{From: "bob", Text: "a\x00"},
		"a sender with a blank":     &wire.Said{From: "b b", Text: "hi"},
		"a sender without a name":   &wire.Whispered{Text: "hi"},
		"help without words":        &wire.HelpText{},
		"help with a bad word":      &wire.HelpText{Commands: []string{"a b"}},
		"a joke that shows nothing": &wire.JokeTold{Text: "\n"},
	}
	for name, e := range events {
		got, _, err := Dialect{}.Server().AppendEvent([]byte("x"), e)
		if err == nil || string(got) != "x" {
			t.Errorf("%s: AppendEvent = %q, %v, want an error and nothing more", name, got, err)
		}
	}
	for _, e := range []wire.Event{&wire.Joined{}, &wire.Left{}, &wire.Notice{}, &wire.Goodbye{}, &wire.Presence{}, &wire.Welcome{}, &wire.Status{}, &wire.Renamed{}} {
		if got, _, err := (Dialect{}).Server().AppendEvent(nil, e); !errors.Is(err, wire.ErrUnsupported) || len(got) != 0 {
			t.Errorf("AppendEvent(%T) = %q, %v, want ErrUnsupported", e, got, err)
		}
	}
}

func TestA3AppendsRequests(t *testing.T) {
	tests := []struct {
		name    string
		request wire.Request
		want    string // "" is an error
	}{
		{"an action", wire.Say{Text: "waves", Action: true}, "msg * waves\n"},
		{"blanks that the server keeps", wire.Say{Text: "  hi  "}, "msg   hi\n"},
		{"blanks that it drops", wire.Private{To: "bob", Text: "  hi  "}, "privmsg bob hi\n"},
		{"a text of two lines", wire.Say{Text: "a\nb"}, ""},
		{"a text that shows nothing", wire.Say{Text: " "}, ""},
		{"a receiver with a blank", wire.Private{To: "b b", Text: "hi"}, ""},
		{"no receiver", wire.Private{Text: "hi"}, ""},
		{"a name with a sign", wire.Guest{Name: "b-b"}, ""},
		{"no name", wire.Guest{}, ""},
		{"a password", wire.Login{Name: "bob", Password: "a b"}, "login bob a b\n"},
		{"a password that would be two lines", wire.Login{Name: "bob", Password: "a\nquit"}, ""},
		{"a token", wire.Login{Name: "bob", Token: "t"}, ""},
		{"an account", wire.Register{Name: "bob", Password: "s"}, "register bob s\n"},
		{"an account without a password", wire.Register{Name: "bob"}, ""},
		{"people of the one room", wire.People{Room: wire.Lobby}, "users\n"},
		{"people of another room", wire.People{Room: "games"}, ""},
		{"rooms", wire.Rooms{}, ""},
		{"what could not be read", wire.Malformed{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Dialect{}.Client().AppendRequest(nil, tt.request)
			if string(got) != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	if got, err := (Dialect{}).Client().AppendRequest([]byte("x"), wire.Quit{}); string(got) != "x" || err != nil {
		t.Errorf("Quit made %q, %v, want no bytes", got, err)
	}
}

func TestA3ParsesEvents(t *testing.T) {
	tests := []struct {
		line string
		want wire.Event
	}{
		{"msg bob hi  there\r\n", &wire.Said{Room: wire.Lobby, From: "bob", Kind: wire.KindOld, Text: "hi  there"}},
		{"msg bob \n", &wire.Said{Room: wire.Lobby, From: "bob", Kind: wire.KindOld}},
		{"privmsg bob hi\n", &wire.Whispered{From: "bob", Kind: wire.KindOld, Text: "hi"}},
		{"loginerr who knows\n", &wire.Refused{Of: wire.ActLogin, Code: wire.CodeDenied, Text: "who knows"}},
		{"supported login msg\n", &wire.HelpText{Commands: []string{"login", "msg"}}},
		{"users a b\n", &wire.PeopleList{Room: wire.Lobby, People: []wire.Person{{Name: "a", Kind: wire.KindOld}, {Name: "b", Kind: wire.KindOld}}}},
		{"\n", nil},
		{"welcome to the server\n", nil},
	}
	for _, tt := range tests {
		got, err := Dialect{}.Client().ParseEvent([]byte(tt.line))
		if diff := cmp.Diff(tt.want, got, wiretest.ByValue()); err != nil || diff != "" {
			t.Errorf("ParseEvent(%q): %v (-want +got):\n%s", tt.line, err, diff)
		}
	}
	for _, line := range []string{"msg\n", "msg  hi\n", "privmsg \n", "msgok\n", "msgok x\n", "inbox -1\n"} {
		var fe *wire.FrameError
		if e, err := (Dialect{}).Client().ParseEvent([]byte(line)); !errors.As(err, &fe) || e != nil {
			t.Errorf("ParseEvent(%q) = %v, %v, want a FrameError", line, e, err)
		}
	}
}
