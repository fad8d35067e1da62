package oldtext

import (
	"testing"

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
				advance, frame, err := SplitUnframed(data, tt.atEOF, 8)
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
	var end ReadEnd
	var got []string
	for _, frame := range []string{"a", "\n", "b\r", "\n", "c\n", "\n", "d", "\r\n", "\n"} {
		if line, ok := end.Cut([]byte(frame)); ok {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "", "d", ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
