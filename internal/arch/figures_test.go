package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// figureRow is a row of a table of figures: the package and the benchmark, or
// the test, that measure it.
var figureRow = regexp.MustCompile("(?m)^\\|[^|]+\\| `(internal/[a-z/]+)` `([A-Za-z]+)` \\|")

// TestEveryFigureHasTheBenchmarkThatMeasuresIt keeps figures out of
// performance.md that nobody can measure again.
func TestEveryFigureHasTheBenchmarkThatMeasuresIt(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs/performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	figures := figureRow.FindAllStringSubmatch(string(b), -1)
	rows := 0
	for line := range strings.SplitSeq(string(b), "\n") {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| what ") {
			rows++
		}
	}
	if len(figures) != rows || rows == 0 {
		t.Errorf("got %d rows of figures, %d of them with a package and a benchmark", rows, len(figures))
	}
	for _, figure := range figures {
		name := figure[2]
		if !strings.HasPrefix(name, "Test") {
			name = "Benchmark" + name
		}
		files, _ := filepath.Glob(filepath.Join(root, figure[1], "*_test.go"))
		found := slices.ContainsFunc(files, func(file string) bool {
			b, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(b), "func "+name+"(")
		})
		if !found {
			t.Errorf("docs/performance.md has a figure of %s in %s, which has no such benchmark", name, figure[1])
		}
	}
}
