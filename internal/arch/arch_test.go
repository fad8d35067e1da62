package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"labchat/internal/wire/dialects"
)

const (
	root   = "../.."
	module = "labchat/"
)

// rooms says which rooms of the house each room may import directly. A room
// that is not listed here does not exist yet: add it, and say why.
var rooms = map[string][]string{
	"internal/wire":                   {},
	"internal/wire/oldtext":           {"internal/wire"}, // what the older families share
	"internal/wire/jsonframe":         {"internal/wire"}, // what chat/1 and peer/1 share
	"internal/wire/chat1":             {"internal/wire", "internal/wire/jsonframe"},
	"internal/wire/peer1":             {"internal/wire", "internal/wire/jsonframe"},
	"internal/wire/dialects":          families(),
	"internal/wire/wiretest":          {"internal/wire"}, // transcripts and fuzzing, for tests
	"internal/server/hub":             {"internal/wire"},
	"internal/dbfile":                 {},
	"internal/server/store":           {"internal/wire", "internal/dbfile", "internal/server/hub"},
	"internal/server/store/storetest": {"internal/wire", "internal/server/hub"}, // a store in memory, for tests
	"internal/server/datagram":        {"internal/wire", "internal/server/hub"}, // the registry: its sockets, and who is known by where their datagrams come from
	"internal/server":                 {"internal/wire", "internal/wire/dialects", "internal/wire/clock", "internal/server/hub", "internal/server/store", "internal/server/datagram"},
	"internal/session":                {"internal/wire"},
	"internal/client":                 {"internal/wire", "internal/wire/dialects", "internal/session", "internal/peer/private/gate"},
	"internal/peer/registry":          {"internal/wire", "internal/session", "internal/peer/oldpeer", "internal/peer/private/gate"},
	"internal/peer/link":              {"internal/wire", "internal/wire/peer1", "internal/peer/private/gate"},
	"internal/peer/oldpeer":           {"internal/wire", "internal/wire/dialects", "internal/wire/prompt", "internal/session", "internal/peer/private/gate"},
	"internal/peer/private":           {"internal/wire", "internal/wire/dialects", "internal/wire/peer1", "internal/session", "internal/peer/link", "internal/peer/oldpeer", "internal/peer/private/gate", "internal/peer/transfer"},
	"internal/peer/transfer":          {"internal/wire", "internal/wire/peer1", "internal/peer/link", "internal/peer/private/gate"}, // files have states of their own, and know conversations by an interface
	"internal/peer/private/gate":      {"internal/wire"},                                                                            // what may leave for whom; nothing else decides that
	"internal/archive":                {"internal/wire", "internal/dbfile"},
	"internal/knownservers":           {"internal/dbfile"}, // its lock, and how it is replaced
	"internal/text":                   {},
	"internal/tui/theme":              {"internal/text"},
	"internal/tui/stdout":             {}, // nothing: it must be initialised before what Bubble Tea imports
	"internal/tui/tty":                {},
	"internal/tui/bubble":             {"internal/text", "internal/tui/stdout", "internal/tui/tty"}, // the one that knows Bubble Tea
	"internal/command":                {"internal/wire", "internal/wire/dialects"},
	"internal/app/words":              {"internal/wire", "internal/text"},                                                                     // what a person is told of all that happens
	"internal/app":                    {"internal/wire", "internal/wire/dialects", "internal/app/words", "internal/command", "internal/text"}, // of which tui and plain are views
	"internal/tui":                    {"internal/wire", "internal/wire/dialects", "internal/app", "internal/app/words", "internal/command", "internal/text", "internal/tui/theme", "internal/tui/bubble"},
	"internal/plain":                  {"internal/wire", "internal/wire/dialects", "internal/app", "internal/app/words", "internal/command", "internal/text", "internal/tui/theme"},
	"internal/memnet":                 {},
	"internal/netlab":                 {},                // networks of namespaces, for tests with real programs
	"internal/hostile":                {"internal/wire"}, // the worst events, for tests
	"internal/arch":                   {},
	"cmd/internal/conf":               {"internal/wire"}, // a password is a wire.Secret
	"cmd/chatd":                       {"cmd/internal/conf", "internal/wire", "internal/server", "internal/server/store", "internal/server/hub"},
	"cmd/chat-tui": {
		"cmd/internal/conf", "internal/wire", "internal/wire/dialects", "internal/server", "internal/server/store", "internal/session", "internal/client", "internal/peer/registry", "internal/peer/oldpeer", "internal/peer/private", "internal/archive", "internal/knownservers", "internal/dbfile",
		"internal/app", "internal/tui", "internal/command", "internal/text", "internal/tui/theme", "internal/plain",
	},
}

