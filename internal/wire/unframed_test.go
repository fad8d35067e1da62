package wire

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSplitUnframed(t *testing.T) {
	tests := []struct {
		name, data string
		atEOF      bool
		frames     []string
		rest       string
	}{
		{"a read is a frame", "hi there", false, []string{"hi there"}, ""},
		{"line feeds split it", "a\nb\r\n\nc", false, []string{"a\n", "b\r\n", "\n", "c"}, ""},
		{"half a character waits", "a\xc3", false, []string{"a"}, "\xc3"},
		{"the beginning of one alone waits", "\xf0\x9f\x98", false, nil, "\xf0\x9f\x98"},
		{"at the end nothing waits", "a\xc3", true, []string{"a", "\xc3"}, ""},
		{"what is no character doesn't wait", "a\x80\xff", false, []string{"a\x80\xff"}, ""},
		{"a long read is several", "0123456789abc", false, []string{"01234567", "89abc"}, ""},
		{"but no character is cut", "0123456æ89", false, []string{"0123456", "æ89"}, ""},
		{"a line feed behind the border is a frame", "01234567\nx", false, []string{"01234567", "\n", "x"}, ""},
		{"nothing is none", "", true, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			data := []byte(tt.data)
			for {
				advance, frame, err := splitUnframed(data, tt.atEOF, 8)
				if err != nil {
					t.Fatal(err)
				}
				if advance == 0 {
					break
				}
				got = append(got, string(frame))
				data = data[advance:]
			}
			if diff := cmp.Diff(tt.frames, got); diff != "" || string(data) != tt.rest {
				t.Errorf("%q is left, want %q (-want +got):\n%s", data, tt.rest, diff)
			}
		})
	}
}

