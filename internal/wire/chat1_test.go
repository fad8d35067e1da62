package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// byValue compares messages: secrets by what they hide, and no list as an
// empty one.
func byValue() cmp.Options {
	return cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Comparer(func(a, b Secret) bool { return a.Reveal() == b.Reveal() }),
	}
}

// split cuts data into the frames of a dialect, as a reader would whose
// connection ends with them.
func split(t *testing.T, d Dialect, data []byte) [][]byte {
	t.Helper()
	var frames [][]byte
	for len(data) > 0 {
		advance, frame, err := d.Split(data, true)
		if err != nil || advance <= 0 {
			t.Fatalf("Split(%q) = %d, %q, %v, want an advance", data, advance, frame, err)
		}
		if frame != nil {
			frames = append(frames, frame)
		}
		data = data[advance:]
	}
	return frames
}

func one(t *testing.T, d Dialect, data []byte) []byte {
	t.Helper()
	frames := split(t, d, data)
	if len(frames) != 1 {
		t.Fatalf("%q has %d frames, want 1", data, len(frames))
	}
	return frames[0]
}

func TestChat1RequestsComeBack(t *testing.T) {
	for _, want := range sampleRequests() {
		t.Run(fmt.Sprintf("%T", want), func(t *testing.T) {
			data, err := chat1{}.Client().AppendRequest([]byte("before"), want)
			if err != nil {
				t.Fatalf("AppendRequest: %v", err)
			}
			data, ok := bytes.CutPrefix(data, []byte("before"))
			if !ok {
				t.Fatal("AppendRequest overwrote what was there")
			}
			got, err := chat1{}.Server().ParseRequest(one(t, chat1{}, data))
			if err != nil {
				t.Fatalf("ParseRequest(%q): %v", data, err)
			}
			if diff := cmp.Diff(want, got, byValue()); diff != "" {
				t.Errorf("%q came back changed (-want +got):\n%s", data, diff)
			}
		})
	}
}

