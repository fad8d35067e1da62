package command

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExactBeatsPrefixBeatsWordBeatsSequence(t *testing.T) {
	names := []string{"announcements", "banner", "hanna-new", "mean-anna", "Ann", "tcp-udp", "random", "anne"}
	for _, tt := range []struct {
		typed string
		want  []string
	}{
		{"ann", []string{"Ann", "announcements", "anne", "mean-anna", "banner", "hanna-new"}},
		{"rdm", []string{"random"}},
		{"udp", []string{"tcp-udp"}},
		{"UDP", []string{"tcp-udp"}},
		{"zz", []string{}},
		{"", names},
	} {
		if diff := cmp.Diff(tt.want, ranked(names, tt.typed, RankSequence)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.typed, diff)
		}
	}
}

func TestWordsOfATextAreNotTakenForScatteredNames(t *testing.T) {
	if got := after("what to ae|"); got != nil { // a...e is in alice
		t.Errorf("got %q", got)
	}
	if diff := cmp.Diff([]string{"/msg alice |"}, after("/msg ae|")); diff != "" {
		t.Errorf("the person of a command (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/join tcp-udp |"}, after("/join udp|")); diff != "" {
		t.Errorf("the room of a command (-want +got):\n%s", diff)
	}
}
