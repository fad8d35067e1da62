package chat1

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
	"labchat/internal/wire/wiretest"
)

func TestChat1RequestsComeBack(t *testing.T) {
	for _, want := range sampleRequests() {
		t.Run(fmt.Sprintf("%T", want), func(t *testing.T) {
			data, err := Dialect{}.Client().AppendRequest([]byte("before"), want)
			if err != nil {
				t.Fatalf("AppendRequest: %v", err)
			}
			data, ok := bytes.CutPrefix(data, []byte("before"))
			if !ok {
				t.Fatal("AppendRequest overwrote what was there")
			}
			got, err := Dialect{}.Server().ParseRequest(wiretest.One(t, Dialect{}, data))
			if err != nil {
				t.Fatalf("ParseRequest(%q): %v", data, err)
			}
			if diff := cmp.Diff(want, got, wiretest.ByValue()); diff != "" {
				t.Errorf("%q came back changed (-want +got):\n%s", data, diff)
			}
		})
	}
}

func TestChat1EventsComeBack(t *testing.T) {
	for _, want := range sampleEvents() {
		t.Run(fmt.Sprintf("%T", want), func(t *testing.T) {
			data, delivery, err := Dialect{}.Server().AppendEvent([]byte("before"), want)
			if err != nil {
				t.Fatalf("AppendEvent: %v", err)
			}
			if _, last := want.(*wire.Goodbye); !cmp.Equal(delivery, wire.Delivery{Close: last}) {
				t.Errorf("delivery is %+v, want to close: %t", delivery, last)
			}
			data, ok := bytes.CutPrefix(data, []byte("before"))
			if !ok {
				t.Fatal("AppendEvent overwrote what was there")
			}
			got, err := Dialect{}.Client().ParseEvent(wiretest.One(t, Dialect{}, data))
			if err != nil {
				t.Fatalf("ParseEvent(%q): %v", data, err)
			}
			if diff := cmp.Diff(want, got, wiretest.ByValue()); diff != "" {
				t.Errorf("%q came back changed (-want +got):\n%s", data, diff)
			}
		})
	}
}

// TestHandWrittenFramesAreTheUsualOnes compares the frames that are appended
// by hand with what encoding/json makes of the same events.
func TestHandWrittenFramesAreTheUsualOnes(t *testing.T) {
	for _, e := range sampleEvents() {
		name := eventNames[reflect.TypeOf(e)]
		want, err := jsonframe.Append(nil, name, revealed(e))
		if err != nil {
			t.Fatalf("appendMessage(%T): %v", e, err)
		}
		got, _, err := Dialect{}.Server().AppendEvent(nil, e)
		if err != nil || string(got) != string(want) {
			t.Errorf("AppendEvent(%T)\ngot  %s, %v\nwant %s", e, got, err, want)
		}
	}
}

