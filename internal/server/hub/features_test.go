package hub

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestThePageSaysWhatEachFeatureMeans compares chat1.md with what welcome says.
func TestThePageSaysWhatEachFeatureMeans(t *testing.T) {
	page, err := os.ReadFile("../../../docs/protocol/chat1.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n| feature | requests |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| `").FindAllStringSubmatch(table, -1) {
		got = append(got, row[1])
	}
	if !slices.Equal(got, features) {
		t.Errorf("the page has the features %q, want %q", got, features)
	}
}
