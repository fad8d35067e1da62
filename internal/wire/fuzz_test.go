package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seed adds the bytes of a dialect's transcript to a fuzz test's corpus.
func seed(f *testing.F, d named, side string) {
	f.Helper()
	for _, s := range readTranscript(f, d) {
		for _, line := range s.lines {
			if _, what, _ := strings.Cut(line, " "); strings.HasPrefix(what, side) {
				f.Add(unescape(f, what[3:]))
			}
		}
	}
	f.Add([]byte{})
}

// fuzzRequests checks that a codec reads anything without panic, and that what
// it read and the other side's codec says again means the same to a codec that
// has heard as much.
func fuzzRequests(f *testing.F, d Dialect) {
	f.Helper()
	seed(f, d, "C")
	f.Fuzz(func(t *testing.T, data []byte) {
		server, mirror := d.Server(), d.Server()
		for _, frame := range split(t, d, data) {
			before := bytes.Clone(frame)
			want, err := server.ParseRequest(frame)
			if !bytes.Equal(before, frame) {
				t.Fatalf("ParseRequest changed %q to %q", before, frame)
			}
			if err != nil || want == nil {
				_, _ = mirror.ParseRequest(frame)
				continue
			}
			again, err := d.Client().AppendRequest(nil, want)
			if err != nil { // it has fields that the dialect's reader takes but never makes
				_, _ = mirror.ParseRequest(frame)
				continue
			}
			got, err := mirror.ParseRequest(one(t, d, again))
			if err != nil {
				t.Fatalf("%q was said as %q, which can't be read: %v", frame, again, err)
			}
			if diff := cmp.Diff(want, got, byValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", frame, again, diff)
			}
		}
	})
}

// fuzzEvents is the same for the other direction. An event is compared after
// it was said once: what a dialect leaves out is gone by then.
func fuzzEvents(f *testing.F, d Dialect) {
	f.Helper()
	seed(f, d, "S")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, frame := range split(t, d, data) {
			read, err := d.Client().ParseEvent(frame)
			if err != nil || read == nil {
				continue
			}
			said, _, err := d.Server().AppendEvent(nil, read)
			if err != nil {
				continue
			}
			want, err := d.Client().ParseEvent(one(t, d, said))
			if err != nil {
				t.Fatalf("%q was said as %q, which can't be read: %v", frame, said, err)
			}
			again, _, err := d.Server().AppendEvent(nil, want)
			if err != nil || !bytes.Equal(again, said) {
				t.Fatalf("%q was said as %q and then as %q, %v", frame, said, again, err)
			}
			got, err := d.Client().ParseEvent(one(t, d, again))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, byValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", frame, again, diff)
			}
		}
	})
}

func FuzzChat1Requests(f *testing.F) { fuzzRequests(f, chat1{}) }
func FuzzChat1Events(f *testing.F)   { fuzzEvents(f, chat1{}) }
func FuzzA3Requests(f *testing.F)    { fuzzRequests(f, a3{}) }
func FuzzA3Events(f *testing.F)      { fuzzEvents(f, a3{}) }

// FuzzSaid checks the frames that are appended by hand against encoding/json.
func FuzzSaid(f *testing.F) {
	f.Add("lobby", "sara", "hi \u2028 \x01 <&> \ufffd", uint64(1<<63), int64(-1))
	f.Add("\xff", "", `\ufffd`, uint64(0), int64(0))
	f.Fuzz(func(t *testing.T, room, from, text string, id uint64, at int64) {
		e := &Said{Room: room, From: from, Text: text, ID: ID(id), At: Millis(at)}
		got, gotErr := appendSaid(nil, e)
		want, wantErr := appendMessage(nil, "said", e)
		if (gotErr == nil) != (wantErr == nil) || gotErr == nil && !bytes.Equal(got, want) {
			t.Errorf("got %q, %v, want %q, %v", got, gotErr, want, wantErr)
		}
	})
}

// FuzzSay checks the fast way of reading a line against encoding/json.
func FuzzSay(f *testing.F) {
	seed(f, chat1{}, "C")
	f.Add([]byte(`{"type":"say","room":null,"text":"\ud800","action":false,"cid":"\u0041","\u0074ext2":0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := readFrame(data, "id") // whatever its type
		if err != nil {
			return
		}
		got, ok := frame.say()
		if !ok {
			return
		}
		want, err := decodeRequest[Say](frame.body)
		if diff := cmp.Diff(want, Request(got), byValue()); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", data, err, diff)
		}
	})
}

// FuzzScanner checks the scanner against encoding/json: it takes nothing that
// is not JSON, and what it refuses of JSON it refuses for a reason of its own.
func FuzzScanner(f *testing.F) {
	seed(f, chat1{}, "C")
	f.Add([]byte(`{"a":[1,-0.5e+3,{"b":null}],"a":0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := scanner{data: data, tagKey: "id"}
		err := s.frame()
		isObject := json.Valid(data) && bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{"))
		if err == nil && !isObject {
			t.Fatalf("%q was taken", data)
		}
		if err != nil && isObject {
			own := []string{"twice", "members", "deeper", "a string"}
			for _, reason := range own {
				if strings.Contains(err.Error(), reason) {
					return
				}
			}
			t.Fatalf("%q was refused: %v", data, err)
		}
		if err == nil && !json.Valid(s.body()) {
			t.Fatalf("%q was hidden as %q, which is no JSON", data, s.body())
		}
	})
}
