package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLibcIsTheOneThatSQLiteWasMadeWith: the driver is generated code and works
// with the one version of its libc that its go.mod names.
func TestLibcIsTheOneThatSQLiteWasMadeWith(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here")
	}
	out, err := exec.CommandContext(t.Context(), goTool, "list", "-m", "-f", "{{.Version}} {{.Dir}}", "modernc.org/libc", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	var libc, sqliteDir string
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		version, dir, _ := strings.Cut(line, " ")
		if i == 0 {
			libc = version
		} else {
			sqliteDir = dir
		}
	}
	mod, err := os.ReadFile(filepath.Join(sqliteDir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(mod)
	if want == nil || libc != string(want[1]) {
		t.Errorf("got libc %s, sqlite's go.mod says %q: require that very version", libc, want)
	}
}
