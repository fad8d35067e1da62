package peer1

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

// sampleMessages holds every message of peer/1, together with every member
// set.
func sampleMessages() []Message {
	file, epoch := strings.Repeat("0123456789abcdef", 2), wire.Epoch(strings.Repeat("f0", wire.EpochSize))
	return []Message{
		&Hello{
			Version: 2, Program: "chat-tui 0.1", Node: file, From: "zoë", To: "bob", Epoch: epoch,
			Low: math.MaxUint64, Features: []string{"files", "<&>"},
		},
		&Hello{},
		&Line{Seq: 1 << 63, At: -6, Action: true, Text: "a\"\\\n\r\t\b\f\x01\u2028<&>é😀\ufffd\x7f"},
		&Line{Epoch: epoch, Seq: 8, After: new(wire.ID), AfterEpoch: epoch, Waited: true},
		&Named{Name: "anna"},
		&Line{},
		&Stored{Epoch: epoch, Seq: 7},
		&Read{Epoch: epoch, Seq: 8},
		&Typing{},
		&Offer{File: file, Name: "a b.txt", Size: math.MaxInt64, SHA256: strings.Repeat("0f", 32)},
		&Take{File: file, From: 5},
		&Stop{File: file, Text: "no room"},
		&Stop{Epoch: epoch, Seq: 7, Text: "too long"},
		&Got{File: file},
	}
}

func TestEveryPeerMessageComesBackAsItWas(t *testing.T) {
	seen := map[reflect.Type]map[string]bool{}
	var all []byte
	for _, m := range sampleMessages() {
		var err error
		if all, err = Append(all, m); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		v := reflect.ValueOf(m).Elem()
		if seen[v.Type()] == nil {
			seen[v.Type()] = map[string]bool{}
		}
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				seen[v.Type()][v.Type().Field(i).Name] = true
			}
		}
	}
	for _, want := range sampleMessages() {
		n, frame, err := Split(all)
		if err != nil || frame == nil {
			t.Fatalf("got %d, %q, %v", n, frame, err)
		}
		got, err := Parse(frame)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", frame, err, diff)
		}
		all = all[n:]
	}
	if len(all) > 0 {
		t.Errorf("%q is left", all)
	}
	for name, empty := range types {
		typ := reflect.TypeOf(empty()).Elem()
		if seen[typ] == nil {
			t.Errorf("no sample of %s", name)
		}
		for f := range typ.Fields() {
			if !seen[typ][f.Name] {
				t.Errorf("no sample sets %s.%s", typ.Name(), f.Name)
			}
		}
	}
	if len(names) != len(types) {
		t.Errorf("%d messages have %d names", len(names), len(types))
	}
}

func TestPeerMessagesAreCutByTheirLength(t *testing.T) {
	whole, err := Append(nil, &Line{Seq: 1, Text: "hi"})
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if advance, frame, err := Split(whole[:n]); advance != 0 || frame != nil || err != nil {
			t.Errorf("of %d bytes it took %d, %q, %v", n, advance, frame, err)
		}
	}
	if advance, frame, err := Split(append(whole, 0, 0)); advance != len(whole) || err != nil || !bytes.Equal(frame, whole[4:]) {
		t.Errorf("got %d, %q, %v", advance, frame, err)
	}
	for _, length := range []uint32{0, 1, wire.MaxFrame, wire.MaxFrame + 1, math.MaxUint32} {
		if _, frame, err := Split(binary.BigEndian.AppendUint32(nil, length)); !errors.Is(err, errLength) {
			t.Errorf("a length of %d is taken: %q, %v", length, frame, err)
		}
	}
}

func TestWhatIsNoPeerMessageIsRefused(t *testing.T) {
	for frame, code := range map[string]wire.Code{
		``:                                    wire.CodeMalformed,
		`{}`:                                  wire.CodeMalformed,
		`hello`:                               wire.CodeMalformed,
		`[]`:                                  wire.CodeMalformed,
		`{"type":5}`:                          wire.CodeMalformed,
		`{"type":"line","seq":1}`:             wire.CodeMalformed,
		`{"type":"line","seq":"-1"}`:          wire.CodeMalformed,
		`{"type":"line","text":["x"]}`:        wire.CodeMalformed,
		`{"type":"line","text":"a","text":1}`: wire.CodeMalformed,
		`{"type":"line","text":"` + "\xff" + `"}`:                             wire.CodeMalformed,
		`{"type":"line","text":"` + "\n" + `"}`:                               wire.CodeMalformed,
		`{"type":"take","from":1.5}`:                                          wire.CodeMalformed,
		`{"type":"take","from":9223372036854775808}`:                          wire.CodeMalformed,
		`{"type":"got"} {}`:                                                   wire.CodeMalformed,
		`{"type":"got","x":` + strings.Repeat("[", 9) + `}`:                   wire.CodeMalformed,
		`{"type":"line","text":"` + strings.Repeat("x", wire.MaxFrame) + `"}`: wire.CodeTooLong,
	} {
		m, err := Parse([]byte(frame))
		var fe *wire.FrameError
		if !errors.As(err, &fe) || fe.Code != code || m != nil {
			t.Errorf("%.60s: got %v, %v, want %s", frame, m, err, code)
		}
	}
}

