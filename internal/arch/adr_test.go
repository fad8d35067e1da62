package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// adrStatus is the line that says since when a decision holds, and which part
// of it another one has replaced, or it of another one.
var adrStatus = regexp.MustCompile(`^Status: accepted, (\d{4}-\d\d-\d\d)(?:; (\d+) replaces .+|; replaces .*?\b(\d+) says.*)?$`)

// TestEveryDecisionSaysSinceWhenAndHowFarItHolds reads the status of each ADR:
// its date, none of which is before that of the one before, and both sides of
// each replacement.
func TestEveryDecisionSaysSinceWhenAndHowFarItHolds(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs/adr/*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("got the decisions %q, %v", pages, err)
	}
	var last time.Time
	replacedBy, replaces := map[string]bool{}, map[string]bool{} // "OLD by NEW"
	for i, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		name, number := filepath.Base(page), strconv.Itoa(i+1)
		lines := strings.SplitN(string(b), "\n", 4)
		if !strings.HasPrefix(name, fmt.Sprintf("%04d-", i+1)) || !strings.HasPrefix(lines[0], "# "+number+". ") {
			t.Errorf("%s: want the number %s in its name and its heading", name, number)
		}
		m := adrStatus.FindStringSubmatch(lines[2])
		if m == nil {
			t.Errorf("%s: got %q, want a status as in %q", name, lines[2], "Status: accepted, 2026-11-30; 27 replaces ...")
			continue
		}
		day, err := time.Parse(time.DateOnly, m[1])
		if err != nil || day.Before(last) {
			t.Errorf("%s: got the day %s (%v), want none before %s", name, m[1], err, last.Format(time.DateOnly))
		}
		last = day
		if m[2] != "" {
			replacedBy[number+" by "+m[2]] = true
		}
		if m[3] != "" {
			replaces[m[3]+" by "+number] = true
		}
	}
	for pair := range replacedBy {
		if !replaces[pair] {
			t.Errorf("decision %s: only the first one says so", pair)
		}
	}
	for pair := range replaces {
		if !replacedBy[pair] {
			t.Errorf("decision %s: only the second one says so", pair)
		}
	}
}
