//go:build unix

package store

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsNewInADirectoryLastsBeforeAnythingIsAcknowledged reads what a child
// asks of the system: each new name, of the database and of the directories
// above it, is made to last before anything else is.
func TestWhatIsNewInADirectoryLastsBeforeAnythingIsAcknowledged(t *testing.T) {
	command := strace(t, "none")
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir, calls := filepath.Join(base, "new", "data"), filepath.Join(base, "calls")
	const names, syncs = "mkdir,mkdirat,rename,renameat,renameat2", "fsync,fdatasync"
	command = []string{command[0], "-f", "-y", "-qq", "-o", calls, "-e", "trace=" + names + "," + syncs, "-e", "signal=none", os.Args[0]}
	var w witness
	w.watch(t, dir, 1, command...)
	asked := strings.Split(content(t, calls), "\n")
	for made, in := range map[string]string{
		filepath.Join(base, "new"):   base,
		dir:                          filepath.Join(base, "new"),
		filepath.Join(dir, fileName): dir,
	} {
		named := slices.IndexFunc(asked, func(call string) bool {
			return strings.Contains(call, `"`+made+`"`) && strings.Contains(call, ") = 0")
		})
		next := slices.IndexFunc(asked[named+1:], func(call string) bool { return strings.Contains(call, "sync(") })
		if named < 0 || next < 0 || !strings.Contains(asked[named+1+next], "<"+in+">") {
			t.Errorf("%s got its name in call %d; what is synced next is not %s:\n%s", made, named, in, strings.Join(asked, "\n"))
		}
	}
}
