package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// moduleRow is the row of a module: its path and its version.
var moduleRow = regexp.MustCompile("(?m)^\\| [^|]+ \\| `([^`]+)` \\| (v[^ |]+) \\| [^|]*\\S[^|]* \\|")

func TestEveryModuleThatOthersWroteHasItsRow(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, row := range moduleRow.FindAllStringSubmatch(string(page), -1) {
		rows[row[1]] = row[2]
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(mod)) {
		name, version, ok := strings.Cut(strings.TrimSpace(line), " v")
		if !ok || !strings.HasPrefix(line, "\t") || strings.HasSuffix(version, "// indirect") {
			continue
		}
		direct++
		if got := rows[name]; got != "v"+version {
			t.Errorf("%s: docs/dependencies.md has the version %q, go.mod v%s", name, got, version)
		}
	}
	if direct == 0 || len(rows) != direct {
		t.Errorf("docs/dependencies.md has %d modules, go.mod names %d", len(rows), direct)
	}
}