func TestChat1RefusesFrames(t *testing.T) {
	deep := strings.Repeat("[", 9) + strings.Repeat("]", 9)
	var members strings.Builder
	for i := range jsonframe.MaxMembers {
		fmt.Fprintf(&members, `,"x%d":1`, i)
	}
	tests := []struct {
		name, frame string
		code        wire.Code
		text, tag   string
	}{
		{"a blank line", "", wire.CodeMalformed, "JSON object", ""},
		{"no object", `[1]`, wire.CodeMalformed, "JSON object", ""},
		{"no type", `{"id":"7"}`, wire.CodeMalformed, `"type"`, "7"},
		{"a type that is no string", `{"id":"7","type":1}`, wire.CodeMalformed, "a string", "7"},
		{"an unknown type, by name", `{"type":"dance","id":"7"}`, wire.CodeUnsupported, `"dance"`, "7"},
		{"an event's type", `{"type":"said","id":"7"}`, wire.CodeUnsupported, `"said"`, "7"},
		{"trailing garbage", `{"type":"ping","id":"7"} x`, wire.CodeMalformed, "nothing more", "7"},
		{"two objects", `{"type":"ping","id":"7"}{}`, wire.CodeMalformed, "nothing more", "7"},
		{"a key twice", `{"type":"ping","id":"7","id":"8"}`, wire.CodeMalformed, "twice", "7"},
		{"a key twice, once escaped", `{"id":"7","type":"ping","\u0074ype":"x"}`, wire.CodeMalformed, "twice", "7"},
		{"a key twice inside", `{"id":"7","type":"ping","x":[{"a":1,"a":2}]}`, wire.CodeMalformed, "twice", "7"},
		{"half a frame keeps its tag", `{"id":"7","type":"say","text":"abc`, wire.CodeMalformed, "end of a string", "7"},
		{"a missing comma", `{"id":"7" "type":"ping"}`, wire.CodeMalformed, "comma", "7"},
		{"bad UTF-8", "{\"id\":\"7\",\"type\":\"say\",\"text\":\"\xff\"}", wire.CodeMalformed, "UTF-8", "7"},
		{"a raw control character", "{\"id\":\"7\",\"type\":\"say\",\"text\":\"\x01\"}", wire.CodeMalformed, "escaped", "7"},
		{"a bad escape", `{"id":"7","type":"say","text":"\x"}`, wire.CodeMalformed, "escape", "7"},
		{"too deep", `{"id":"7","type":"ping","x":` + deep + `}`, wire.CodeMalformed, "deeper", "7"},
		{"too wide", `{"type":"ping"` + members.String() + `}`, wire.CodeMalformed, "members", ""},
		{"a tag that is a number", `{"type":"ping","id":7}`, wire.CodeMalformed, "a string", ""},
		{"a tag that is too long", `{"type":"ping","id":"` + strings.Repeat("7", 33) + `"}`, wire.CodeMalformed, "32", ""},
		{"a tag outside ASCII", `{"type":"ping","id":"é"}`, wire.CodeMalformed, "ASCII", ""},
		{"a client id that is too long", `{"type":"say","id":"7","cid":"` + strings.Repeat("7", 33) + `"}`, wire.CodeMalformed, "32", "7"},
		{"a field of the wrong type", `{"type":"say","id":"7","text":5}`, wire.CodeMalformed, `"text"`, "7"},
		{"a line's id as a number", `{"type":"read","id":"7","last":5}`, wire.CodeMalformed, "decimal string", "7"},
		{"a line's id in words", `{"type":"read","id":"7","last":"five"}`, wire.CodeMalformed, "decimal string", "7"},
		{"a frame that is too long", `{"id":"7","type":"say","text":"` + strings.Repeat("x", wire.MaxFrame) + `"}`, wire.CodeTooLong, "65536", ""},
		{"a number with a leading zero", `{"id":"7","type":"ping","x":01}`, wire.CodeMalformed, "comma", "7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Dialect{}.Server().ParseRequest([]byte(tt.frame))
			var fe *wire.FrameError
			if !errors.As(err, &fe) || r != nil {
				t.Fatalf("ParseRequest = %v, %v, want a FrameError", r, err)
			}
			if fe.Code != tt.code || fe.Tag != tt.tag || !strings.Contains(fe.Text, tt.text) {
				t.Errorf("got %s, tag %q, %q, want %s, tag %q and %q", fe.Code, fe.Tag, fe.Text, tt.code, tt.tag, tt.text)
			}
			if got := fe.Request(); got.RequestTag() != tt.tag {
				t.Errorf("the malformed request has the tag %q, want %q", got.RequestTag(), tt.tag)
			}
		})
	}
}