func TestWhatANewerProgramSaysIsPassedOver(t *testing.T) {
	if m, err := Parse([]byte(`{"type":"dance","steps":3}`)); m != nil || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
	got, err := Parse([]byte(` { "Text":"other", "seq":"7", "text" : "\u0068i", "time":null, "mood":{"a":[1]}, "type":"line" } `))
	if diff := cmp.Diff(Message(&Line{Seq: 7, Text: "hi"}), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestWhatCantBeReadBackIsNotSaidToAPeer(t *testing.T) {
	was := []byte("before")
	for _, m := range []Message{
		&Line{Text: "\xff"}, &Offer{Name: "a\x80"}, &Line{Text: strings.Repeat("x", wire.MaxFrame)}, &Got{File: strings.Repeat("x", wire.MaxFrame-len(`{"type":"got","file":""}`))}, &Line{Text: strings.Repeat("\x01", wire.MaxFrame/5)},
	} {
		if got, err := Append(was, m); err == nil || string(got) != "before" {
			t.Errorf("%.30v: got %.30q, %v", m, got, err)
		}
	}
}

func TestTheLongestPeerMessageComesBack(t *testing.T) {
	want := &Got{File: strings.Repeat("x", wire.MaxFrame-1-len(`{"type":"got","file":""}`))}
	frame, err := Append(nil, want)
	if err != nil || len(frame) != 4+wire.MaxFrame-1 {
		t.Fatalf("got %d bytes, %v", len(frame), err)
	}
	if _, frame, err = Split(frame); err != nil {
		t.Fatal(err)
	}
	if got, err := Parse(frame); err != nil || !reflect.DeepEqual(got, Message(want)) {
		t.Errorf("it did not come back: %v", err)
	}
}

// TestTheLongestLineFitsIntoAPeerMessage holds that whatever a person may write
// can be said.
func TestTheLongestLineFitsIntoAPeerMessage(t *testing.T) {
	for _, r := range []string{"x", "\"", "\x7f", "\t", "😀", "\u2028"} {
		line := &Line{Seq: math.MaxUint64, At: math.MaxInt64, Action: true, Text: strings.Repeat(r, wire.MaxText/len(r))}
		frame, err := Append(nil, line)
		if err != nil {
			t.Errorf("%q: %v", r, err)
			continue
		}
		if m, err := Parse(frame[4:]); err != nil || !reflect.DeepEqual(m, Message(line)) {
			t.Errorf("%q did not come back: %v", r, err)
		}
	}
}

// FuzzParsePeer checks that anything can be read without panic, and that what
// was read means the same when it is said again.
func FuzzParsePeer(f *testing.F) {
	for _, m := range sampleMessages() {
		b, err := Append(nil, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Add([]byte("\x00\x00\x00\x1e{\"type\":\"line\",\"Text\":\"x\",\"a\":{}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for {
			n, frame, err := Split(data)
			if err != nil || frame == nil {
				return
			}
			data = data[n:]
			before := bytes.Clone(frame)
			want, err := Parse(frame)
			if !bytes.Equal(before, frame) {
				t.Fatalf("ParsePeer changed %q to %q", before, frame)
			}
			if err != nil || want == nil {
				continue
			}
			again, err := Append(nil, want)
			if err != nil {
				if len(frame) > wire.MaxFrame/6 { // escapes may make it longer
					continue
				}
				t.Fatalf("%q can't be said again: %v", frame, err)
			}
			n, frame, err = Split(again)
			if err != nil || n != len(again) {
				t.Fatalf("%q was cut to %q: %v", again, frame, err)
			}
			got, err := Parse(frame)
			if err != nil {
				t.Fatalf("%q was said as %q, which can't be read: %v", before, again, err)
			}
			if diff := cmp.Diff(want, got, wiretest.ByValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", before, again, diff)
			}
		}
	})
}