func TestChat1EventsComeBack(t *testing.T) {
	for _, want := range sampleEvents() {
		t.Run(fmt.Sprintf("%T", want), func(t *testing.T) {
			data, delivery, err := chat1{}.Server().AppendEvent([]byte("before"), want)
			if err != nil {
				t.Fatalf("AppendEvent: %v", err)
			}
			if _, last := want.(*Goodbye); !cmp.Equal(delivery, Delivery{Close: last}) {
				t.Errorf("delivery is %+v, want to close: %t", delivery, last)
			}
			data, ok := bytes.CutPrefix(data, []byte("before"))
			if !ok {
				t.Fatal("AppendEvent overwrote what was there")
			}
			got, err := chat1{}.Client().ParseEvent(one(t, chat1{}, data))
			if err != nil {
				t.Fatalf("ParseEvent(%q): %v", data, err)
			}
			if diff := cmp.Diff(want, got, byValue()); diff != "" {
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
		want, err := appendMessage(nil, name, revealed(e))
		if err != nil {
			t.Fatalf("appendMessage(%T): %v", e, err)
		}
		got, _, err := chat1{}.Server().AppendEvent(nil, e)
		if err != nil || string(got) != string(want) {
			t.Errorf("AppendEvent(%T)\ngot  %s, %v\nwant %s", e, got, err, want)
		}
	}
}

func TestChat1RefusesFrames(t *testing.T) {
	deep := strings.Repeat("[", 9) + strings.Repeat("]", 9)
	var members strings.Builder
	for i := range maxMembers {
		fmt.Fprintf(&members, `,"x%d":1`, i)
	}
	tests := []struct {
		name, frame string
		code        Code
		text, tag   string
	}{
		{"a blank line", "", CodeMalformed, "JSON object", ""},
		{"no object", `[1]`, CodeMalformed, "JSON object", ""},
		{"no type", `{"id":"7"}`, CodeMalformed, `"type"`, "7"},
		{"a type that is no string", `{"id":"7","type":1}`, CodeMalformed, "a string", "7"},
		{"an unknown type, by name", `{"type":"dance","id":"7"}`, CodeUnsupported, `"dance"`, "7"},
		{"an event's type", `{"type":"said","id":"7"}`, CodeUnsupported, `"said"`, "7"},
		{"trailing garbage", `{"type":"ping","id":"7"} x`, CodeMalformed, "nothing more", "7"},
		{"two objects", `{"type":"ping","id":"7"}{}`, CodeMalformed, "nothing more", "7"},
		{"a key twice", `{"type":"ping","id":"7","id":"8"}`, CodeMalformed, "twice", "7"},
		{"a key twice, once escaped", `{"id":"7","type":"ping","\u0074ype":"x"}`, CodeMalformed, "twice", "7"},
		{"a key twice inside", `{"id":"7","type":"ping","x":[{"a":1,"a":2}]}`, CodeMalformed, "twice", "7"},
		{"half a frame keeps its tag", `{"id":"7","type":"say","text":"abc`, CodeMalformed, "end of a string", "7"},
		{"a missing comma", `{"id":"7" "type":"ping"}`, CodeMalformed, "comma", "7"},
		{"bad UTF-8", "{\"id\":\"7\",\"type\":\"say\",\"text\":\"\xff\"}", CodeMalformed, "UTF-8", "7"},
		{"a raw control character", "{\"id\":\"7\",\"type\":\"say\",\"text\":\"\x01\"}", CodeMalformed, "escaped", "7"},
		{"a bad escape", `{"id":"7","type":"say","text":"\x"}`, CodeMalformed, "escape", "7"},
		{"too deep", `{"id":"7","type":"ping","x":` + deep + `}`, CodeMalformed, "deeper", "7"},
		{"too wide", `{"type":"ping"` + members.String() + `}`, CodeMalformed, "members", ""},
		{"a tag that is a number", `{"type":"ping","id":7}`, CodeMalformed, "a string", ""},
		{"a tag that is too long", `{"type":"ping","id":"` + strings.Repeat("7", 33) + `"}`, CodeMalformed, "32", ""},
		{"a tag outside ASCII", `{"type":"ping","id":"é"}`, CodeMalformed, "ASCII", ""},
		{"a client id that is too long", `{"type":"say","id":"7","cid":"` + strings.Repeat("7", 33) + `"}`, CodeMalformed, "32", "7"},
		{"a field of the wrong type", `{"type":"say","id":"7","text":5}`, CodeMalformed, `"text"`, "7"},
		{"a line's id as a number", `{"type":"read","id":"7","last":5}`, CodeMalformed, "decimal string", "7"},
		{"a line's id in words", `{"type":"read","id":"7","last":"five"}`, CodeMalformed, "decimal string", "7"},
		{"a frame that is too long", `{"id":"7","type":"say","text":"` + strings.Repeat("x", MaxFrame) + `"}`, CodeTooLong, "65536", ""},
		{"a number with a leading zero", `{"id":"7","type":"ping","x":01}`, CodeMalformed, "comma", "7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := chat1{}.Server().ParseRequest([]byte(tt.frame))
			var fe *FrameError
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
	say := Say{Head: Head{Tag: "7"}, Room: "lobby", Text: "hi"}
	tests := []struct {
		name, frame string
		want        Request
	}{
		{"unknown fields", `{"type":"say","id":"7","room":"lobby","text":"hi","colour":{"r":[1,2.5e-3,null,true,false]}}`, say},
		{"keys of another case as unknown ones", `{"Text":"no","type":"say","id":"7","ROOM":"no","room":"lobby","text":"hi","TEXT":"no","Type":1}`, say},
		{"keys that Unicode folds to ours", "{\"type\":\"say\",\"id\":\"7\",\"room\":\"lobby\",\"text\":\"hi\",\"action\u212a\":true,\"\u017fay\":1}", say},
		{"an escaped key of another case", `{"type":"say","id":"7","room":"lobby","text":"hi","\u0054ext":"no"}`, say},
		{"an escaped key", `{"type":"say","id":"7","room":"lobby","\u0074ext":"hi"}`, say},
		{"any order and blanks", " {\t\"text\" : \"hi\", \"room\":\"lobby\",\"id\":\"7\",\"type\":\"say\" } ", say},
		{"null as left out", `{"type":"say","id":"7","room":"lobby","text":"hi","cid":null,"action":null}`, say},
		{"a null id", `{"type":"read","room":"lobby","last":null}`, Read{Room: "lobby"}},
		{"an answer's key in a request", `{"type":"ping","id":"7","re":5}`, Ping{Head{"7"}}},
		{"the CR of a CRLF", "{\"type\":\"ping\"}\r", Ping{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			frame := []byte(tt.frame)
			got, err := chat1{}.Server().ParseRequest(frame)
			if err != nil {
				t.Fatalf("ParseRequest: %v", err)
			}
			if diff := cmp.Diff(tt.want, got, byValue()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if string(frame) != tt.frame {
				t.Errorf("ParseRequest changed the frame to %q", frame)
			}
		})
	}
}

func TestChat1PassesOverUnknownEvents(t *testing.T) {
	if e, err := (chat1{}).Client().ParseEvent([]byte(`{"type":"danced","who":"bob"}`)); e != nil || err != nil {
		t.Errorf("ParseEvent = %v, %v, want nothing", e, err)
	}
}

func TestChat1RefusesToAppend(t *testing.T) {
	long := strings.Repeat("x", MaxFrame)
	requests := map[string]Request{
		"what could not be read":    Malformed{},
		"a tag with a line feed":    Ping{Head{"a\n"}},
		"a tag that is too long":    Ping{Head{long[:33]}},
		"a client id outside ASCII": Say{Client: "é"},
		"a frame that is too long":  Say{Text: long},
		"text that is not UTF-8":    Say{Text: "\xff"},
	}
	for name, r := range requests {
		if got, err := (chat1{}).Client().AppendRequest([]byte("x"), r); err == nil || string(got) != "x" {
			t.Errorf("%s: AppendRequest = %.60q, %v, want an error and nothing more", name, got, err)
		}
	}
	events := map[string]Event{
		"a client session's own news":     &Status{},
		"a receipt":                       &Receipt{},
		"a line that is too long":         &Said{Text: long},
		"a line that is not UTF-8":        &Said{Text: "\xff"},
		"a whisper that is not UTF-8":     &Whispered{From: "\xc3"},
		"a notice that is not UTF-8":      &Notice{Text: "\\\xff"},
		"a notice that is too long":       &Notice{Text: long},
		"an acknowledgement not in UTF-8": &Accepted{Client: "\xff"},
	}
	for name, e := range events {
		if got, _, err := (chat1{}).Server().AppendEvent([]byte("x"), e); err == nil || string(got) != "x" {
			t.Errorf("%s: AppendEvent = %.60q, %v, want an error and nothing more", name, got, err)
		}
	}
	const escape = `a\ufffd \\ufffd` // text that only looks like a replaced byte
	if _, _, err := (chat1{}).Server().AppendEvent(nil, &Notice{Text: escape + "\ufffd"}); err != nil {
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
			advance, frame, err := chat1{}.Split([]byte(tt.data), tt.atEOF)
			if advance != tt.advance || string(frame) != tt.frame || (frame == nil) != tt.none || err != nil {
				t.Errorf("got %d, %q, %v, want %d, %q", advance, frame, err, tt.advance, tt.frame)
			}
		})
	}
}

func TestSecretsAreHidden(t *testing.T) {
	const secret = Secret("hunter2")
	whole := LoggedIn{Token: secret}
	asJSON, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %q", whole, whole, whole, secret), string(asJSON)} {
		if strings.Contains(shown, secret.Reveal()) || !strings.Contains(shown, redacted) {
			t.Errorf("printed %s, want no secret", shown)
		}
	}
}
