package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxSteps is how many steps of a walk one side has at most: who types, the
// server, and who reads.
const maxSteps = 14

// walkRow is a step of a walk in ARCHITECTURE.md: its side, the room and the
// function. A step whose side ends in * is reached over a mailbox, a channel, a
// socket or a table, and by no call.
var walkRow = regexp.MustCompile("^\\| ([a-z ]+)(\\*?) \\| `([^`]+)` \\| `([^`]+)` \\| ")

// TestAWalkNamesEachFunctionOnceInTheOrderOfTheCalls reads the tables of steps
// under the headings "A walk: ...".
func TestAWalkNamesEachFunctionOnceInTheOrderOfTheCalls(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]map[string][]string{}
	walks := strings.Split(string(b), "\n## A walk: ")[1:]
	if len(walks) != 2 {
		t.Fatalf("got %d walks, want 2", len(walks))
	}
	for _, walk := range walks {
		title, rest, _ := strings.Cut(walk, "\n")
		rest, _, _ = strings.Cut(rest, "\n## ")
		steps, seen := map[string]int{}, map[string]bool{}
		lastRoom, lastFunc := "", "" // the first step is handed over by a key
		for line := range strings.Lines(rest) {
			m := walkRow.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			side, handed, room, name := m[1], m[2] != "", m[3], m[4]
			if calls[room] == nil {
				calls[room] = callsOf(t, room)
			}
			if calls[room][name] == nil {
				t.Errorf("%s: %s has no function %s", title, room, name)
			}
			if seen[room+name] {
				t.Errorf("%s: %s is named twice", title, name)
			}
			seen[room+name] = true
			steps[side]++
			if !handed && !reaches(calls[lastRoom], lastFunc, name) {
				t.Errorf("%s: got %s after %s, which does not call it: mend the order, or say with * that it is handed over", title, name, lastFunc)
			}
			lastRoom, lastFunc = room, name
		}
		if len(steps) < 2 {
			t.Errorf("%s: got the sides %v, want more", title, steps)
		}
		for side, n := range steps {
			if n > maxSteps {
				t.Errorf("%s: got %d steps of %s, want at most %d", title, n, side, maxSteps)
			}
		}
	}
}

// callsOf returns, by function of a room (Type.Method or Func), the names of what
// it calls or hands on.
func callsOf(t *testing.T, room string) map[string][]string {
	t.Helper()
	calls := map[string][]string{}
	files, err := filepath.Glob(filepath.Join(root, room, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("room %s: got %d files, %v", room, len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			name := receiverOf(f) + f.Name.Name
			calls[name] = append(calls[name], "") // there is such a function
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					calls[name] = append(calls[name], id.Name)
				}
				return true
			})
		}
	}
	return calls
}

// receiverOf returns "Type." for a method and "" for a function.
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if index, ok := of.(*ast.IndexExpr); ok {
		of = index.X
	}
	return of.(*ast.Ident).Name + "."
}

// reaches reports whether a function calls another one, also through others of its
// room.
func reaches(calls map[string][]string, from, to string) bool {
	want := to[strings.LastIndexByte(to, '.')+1:]
	byName := map[string][]string{}
	for f := range calls {
		short := f[strings.LastIndexByte(f, '.')+1:]
		byName[short] = append(byName[short], f)
	}
	seen, next := map[string]bool{from: true}, []string{from}
	for len(next) > 0 {
		f := next[0]
		next = next[1:]
		for _, called := range calls[f] {
			if called == want {
				return true
			}
			for _, g := range byName[called] {
				if !seen[g] {
					seen[g] = true
					next = append(next, g)
				}
			}
		}
	}
	return false
}
