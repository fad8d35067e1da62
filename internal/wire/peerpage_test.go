package wire

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func peerPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "protocol", "peer1.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestThePeerPageHasEveryMessage compares the table of peer1.md with the
// messages: a row for each, which names each of its members.
func TestThePeerPageHasEveryMessage(t *testing.T) {
	table := rows(t, peerPage(t), "| message |")
	if len(table) != len(peerTypes) {
		t.Errorf("the page has %d messages, want %d", len(table), len(peerTypes))
	}
	for name, empty := range peerTypes {
		compareRow(t, table, name, reflect.TypeOf(empty()).Elem())
	}
}

// TestThePeerPagesTranscriptIsSpokenSo reads each message of the transcript, and
// wants the same bytes when it is said again. All messages are in it.
func TestThePeerPagesTranscriptIsSpokenSo(t *testing.T) {
	_, transcript, ok := strings.Cut(peerPage(t), "\n## Transcript\n\n```text\n")
	if !ok {
		t.Fatal("the page has no transcript")
	}
	seen := map[string]bool{}
	for line := range strings.Lines(transcript) {
		who, frame, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || who != "a" && who != "b" {
			continue
		}
		m, err := ParsePeer([]byte(frame))
		if err != nil || m == nil {
			t.Errorf("%s: got %v, %v", frame, m, err)
			continue
		}
		seen[peerNames[reflect.TypeOf(m)]] = true
		if again, err := AppendPeer(nil, m); err != nil || string(again[peerPrefix:]) != frame {
			t.Errorf("%s is said as %s, %v", frame, again, err)
		}
	}
	for name := range peerTypes {
		if !seen[name] {
			t.Errorf("%s is not in the transcript", name)
		}
	}
}
