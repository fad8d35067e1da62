package dialects

import (
	"os"
	"strings"
	"testing"

	"labchat/internal/wire/wiretest"
)

// TestPagesHoldTheTranscripts keeps docs/protocol true: each page shows the
// transcript that TestConformance runs, and says where we differ.
func TestPagesHoldTheTranscripts(t *testing.T) {
	for _, name := range everyName() {
		file := wiretest.TranscriptFile(t, name)
		transcript, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		page := wiretest.ReadPage(t, name)
		if !strings.Contains(page, "```text\n"+string(transcript)+"```\n") {
			t.Errorf("the page of %s does not show %s as it is", name, file)
		}
		if !strings.Contains(page, "\n## Where we differ, and why\n") {
			t.Errorf("the page of %s does not say where we differ", name)
		}
	}
}

func everyName() []string {
	var all []string
	for _, d := range All() {
		all = append(all, d.Name())
	}
	for _, d := range Datagrams() {
		all = append(all, d.Name())
	}
	return all
}
