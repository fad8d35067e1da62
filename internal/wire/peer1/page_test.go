package peer1

import (
	"reflect"
	"strings"
	"testing"

	"labchat/internal/wire/wiretest"
)

// TestThePeerPageHasEveryMessage compares the table of peer1.md with the
// messages: a row for each, which names each of its members.
func TestThePeerPageHasEveryMessage(t *testing.T) {
	table := wiretest.Rows(t, wiretest.ReadPage(t, "peer1"), "| message |")
	if len(table) != len(types) {
		t.Errorf("the page has %d messages, want %d", len(table), len(types))
	}
	for name, empty := range types {
		wiretest.CompareRow(t, table, name, reflect.TypeOf(empty()).Elem())
	}
}

// TestThePeerPagesTranscriptIsSpokenSo reads each message of the transcript, and
// wants the same bytes when it is said again. All messages are in it.
func TestThePeerPagesTranscriptIsSpokenSo(t *testing.T) {
	_, transcript, ok := strings.Cut(wiretest.ReadPage(t, "peer1"), "\n## Transcript\n\n```text\n")
	if !ok {
		t.Fatal("the page has no transcript")
	}
	seen := map[string]bool{}
	for line := range strings.Lines(transcript) {
		who, frame, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || who != "a" && who != "b" {
			continue
		}
		m, err := Parse([]byte(frame))
		if err != nil || m == nil {
			t.Errorf("%s: got %v, %v", frame, m, err)
			continue
		}
		seen[names[reflect.TypeOf(m)]] = true
		if again, err := Append(nil, m); err != nil || string(again[prefixSize:]) != frame {
			t.Errorf("%s is said as %s, %v", frame, again, err)
		}
	}
	for name := range types {
		if !seen[name] {
			t.Errorf("%s is not in the transcript", name)
		}
	}
}
