package wiretest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root returns the directory of the module, above the package whose test it is.
func root(tb testing.TB) string {
	tb.Helper()
	for dir := ".."; ; dir = filepath.Join("..", dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if len(dir) > len("../../../../../..") {
			tb.Fatal("there is no go.mod above the test")
		}
	}
}

// TranscriptFile returns the path of a dialect's transcript, which lies in the
// folder of its family.
func TranscriptFile(tb testing.TB, dialect string) string {
	tb.Helper()
	found, err := filepath.Glob(filepath.Join(root(tb), "internal", "wire", "*", "testdata", dialect+".txtar"))
	if err != nil || len(found) != 1 {
		tb.Fatalf("%s has the transcripts %v, %v, want one", dialect, found, err)
	}
	return found[0]
}

// Section is one file of a txtar archive.
type Section struct {
	Name  string
	Lines []string
}

// ReadTranscript returns the sections of a dialect's transcript.
func ReadTranscript(tb testing.TB, dialect string) []Section {
	tb.Helper()
	data, err := os.ReadFile(TranscriptFile(tb, dialect))
	if err != nil {
		tb.Fatal(err)
	}
	var sections []Section
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			sections = append(sections, Section{Name: strings.TrimSuffix(name, " --")})
		} else if n := len(sections); n > 0 && line != "" {
			sections[n-1].Lines = append(sections[n-1].Lines, line)
		}
	}
	return sections
}

// Unescape reads bytes as Go escapes them; quotes stand for themselves.
func Unescape(tb testing.TB, escaped string) []byte {
	tb.Helper()
	data, err := strconv.Unquote(`"` + strings.ReplaceAll(escaped, `"`, `\"`) + `"`)
	if err != nil {
		tb.Fatalf("the bytes %s can't be read: %v", escaped, err)
	}
	return []byte(data)
}

// Seed adds the bytes of a dialect's transcript to a fuzz test's corpus.
func Seed(f *testing.F, dialect, side string) {
	f.Helper()
	for _, s := range ReadTranscript(f, dialect) {
		for _, line := range s.Lines {
			if _, what, _ := strings.Cut(line, " "); strings.HasPrefix(what, side) {
				f.Add(Unescape(f, what[3:]))
			}
		}
	}
	f.Add([]byte{})
}
