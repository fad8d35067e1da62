package dialects

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

// unframed are the dialects without terminators that have people.
func unframed() []wire.Dialect {
	return slices.DeleteFunc(All(), func(d wire.Dialect) bool { return !d.Manners().Unframed || d.Manners().Service })
}

func TestALongLineBecomesWritesThatEndAtCharacters(t *testing.T) {
	text := strings.Repeat("æ", wire.MaxText/2)
	for _, d := range unframed() {
		via := wire.Via{Addr: "255.255.255.255"}
		all, delivery := wiretest.Frames(t, d.Server(), &wire.Said{From: strings.Repeat("x", wire.MaxName), Text: text, Via: via})
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
func heardText(t *testing.T, d wire.Dialect, frame string) string {
	t.Helper()
	e, err := d.Client().ParseEvent([]byte(frame))
	said, ok := e.(*wire.Said)
	if err != nil || !ok {
		t.Fatalf("%s: ParseEvent(%q) = %v, %v, want a line", d.Name(), frame, e, err)
	}
	return said.Text
}

func TestEachLineOfATextIsAWrite(t *testing.T) {
	for _, d := range unframed() {
		all, delivery := wiretest.Frames(t, d.Server(), &wire.Whispered{From: "al", Text: "one\n\n \ntwo", Action: true})
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
			for _, e := range []wire.Event{
				&wire.Said{From: "al", Text: text}, &wire.Said{From: text, Text: "hi"}, &wire.Joined{Name: text}, &wire.Left{Name: text},
				&wire.Renamed{Old: text, Name: "al"}, &wire.Notice{Text: text}, &wire.Goodbye{Text: text}, &wire.LoggedIn{Name: text},
				&wire.Refused{Of: wire.ActSay, Text: text}, &wire.Refused{Of: wire.ActGuest, Code: wire.CodeBusy, Text: text},
			} {
				said, _, err := d.Server().AppendEvent(nil, e)
				if err != nil && len(said) > 0 {
					t.Errorf("%s: %T of %q is an error and %q", d.Name(), e, text, said)
				}
				if strings.HasPrefix(strings.TrimSpace(string(said)), "[") || len(said) > 0 && wire.IsBlank(string(said)) || len(said) > 2*wire.MaxText+200 {
					t.Errorf("%s: %T of %q is said as %q", d.Name(), e, text, said)
				}
			}
		}
	}
}