func TestChat1Tolerates(t *testing.T) {
	say := wire.Say{Head: wire.Head{Tag: "7"}, Room: "lobby", Text: "hi"}
	tests := []struct {
		name, frame string
		want        wire.Request
	}{
		{"unknown fields", `{"type":"say","id":"7","room":"lobby","text":"hi","colour":{"r":[1,2.5e-3,null,true,false]}}`, say},
		{"keys of another case as unknown ones", `{"Text":"no","type":"say","id":"7","ROOM":"no","room":"lobby","text":"hi","TEXT":"no","Type":1}`, say},
		{"keys that Unicode folds to ours", "{\"type\":\"say\",\"id\":\"7\",\"room\":\"lobby\",\"text\":\"hi\",\"action\u212a\":true,\"\u017fay\":1}", say},
		{"an escaped key of another case", `{"type":"say","id":"7","room":"lobby","text":"hi","\u0054ext":"no"}`, say},
		{"an escaped key", `{"type":"say","id":"7","room":"lobby","\u0074ext":"hi"}`, say},
		{"any order and blanks", " {\t\"text\" : \"hi\", \"room\":\"lobby\",\"id\":\"7\",\"type\":\"say\" } ", say},
		{"null as left out", `{"type":"say","id":"7","room":"lobby","text":"hi","cid":null,"action":null}`, say},
		{"a null id", `{"type":"read","room":"lobby","last":null}`, wire.Read{Room: "lobby"}},
		{"an answer's key in a request", `{"type":"ping","id":"7","re":5}`, wire.Ping{Head: wire.Head{Tag: "7"}}},
		{"the CR of a CRLF", "{\"type\":\"ping\"}\r", wire.Ping{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			frame := []byte(tt.frame)
			got, err := Dialect{}.Server().ParseRequest(frame)
			if err != nil {
				t.Fatalf("ParseRequest: %v", err)
			}
			if diff := cmp.Diff(tt.want, got, wiretest.ByValue()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if string(frame) != tt.frame {
				t.Errorf("ParseRequest changed the frame to %q", frame)
			}
		})
	}
}

func TestChat1PassesOverUnknownEvents(t *testing.T) {
	if e, err := (Dialect{}).Client().ParseEvent([]byte(`{"type":"danced","who":"bob"}`)); e != nil || err != nil {
		t.Errorf("ParseEvent = %v, %v, want nothing", e, err)
	}
}

func TestChat1RefusesToAppend(t *testing.T) {
	long := strings.Repeat("x", wire.MaxFrame)
	requests := map[string]wire.Request{
		"what could not be read":    wire.Malformed{},
		"a tag with a line feed":    wire.Ping{Head: wire.Head{Tag: "a\n"}},
		"a tag that is too long":    wire.Ping{Head: wire.Head{Tag: long[:33]}},
		"a client id outside ASCII": wire.Say{Client: "é"},
		"a frame that is too long":  wire.Say{Text: long},
		"text that is not UTF-8":    wire.Say{Text: "\xff"},
	}
	for name, r := range requests {
		if got, err := (Dialect{}).Client().AppendRequest([]byte("x"), r); err == nil || string(got) != "x" {
			t.Errorf("%s: AppendRequest = %.60q, %v, want an error and nothing more", name, got, err)
		}
	}
	events := map[string]wire.Event{
		"a client session's own news":     &wire.Status{},
		"a receipt":                       &wire.Receipt{},
		"a line that is too long":         &wire.Said{Text: long},
		"a line that is not UTF-8":        &wire.Said{Text: "\xff"},
		"a whisper that is not UTF-8":     &wire.Whispered{From: "\xc3"},
		"a notice that is not UTF-8":      &wire.Notice{Text: "\\\xff"},
		"a notice that is too long":       &wire.Notice{Text: long},
		"an acknowledgement not in UTF-8": &wire.Accepted{Client: "\xff"},
	}
	for name, e := range events {
		if got, _, err := (Dialect{}).Server().AppendEvent([]byte("x"), e); err == nil || string(got) != "x" {
			t.Errorf("%s: AppendEvent = %.60q, %v, want an error and nothing more", name, got, err)
		}
	}
	const escape = `a\ufffd \\ufffd` // text that only looks like a replaced byte
	if _, _, err := (Dialect{}).Server().AppendEvent(nil, &wire.Notice{Text: escape + "\ufffd"}); err != nil {
		t.Errorf("AppendEvent of %q: %v", escape, err)
	}
}

func TestChat1Split(t *testing.T) {
	tests := []struct {
		name, data string
		atEOF      bool
		advance    int
		frame      string
		none       bool
	}{
		{"a line", "{}\n{", false, 3, "{}", false},
		{"CR before LF", "{}\r\n", false, 4, "{}", false},
		{"a blank line is a frame", "\n", false, 1, "", false},
		{"half a line waits", "{}", false, 0, "", true},
		{"half a line at the end is none", "{}", true, 2, "", true},
		{"nothing", "", true, 0, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			advance, frame, err := Dialect{}.Split([]byte(tt.data), tt.atEOF)
			if advance != tt.advance || string(frame) != tt.frame || (frame == nil) != tt.none || err != nil {
				t.Errorf("got %d, %q, %v, want %d, %q", advance, frame, err, tt.advance, tt.frame)
			}
		})
	}
}

func TestSecretsAreHidden(t *testing.T) {
	const secret = wire.Secret("hunter2")
	whole := wire.LoggedIn{Token: secret}
	asJSON, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %q", whole, whole, whole, secret), string(asJSON)} {
		if strings.Contains(shown, secret.Reveal()) || !strings.Contains(shown, wire.Secret("").String()) {
			t.Errorf("printed %s, want no secret", shown)
		}
	}
}
