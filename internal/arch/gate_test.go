package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// spoken are the only files that make messages which hold private words, or tell a
// server that somebody is typing to a person. In each of them a verdict of the gate
// stands before it, or the message never leaves: it asks a dialect for its words.
var spoken = map[string][]string{
	"wire.Private": {
		"internal/client/private.go",       // gate.Unaided
		"internal/peer/registry/outbox.go", // oldpeer.Barred
		"internal/peer/oldpeer/people.go",  // to an address, which is nobody with a key
		"internal/peer/private/hear.go",    // a question of words
		"internal/command/offer.go",        // likewise
	},
	"wire.Seal":   {"internal/peer/private/away.go"}, // sealNote wants a verdict
	"wire.Typing": {"internal/tui/bar.go"},           // the endpoint's own
	"gate.Facts": {
		"internal/peer/private/pass.go", // what a verdict rests on is gathered in one place
		"internal/peer/private/gate/read.go",
	},
	"gate.Verdict": {"internal/peer/private/gate/gate.go"},
}

// clientSide are the rooms of programs that speak to a server for a person.
func clientSide(dir string) bool {
	for _, room := range []string{"internal/app", "internal/client", "internal/command", "internal/peer", "internal/plain", "internal/session", "internal/tui", "cmd/chat-tui", "internal/archive"} {
		if dir == room || strings.HasPrefix(dir, room+"/") {
			return true
		}
	}
	return false
}

// made are the types that a file makes values of, by their names as written.
func made(t *testing.T, file string, src any) map[string]bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || lit.Type == nil {
			return true
		}
		switch typ := lit.Type.(type) {
		case *ast.SelectorExpr:
			if pkg, ok := typ.X.(*ast.Ident); ok {
				found[pkg.Name+"."+typ.Sel.Name] = true
			}
		case *ast.Ident:
			found[f.Name.Name+"."+typ.Name] = true
		}
		return true
	})
	return found
}

func TestPrivateWordsLeaveWhereTheGateIsAskedOnly(t *testing.T) {
	seen := map[string][]string{}
	for _, s := range parse(t) {
		if s.test || !clientSide(s.dir) {
			continue
		}
		for name := range made(t, root+"/"+s.file, nil) {
			if allowed, ruled := spoken[name]; ruled {
				seen[name] = append(seen[name], s.file)
				if !slices.Contains(allowed, s.file) {
					t.Errorf("%s makes a %s: what is private goes out where the gate is asked, see docs/adr/0039", s.file, name)
				}
			}
		}
	}
	for name, files := range spoken {
		for _, file := range files {
			if !slices.Contains(seen[name], file) {
				t.Errorf("%s makes no %s any more: take it out of the table", file, name)
			}
		}
	}
}

func TestAMessageIsFoundWhereverItIsMade(t *testing.T) {
	src := `package gate
var a = wire.Private{To: "bob"}
var b = &wire.Seal{}
var c = f(wire.Typing{})
var d = Facts{}
`
	got := slices.Sorted(maps.Keys(made(t, "x.go", src)))
	if want := []string{"gate.Facts", "wire.Private", "wire.Seal", "wire.Typing"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