// families returns what internal/wire/dialects may import: all families.
func families() []string {
	all := []string{"internal/wire"}
	dirs, err := os.ReadDir(filepath.Join(root, "internal/wire"))
	if err != nil {
		panic(err)
	}
	for _, d := range dirs {
		if d.IsDir() {
			all = append(all, "internal/wire/"+d.Name())
		}
	}
	return all
}

// allowedFor returns what the rooms table says of a room. A family of dialects needs no
// line there: it imports wire and what the older families share.
func allowedFor(dir string) (allowed []string, known bool) {
	if allowed, known = rooms[dir]; !known && path.Dir(dir) == "internal/wire" {
		return []string{"internal/wire", "internal/wire/oldtext"}, true
	}
	return allowed, known
}

// outside says which rooms alone may import these modules directly.
var outside = map[string][]string{
	"github.com/alecthomas/kong":           {"cmd/chatd", "cmd/chat-tui", "cmd/internal/conf"},
	"github.com/charmbracelet/bubbletea":   {"internal/tui/bubble"},
	"modernc.org/sqlite":                   {"internal/dbfile", "internal/server/store"}, // store: the one connection that writes is the driver's own
	"golang.org/x/crypto/argon2":           {"internal/server/store"},
	"github.com/BurntSushi/toml":           {"cmd/internal/conf"},
	"github.com/charmbracelet/x/ansi":      {"internal/text"},
	"github.com/charmbracelet/lipgloss":    {"internal/tui/theme", "internal/tui", "internal/tui/bubble"},
	"github.com/charmbracelet/bubbles/key": {"internal/tui", "internal/tui/bubble"}, // the others through internal/tui/bubble
	"golang.org/x/net/ipv4":                {"internal/server/datagram", "internal/peer/registry", "internal/peer/link"},
	"github.com/quic-go/quic-go":           {"internal/peer/link"},
	"golang.org/x/net/ipv6":                {"internal/server/datagram"},
	"golang.org/x/time/rate":               {"internal/server/datagram", "internal/peer/link"},
	"rsc.io/qr":                            {"internal/tui"},
}

// maxTeaFiles is in how many files Bubble Tea may be imported, so that its
// next major version is a small change.
const maxTeaFiles = 5

// clockCall finds what asks the clock of the package time, and no method of a
// field that is called time.
var clockCall = regexp.MustCompile(`(?:^|[^.\w])time\.(?:Now|Since|Until|After|AfterFunc|NewTimer|NewTicker|Tick)\(`)

type source struct {
	dir, file string
	test      bool
	ast       *ast.File
}

// parse reads every Go file of the module.
func parse(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || rel == "tools") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{path.Dir(rel), rel, strings.HasSuffix(p, "_test.go"), f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func imports(s source) []string {
	var all []string
	for _, i := range s.ast.Imports {
		all = append(all, strings.Trim(i.Path.Value, `"`))
	}
	return all
}

func TestEveryArrowBetweenRoomsIsAllowed(t *testing.T) {
	for _, s := range parse(t) {
		if s.test {
			continue
		}
		allowed, known := allowedFor(s.dir)
		if !known {
			t.Errorf("%s: the room %s is not in the table of rooms", s.file, s.dir)
			continue
		}
		for _, i := range imports(s) {
			if to, ours := strings.CutPrefix(i, module); ours && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s: %s may import only %v", s.file, to, s.dir, allowed)
			}
		}
	}
}

func TestEveryRoomOfTheTableExists(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range parse(t) {
		seen[s.dir] = true
	}
	for dir := range rooms {
		if !seen[dir] {
			t.Errorf("the table of rooms names %s, which has no Go file", dir)
		}
	}
}