func TestALineFeedMayComeLate(t *testing.T) {
	var end readEnd
	var got []string
	for _, frame := range []string{"a", "\n", "b\r", "\n", "c\n", "\n", "d", "\r\n", "\n"} {
		if line, ok := end.cut([]byte(frame)); ok {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "", "d", ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// frames takes an event apart as the server does.
func frames(t *testing.T, c ServerCodec, e Event) ([]string, Delivery) {
	t.Helper()
	const before = "before"
	said, d, err := c.AppendEvent([]byte(before), e)
	if err != nil {
		t.Fatalf("AppendEvent(%T): %v", e, err)
	}
	said = said[len(before):]
	var all []string
	from := 0
	for _, cut := range append(slices.Clone(d.Cuts), len(said)) {
		all = append(all, string(said[from:cut]))
		from = cut
	}
	return all, d
}

// unframed are the dialects without terminators that have people.
func unframed() []Dialect {
	return slices.DeleteFunc(Dialects(), func(d Dialect) bool { return !d.Manners().Unframed || d.Manners().Service })
}

func TestALongLineBecomesWritesThatEndAtCharacters(t *testing.T) {
	text := strings.Repeat("æ", MaxText/2)
	for _, d := range unframed() {
		via := Via{Addr: "255.255.255.255"}
		all, delivery := frames(t, d.Server(), &Said{From: strings.Repeat("x", MaxName), Text: text, Via: via})
		if len(all) < 2 || delivery.Gap != 30*time.Millisecond {
			t.Errorf("%s: %d writes, %v apart", d.Name(), len(all), delivery.Gap)
		}
		var got strings.Builder
		for _, frame := range all {
			if len(frame) > d.MaxBytes() || !utf8.ValidString(frame) {
				t.Errorf("%s: a write of %d bytes ends in %q", d.Name(), len(frame), frame[len(frame)-4:])
			}
			got.WriteString(heardText(t, d, frame))
		}
		if got.String() != text {
			t.Errorf("%s: the writes do not hold the text", d.Name())
		}
	}
}

// heardText is the text that a client hears in a frame.
func heardText(t *testing.T, d Dialect, frame string) string {
	t.Helper()
	e, err := d.Client().ParseEvent([]byte(frame))
	said, ok := e.(*Said)
	if err != nil || !ok {
		t.Fatalf("%s: ParseEvent(%q) = %v, %v, want a line", d.Name(), frame, e, err)
	}
	return said.Text
}

func TestEachLineOfATextIsAWrite(t *testing.T) {
	for _, d := range unframed() {
		all, delivery := frames(t, d.Server(), &Whispered{From: "al", Text: "one\n\n \ntwo", Action: true})
		var got []string
		for _, frame := range all {
			got = append(got, heardText(t, d, frame))
		}
		if diff := cmp.Diff([]string{"(private) * one", "(private) * two"}, got); diff != "" || delivery.Gap != 5*time.Millisecond {
			t.Errorf("%s: %v apart (-want +got):\n%s", d.Name(), delivery.Gap, diff)
		}
	}
}

// TestOldProgramsAreNotSentWhatEndsThem holds the rules of both families:
// nothing that shows nothing, and no bracket in front but the list's.
func TestOldProgramsAreNotSentWhatEndsThem(t *testing.T) {
	texts := []string{"", " ", "\n", "\r", "[1]", " [", "\n[x]\n", "ok", "a\x00b", strings.Repeat("[", 5000)}
	for _, d := range unframed() {
		for _, text := range texts {
			for _, e := range []Event{
				&Said{From: "al", Text: text}, &Said{From: text, Text: "hi"}, &Joined{Name: text}, &Left{Name: text},
				&Renamed{Old: text, Name: "al"}, &Notice{Text: text}, &Goodbye{Text: text}, &LoggedIn{Name: text},
				&Refused{Of: ActSay, Text: text}, &Refused{Of: ActGuest, Code: CodeBusy, Text: text},
			} {
				said, _, err := d.Server().AppendEvent(nil, e)
				if err != nil && len(said) > 0 {
					t.Errorf("%s: %T of %q is an error and %q", d.Name(), e, text, said)
				}
				if strings.HasPrefix(strings.TrimSpace(string(said)), "[") || len(said) > 0 && isBlank(string(said)) || len(said) > 2*MaxText+200 {
					t.Errorf("%s: %T of %q is said as %q", d.Name(), e, text, said)
				}
			}
		}
	}
}

// fuzzLines checks that what is read of people who are in is said again so
// that it means the same; in is what brings them there.
func fuzzLines(f *testing.F, d Dialect, in ...string) {
	f.Helper()
	seed(f, d, "C")
	f.Fuzz(func(t *testing.T, data []byte) {
		stranger, server := d.Server(), d.Server()
		for _, frame := range in {
			parse(t, server, frame)
		}
		for _, frame := range split(t, d, data) {
			if r, err := stranger.ParseRequest(frame); r != nil && err != nil {
				t.Fatalf("%q is %v and %v", frame, r, err)
			}
			want, err := server.ParseRequest(frame)
			if err != nil || want == nil {
				continue
			}
			again, err := d.Client().AppendRequest(nil, want)
			if err != nil || len(again) == 0 {
				continue
			}
			other := d.Server()
			for _, frame := range in {
				parse(t, other, frame)
			}
			got, err := other.ParseRequest(one(t, d, again))
			if diff := cmp.Diff(want, got, byValue()); err != nil || diff != "" {
				t.Fatalf("%q came back as %q, %v (-want +got):\n%s", frame, again, err, diff)
			}
		}
	})
}

// fuzzHeard checks that what is heard is said again so that it means the same:
// compared after it was said once, because what a dialect leaves out is gone
// by then.
func fuzzHeard(f *testing.F, d Dialect) {
	f.Helper()
	seed(f, d, "S")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, frame := range split(t, d, data) {
			read, err := d.Client().ParseEvent(frame)
			if err != nil || read == nil {
				continue
			}
			said, _, err := d.Server().AppendEvent(nil, read)
			if err != nil || len(said) == 0 {
				continue
			}
			want := heard(t, d, said)
			again, _, err := d.Server().AppendEvent(nil, want)
			if err != nil {
				t.Fatalf("%q was said as %q and can't be again: %v", frame, said, err)
			}
			if diff := cmp.Diff(want, heard(t, d, again), byValue()); diff != "" {
				t.Fatalf("%q came back as %q (-want +got):\n%s", frame, again, diff)
			}
		}
	})
}

// heard is the first event in what was said.
func heard(t *testing.T, d Dialect, said []byte) Event {
	t.Helper()
	client := d.Client()
	for _, frame := range split(t, d, said) {
		e, err := client.ParseEvent(frame)
		if err != nil {
			t.Fatalf("%q is unreadable: %v", said, err)
		}
		if e != nil {
			return e
		}
	}
	t.Fatalf("%q means nothing", said)
	return nil
}