func TestModulesAreImportedOnlyWhereTheyBelong(t *testing.T) {
	for _, s := range parse(t) {
		if s.test {
			continue
		}
		for _, i := range imports(s) {
			if only, ruled := outside[i]; ruled && !slices.Contains(only, s.dir) {
				t.Errorf("%s imports %s, which only %v may", s.file, i, only)
			}
		}
	}
}

func TestWireImportsTheStandardLibraryAndTextOnly(t *testing.T) {
	banned := []string{"net", "os", "sync", "log", "log/slog", "os/exec", "sync/atomic", "context"}
	for _, s := range parse(t) {
		if s.test || !strings.HasPrefix(s.dir, "internal/wire") || s.dir == "internal/wire/wiretest" {
			continue
		}
		for _, i := range imports(s) {
			foreign := strings.Contains(strings.SplitN(i, "/", 2)[0], ".")
			if foreign && !strings.HasPrefix(i, "golang.org/x/text/") || slices.Contains(banned, i) {
				t.Errorf("%s imports %s", s.file, i)
			}
		}
	}
}

func TestWireAndHubNeverAskTheTime(t *testing.T) {
	for _, dir := range append(families(), "internal/server/hub") {
		if dir == "internal/wire/testdata" || dir == "internal/wire/wiretest" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if call := clockCall.Find(b); call != nil {
				t.Errorf("%s calls %s): the time is handed in", file, call)
			}
		}
	}
}

func TestBubbleTeaIsImportedInFewFiles(t *testing.T) {
	var files []string
	for _, s := range parse(t) {
		if !s.test && slices.Contains(imports(s), "github.com/charmbracelet/bubbletea") {
			files = append(files, s.file)
		}
	}
	if len(files) > maxTeaFiles {
		t.Errorf("Bubble Tea is imported in %d files, want at most %d: %v", len(files), maxTeaFiles, files)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]bool{}
	for _, s := range parse(t) {
		if s.test {
			continue
		}
		said[s.dir] = said[s.dir] || s.ast.Doc != nil
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package %s has no comment", dir)
		}
	}
}

func TestEveryDialectHasAPageAndATranscript(t *testing.T) {
	var names []string
	for _, d := range dialects.All() {
		names = append(names, d.Name())
	}
	for _, d := range dialects.Datagrams() {
		names = append(names, d.Name())
	}
	for _, name := range names {
		for _, file := range []string{"docs/protocol/" + name + ".md", "internal/wire/*/testdata/" + name + ".txtar"} {
			if found, err := filepath.Glob(filepath.Join(root, file)); err != nil || len(found) != 1 {
				t.Errorf("dialect %s has %v as %s, %v", name, found, file, err)
			}
		}
	}
}

// maxLines is how long a Go file may be before it is two files.
const maxLines = 400

func TestNoFileIsLongerThanItsReaderHasPatience(t *testing.T) {
	for _, s := range parse(t) {
		b, err := os.ReadFile(filepath.Join(root, s.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), "\n"); n > maxLines && !ast.IsGenerated(s.ast) {
			t.Errorf("%s has %d lines, want at most %d", s.file, n, maxLines)
		}
	}
}

// faultRow finds the package and the test of a row of docs/faults.md.
var faultRow = regexp.MustCompile(`(?m)\| ([a-z0-9/-]+) \| (Test\w+) \|$`)

func TestEveryPromiseOfThePagesHasItsTest(t *testing.T) {
	for page, least := range map[string]int{"docs/faults.md": 25, "docs/security.md": 15} {
		b, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		rows := faultRow.FindAllStringSubmatch(string(b), -1)
		if len(rows) < least {
			t.Fatalf("%s has %d rows with a test, want more", page, len(rows))
		}
		findTests(t, page, rows)
	}
}

// findTests looks for the tests that a page names.
func findTests(t *testing.T, page string, rows [][]string) {
	t.Helper()
	for _, row := range rows {
		files, _ := filepath.Glob(filepath.Join(root, row[1], "*_test.go"))
		found := slices.ContainsFunc(files, func(file string) bool {
			b, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(b), "func "+row[2]+"(t *testing.T)")
		})
		if !found {
			t.Errorf("%s promises %s in %s, which has no such test", page, row[2], row[1])
		}
	}
}
